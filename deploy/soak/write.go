package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// curve is a line in a picture.
type curve struct {
	name string
	of   func(point) float64
}

func milliseconds(share float64) func(point) float64 {
	return func(p point) float64 { return float64(p.quantile(share).Microseconds()) / 1000 }
}

var pictures = []struct {
	file, title string
	curves      []curve
}{
	{"latency.svg", "Latency, ms", []curve{{"50%", milliseconds(0.5)}, {"90%", milliseconds(0.9)}, {"99%", milliseconds(0.99)}, {"99.9%", milliseconds(0.999)}}},
	{"memory.svg", "Memory of the largest server, MB", []curve{{"resident", func(p point) float64 { return p.memory / 1e6 }}}},
	{"goroutines.svg", "Goroutines of the server with most", []curve{{"goroutines", func(p point) float64 { return p.goroutines }}}},
	{"failed.svg", "Requests that failed", []curve{{"refused", func(p point) float64 { return float64(p.refused) }}, {"failed", func(p point) float64 { return float64(p.failed) }}}},
}

// write writes the pictures, and a table of the whole and of all points.
func write(c config, points []point) error {
	if len(points) < 2 {
		return fmt.Errorf("the run was ended after %d of the intervals, and a report needs two; nothing is written", len(points))
	}
	if err := os.MkdirAll(c.out, 0o755); err != nil {
		return err
	}
	for _, picture := range pictures {
		p := plot.New()
		p.Title.Text, p.X.Label.Text = picture.title, "minutes"
		var lines []any
		for _, curve := range picture.curves {
			xys := make(plotter.XYs, len(points))
			for i, point := range points {
				xys[i] = plotter.XY{X: point.at.Minutes(), Y: curve.of(point)}
			}
			lines = append(lines, curve.name, xys)
		}
		if err := plotutil.AddLines(p, lines...); err != nil {
			return err
		}
		p.Y.Min = 0
		if err := p.Save(16*vg.Centimeter, 8*vg.Centimeter, filepath.Join(c.out, picture.file)); err != nil {
			return err
		}
	}
	text := summary(c, points)
	fmt.Print(text)
	return os.WriteFile(filepath.Join(c.out, "report.md"), []byte(text+table(points)), 0o644)
}

// summary is the whole in two lines.
func summary(c config, points []point) string {
	var whole point
	for _, p := range points {
		whole.latencies = append(whole.latencies, p.latencies...)
		whole.refused, whole.failed = whole.refused+p.refused, whole.failed+p.failed
	}
	whole.sort()
	refused := ""
	if whole.refused > 0 {
		refused = fmt.Sprintf("%d refused, ", whole.refused)
	}
	first, last := points[len(points)/4], points[len(points)-1] // a quarter of the time is for warming up
	seconds := (last.at - points[0].at).Seconds()
	return fmt.Sprintf("%d requests at %.0f a second in %v: %s%d failed; 50%% within %v, 99%% within %v, 99.9%% within %v, all within %v.\n"+
		"Of the servers: %.2f ms of processor time a request; the largest had %.1f MB after a quarter of the time and %.1f MB at the end, %.0f and %.0f goroutines.\n",
		len(whole.latencies)+whole.refused+whole.failed, c.rate, last.at, refused, whole.failed, whole.quantile(0.5), whole.quantile(0.99), whole.quantile(0.999), whole.quantile(1),
		1000*(last.processorTime-points[0].processorTime)/(seconds*c.rate), first.memory/1e6, last.memory/1e6, first.goroutines, last.goroutines)
}

func table(points []point) string {
	var b strings.Builder
	b.WriteString("\n| time | answered | refused | failed | 50% | 90% | 99% | 99.9% | memory, MB | goroutines |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, p := range points {
		fmt.Fprintf(&b, "| %v | %d | %d | %d | %v | %v | %v | %v | %.1f | %.0f |\n", p.at, len(p.latencies), p.refused, p.failed,
			p.quantile(0.5), p.quantile(0.9), p.quantile(0.99), p.quantile(0.999), p.memory/1e6, p.goroutines)
	}
	return b.String()
}
