package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"digits/internal/mnist"
	"digits/internal/photos"
	"digits/internal/report"
)

// putPicture writes a white picture with black bars.
func putPicture(t *testing.T, path string, bars ...image.Rectangle) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 56, 56))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for _, bar := range bars {
		draw.Draw(img, bar, image.Black, image.Point{}, draw.Src)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	encode := func() error { return png.Encode(&b, img) }
	if filepath.Ext(path) != ".png" {
		encode = func() error { return jpeg.Encode(&b, img, nil) }
	}
	if err := encode(); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
}

func TestEvalOfPictures(t *testing.T) {
	dir := t.TempDir()
	stroke := image.Rect(26, 12, 31, 44)
	putPicture(t, filepath.Join(dir, "1", "a.png"), stroke)
	putPicture(t, filepath.Join(dir, "1", "b.JPG"), stroke)
	putPicture(t, filepath.Join(dir, "1", "blank.png"))
	putPicture(t, filepath.Join(dir, "8", "really a one.jpeg"), stroke)
	putPicture(t, filepath.Join(dir, "plus", "a.png"), stroke, image.Rect(12, 26, 44, 31))
	write(t, filepath.Join(dir, "plus", "notes.txt"), "not a picture")
	write(t, filepath.Join(dir, "1", "torn.png"), "\x89PNG\r\n\x1a\n")
	write(t, filepath.Join(dir, "1", "words.webp"), "not an image at all")
	write(t, filepath.Join(dir, "readme.png"), "in no subfolder")

	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors --json --images "+dir, &out); err != nil {
		t.Fatal(err)
	}
	var e report.PictureEvaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if d := e.Digits; d.Images != 4 || d.Refused != 1 || d.Correct != 2 || d.Accuracy != 0.5 || d.Rejected != 0 {
		t.Errorf("digits: %+v", d)
	}
	names := func(list []report.BadFile) (names []string) {
		for _, f := range list {
			names = append(names, filepath.Base(f.File))
		}
		return names
	}
	if got := names(e.Unreadable); !slices.Equal(got, []string{"torn.png", "words.webp"}) || e.Unreadable[0].Error == "" {
		t.Errorf("unreadable: %v", e.Unreadable)
	}
	if want := []string{filepath.Join(dir, "plus", "notes.txt"), filepath.Join(dir, "readme.png")}; !slices.Equal(e.Skipped, want) {
		t.Errorf("skipped: %v; want %v", e.Skipped, want)
	}
	if e.Wrong != nil {
		t.Errorf("wrong files listed unasked: %v", e.Wrong)
	}
	if o := e.Others; o.Images != 1 || o.Refused != 0 || o.Rejected != 0 {
		t.Errorf("not digits: %+v", o)
	}
	if e.RejectionAUROC != nil || e.ConfidenceAUROC == nil || !(*e.ConfidenceAUROC > 0.3) || len(e.Folders) != 3 {
		t.Errorf("%s", &out)
	}
	out.Reset()
	if err := command(t, "eval --weights ../../weights/simple.safetensors --wrong --images "+dir, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"digits      50.00% right (2 of 4)", "not digits  0.00% rejected (0 of 1)", `the network has no output for "no digit"`, "\nplus",
		"\nwrong:\n  " + filepath.Join(dir, "1", "blank.png") + ": 1 not read\n  " + filepath.Join(dir, "8", "really a one.jpeg") + ": 8 read as 1 at ",
		"\nunreadable, not counted above:\n  " + filepath.Join(dir, "1", "torn.png") + ": malformed image", "\nskipped, "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &out)
		}
	}
}

// Pictures in no subfolder have no labels, whatever their directory is called:
// each is answered, on a line and on the sheet.
func TestEvalOfPicturesWithoutLabels(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "7")
	stroke := image.Rect(26, 12, 31, 44)
	putPicture(t, filepath.Join(dir, "one.png"), stroke)
	putPicture(t, filepath.Join(dir, "two ones.JPG"), image.Rect(6, 20, 9, 36), image.Rect(46, 20, 49, 36))
	putPicture(t, filepath.Join(dir, "blank.png"))
	write(t, filepath.Join(dir, "torn.png"), "\x89PNG\r\n\x1a\n")
	write(t, filepath.Join(dir, "notes.txt"), "not a picture")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	args := "eval --weights ../../weights/simple.safetensors --data /nowhere --images " + dir

	var out bytes.Buffer
	sheet := filepath.Join(t.TempDir(), "sheet.png")
	if err := command(t, args+" --sheet "+sheet, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		`^file          digit  confidence$`,
		`^blank\.png         -           -  no ink found: `,
		`^one\.png           1  .{9}%  accepted$`,
		`^torn\.png          -           -  malformed image: `,
		`^two ones\.JPG      1  .{9}%  not accepted: several_digits$`,
		`^$`,
		`^skipped, not named like an image:$`,
	} {
		if i >= len(lines) || !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Fatalf("line %d is not %s:\n%s", i+1, want, &out)
		}
	}
	if size := readPNG(t, sheet).Bounds().Size(); size.X < 1000 || size.Y < 100 {
		t.Errorf("a sheet of %v", size)
	}

	out.Reset()
	if err := command(t, args+" --json", &out); err != nil {
		t.Fatal(err)
	}
	var a report.PictureAnswers
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	if one := a.Pictures[1]; one.File != filepath.Join(dir, "one.png") || one.Digit == nil || *one.Digit != 1 || !one.Accepted || one.Confidence < 0.5 {
		t.Errorf("%s", &out)
	}
	if want := []string{filepath.Join(dir, "notes.txt")}; len(a.Pictures) != 4 || !slices.Equal(a.Skipped, want) {
		t.Errorf("%d pictures, skipped %v; want 4 and %v", len(a.Pictures), a.Skipped, want)
	}

	err := command(t, args+" --wrong", io.Discard)
	if !errors.Is(err, errUsage) || !strings.Contains(err.Error(), "leave --wrong out") {
		t.Errorf("with --wrong: %v", err)
	}
}

// Every format that the server reads is read, whatever the case of its name.
func TestEvalOfEveryFormat(t *testing.T) {
	dir := t.TempDir()
	for name, data := range formatSamples(t) {
		if err := os.MkdirAll(filepath.Join(dir, "1"), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "1", name), string(data))
	}
	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors --json --images "+dir, &out); err != nil {
		t.Fatal(err)
	}
	var e report.PictureEvaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e.Digits.Images != 4 || e.Digits.Correct != 4 || len(e.Skipped) != 0 || len(e.Unreadable) != 0 {
		t.Errorf("%s", &out)
	}
}

// formatSamples are files of ones, in formats that putPicture does not write.
func formatSamples(t *testing.T) map[string][]byte {
	t.Helper()
	digit := make([]byte, mnist.Pixels)
	for row := 5; row < 23; row++ {
		copy(digit[row*mnist.Side+12:], []byte{255, 255, 255})
	}
	files := map[string][]byte{}
	names := map[string]string{"GIF, 16 colours": "a.gif", "BMP": "b.BMP", "TIFF": "c.tif", "TIFF, deflated": "d.tiff"}
	for _, c := range photos.Encodings() {
		if name, wanted := names[c.Name]; wanted {
			files[name] = c.Render(digit, rand.New(rand.NewPCG(1, 1)))
		}
	}
	return files
}

// MNIST is not needed when every picture shows a digit.
func TestEvalOfDigitsAlone(t *testing.T) {
	dir := t.TempDir()
	putPicture(t, filepath.Join(dir, "1", "a.png"), image.Rect(26, 12, 31, 44))
	if err := command(t, "eval --weights ../../weights/simple.safetensors --data /nowhere --images "+dir, io.Discard); err != nil {
		t.Error(err)
	}
}

// A class folder may be a link, and a file that cannot be opened is told beside
// those that cannot be decoded.
func TestEvalOfLinks(t *testing.T) {
	dir := t.TempDir()
	putPicture(t, filepath.Join(dir, "elsewhere", "a.png"), image.Rect(26, 12, 31, 44))
	dangling := filepath.Join(dir, "elsewhere", "gone.png")
	err := errors.Join(os.Mkdir(filepath.Join(dir, "in"), 0o755), os.Symlink("../elsewhere", filepath.Join(dir, "in", "1")), os.Symlink("nowhere", dangling))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors --json --images "+filepath.Join(dir, "in")+" --sheet "+filepath.Join(dir, "sheet.png"), &out); err != nil {
		t.Fatal(err)
	}
	var e report.PictureEvaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e.Digits.Images != 1 || e.Digits.Correct != 1 || len(e.Unreadable) != 1 || !strings.HasSuffix(e.Unreadable[0].Error, "no such file or directory") {
		t.Errorf("%s", &out)
	}
}

// After a failure, only what is in work is finished.
func TestEachStopsAtAFailure(t *testing.T) {
	calls := 0
	err := each(t.Context(), 1000, 1, func(i int) error {
		calls++
		return fmt.Errorf("of %d", i)
	})
	if err == nil || err.Error() != "of 0" || calls > 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
