package deploy_test

import (
	"bufio"
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
	grouping = regexp.MustCompile(`\b(by|on|ignoring|group_left) \([^)]*\)`)
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
// brings, cannot be known.
func (s series) wrong(expr string, recorded []string) (complaints []string) {
	for _, parts := range selector.FindAllStringSubmatch(grouping.ReplaceAllString(expr, ""), -1) {
		name := parts[1]
		if strings.Contains(name, ":") {
			if !slices.Contains(recorded, name) {
				complaints = append(complaints, "no rule records "+name)
			}
			continue
		}
		sets, ok := s[name]
		if !ok {
			complaints = append(complaints, "no metric "+name)
			continue
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
	return complaints
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
		for _, complaint := range metrics.wrong(r.Expr, recorded) {
			t.Errorf("%s%s: %s", r.Record, r.Alert, complaint)
		}
	}
	for _, q := range dashboardQueries(t) {
		for _, complaint := range metrics.wrong(q.expr, recorded) {
			t.Errorf("%s: %s", q.where, complaint)
		}
	}
}

// The comparison sees what is wrong.
func TestWrongNamesAreSeen(t *testing.T) {
	metrics := series{"digits_a_total": {{"reason": "b"}}}
	for expr, want := range map[string]string{
		`rate(digits_a_total{reason="b"}[5m])`:   "",
		`rate(digits_b_total[5m])`:               "no metric digits_b_total",
		`digits_a_total{reason=~"b|c"}`:          "no digits_a_total has reason=c",
		`digits_a_total{cause="b"}`:              "no digits_a_total has cause=b",
		`job:digits_a:rate5m / job:digits_b:sum`: "no rule records job:digits_b:sum",
	} {
		if got := strings.Join(metrics.wrong(expr, []string{"job:digits_a:rate5m"}), "; "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}
