package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is the server's --request-timeout.
const deadline = 5 * time.Second

// overload sends one server twice what it can answer.
func overload(ctx context.Context, c config) error {
	url, admin := fmt.Sprintf("http://127.0.0.1:%d", c.port), fmt.Sprintf("http://127.0.0.1:%d", c.port+1)
	program := os.Getenv("SERVER")
	if program == "" {
		program = "bin/server"
	}
	server := exec.Command(program, "--addr", url[len("http://"):], "--admin-addr", admin[len("http://"):], "--log-level", "error",
		"--request-timeout", deadline.String(), "--drain-delay", "0s")
	running, stop, err := start(ctx, server)
	if err != nil {
		return err
	}
	defer stop()
	if err := awaitReady(running, url+"/readyz"); err != nil {
		return err
	}
	photograph := dear()
	capacity, err := measure(ctx, url, photograph, min(c.duration/2, 20*time.Second))
	if err != nil {
		return err
	}
	c.rate = 2 * capacity
	points, err := load(ctx, c, url, []string{admin}, photograph)
	if err != nil {
		return err
	}
	if err := write(c, points); err != nil {
		return err
	}
	fmt.Printf("The capacity, measured before with a request for each core and one more, is %.1f a second.\n", capacity)
	return judge(points, c.interval, capacity)
}

// dear is a picture that costs the server much more than it costs to send.
func dear() []byte {
	sheet := image.NewGray(image.Rect(0, 0, 2000, 1500))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{Y: 230}), image.Point{}, draw.Src)
	draw.Draw(sheet, image.Rect(970, 400, 1050, 1100), image.NewUniform(color.Gray{Y: 30}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, sheet, nil); err != nil {
		panic("soak: a picture cannot be encoded")
	}
	return b.Bytes()
}

// measure returns how many requests a second are answered when each client waits
// for its answer.
func measure(ctx context.Context, url string, image []byte, d time.Duration) (float64, error) {
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var clients sync.WaitGroup
	var answered atomic.Int64
	var failure atomic.Value
	for range 3 {
		clients.Go(func() {
			for ctx.Err() == nil {
				if err := ask(client, url, image); err != nil {
					failure.Store(err)
					return
				}
				answered.Add(1)
			}
		})
	}
	clients.Wait()
	if err, ok := failure.Load().(error); ok {
		return 0, fmt.Errorf("the capacity cannot be measured: %w", err)
	}
	return float64(answered.Load()) / d.Seconds(), nil
}

// errOverloaded is the outcome of a run in which the server did not bear it.
var errOverloaded = errors.New("the server does not bear twice its capacity")

// judge says what a server does wrong that gets too much: other errors than 503,
// fewer answers than 90% of what it can, answers after the deadline, and memory
// that grows by a tenth between the second quarter of the time and the last.
func judge(points []point, interval time.Duration, capacity float64) error {
	var wrong []error
	var whole point
	quarter := max(len(points)/4, 1)
	var early, late float64
	for i, p := range points {
		whole.failed, whole.cause = whole.failed+p.failed, cmp.Or(whole.cause, p.cause)
		if i < quarter {
			continue // it warms up
		}
		whole.latencies = append(whole.latencies, p.latencies...)
		if i < 2*quarter {
			early = max(early, p.memory)
		}
		if i >= len(points)-quarter {
			late = max(late, p.memory)
		}
	}
	whole.sort()
	goodput := float64(len(whole.latencies)) / (time.Duration(len(points)-quarter) * interval).Seconds()
	fmt.Printf("Afterwards %.1f a second were answered, %.0f%% of it, 99%% within %v; memory %.1f MB, then %.1f MB.\n",
		goodput, 100*goodput/capacity, whole.quantile(0.99), early/1e6, late/1e6)
	if whole.failed > 0 {
		wrong = append(wrong, fmt.Errorf("%d requests failed otherwise than with 503, the first with: %w", whole.failed, whole.cause))
	}
	if goodput < 0.9*capacity {
		wrong = append(wrong, fmt.Errorf("%.1f answers a second are less than 90%% of %.1f", goodput, capacity))
	}
	if whole.quantile(0.99) > deadline {
		wrong = append(wrong, fmt.Errorf("the 99th percentile is %v, after the deadline", whole.quantile(0.99)))
	}
	if late > 1.1*early {
		wrong = append(wrong, fmt.Errorf("memory grew from %.1f MB to %.1f MB", early/1e6, late/1e6))
	}
	if wrong != nil {
		return fmt.Errorf("%w: %w", errOverloaded, errors.Join(wrong...))
	}
	return nil
}
