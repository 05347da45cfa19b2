// Package usage says what is wrong with a command line in words that do not
// take Go for granted.
package usage

import "regexp"

// words are those of urfave/cli and the standard library, whose errors have no
// types, and plainer ones for them.
var words = []struct {
	theirs *regexp.Regexp
	plain  string
}{
	{regexp.MustCompile(`^could not parse (".*") as \S+ value from environment variable "(\w+)" for flag `), `invalid value $1 in $2 for flag `},
	{regexp.MustCompile(`^(invalid value ".*") (in \w+ )?for flag -?`), `$1 ${2}for flag --`},
	{regexp.MustCompile(`^flag provided but not defined: -`), `there is no flag --`},
	{regexp.MustCompile(`: strconv\.Parse\w+: parsing ".*": value out of range$`), `: it is too large or too small`},
	{regexp.MustCompile(`: strconv\.Parse(Int|Uint): .*$`), `: a whole number is needed`},
	{regexp.MustCompile(`: strconv\.ParseFloat: .*$`), `: a number is needed`},
	{regexp.MustCompile(`: time: .*$`), `: a time such as 90s or 2m30s is needed`},
	{regexp.MustCompile(`: parse error$`), `: true or false is needed`},
}

// Plain returns the flag library's message in plain words.
func Plain(message string) string {
	for _, w := range words {
		message = w.theirs.ReplaceAllString(message, w.plain)
	}
	return message
}
