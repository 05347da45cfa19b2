// Package internal_test holds the table of who may import whom.
package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms lists, for every package of the project, which of its packages it may
// import. Tests may import more.
var rooms = map[string][]string{
	"api":        {},
	"cmd/server": {"api", "internal/buildversion", "internal/classify", "internal/drift", "internal/httpapi", "internal/lifecycle", "internal/usage", "internal/web", "pkg/cnn", "pkg/imageprep", "weights"},
	"cmd/train": {"internal/atomicfile", "internal/buildversion", "internal/calibration", "internal/calibration/estimate", "internal/classify", "internal/corrupt", "internal/drift", "internal/mnist",
		"internal/photos", "internal/proof", "internal/report", "internal/usage", "pkg/cnn", "pkg/imageprep"},
	"deploy":                        {},
	"deploy/dashboards":             {},
	"deploy/soak":                   {},
	"internal/atomicfile":           {},
	"internal/buildversion":         {},
	"internal/calibration":          {},
	"internal/calibration/estimate": {"internal/calibration"},
	"internal/classify":             {"internal/calibration", "internal/proof", "pkg/cnn", "pkg/imageprep"},
	"internal/corrupt":              {"internal/mnist"},
	"internal/cputime":              {},
	"internal/drift":                {},
	"internal/f32":                  {},
	"internal/hostile":              {},
	"internal/httpapi":              {"api", "internal/classify", "internal/drift", "internal/inferenceprotocol", "pkg/imageprep"},
	"internal/inferenceprotocol":    {"pkg/imageprep"},
	"internal/lifecycle":            {"internal/classify", "internal/httpapi"},
	"internal/mnist":                {"internal/atomicfile", "internal/f32"},
	"internal/peers/http/decode":    {},
	"internal/photos":               {"internal/mnist"},
	"internal/proof":                {},
	"internal/report":               {},
	"internal/usage":                {},
	"internal/web":                  {},
	"internal/web/browsertest":      {},
	"pkg/client":                    {},
	"pkg/cnn":                       {"internal/atomicfile", "internal/f32"},
	"pkg/imageprep":                 {"internal/f32"},
	"weights":                       {},
}

// owners lists the only packages that may import a dependency.
var owners = map[string][]string{
	"github.com/go-chi/chi/v5":            {"internal/httpapi"},
	"github.com/go-chi/cors":              {"internal/httpapi"},
	"github.com/bep/imagemeta":            {"pkg/imageprep"},
	"github.com/prometheus/client_golang": {"cmd/server", "internal/httpapi", "internal/lifecycle"},
	"golang.org/x/image":                  {"internal/photos", "internal/report", "pkg/imageprep"},
	"gonum.org/v1/gonum/blas":             {"internal/f32", "pkg/imageprep"},
	"gonum.org/v1/gonum/lapack/gonum":     {"pkg/imageprep"},
	"gonum.org/v1/gonum/optimize":         {"internal/calibration/estimate"},
	"gonum.org/v1/gonum/stat":             {"internal/report"},
	"gonum.org/v1/plot":                   {"deploy/soak", "internal/report"},
	"github.com/yuin/goldmark":            {"internal/web"},
	"go.yaml.in/yaml/v4":                  {"internal/web"},
	"golang.org/x/text":                   {"internal/web"},
	"simd":                                {"internal/f32"},
	"github.com/urfave/cli/v3":            {"cmd/server", "cmd/train"},
	"github.com/schollz/progressbar/v3":   {"cmd/train"},
}

func TestImportsGoOneWay(t *testing.T) {
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports", "digits/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "digits/")
		if name == "internal" {
			continue
		}
		allowed, known := rooms[name]
		if !known {
			t.Errorf("%s is not in the table of rooms", name)
		}
		for _, imported := range p.Imports {
			if room, ours := strings.CutPrefix(imported, "digits/"); ours && !slices.Contains(allowed, room) {
				t.Errorf("%s imports %s, which the table of rooms does not allow", name, room)
			}
			for dependency, by := range owners {
				if (imported == dependency || strings.HasPrefix(imported, dependency+"/")) && !slices.Contains(by, name) {
					t.Errorf("%s imports %s, which only %v may", name, imported, by)
				}
			}
		}
	}
}
