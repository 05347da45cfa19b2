package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	write(t, filepath.Join(dir, "readme.png"), "in no subfolder")

	var out bytes.Buffer
	if err := command(t, "eval --weights ../../weights/simple.safetensors --json --images "+dir, &out); err != nil {
		t.Fatal(err)
	}
	var e report.PictureEvaluation
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if d := e.Digits; d.Images != 5 || d.Refused != 2 || d.Correct != 2 || d.Accuracy != 0.4 || d.Rejected != 0 {
		t.Errorf("digits: %+v", d)
	}
	if o := e.Others; o.Images != 1 || o.Refused != 0 || o.Rejected != 0 {
		t.Errorf("not digits: %+v", o)
	}
	if e.RejectionAUROC != nil || e.ConfidenceAUROC == nil || !(*e.ConfidenceAUROC > 0.3) || len(e.Folders) != 3 {
		t.Errorf("%s", &out)
	}
	out.Reset()
	if err := command(t, "eval --weights ../../weights/simple.safetensors --images "+dir, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"digits      40.00% right (2 of 5)", "not digits  0.00% rejected (0 of 1)", `the network has no output for "no digit"`, "\nplus"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &out)
		}
	}
}

// MNIST is not needed when every picture shows a digit.
func TestEvalOfDigitsAlone(t *testing.T) {
	dir := t.TempDir()
	putPicture(t, filepath.Join(dir, "1", "a.png"), image.Rect(26, 12, 31, 44))
	if err := command(t, "eval --weights ../../weights/simple.safetensors --data /nowhere --images "+dir, io.Discard); err != nil {
		t.Error(err)
	}
}
