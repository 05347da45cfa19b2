package deploy_test

import (
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type rule struct {
	Record, Alert, Expr string

	Labels      struct{ Severity string }
	Annotations struct{ Summary, Runbook string }
}

// rules returns the rules of all files.
func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, name := range []string{"rules.yaml", "alerts.yaml"} {
		var file struct {
			Groups []struct{ Rules []rule }
		}
		load(t, filepath.Join("prometheus", name), &file)
		for _, group := range file.Groups {
			all = append(all, group.Rules...)
		}
	}
	return all
}

func TestRulesAreValid(t *testing.T) {
	promtool := program(t, "promtool")
	for _, args := range [][]string{
		{"check", "rules", "--lint=all", "--lint-fatal", "prometheus/rules.yaml", "prometheus/alerts.yaml"},
		{"check", "config", "prometheus/prometheus.yaml"},
		{"test", "rules", "prometheus/alerts_test.yaml", "prometheus/slow_test.yaml"},
	} {
		if output, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
}

// The operator reads the same rules; make rules writes them.
func TestOperatorHasTheRules(t *testing.T) {
	var got struct{ Spec struct{ Groups []any } }
	load(t, "kubernetes/overlays/production/rules.yaml", &got)
	var want []any
	for _, name := range []string{"rules.yaml", "alerts.yaml"} {
		var file struct{ Groups []any }
		load(t, filepath.Join("prometheus", name), &file)
		want = append(want, file.Groups...)
	}
	if len(want) == 0 || !reflect.DeepEqual(got.Spec.Groups, want) {
		t.Error("kubernetes/overlays/production/rules.yaml has other rules than prometheus: run make rules")
	}
}

// An alert that no rule test expects may never fire.
func TestEveryAlertIsTested(t *testing.T) {
	tests := read(t, "prometheus/alerts_test.yaml") + read(t, "prometheus/slow_test.yaml")
	for _, r := range rules(t) {
		if r.Alert != "" && !strings.Contains(tests, `alertname="`+r.Alert+`"`) {
			t.Errorf("no rule test expects %s", r.Alert)
		}
	}
}

// Whoever reads a runbook finds the panels that it names.
func TestRunbooksNamePanels(t *testing.T) {
	_, runbooks, _ := strings.Cut(read(t, "README.md"), "\n## Runbooks\n")
	names := regexp.MustCompile(`\*([^*\n]+)\*`).FindAllStringSubmatch(runbooks, -1)
	if len(names) < 10 {
		t.Errorf("the runbooks name only %v", names)
	}
	queries := dashboardQueries(t)
	for _, name := range names {
		if name[1] != "digits: service" && !slices.ContainsFunc(queries, func(q dashboardQuery) bool { return strings.Contains(q.where, ".json, "+name[1]) }) {
			t.Errorf("no dashboard has a panel %q", name[1])
		}
	}
}

// Whoever is woken finds what to do.
func TestEveryAlertHasARunbook(t *testing.T) {
	headings := regexp.MustCompile(`(?m)^#+ (\S+)$`).FindAllStringSubmatch(read(t, "README.md"), -1)
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if !slices.ContainsFunc(headings, func(h []string) bool { return h[1] == r.Alert }) {
			t.Errorf("README.md has no section %s", r.Alert)
		}
		if want := "deploy/README.md#" + strings.ToLower(r.Alert); r.Annotations.Runbook != want {
			t.Errorf("the runbook of %s is %q and should be %q", r.Alert, r.Annotations.Runbook, want)
		}
		if r.Annotations.Summary == "" || !slices.Contains([]string{"page", "ticket"}, r.Labels.Severity) {
			t.Errorf("%s has the summary %q and the severity %q", r.Alert, r.Annotations.Summary, r.Labels.Severity)
		}
	}
}
