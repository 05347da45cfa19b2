// Command train makes, checks and improves weights files.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"digits/internal/usage"
)

// version is the code's, set by the linker.
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

// Exit codes beside 0 and 1.
const (
	exitUsage       = 2
	exitInterrupted = 130
)

// exitCode prints the error, if any, as one line.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "train:", err)
	switch {
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	return 1
}

var errUsage = errors.New("see train --help")

// run is the program without its process: results go to stdout, progress to
// stderr, and a cancelled context ends the training with a checkpoint.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	fit := fitCommand(stdout, stderr)
	root := &cli.Command{
		Name:            "train",
		Usage:           "train the network that reads digits; without a command: fit",
		Description:     "Exit codes: 0 done, 1 could not go on, 2 wrong usage, 130 interrupted, with a checkpoint for --resume.",
		Flags:           fitCommand(stdout, stderr).Flags,
		Action:          fit.Action,
		Commands:        []*cli.Command{fit, evalCommand(stdout, stderr), calibrateCommand(stdout, stderr), proofCommand(stdout, stderr), reportCommand(stdout, stderr), tuneCommand(stdout, stderr)},
		HideHelpCommand: true,
		Writer:          stdout,
		ErrWriter:       stderr,
		OnUsageError:    usageError,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {},
	}
	for _, c := range root.Commands {
		c.OnUsageError = usageError
	}
	return root.Run(ctx, args)
}

func usageError(_ context.Context, _ *cli.Command, err error, _ bool) error {
	return fmt.Errorf("%s; %w", usage.Plain(err.Error()), errUsage)
}

func noArguments(c *cli.Command) error {
	if c.Args().Present() {
		return fmt.Errorf("%q is not a command or flag; %w", c.Args().First(), errUsage)
	}
	return nil
}
