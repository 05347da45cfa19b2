// Command soak loads three servers behind a balancer at a constant rate, or one
// server with twice what it can answer, for a bounded time, and writes what came
// of it as pictures and a table.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// errFailed is the outcome of a run in which requests failed.
var errFailed = errors.New("not all requests were answered")

type config struct {
	duration, interval time.Duration
	rate               float64 // requests a second
	port               int     // of deploy/demo
	image, out         string
	overload           bool
}

func main() {
	var c config
	flag.DurationVar(&c.duration, "duration", 10*time.Minute, "how long")
	flag.DurationVar(&c.interval, "interval", 5*time.Second, "time that a point in the pictures stands for")
	flag.Float64Var(&c.rate, "rate", 200, "requests a second, whether the earlier ones have been answered or not")
	flag.IntVar(&c.port, "port", 18080, "port for the balancer; the 15 above it are used too")
	flag.StringVar(&c.image, "image", "api/examples/three.jpg", "`FILE` to send")
	flag.StringVar(&c.out, "out", "runs/soak", "`DIR` for the report")
	flag.BoolVar(&c.overload, "overload", false, "instead, send one server twice what it can answer, measured before, of large pictures")
	flag.Parse()
	if err := c.check(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(2)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, c); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		cancel()
		os.Exit(1)
	}
}

// check refuses what would load the machine without end, or in vain.
func (c config) check(words []string) error {
	switch {
	case len(words) > 0:
		return fmt.Errorf("%q is no flag; all begin with --", words[0])
	case !(c.rate > 0 && c.rate <= mostRate):
		return fmt.Errorf("--rate is %v; it must be above 0 and up to %v", c.rate, mostRate)
	case c.interval <= 0 || c.duration < 2*c.interval:
		return fmt.Errorf("--interval is %v and --duration %v; it must be above 0, and the duration twice as long or longer", c.interval, c.duration)
	}
	return nil
}

// mostRate is more than a machine can send.
const mostRate = 100_000

func run(ctx context.Context, c config) error {
	if c.overload {
		return overload(ctx, c)
	}
	image, err := os.ReadFile(c.image)
	if err != nil {
		return err
	}
	demo := exec.Command("deploy/demo")
	demo.Env = append(os.Environ(), fmt.Sprint("DEMO_PORT=", c.port))
	running, stop, err := start(ctx, demo)
	if err != nil {
		return err
	}
	defer stop()
	url := fmt.Sprintf("http://127.0.0.1:%d", c.port)
	if err := awaitReady(running, url+"/readyz"); err != nil {
		return err
	}
	var admins []string
	for server := range 3 {
		admins = append(admins, fmt.Sprintf("http://127.0.0.1:%d", c.port+11+server))
	}
	points, err := load(running, c, url, admins, image)
	if err != nil {
		return err
	}
	if running.Err() != nil && ctx.Err() == nil { // who has answered was another
		return context.Cause(running)
	}
	if err := write(c, points); err != nil {
		return err
	}
	return failure(points, c.out)
}

// failure says why requests failed, if any did.
func failure(points []point, report string) error {
	var cause error
	refused := 0
	for _, p := range points {
		cause, refused = cmp.Or(cause, p.cause), refused+p.refused
	}
	if refused > 0 {
		cause = cmp.Or(cause, errRefused)
	}
	if cause == nil {
		return nil
	}
	return fmt.Errorf("%w: %w; see %s", errFailed, cause, report)
}

// start starts a program and returns a context that ends with it, and what stops it.
func start(ctx context.Context, program *exec.Cmd) (running context.Context, stop func(), err error) {
	program.Stderr = os.Stderr
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for this program, which then stops it
	if err := program.Start(); err != nil {
		return nil, nil, err
	}
	running, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		cancel(fmt.Errorf("%s has ended: %v", program.Path, program.Wait()))
		close(ended)
	}()
	return running, func() {
		_ = program.Process.Signal(syscall.SIGTERM)
		<-ended
	}, nil
}

// awaitReady asks until the reply is 200, for half a minute at most.
func awaitReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if reply, err := http.Get(url); err == nil {
			reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", url, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
