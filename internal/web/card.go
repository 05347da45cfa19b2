package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	_ "image/png" // the card's pictures
	"io/fs"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// card is the model card as HTML, when it is one of the weights that answer:
// it must tell their digest. Its pictures are found among the assets.
func (o Options) card(assets string) (template.HTML, error) {
	if o.Card == nil || o.Model.Digest == "" {
		return "", nil
	}
	source, err := fs.ReadFile(o.Card, "README.md")
	if err != nil {
		return "", fmt.Errorf("the model card: %w", err)
	}
	if !bytes.Contains(source, []byte(o.Model.Digest)) {
		return "", nil
	}
	source, _, _ = bytes.Cut(source, []byte("\n## ")) // what follows is about other weights
	return markdown(string(source), func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level++ // the page has the first
		case *ast.Image:
			o.reserve(n)
			n.Destination = []byte(assets + "/" + string(n.Destination))
		case *ast.Link:
			if strings.HasPrefix(string(n.Destination), "#") {
				n.Destination = []byte("#card")
			}
		}
	}), nil
}

// reserve tells the page how large one of the card's pictures is, so that what
// is below does not move when it comes. What is no picture of the card keeps
// no room.
func (o Options) reserve(n *ast.Image) {
	file, err := o.Card.Open(string(n.Destination))
	if err != nil {
		return
	}
	defer file.Close()
	if size, _, err := image.DecodeConfig(file); err == nil {
		n.SetAttributeString("width", strconv.Itoa(size.Width))
		n.SetAttributeString("height", strconv.Itoa(size.Height))
	}
}

// markdown makes HTML of CommonMark with tables; HTML in it is left out. The
// change, if any, is made to every node first.
func markdown(source string, change func(ast.Node)) template.HTML {
	m := goldmark.New(goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))))
	root := m.Parser().Parse(text.NewReader([]byte(source)))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && change != nil {
			change(n)
		}
		return ast.WalkContinue, nil
	})
	var b bytes.Buffer
	if err := m.Renderer().Render(&b, []byte(source), root); err != nil {
		panic("web: a buffer cannot be written to")
	}
	return template.HTML(b.String())
}

// fact is a line about the weights.
type fact struct{ Name, Value string }

// facts are what the weights file tells about itself.
func (o Options) facts(t texts) ([]fact, error) {
	facts := []fact{{t["status"]["version"], o.Model.Version}}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, fact{t["status"][name], value})
		}
	}
	add("program", o.Version)
	add("digest", o.Model.Digest)
	add("data", o.Metadata["data"])
	stored := o.Metadata["calibration"]
	if stored == "" {
		add("calibration", t["status"]["uncalibrated"])
		return facts, nil
	}
	var c struct {
		Temperature, Coverage, Candidates, Rejection, Rejected float64
		Images                                                 int
	}
	if err := json.Unmarshal([]byte(stored), &c); err != nil {
		return nil, fmt.Errorf("the calibration in the weights' metadata: %w", err)
	}
	values := strings.NewReplacer("{temperature}", number(c.Temperature), "{images}", strconv.Itoa(c.Images), "{coverage}", number(100*c.Coverage),
		"{candidates}", number(c.Candidates), "{rejection}", number(c.Rejection), "{rejected}", number(100*c.Rejected))
	add("calibration", values.Replace(t["status"]["calibrated"]))
	add("candidates", values.Replace(t["status"]["candidate"]))
	if c.Rejection > 0 {
		add("rejection", values.Replace(t["status"]["rejects"]))
	}
	return facts, nil
}

// number writes three significant digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
