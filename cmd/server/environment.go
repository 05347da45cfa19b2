package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// prefix begins the environment variables of the flags.
const prefix = "DIGITS_"

// env is the environment variable of a flag.
func env(flag string) cli.ValueSourceChain {
	return cli.EnvVars(prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
}

// serviceLink is what Kubernetes adds for a service that is called digits.
var serviceLink = regexp.MustCompile(`_SERVICE_(HOST|PORT)|_PORT(_\d+_(TCP|UDP|SCTP).*)?=`)

// strangers returns the names of variables that begin as the flags' do and
// belong to none: misspelt, most likely.
func strangers(environ []string, flags []cli.Flag) (names []string) {
	var known []string
	for _, f := range flags {
		known = append(known, f.(cli.DocGenerationFlag).GetEnvVars()...)
	}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, prefix) && !slices.Contains(known, name) && !serviceLink.MatchString(name+"=") {
			names = append(names, name)
		}
	}
	return names
}
