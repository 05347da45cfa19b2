// Command dashboards writes Grafana's dashboards of the service as JSON into a
// directory.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dashboards DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "dashboards:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	for _, d := range dashboards {
		text, err := json.MarshalIndent(d.json(), "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, d.uid+".json"), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// expand puts the chosen job and instances into an expression.
func expand(expr string) string {
	return strings.ReplaceAll(expr, "$is", `job="$job",instance=~"$instance"`)
}
