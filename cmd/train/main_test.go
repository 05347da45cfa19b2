package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"digits/internal/report"
	"digits/pkg/cnn"
)

// command runs the program with these arguments.
func command(t *testing.T, args string, stdout io.Writer) error {
	return run(t.Context(), append([]string{"train"}, strings.Fields(args)...), stdout, io.Discard)
}

func TestEvalPrintsOneJSONObject(t *testing.T) {
	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors --json", &out); err != nil {
		t.Fatal(err)
	}
	text := json.NewDecoder(bytes.NewReader(out.Bytes()))
	var object map[string]json.RawMessage
	if err := text.Decode(&object); err != nil {
		t.Fatal(err)
	}
	if err := text.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Errorf("something follows the object (%v):\n%s", err, &out)
	}
	keys := slices.Sorted(maps.Keys(object))
	if want := []string{"accuracy", "accuracy_95_interval", "classes", "confusion", "correct", "loss", "n"}; !slices.Equal(keys, want) {
		t.Errorf("the object has %q; want %q", keys, want)
	}
	var e report.Evaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e.N != 10_000 || e.Accuracy < 0.993 || e.Accuracy != float64(e.Correct)/10_000 || !(e.Loss > 0 && e.Loss < 0.03) {
		t.Errorf("n %d, accuracy %v, correct %d, loss %v", e.N, e.Accuracy, e.Correct, e.Loss)
	}
	if e.Interval[0] > e.Accuracy || e.Interval[1] < e.Accuracy || e.Classes[1].Support != 1135 || e.Confusion[1][1] < 1100 {
		t.Errorf("interval %v, ones %+v, %d of them right", e.Interval, e.Classes[1], e.Confusion[1][1])
	}
}

// A command takes no flags but its own.
func TestFlagsOfOtherCommandsAreRefused(t *testing.T) {
	t.Chdir(t.TempDir()) // where a command that runs after all leaves its files
	for args, want := range map[string]string{
		"tune --batch 7":   "there is no flag --batch; see train --help",
		"eval --epochs 5":  "there is no flag --epochs; see train --help",
		"--seed 2 tune":    "flags stand behind the command: train tune --seed; see train --help",
		"--data none eval": "flags stand behind the command: train eval --data; see train --help",
	} {
		if err := command(t, args, io.Discard); !errors.Is(err, errUsage) || err.Error() != want {
			t.Errorf("train %s: %v; want %s", args, err, want)
		}
	}
}

// A variable of the environment that is empty is none.
func TestEmptyEnvironment(t *testing.T) {
	t.Setenv("DIGITS_DATA", "")
	if err := command(t, "eval --weights ../../weights/simple.safetensors", io.Discard); err != nil {
		t.Error(err)
	}
}

// A command that has nothing to resume is interrupted all the same.
func TestInterruptedCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var message bytes.Buffer
	code := exitCode(run(ctx, strings.Fields("train eval --weights ../../weights/simple.safetensors"), io.Discard, io.Discard), &message)
	if code != exitInterrupted || message.String() != "train: interrupted\n" {
		t.Errorf("exit %d and %q; want %d", code, message.String(), exitInterrupted)
	}
}

func TestEvalPrintsText(t *testing.T) {
	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors", &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"accuracy  99.", " of 10000 right), 95% interval ", "\nloss      0.0", "\ndigit  precision  recall   images\n", "\nconfusion (rows: label, columns: prediction)\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &out)
		}
	}
}

func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text"), "no weights")
	other, err := cnn.New(cnn.Spec{Input: cnn.Shape{C: 1, H: 8, W: 8}, Layers: []cnn.Layer{cnn.Affine{Outputs: 3}}}, rand.New(rand.NewPCG(1, 1)))
	if err == nil {
		err = other.SaveFile(filepath.Join(dir, "other"))
	}
	if err == nil {
		err = noDigit(t).WithMetadata("calibration", "{}").SaveFile(filepath.Join(dir, "nonsense"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--bogus", exitUsage, "there is no flag --bogus; see train --help"},
		{"frobnicate", exitUsage, `"frobnicate" is not a command or flag`},
		{"--epochs 0", exitUsage, "--epochs is 0"},
		{"--epochs many", exitUsage, `invalid value "many" for flag --epochs: a whole number is needed`},
		{"--learning-rate -1", exitUsage, "--learning-rate is -1"},
		{"--learning-rate NaN", exitUsage, "--learning-rate is NaN"},
		{"--preset best", exitUsage, `there is no preset "best"`},
		{"--schedule saw", exitUsage, `--schedule is "saw"`},
		{"--dropout 1", exitUsage, "--dropout is 1"},
		{"--shards 0", exitUsage, "--shards is 0"},
		{"--validation 60000", exitUsage, "--validation is 60000"},
		{"--batch 0", exitUsage, "--batch is 0"},
		{"--out=", exitUsage, "--out is empty; give it a value or leave it out; see train --help"},
		{"fit --checkpoint=", exitUsage, "--checkpoint is empty"},
		{"--out " + dir, exitUsage, "is a directory"},
		{"--checkpoint " + dir, exitUsage, "is a directory"},
		{"--out " + dir + "/x --checkpoint " + dir + "/./x", exitUsage, "name two files"},
		{"--checkpoint-interval -1s", exitUsage, "--checkpoint-interval is -1s"},
		{"--out " + dir + "/missing/x", 1, "--out " + dir + "/missing/x cannot be written: no such file or directory\n"},
		{"eval --bogus", exitUsage, "there is no flag --bogus; see train --help"},
		{"eval --weights " + dir + "/missing", 1, "no such file"},
		{"eval --weights " + dir + "/text", 1, "this is not a weights file"},
		{"eval --weights " + dir + "/other", 1, "this network does not read digits: it maps 1x8x8 to 3x1x1"},
		{"eval -weights " + dir + "/other -json", 1, "this network does not read digits"},
		{"eval --weights ../../weights/simple.safetensors --images " + dir + "/missing", 1, "--images: open"},
		{"eval --weights ../../weights/simple.safetensors --images " + dir, 1, "has no image files (.png, "},
		{"eval --suite faces", exitUsage, `there is no suite "faces"; there are ["corruptions" "photos" "encodings" "letters"]; see train --help`},
		{"eval --suite=", exitUsage, "--suite is empty"},
		{"eval --suite corruptions --images " + dir, exitUsage, "--suite and --images both say what to report on; give one; see train --help"},
		{"eval --suite corruptions --weights " + dir + "/missing", 1, "no such file"},
		{"eval --weights " + dir + "/nonsense", 1, "/nonsense: the calibration in the weights file is unusable: temperature is 0"},
		{"calibrate --bogus", exitUsage, "there is no flag --bogus; see train --help"},
		{"calibrate file", exitUsage, `"file" is not a command or flag`},
		{"calibrate --coverage 1", exitUsage, "--coverage is 1; it must be above 0 and below 1"},
		{"calibrate --rejected 0", exitUsage, "--rejected is 0; it must be above 0 and below 1"},
		{"calibrate --rejected NaN", exitUsage, "--rejected is NaN"},
		{"calibrate --hesitation 2", exitUsage, "--hesitation is 2; it must be above 0 and up to 1"},
		{"calibrate --by-digit --from x", exitUsage, "--by-digit is for fitting, and --from fits nothing"},
		{"calibrate --weights " + dir + "/missing", 1, "no such file"},
		{"calibrate --weights " + dir + "/text", 1, "this is not a weights file"},
		{"calibrate --weights " + dir + "/other", 1, "this network does not read digits: it maps 1x8x8 to 3x1x1"},
		{"report --bogus", exitUsage, "there is no flag --bogus; see train --help"},
		{"report file", exitUsage, `"file" is not a command or flag`},
		{"eval --weights=", exitUsage, "--weights is empty"},
		{"calibrate --out=", exitUsage, "--out is empty"},
		{"proof --from=", exitUsage, "--from is empty"},
		{"report --curves=", exitUsage, "--curves is empty"},
		{"report", exitUsage, "--out is missing; name a directory"},
		{"report --weights " + dir + "/text --out " + dir + "/r", 1, "this is not a weights file"},
		{"--width 0", exitUsage, "--width is 0; it must be above 0 and up to 4"},
		{"--width 5", exitUsage, "--width is 5"},
		{"--augmentation 0", exitUsage, "--augmentation is 0"},
		{"--augmentation -1", exitUsage, "--augmentation is -1"},
		{"--weight-decay 1", exitUsage, "--weight-decay is 1"},
		{"--clip -1", exitUsage, "--clip is -1"},
		{"--preset digits --teachers 11", exitUsage, "--teachers is 11; it must be 0 to 10"},
		{"--preset simple --teachers 2", exitUsage, "--teachers is 2, and they have 0 epochs"},
		{"--preset digits --echo -1", exitUsage, "--echo is -1"},
		{"--preset digits --teachers 0 --echo 4", exitUsage, "--echo is 4, and there are no teachers"},
		{"--preset digits --teachers 0 --course-seed 3", exitUsage, "--course-seed is 3, and there are no teachers, nor a rehearsal, that it would be of; leave it out"},
		{"--preset fast --augmentation 2", exitUsage, "--augmentation is 2, and --preset fast does not change images; leave it out"},
		{"tune --bogus", exitUsage, "there is no flag --bogus; see train --help"},
		{"tune file", exitUsage, `"file" is not a command or flag`},
		{"tune --preset best", exitUsage, `there is no preset "best"`},
		{"tune --trials 0", exitUsage, "--trials is 0; it must be 1 to 10000"},
		{"tune --halving 1", exitUsage, "--halving is 1; it must be 2 to 100"},
		{"tune --epochs 0", exitUsage, "--epochs is 0"},
		{"tune --out=", exitUsage, "--out is empty"},
		{"tune --out " + dir, exitUsage, "is a directory"},
		{"tune --out " + dir + "/missing/x", 1, "--out " + dir + "/missing/x cannot be written: no such file or directory\n"},
		{"tune --resume --out " + dir + "/none", 1, "there are no results to go on from"},
		{"--out " + dir + "/x --data " + dir + "/nowhere", 1, "is missing"},
	} {
		t.Run(c.args, func(t *testing.T) {
			var out, message bytes.Buffer
			code := exitCode(command(t, c.args, &out), &message)
			if code != c.code || !strings.Contains(message.String(), c.want) || strings.Count(message.String(), "\n") != 1 {
				t.Errorf("exit %d and %q; want %d and one line with %q", code, message.String(), c.code, c.want)
			}
			if out.Len() > 0 {
				t.Errorf("stdout has %q; want nothing", out.String())
			}
		})
	}
}
