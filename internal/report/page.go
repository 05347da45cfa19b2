package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
)

//go:embed page.html
var pageHTML string

// File is a file of a report.
type File struct {
	Name string
	Data []byte
}

// pictureFile is a picture on the page.
type pictureFile struct {
	Name, Title, Text string
	Width, Height     int // on the page
	drawing           drawing
}

// Files returns the report as a folder: every picture as PNG and SVG, the
// figures as report.json, and at last the page, index.html, that shows all
// that. The same summary gives the same bytes.
func (s Summary) Files() ([]File, error) {
	pictures := s.pictures()
	var files []File
	for _, p := range pictures {
		png, err := p.drawing.png()
		svg, err2 := p.drawing.svg()
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("drawing %s: %w", p.Name, err)
		}
		files = append(files, File{p.Name + ".png", png}, File{p.Name + ".svg", svg})
	}
	figures, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	page, err := s.page(pictures)
	return append(files, File{"report.json", append(figures, '\n')}, File{"index.html", page}), err
}

// pictures returns those that there is something to draw for.
func (s Summary) pictures() []pictureFile {
	var list []pictureFile
	add := func(name, title, text string, d drawing) {
		const pixels = 96 / 72.0 // of a page, in a point
		list = append(list, pictureFile{name, title, text, int(float64(d.width) * pixels), int(float64(d.height) * pixels), d})
	}
	if len(s.Course.Epochs) > 0 {
		add("curves", "Learning curves", "The images that "+s.Course.File+" did not learn from, after each epoch; the dot is the epoch whose weights were kept. The first tenth of the epochs may lie outside the scale.", drawCourse(s.Course))
	}
	add("confusion", "Confusion matrix", "Rows are labels, columns what they were read as; mistakes are the redder the more there are.", drawConfusion(s.Evaluation))
	h := s.Evaluation.Honesty
	add("reliability", "Reliability", fmt.Sprintf("Answers sorted by confidence into 15 bins (temperature %.3f): a dot at the bin's mean confidence and its share of right answers, with the 95%% interval; under it, how many there are. On the diagonal, a model is right as often as it says.", h.Temperature),
		drawReliability(s.Reliability, fmt.Sprintf("Expected calibration error %.3f%%", 100*h.ECE)))
	if c := s.Corruptions; c != nil {
		_, uploads := c.mean(func(o Corrupted) bool { return o.Upload })
		add("corruptions", "Corruptions", fmt.Sprintf("The same images spoiled in the ways of MNIST-C (Mu and Gilmer 2019, seed %d), with the 95%% interval; grey are those that no upload has. In the mean, %.2f%% are read right over the %d others and %.2f%% over all.",
			c.Seed, 100*c.UploadMean, uploads, 100*c.Mean), drawCorruptions(c.Corruptions, "Spoiled images read right"))
	}
	if n := len(s.Mistakes); n > 0 {
		add("mistakes", "Worst mistakes", fmt.Sprintf("The %d most confident of %d wrong answers: the label, what it was read as, and with what probability; (rej.) was taken for no digit.", min(n, sheetSize), n), drawMistakes(s.Mistakes))
	}
	if len(s.Lessons) > 0 {
		add("lessons", "What training showed", "Made by program, beside MNIST's own images, and before they are turned, moved and bent: digits in other styles, worn ones, pictures of no digit.", drawLessons(s.Lessons))
	}
	return list
}

// page fills in the template.
func (s Summary) page(pictures []pictureFile) ([]byte, error) {
	var recipe bytes.Buffer
	if len(s.Weights.Recipe) > 0 {
		if err := json.Indent(&recipe, s.Weights.Recipe, "", "  "); err != nil {
			return nil, fmt.Errorf("the recipe: %w", err)
		}
	}
	page := template.Must(template.New("page").Funcs(template.FuncMap{
		"percent": func(v float64) string { return fmt.Sprintf("%.2f%%", 100*v) },
	}).Parse(pageHTML))
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		Summary
		Pictures []pictureFile
		Recipe   string
	}{s, pictures, recipe.String()})
	return b.Bytes(), err
}

// Text returns the figure as a page shows it.
func (f Figure) Text() string { return f.format(f.Value) }

// Between returns the interval as a page shows it.
func (f Figure) Between() string { return f.format(f.Low) + " to " + f.format(f.High) }

func (f Figure) format(v float64) string {
	if f.share {
		return fmt.Sprintf("%.2f%%", 100*v)
	}
	return fmt.Sprintf("%.4f", v)
}
