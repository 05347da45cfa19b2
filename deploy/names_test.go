package deploy_test

import (
	"bufio"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// series are the label sets of each metric that a server has from its start.
type series map[string][]map[string]string

var (
	sample   = regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? `)
	label    = regexp.MustCompile(`(\w+)="([^"]*)"`)
	selector = regexp.MustCompile(`\b((?:digits|go|process)_\w+|\w+:\w+(?::\w+)?)(?:\{([^}]*)\})?`)
	grouping = regexp.MustCompile(`\b(?:by|without|on|ignoring|group_left|group_right) ?\(([^)]*)\)`)
	shown    = regexp.MustCompile(`\{\{ *(?:\$labels\.)?(\w+) *\}\}`)
	matcher  = regexp.MustCompile(`(\w+)(=~|!=|!~|=)"([^"]*)"`)
)

func exposed(t *testing.T) series {
	t.Helper()
	address := freeAddress(t)
	startServer(t, address)
	all := series{}
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/openmetrics-text") // as Prometheus asks: a quantile of 1 is then 1.0
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	lines := bufio.NewScanner(reply.Body)
	for lines.Scan() {
		if parts := sample.FindStringSubmatch(lines.Text()); parts != nil {
			labels := map[string]string{}
			for _, l := range label.FindAllStringSubmatch(parts[2], -1) {
				labels[l[1]] = l[2]
			}
			all[parts[1]] = append(all[parts[1]], labels)
		}
	}
	if err := lines.Err(); err != nil || len(all) < 50 {
		t.Fatalf("%d metrics, %v", len(all), err)
	}
	return all
}

// wrong says what of an expression a server does not have: a metric, a label, or
// a value of a label. Labels that Prometheus adds, and values that traffic
// brings, cannot be known. The text is what shows labels as {{label}}.
func (s series) wrong(expr, text string, recorded []string) (complaints []string) {
	known := []string{"job", "instance"}
	for _, parts := range selector.FindAllStringSubmatch(grouping.ReplaceAllString(expr, ""), -1) {
		name := parts[1]
		if strings.Contains(name, ":") {
			if !slices.Contains(recorded, name) {
				complaints = append(complaints, "no rule records "+name)
			}
			level, _, _ := strings.Cut(name, ":") // the labels that are left
			known = append(known, level)
			continue
		}
		sets, ok := s[name]
		if !ok {
			complaints = append(complaints, "no metric "+name)
			continue
		}
		for _, set := range sets {
			known = slices.AppendSeq(known, maps.Keys(set))
		}
		for _, m := range matcher.FindAllStringSubmatch(parts[2], -1) {
			key, values := m[1], strings.Split(m[3], "|")
			if slices.Contains([]string{"job", "instance", "code", "version"}, key) || strings.HasPrefix(m[2], "!") {
				continue
			}
			for _, value := range values {
				if !slices.ContainsFunc(sets, func(set map[string]string) bool { return set[key] == value }) {
					complaints = append(complaints, "no "+name+" has "+key+"="+value)
				}
			}
		}
	}
	for _, name := range named(expr, text) {
		if !slices.Contains(known, name) {
			complaints = append(complaints, "nothing has the label "+name)
		}
	}
	return complaints
}

// named are the labels that an expression groups by and that a text shows.
func named(expr, text string) (labels []string) {
	for _, parts := range grouping.FindAllStringSubmatch(expr, -1) {
		labels = append(labels, strings.FieldsFunc(parts[1], func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	for _, parts := range shown.FindAllStringSubmatch(text, -1) {
		labels = append(labels, parts[1])
	}
	return labels
}

func recordedNames(t *testing.T) (names []string) {
	for _, r := range rules(t) {
		if r.Record != "" {
			names = append(names, r.Record)
		}
	}
	return names
}

// Rules and dashboards ask only for what a server has.
func TestNamesExist(t *testing.T) {
	metrics, recorded := exposed(t), recordedNames(t)
	for _, r := range rules(t) {
		for _, complaint := range metrics.wrong(r.Expr, r.Annotations.Summary, recorded) {
			t.Errorf("%s%s: %s", r.Record, r.Alert, complaint)
		}
	}
	for _, q := range dashboardQueries(t) {
		for _, complaint := range metrics.wrong(q.expr, q.text, recorded) {
			t.Errorf("%s: %s", q.where, complaint)
		}
	}
}

// The comparison sees what is wrong.
func TestWrongNamesAreSeen(t *testing.T) {
	metrics := series{"digits_a_total": {{"reason": "b"}}}
	for _, c := range []struct{ expr, text, want string }{
		{`rate(digits_a_total{reason="b"}[5m])`, "", ""},
		{`rate(digits_b_total[5m])`, "", "no metric digits_b_total"},
		{`digits_a_total{reason=~"b|c"}`, "", "no digits_a_total has reason=c"},
		{`digits_a_total{cause="b"}`, "", "no digits_a_total has cause=b"},
		{`job:digits_a:rate5m / job:digits_b:sum`, "", "no rule records job:digits_b:sum"},
		{`sum by (job, reason) (digits_a_total)`, "{{reason}} {{ $labels.job }}", ""},
		{`sum by (job, raeson) (digits_a_total)`, "", "nothing has the label raeson"},
		{`sum without(raeson) (digits_a_total)`, "", "nothing has the label raeson"},
		{`digits_a_total / ignoring (raeson) group_left () digits_a_total`, "", "nothing has the label raeson"},
		{`digits_a_total`, "{{raeson}}", "nothing has the label raeson"},
		{`job:digits_a:rate5m`, "{{reason}}", "nothing has the label reason"},
	} {
		if got := strings.Join(metrics.wrong(c.expr, c.text, []string{"job:digits_a:rate5m"}), "; "); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.expr, c.text, got, c.want)
		}
	}
}
