package usage_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v3"

	"digits/internal/usage"
)

// The messages are the library's own, so that an upgrade which changes them is
// noticed.
func TestPlain(t *testing.T) {
	for _, test := range []struct{ args, slots, want string }{
		{"--slots x", "", `invalid value "x" for flag --slots: a whole number is needed`},
		{"-slots 1.5", "", `invalid value "1.5" for flag --slots: a whole number is needed`},
		{"--slots 99999999999999999999", "", `invalid value "99999999999999999999" for flag --slots: it is too large or too small`},
		{"--seed -1", "", `invalid value "-1" for flag --seed: a whole number is needed`},
		{"--rate x", "", `invalid value "x" for flag --rate: a number is needed`},
		{"--wait 90", "", `invalid value "90" for flag --wait: a time such as 90s or 2m30s is needed`},
		{"--wait 1h", "", `invalid value "1h" for flag --wait: too long`},
		{"--resume=maybe", "", `invalid value "maybe" for flag --resume: true or false is needed`},
		{"--unknown", "", `there is no flag --unknown`},
		{"--slots", "", `flag needs an argument: --slots`},
		{"", "many", `invalid value "many" in TEST_SLOTS for flag --slots: a whole number is needed`},
	} {
		t.Run(test.args+test.slots, func(t *testing.T) {
			t.Setenv("TEST_SLOTS", test.slots)
			command := &cli.Command{
				OnUsageError:   func(_ context.Context, _ *cli.Command, err error, _ bool) error { return err },
				ExitErrHandler: func(context.Context, *cli.Command, error) {},
				Flags: []cli.Flag{
					&cli.IntFlag{Name: "slots", Sources: cli.EnvVars("TEST_SLOTS")},
					&cli.Uint64Flag{Name: "seed"},
					&cli.FloatFlag{Name: "rate"},
					&cli.BoolFlag{Name: "resume"},
					&cli.DurationFlag{Name: "wait", Validator: func(d time.Duration) error {
						if d > time.Minute {
							return errors.New("too long")
						}
						return nil
					}},
				},
			}
			err := command.Run(t.Context(), append([]string{"test"}, strings.Fields(test.args)...))
			if err == nil || usage.Plain(err.Error()) != test.want {
				t.Errorf("%v became %s; want %s", err, usage.Plain(err.Error()), test.want)
			}
		})
	}
}
