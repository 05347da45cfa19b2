// Command server answers what digit an image shows, over HTTP.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/urfave/cli/v3"

	"digits/internal/usage"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals // asks the server to stop
		cancel()
		<-signals // ends the process at once
		os.Exit(exitSecondSignal)
	}()
	os.Exit(exitCode(run(ctx, os.Args, os.Stdout, os.Stderr), os.Stderr))
}

// Exit codes beside 0 and 1.
const (
	exitUsage        = 2
	exitSecondSignal = 130 // as shells have it for Ctrl-C
)

// errUsage is wrapped by errors in the command line or the environment.
var errUsage = errors.New("see server --help")

// exitCode prints the error, if any, as one line.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "server:", err)
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return 1
}

// hint is for those who separate a flag from true or false as from other values.
func hint(argument string) string {
	if _, err := strconv.ParseBool(argument); err != nil {
		return ""
	}
	return ", and a flag that is true or false has its value after =, as in --feedback=false"
}

// run is the program without its process. Results go to stdout, the log to
// stderr. It serves until the context ends, then stops gracefully.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c config
	begun := false
	command := &cli.Command{
		Name:            "server",
		Usage:           "answer what digit an image shows, over HTTP",
		UsageText:       "server [options]",
		Description:     "Exit codes: 0 stopped as asked, 1 could not run, 2 wrong usage, 130 ended at once by a second signal.",
		Flags:           c.flags(),
		HideHelpCommand: true,
		Writer:          stdout,
		ErrWriter:       stderr,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {},
		OnUsageError:    func(_ context.Context, _ *cli.Command, err error, _ bool) error { return err },
		Action: func(ctx context.Context, command *cli.Command) error {
			begun = true
			if command.Args().Present() {
				return fmt.Errorf("%q is not a flag%s; %w", command.Args().First(), hint(command.Args().First()), errUsage)
			}
			switch {
			case c.showVersion:
				return printVersion(stdout)
			case command.IsSet("health"):
				return c.checkHealth(ctx, stdout)
			}
			if err := c.check(); err != nil {
				return err
			}
			return serve(ctx, c, stderr)
		},
	}
	err := command.Run(ctx, args)
	if err != nil && !begun {
		return fmt.Errorf("%s; %w", usage.Plain(err.Error()), errUsage)
	}
	return err
}
