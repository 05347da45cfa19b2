package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells a person, or a log, how the training goes.
type progress interface {
	skip(images int, loss runningLoss) // what an earlier run did
	step(epoch, images int, loss runningLoss)
	epoch(epoch, epochs int, s epochScore)
	close()
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// downloadBar returns a callback that draws a bar for each file.
func downloadBar(w io.Writer) func(file string, done, total int64) {
	var bar *progressbar.ProgressBar
	current := ""
	return func(file string, done, total int64) {
		if file != current {
			current = file
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(file),
				progressbar.OptionShowBytes(true), progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
		}
		_ = bar.Set64(done)
	}
}

// newProgress draws a bar on a terminal and writes log lines elsewhere.
func newProgress(w io.Writer, images int) progress {
	if isTerminal(w) {
		return newBar(w, images)
	}
	return &logProgress{log: slog.New(slog.NewTextHandler(w, nil)), total: images, start: time.Now(), last: time.Now()}
}

type barProgress struct {
	bar   *progressbar.ProgressBar
	w     io.Writer
	loss  runningLoss
	score string
}

// newBar leaves the count of images out, so that a line has room on 80 columns.
func newBar(w io.Writer, images int) *barProgress {
	return &barProgress{w: w, bar: progressbar.NewOptions(images,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("images"),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth())}
}

// skip makes the bar about what is left: it would count the rest into the
// speed.
func (p *barProgress) skip(images int, loss runningLoss) {
	p.loss = loss
	p.bar.ChangeMax(p.bar.GetMax() - images)
}

func (p *barProgress) step(epoch, images int, loss runningLoss) {
	p.loss = loss
	p.describe(epoch)
	_ = p.bar.Add(images)
}

func (p *barProgress) epoch(epoch, _ int, s epochScore) {
	if s != (epochScore{}) {
		p.score = fmt.Sprintf(", valid %.2f%%", 100*s.Accuracy)
	}
	p.describe(epoch)
}

func (p *barProgress) describe(epoch int) {
	p.bar.Describe(fmt.Sprintf("epoch %d, loss %.4f%s", epoch, p.loss, p.score))
}

func (p *barProgress) close() {
	_ = p.bar.Exit()
	fmt.Fprintln(p.w)
}

// logProgress writes a line at most every ten seconds, and after each epoch.
type logProgress struct {
	log           *slog.Logger
	total         int // images of the whole run
	done, skipped int
	loss          runningLoss
	start, last   time.Time
}

func (p *logProgress) skip(images int, loss runningLoss) {
	p.done, p.skipped, p.loss = images, images, loss
}

func (p *logProgress) step(epoch, images int, loss runningLoss) {
	p.done += images
	p.loss = loss
	if time.Since(p.last) >= 10*time.Second {
		p.last = time.Now()
		p.log.Info("training", p.figures(epoch)...)
	}
}

func (p *logProgress) epoch(epoch, epochs int, s epochScore) {
	p.last = time.Now()
	figures := append(p.figures(epoch), "epochs", epochs)
	if s != (epochScore{}) {
		figures = append(figures, "validation_accuracy", s.Accuracy, "validation_loss", round(s.Loss, 1e4))
	}
	p.log.Info("epoch done", figures...)
}

// figures leaves out the speed when nothing has been done yet: a run that was
// interrupted at an epoch's end goes on with its score.
func (p *logProgress) figures(epoch int) []any {
	figures := []any{"epoch", epoch, "loss", round(float64(p.loss), 1e4)}
	if p.done == p.skipped {
		return figures
	}
	rate := float64(p.done-p.skipped) / time.Since(p.start).Seconds()
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
	return append(figures, "images_per_second", int(rate), "left", left.Round(time.Second))
}

func (p *logProgress) close() {}

// tellSpent logs, on a terminal too, that something is done, and the time since
// it was begun or resumed. The weights file has no times: a seed makes the same
// bytes.
func tellSpent(w io.Writer, message string, start time.Time, figures ...any) {
	slog.New(slog.NewTextHandler(w, nil)).Info(message, append(figures, "spent", time.Since(start).Round(time.Second))...)
}

func round(x, to float64) float64 { return float64(int(x*to+0.5)) / to }
