package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"digits/internal/report"
)

// tuneTable is what a tuning found, the best first.
type tuneTable struct {
	Trials  []tuneRow `json:"trials"`
	Images  int       `json:"images"`  // that every accuracy is of
	Command string    `json:"command"` // makes the weights of the best
	columns []string
}

// tuneRow is the last result of a trial.
type tuneRow struct {
	Trial    int                `json:"trial"` // from 1, the preset
	Epochs   int                `json:"epochs"`
	Accuracy float64            `json:"accuracy"`
	Interval [2]float64         `json:"accuracy_95_interval"` // Wilson 1927
	Loss     float64            `json:"loss"`
	Diverged bool               `json:"diverged,omitempty"`
	Settings map[string]float64 `json:"settings"` // by flag
}

// table sorts the trials by how many epochs they came to and then by accuracy:
// numbers of different epochs cannot be compared.
func (t *tuning) table() tuneTable {
	last := map[int]result{}
	for _, r := range t.Results { // by rung
		last[r.Trial] = r
	}
	var list []result
	for trial := range t.Search.Trials {
		list = append(list, last[trial])
	}
	slices.SortStableFunc(list, func(a, b result) int { return cmp.Or(cmp.Compare(b.Rung, a.Rung), a.bestFirst(b)) })
	table := tuneTable{Images: t.Search.Base.Validation, Command: t.command(list[0].Recipe)}
	for _, k := range t.Search.knobs() {
		table.columns = append(table.columns, k.flag)
	}
	for _, r := range list {
		table.Trials = append(table.Trials, t.row(r))
	}
	return table
}

func (t *tuning) row(r result) tuneRow {
	row := tuneRow{Trial: r.Trial + 1, Epochs: r.Recipe.Epochs, Accuracy: r.Score.Accuracy, Loss: r.Score.Loss, Diverged: r.Diverged, Settings: map[string]float64{}}
	images := t.Search.Base.Validation
	row.Interval[0], row.Interval[1] = report.Wilson(int(math.Round(r.Score.Accuracy*float64(images))), images)
	for _, k := range t.Search.knobs() {
		row.Settings[k.flag] = setting(k, r.Recipe)
	}
	return row
}

// setting returns a knob's number as its flag has it.
func setting(k knob, r recipe) float64 {
	v := *k.of(&r)
	if v == 0 && (k.flag == "width" || k.flag == "augmentation") {
		return 1
	}
	return v
}

// command returns the command line that trains by the recipe.
func (t *tuning) command(r recipe) string {
	var b strings.Builder
	fmt.Fprintf(&b, "train fit --out tuned.safetensors --preset %s --epochs %d --seed %d --shards %d", r.Preset, r.Epochs, r.Seed, r.Shards)
	if p, _ := preset(r.Preset); p.Teachers > 0 {
		b.WriteString(" --teachers 0")
	}
	for _, k := range t.Search.knobs() {
		fmt.Fprintf(&b, " --%s %v", k.flag, setting(k, r))
	}
	return b.String()
}

// WriteText prints the table for a person.
func (t tuneTable) WriteText(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tab, "trial\tepochs\taccuracy\t95%% interval\tloss\t%s\t\n", strings.Join(t.columns, "\t"))
	for _, r := range t.Trials {
		accuracy, interval, loss := "diverged", "", ""
		if !r.Diverged {
			accuracy, loss = fmt.Sprintf("%.2f%%", 100*r.Accuracy), fmt.Sprintf("%.4f", r.Loss)
			interval = fmt.Sprintf("%.2f%% to %.2f%%", 100*r.Interval[0], 100*r.Interval[1])
		}
		fmt.Fprintf(tab, "%d\t%d\t%s\t%s\t%s\t", r.Trial, r.Epochs, accuracy, interval, loss)
		for _, flag := range t.columns {
			fmt.Fprintf(tab, "%s\t", strconv.FormatFloat(r.Settings[flag], 'g', -1, 64))
		}
		fmt.Fprintln(tab)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\naccuracies are of %d held-out images; trial 1 is the preset, and a lead within the intervals may be luck\nthe best again:\n  %s\n", t.Images, t.Command)
	return err
}
