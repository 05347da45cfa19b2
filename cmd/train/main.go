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

// version is the code's, set by the linker (-X main.version=…) where the build
// has no version control to ask.
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
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
	if errors.Is(err, context.Canceled) { // of what keeps nothing of its work
		err = errInterrupted
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
		Description:     "Exit codes: 0 done, 1 could not go on, 2 wrong usage, 130 interrupted: fit and tune go on by --resume.",
		Flags:           ownFlags(fitCommand(stdout, stderr).Flags),
		Before:          commandFirst(args),
		Action:          fit.Action,
		Commands:        []*cli.Command{fit, evalCommand(stdout, stderr), calibrateCommand(stdout, stderr), proofCommand(stdout, stderr), reportCommand(stdout, stderr), tuneCommand(stdout, stderr)},
		HideHelpCommand: true,
		Writer:          stdout,
		ErrWriter:       stderr,
		OnUsageError:    usageError,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {},
	}
	for _, c := range root.Commands {
		c.OnUsageError, c.Before = usageError, noEmptyFlags
	}
	return root.Run(ctx, args)
}

// ownFlags are the flags of fit for the program without a command: they are
// not those of the other commands, which would take them and do nothing.
func ownFlags(flags []cli.Flag) []cli.Flag {
	for _, flag := range flags {
		switch f := flag.(type) {
		case *cli.StringFlag:
			f.Local = true
		case *cli.IntFlag:
			f.Local = true
		case *cli.Uint64Flag:
			f.Local = true
		case *cli.FloatFlag:
			f.Local = true
		case *cli.DurationFlag:
			f.Local = true
		case *cli.BoolFlag:
			f.Local = true
		default:
			panic("train: a flag of another type")
		}
	}
	return flags
}

// commandFirst refuses "train --seed 2 tune", where tune would not see the flag.
func commandFirst(args []string) cli.BeforeFunc {
	return func(ctx context.Context, c *cli.Command) (context.Context, error) {
		if command := c.Command(c.Args().First()); command != nil && args[1] != command.Name {
			return ctx, fmt.Errorf("flags stand behind the command: train %s %s; %w", command.Name, args[1], errUsage)
		}
		return noEmptyFlags(ctx, c)
	}
}

// noEmptyFlags refuses --out "$FILE" without a FILE, which would be taken for no
// --out, whose default may be to write over another file. What the environment
// may say is left out: empty variables are as good as none there.
func noEmptyFlags(ctx context.Context, c *cli.Command) (context.Context, error) {
	for _, flag := range c.Flags {
		if f, text := flag.(*cli.StringFlag); text && len(f.Sources.Chain) == 0 && c.IsSet(f.Name) && c.String(f.Name) == "" {
			return ctx, fmt.Errorf("--%s is empty; give it a value or leave it out; %w", f.Name, errUsage)
		}
	}
	return ctx, nil
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
