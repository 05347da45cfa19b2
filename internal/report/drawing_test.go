package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sample is a report of everything: 60 images, every seventh read wrong.
func sample() Summary {
	var answers []Answer
	var labels, predictions []uint8
	for i := range 60 {
		label := i % classes
		read := label
		if i%7 == 0 {
			read = (label + 1) % classes
		}
		a := Answer{Candidates: []int{read}, Rejected: i%14 == 0}
		sureness := 0.55 + 0.0075*float64(i)
		a.Probabilities[read], a.Probabilities[(read+3)%classes] = sureness, 1-sureness
		answers, labels, predictions = append(answers, a), append(labels, uint8(label)), append(predictions, uint8(read))
	}
	ramp := make([]byte, side*side)
	for i := range ramp {
		ramp[i] = byte(i)
	}
	s := Summarize(Evaluate(predictions, labels, 0.5), answers, labels, 1.5, func(int) []byte { return ramp })
	s.Weights = Weights{File: "<w>.safetensors", SHA256: "abc123", Parameters: 42, Data: "MNIST, digest 440f", Kernel: "plain", Recipe: json.RawMessage(`{"epochs":12}`)}
	s.Set = "sixty images"
	s.Course = Course{File: "w.safetensors", Chosen: 9}
	for i := range 12 {
		s.Course.Epochs = append(s.Course.Epochs, Epoch{0.99 - 0.2/float64(i+1), 0.05 + 0.5/float64(i+1)})
	}
	for i, name := range []string{"shot noise", "impulse noise", "glass blur", "canny edges"} {
		s.Corruptions = append(s.Corruptions, Bar{name, 1 - 0.2*float64(i), 0.97 - 0.2*float64(i), min(1, 1.02-0.2*float64(i))})
	}
	return s
}

func filesOf(t *testing.T, s Summary) map[string][]byte {
	t.Helper()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	if last := files[len(files)-1].Name; last != "index.html" {
		t.Errorf("the last file is %s: the page must be written after what it shows", last)
	}
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.Name] = f.Data
	}
	return byName
}

// With REPORT_SAMPLE set, the files are kept there to be looked at.
func TestFilesAreWhatTheirNamesSay(t *testing.T) {
	files := filesOf(t, sample())
	for _, name := range []string{"curves", "confusion", "reliability", "corruptions", "mistakes"} {
		img, err := png.Decode(bytes.NewReader(files[name+".png"]))
		if err != nil {
			t.Fatalf("%s.png: %v", name, err)
		}
		want := fmt.Sprintf(`src="%s.png" alt=`, name)
		if page := string(files["index.html"]); !strings.Contains(page, want) || !strings.Contains(page, `href="`+name+`.svg"`) {
			t.Errorf("the page does not show %s", name)
		}
		if img.Bounds().Dx() < 900 || img.Bounds().Dx() > 1700 {
			t.Errorf("%s.png is %v", name, img.Bounds())
		}
		for decoder := xml.NewDecoder(bytes.NewReader(files[name+".svg"])); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s.svg: %v", name, err)
			}
		}
		if dir := os.Getenv("REPORT_SAMPLE"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".png"), files[name+".png"], 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	var back Summary
	if err := json.Unmarshal(files["report.json"], &back); err != nil || back.Evaluation.N != 60 || len(back.Figures) != 8 || len(back.Mistakes) != 9 {
		t.Errorf("report.json came back as %+v, %v", back, err)
	}
}

func TestTheSameSummaryGivesTheSameBytes(t *testing.T) {
	first, second := filesOf(t, sample()), filesOf(t, sample())
	for name, data := range first {
		if !bytes.Equal(data, second[name]) {
			t.Errorf("%s has other bytes the second time", name)
		}
	}
}

func TestPage(t *testing.T) {
	page := string(filesOf(t, sample())["index.html"])
	for _, want := range []string{"&lt;w&gt;.safetensors", "abc123", "42 parameters", "&#34;epochs&#34;: 12", "digest 440f", "On sixty images.",
		"<td>accuracy</td><td class=\"number\">85.00%</td><td class=\"number\">73.89% to 91.90%</td>", "The 9 most confident of 9 wrong answers"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, outside := range []string{"http:", "https:", "<script", "@import", "url("} {
		if strings.Contains(page, outside) {
			t.Errorf("the page has %q: it must work without anything else", outside)
		}
	}
}

// What there is nothing to draw for is left out.
func TestPageWithoutCurvesMistakesAndCorruptions(t *testing.T) {
	s := sample()
	s.Course, s.Corruptions, s.Mistakes, s.Weights.Recipe = Course{}, nil, nil, nil
	files := filesOf(t, s)
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"confusion.png", "confusion.svg", "index.html", "reliability.png", "reliability.svg", "report.json"}; !slices.Equal(names, want) {
		t.Errorf("the files are %q; want %q", names, want)
	}
	if page := string(files["index.html"]); strings.Contains(page, "mistakes.png") || !strings.Contains(page, "no record of its training") {
		t.Error("the page shows what there is not")
	}
}
