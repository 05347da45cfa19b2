package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

// table is the README's account of the flags.
func table(flags []cli.Flag) string {
	var b strings.Builder
	b.WriteString("| flag | environment | default | meaning |\n|---|---|---|---|\n")
	for _, f := range flags {
		doc := f.(cli.DocGenerationFlag)
		variable, value := "", ""
		if names := doc.GetEnvVars(); len(names) > 0 {
			variable = "`" + names[0] + "`"
		}
		if doc.IsDefaultVisible() {
			value = strings.Trim(doc.GetDefaultText(), `"`)
			if value == "" {
				value = strings.Trim(doc.GetValue(), `"`)
			}
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s | %s |\n", f.Names()[0], variable, value, strings.ReplaceAll(doc.GetUsage(), "`", ""))
	}
	return b.String()
}

func TestREADMEListsTheFlags(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := table(new(config).flags())
	_, rest, begins := strings.Cut(string(readme), "<!-- server-flags -->\n")
	got, _, ends := strings.Cut(rest, "<!-- /server-flags -->")
	if !begins || !ends || strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("README.md has between its markers\n%s\nand should have\n%s", got, want)
	}
}

// -help says what the README says.
func TestHelpListsTheFlags(t *testing.T) {
	for _, flag := range []string{"-help", "--help"} {
		code, stdout, stderr := command(flag)
		if code != 0 || stderr != "" {
			t.Fatalf("exit code %d, stderr %q", code, stderr)
		}
		for _, f := range new(config).flags() {
			doc := f.(cli.DocGenerationFlag)
			_, line, ok := strings.Cut(stdout, "--"+f.Names()[0]+" ")
			line, _, _ = strings.Cut(line, "\n")
			if !ok || !strings.Contains(line, strings.ReplaceAll(doc.GetUsage(), "`", "")) {
				t.Errorf("%s does not describe --%s: %q", flag, f.Names()[0], line)
			}
			for _, variable := range doc.GetEnvVars() {
				if !strings.Contains(line, "[$"+variable+"]") {
					t.Errorf("%s does not name %s: %q", flag, variable, line)
				}
			}
		}
	}
}
