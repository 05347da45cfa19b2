package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"digits/api"
)

// transcript is a command of the README with what it prints there.
type transcript struct{ command, output string }

// transcripts returns the README's commands that begin with curl, with their
// output without its line breaks.
func transcripts(readme string) (all []transcript) {
	lines := strings.Split(readme, "\n")
	for i := 0; i < len(lines); i++ {
		command, ok := strings.CutPrefix(lines[i], "    $ curl ")
		if !ok {
			continue
		}
		for strings.Count(command, "'")%2 == 1 {
			i++
			command += lines[i]
		}
		output := ""
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "    ") && !strings.HasPrefix(lines[i+1], "    $ ") {
			i++
			output += strings.TrimPrefix(lines[i], "    ")
		}
		all = append(all, transcript{"curl " + command, output})
	}
	return all
}

var tableRow = regexp.MustCompile("(?m)^\\| [^|]+ \\| `((?:curl|cat) [^`]*)`")

// tableCommands returns the commands of the table of forms.
func tableCommands(readme string) (all []string) {
	for _, row := range tableRow.FindAllStringSubmatch(readme, -1) {
		all = append(all, strings.ReplaceAll(row[1], `\|`, "|"))
	}
	return all
}

// shell runs a command of the README against the process.
func (p *process) shell(t *testing.T, dir, command string) string {
	t.Helper()
	shell := exec.Command("bash", "-c", strings.ReplaceAll(command, "localhost:8080", p.addr))
	shell.Dir = dir
	output, err := shell.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(output)
}

// needCurl skips a test where there is no curl, or fails it where nothing may be
// wanting.
func needCurl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("curl is missing, and CI=true")
	}
	t.Skip("there is no curl here")
}

// readsExamples runs commands that send the pictures of api/examples.
func (p *process) readsExamples(t *testing.T, commands []string) {
	t.Helper()
	for _, command := range commands {
		output := p.shell(t, "../../api/examples", command)
		for file, digit := range map[string]string{"seven.png": `"digit":7`, "three.jpg": `"digit":3`} {
			if strings.Contains(command, file) != strings.Contains(output, digit) {
				t.Errorf("%s printed %s", command, output)
			}
		}
	}
}

// differ says where a reply is not as the README has it. Fractions depend on the
// weights and versions on the build; ids go into the map.
func differ(at string, want, got any, ids map[string]string) string {
	if reflect.TypeOf(want) != reflect.TypeOf(got) {
		return fmt.Sprintf("%s is %v and should be %v", at, got, want)
	}
	switch want := want.(type) {
	case map[string]any:
		got := got.(map[string]any)
		for key := range got {
			if _, ok := want[key]; !ok {
				return fmt.Sprintf("%s has %s", at, key)
			}
		}
		for key, v := range want {
			if text, ok := v.(string); ok && key == "id" {
				ids[text] = fmt.Sprint(got[key])
				continue
			}
			if strings.HasSuffix(key, "version") {
				continue
			}
			if d := differ(at+"."+key, v, got[key], ids); d != "" {
				return d
			}
		}
	case []any:
		got := got.([]any)
		if len(want) != len(got) {
			return fmt.Sprintf("%s has %d elements and should have %d", at, len(got), len(want))
		}
		for i := range want {
			if d := differ(fmt.Sprint(at, "[", i, "]"), want[i], got[i], ids); d != "" {
				return d
			}
		}
	case float64:
		if whole := want == float64(int(want)); whole && want != got {
			return fmt.Sprintf("%s is %v and should be %v", at, got, want)
		}
	default: // the README's lines may break at a space
		if strings.ReplaceAll(fmt.Sprint(want), " ", "") != strings.ReplaceAll(fmt.Sprint(got), " ", "") {
			return fmt.Sprintf("%s is %v and should be %v", at, got, want)
		}
	}
	return ""
}

// Every curl command of the README works, and what it prints has the form of
// what stands there.
func TestREADMECommands(t *testing.T) {
	needCurl(t)
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t)
	forms := tableCommands(string(text))
	p.readsExamples(t, forms)
	shown, ids := transcripts(string(text)), map[string]string{}
	for _, s := range shown {
		for old, id := range ids {
			s.command = strings.ReplaceAll(s.command, old, id)
		}
		output := p.shell(t, "../..", s.command)
		var want, got any
		if json.Unmarshal([]byte(s.output), &want) != nil {
			if !strings.HasPrefix(output, s.output) {
				t.Errorf("%s printed %s", s.command, output)
			}
			continue
		}
		if err := json.Unmarshal([]byte(output), &got); err != nil {
			t.Errorf("%s printed %s", s.command, output)
		} else if d := differ("the reply", want, got, ids); d != "" {
			t.Errorf("%s: %s", s.command, d)
		}
	}
	if len(forms) != 10 || len(shown) != 8 {
		t.Errorf("the README has %d forms and %d transcripts", len(forms), len(shown))
	}
	p.stop(t)
}

// So does every command that the contract shows for the forms of /predict.
func TestContractsCommands(t *testing.T) {
	needCurl(t)
	var commands []string
	for line := range strings.Lines(string(api.Document())) {
		if code, ok := strings.CutPrefix(line, "            "); ok && (strings.HasPrefix(code, "curl ") || strings.HasPrefix(code, "cat ")) {
			commands = append(commands, strings.TrimSpace(code))
		}
	}
	p := start(t)
	p.readsExamples(t, commands)
	if len(commands) != 9 {
		t.Errorf("the contract has %d commands", len(commands))
	}
	p.stop(t)
}
