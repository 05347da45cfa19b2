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
	skip(images int) // what an earlier run did
	step(epoch, images int, loss float64)
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
		return &barProgress{bar: progressbar.NewOptions(images,
			progressbar.OptionSetWriter(w),
			progressbar.OptionShowIts(),
			progressbar.OptionShowCount(),
			progressbar.OptionSetItsString("images"),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription("epoch 1"),
			progressbar.OptionFullWidth()), w: w}
	}
	return &logProgress{log: slog.New(slog.NewTextHandler(w, nil)), total: images, start: time.Now(), last: time.Now()}
}

// runningLoss smooths the loss of single steps.
type runningLoss float64

func (l *runningLoss) add(loss float64) {
	if *l == 0 {
		*l = runningLoss(loss)
	}
	*l += runningLoss((loss - float64(*l)) / 50)
}

type barProgress struct {
	bar   *progressbar.ProgressBar
	w     io.Writer
	loss  runningLoss
	score string
}

func (p *barProgress) skip(images int) { _ = p.bar.Set(images) }

func (p *barProgress) step(epoch, images int, loss float64) {
	p.loss.add(loss)
	p.bar.Describe(fmt.Sprintf("epoch %d, loss %.4f%s", epoch, p.loss, p.score))
	_ = p.bar.Add(images)
}

func (p *barProgress) epoch(_, _ int, s epochScore) {
	p.score = fmt.Sprintf(", validation %.2f%%", 100*s.Accuracy)
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

func (p *logProgress) skip(images int) { p.done, p.skipped = images, images }

func (p *logProgress) step(epoch, images int, loss float64) {
	p.done += images
	p.loss.add(loss)
	if time.Since(p.last) >= 10*time.Second {
		p.last = time.Now()
		p.log.Info("training", p.figures(epoch)...)
	}
}

func (p *logProgress) epoch(epoch, epochs int, s epochScore) {
	p.last = time.Now()
	p.log.Info("epoch done", append(p.figures(epoch), "epochs", epochs,
		"validation_accuracy", s.Accuracy, "validation_loss", round(s.Loss, 1e4))...)
}

func (p *logProgress) figures(epoch int) []any {
	rate := float64(p.done-p.skipped) / time.Since(p.start).Seconds()
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
	return []any{"epoch", epoch, "loss", round(float64(p.loss), 1e4), "images_per_second", int(rate), "left", left.Round(time.Second)}
}

func (p *logProgress) close() {}

func round(x, to float64) float64 { return float64(int(x*to+0.5)) / to }
