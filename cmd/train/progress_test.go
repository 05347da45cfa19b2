package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// drawn runs draw on a clock of its own and returns the lines that a terminal
// would have shown, one over the other.
func drawn(t *testing.T, draw func(w io.Writer)) []string {
	t.Helper()
	var b bytes.Buffer
	synctest.Test(t, func(*testing.T) { draw(&b) })
	return slices.DeleteFunc(strings.Split(b.String(), "\r"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

// Four epochs of 1,000 images at 500 images a second. What an earlier run did
// adds nothing to the speed.
func TestBarShowsHowTheTrainingGoes(t *testing.T) {
	for name, skipped := range map[string]int{"anew": 0, "resumed": 50_000} {
		t.Run(name, func(t *testing.T) {
			lines := drawn(t, func(w io.Writer) {
				p := newBar(w, 4000+skipped)
				p.skip(skipped, 0.5)
				for epoch := range 4 {
					for range 10 {
						time.Sleep(200 * time.Millisecond)
						p.step(epoch+1, 100, 0.1234)
					}
					p.epoch(epoch+1, 4, epochScore{Accuracy: 0.95 + float64(epoch)/100})
				}
				p.close()
			})
			for _, want := range [][]string{
				{"epoch 3, loss 0.1234, valid 96.00%  60% ", " (500 images/s) ", "[5s:3s]"}, // so far and left
				{"epoch 4, loss 0.1234, valid 98.00% 100% ", " (500 images/s)\n"},
			} {
				i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, want[0]) })
				if i < 0 {
					t.Fatalf("no line begins with %q; the last is %q", want[0], lines[len(lines)-1])
				}
				for _, part := range want[1:] {
					if !strings.Contains(lines[i], part) {
						t.Errorf("%q lacks %q", lines[i], part)
					}
				}
			}
		})
	}
}

// A line that wraps is followed by the next one instead of overwritten.
func TestBarFitsIntoALine(t *testing.T) {
	const epochs, images = 60, 55_000
	lines := drawn(t, func(w io.Writer) {
		p := newBar(w, epochs*images)
		for epoch := range epochs {
			for range 10 {
				time.Sleep(2 * time.Second)
				p.step(epoch+1, images/10, 0.1234)
			}
			p.epoch(epoch+1, epochs, epochScore{Accuracy: 0.9876})
		}
		p.close()
	})
	for _, line := range lines {
		if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 80 {
			t.Errorf("a line has %d columns: %q", n, line)
		}
	}
}

// A run whose last steps were made before has only a score to show.
func TestBarWithoutAStep(t *testing.T) {
	lines := drawn(t, func(w io.Writer) {
		p := newBar(w, 4000)
		p.skip(4000, 0.5)
		p.epoch(4, 4, epochScore{Accuracy: 0.9876})
		p.close()
	})
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "epoch 4, loss 0.5000, valid 98.76% ") {
		t.Errorf("the last line is %q", last)
	}
}

// A run that goes on with the score of an epoch, all of whose steps were made
// before, knows its loss and no speed.
func TestProgressWithoutAStep(t *testing.T) {
	var log bytes.Buffer
	p := &logProgress{log: slog.New(slog.NewTextHandler(&log, nil)), total: 300, start: time.Now(), last: time.Now()}
	p.skip(100, 0.25)
	p.epoch(1, 3, epochScore{Accuracy: 0.5})
	if line := log.String(); !strings.Contains(line, "loss=0.25 ") || strings.Contains(line, "left") || strings.Contains(line, "images_per_second") {
		t.Errorf("the log is %s", line)
	}
	log.Reset()
	p.step(2, 50, 0.125)
	p.epoch(2, 3, epochScore{Accuracy: 0.5})
	if line := log.String(); !strings.Contains(line, "loss=0.125 ") || !strings.Contains(line, "left") || !strings.Contains(line, "images_per_second") {
		t.Errorf("after a step, the log is %s", line)
	}
}

func TestDownloadBarHasALineForEachFile(t *testing.T) {
	lines := drawn(t, func(w io.Writer) {
		bar := downloadBar(w)
		for _, file := range []string{"images.gz", "labels.gz"} {
			for done := int64(0); done <= 4_000_000; done += 1_000_000 {
				bar(file, done, 4_000_000)
				time.Sleep(time.Second)
			}
		}
	})
	text := strings.Join(lines, "\n")
	for _, want := range []string{"images.gz  50% ", "images.gz 100% ", "labels.gz  50% ", "labels.gz 100% ", "(1.0 MB/s)", "[1s:2s]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the bars lack %q:\n%s", want, text)
		}
	}
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last bar has no end of line")
	}
}

func TestIsTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{new(bytes.Buffer), file} {
		if isTerminal(w) {
			t.Errorf("%T is called a terminal", w)
		}
	}
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had:", err)
	}
	defer terminal.Close()
	if _, ok := newProgress(terminal, 1).(*barProgress); !ok {
		t.Error("a terminal gets no bar")
	}
}
