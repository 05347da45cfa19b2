package deploy_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dashboardQuery is an expression, the place that it is in, and the text that
// shows its labels.
type dashboardQuery struct{ where, expr, text string }

func dashboardQueries(t *testing.T) (queries []dashboardQuery) {
	t.Helper()
	files, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	for _, file := range files {
		var d struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr, LegendFormat string }
			}
			Annotations struct {
				List []struct{ Name, Expr, TitleFormat string }
			}
			Templating struct {
				List []struct{ Name, Definition string }
			}
		}
		if err := json.Unmarshal([]byte(read(t, file)), &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		add := func(name, expr, text string) {
			queries = append(queries, dashboardQuery{fmt.Sprintf("%s, %s", filepath.Base(file), name), expr, text})
		}
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				add(p.Title, target.Expr, target.LegendFormat)
			}
		}
		for _, a := range d.Annotations.List {
			add(a.Name, a.Expr, a.TitleFormat)
		}
		for _, v := range d.Templating.List {
			if values, ok := strings.CutPrefix(v.Definition, "label_values("); ok {
				comma := strings.LastIndex(values, ",")
				add("variable "+v.Name, values[:comma], "{{"+strings.Trim(values[comma:], ", )")+"}}")
			}
		}
	}
	return queries
}

// The committed files are what the generator writes.
func TestDashboardsAreGenerated(t *testing.T) {
	dir := t.TempDir()
	if output, err := exec.Command("go", "run", "./dashboards", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	want, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	got, _ := filepath.Glob("grafana/dashboards/*.json")
	if len(want) != len(got) {
		t.Errorf("there are %d dashboards and should be %d", len(got), len(want))
	}
	for _, file := range want {
		fresh, _ := os.ReadFile(file)
		kept, _ := os.ReadFile(filepath.Join("grafana/dashboards", filepath.Base(file)))
		if string(fresh) != string(kept) {
			t.Errorf("%s is not what the generator writes; run make dashboards", filepath.Base(file))
		}
	}
}

// Every panel, annotation and variable gets data from a Prometheus that has
// scraped a server under mixed traffic.
func TestEveryPanelHasData(t *testing.T) {
	prometheus := program(t, "prometheus")
	address, listen := freeAddress(t), freeAddress(t)
	server := startServer(t, address)
	startPrometheus(t, prometheus, listen, address)
	// A counter rises only from a value that has been scraped.
	await(t, query(listen, `digits_model_info`), hasSample)
	if err := server.Process.Signal(syscall.SIGHUP); err != nil { // reload
		t.Fatal(err)
	}
	ended := make(chan struct{})
	defer func() { <-ended }()
	stop := make(chan struct{})
	defer close(stop)
	go func() { defer close(ended); mixedTraffic(t, "http://"+address, stop) }()
	for _, q := range dashboardQueries(t) {
		expr := strings.NewReplacer("$__rate_interval", "20s", "$job", "digits", "$instance", ".+", "$version", ".+").Replace(q.expr)
		if strings.Contains(expr, "$") {
			t.Errorf("%s: unknown variable in %s", q.where, expr)
			continue
		}
		// Reloads are seen as long as they are near.
		if strings.HasSuffix(q.where, ", Reloads") {
			expr = strings.ReplaceAll(expr, "20s", "10m")
		}
		awaitData(t, q.where, listen, expr)
	}
}

// awaitData fails on an error at once, and on an answer without a number after
// some scrapes.
func awaitData(t *testing.T, where, listen, expr string) {
	t.Helper()
	for range 100 {
		reply, err := http.Get(query(listen, expr))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Status, Error string
			Data          struct{ Result []struct{ Value [2]any } }
		}
		err = json.NewDecoder(reply.Body).Decode(&answer)
		reply.Body.Close()
		if err != nil || answer.Status != "success" {
			t.Errorf("%s: %v %s in %s", where, err, answer.Error, expr)
			return
		}
		for _, r := range answer.Data.Result {
			text, _ := r.Value[1].(string)
			if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Errorf("%s: no data for %s", where, expr)
}

func query(listen, expr string) string {
	return "http://" + listen + "/api/v1/query?query=" + url.QueryEscape(expr)
}

func hasSample(body string) bool { return strings.Contains(body, `"value":[`) }

// startPrometheus starts it with our configuration, but for the times, and one
// target.
func startPrometheus(t *testing.T, program, listen, target string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"rules.yaml", "alerts.yaml"} {
		copyFile(t, filepath.Join("prometheus", name), filepath.Join(dir, name))
	}
	fast := strings.NewReplacer("scrape_interval: 5s", "scrape_interval: 1s", "evaluation_interval: 15s", "evaluation_interval: 1s").Replace(read(t, "prometheus/prometheus.yaml"))
	for name, content := range map[string]string{"prometheus.yaml": fast, "targets.yaml": fmt.Sprintf("[{targets: [%q]}]\n", target)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, nil, program, "--config.file="+filepath.Join(dir, "prometheus.yaml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+listen)
	await(t, "http://"+listen+"/-/ready", func(string) bool { return true })
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.WriteFile(to, []byte(read(t, from)), 0o600); err != nil {
		t.Fatal(err)
	}
}
