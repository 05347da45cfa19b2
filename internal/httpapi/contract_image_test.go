package httpapi_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// stroke returns a square PNG with one upright stroke.
func stroke(t *testing.T, side int, line image.Rectangle, paper, ink color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(img, img.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	draw.Draw(img, line, image.NewUniform(ink), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every step and flag that the contract has is provoked, and the contract has
// every one that imageprep has.
func TestContractListsStepsAndFlags(t *testing.T) {
	c, h := loadContract(t), newAPI(t)
	white, black, faint := color.White, color.Black, color.Gray{200}
	provoked := map[string][]string{}
	for name, picture := range map[string][]byte{
		"an ordinary stroke":  stroke(t, 100, image.Rect(40, 20, 50, 70), white, black),
		"ink in transparency": stroke(t, 100, image.Rect(40, 20, 50, 70), color.Transparent, black),
		"thin":                stroke(t, 600, image.Rect(200, 100, 201, 500), white, black),
		"faint":               stroke(t, 100, image.Rect(40, 20, 50, 70), white, faint),
		"at the edge":         stroke(t, 100, image.Rect(40, 0, 50, 70), white, black),
		"tiny":                stroke(t, 100, image.Rect(40, 20, 42, 28), white, black),
	} {
		var reply struct {
			Image struct{ Steps, Flags []string }
		}
		if err := json.Unmarshal(c.accepted(t, h, post("image/png", picture)), &reply); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		provoked["steps"] = append(provoked["steps"], reply.Image.Steps...)
		provoked["flags"] = append(provoked["flags"], reply.Image.Flags...)
	}
	for list, pattern := range map[string]string{
		"steps": `\{"(\w+)", \(\*picture\)`,
		"flags": `append\(p\.flagged, "(\w+)"\)`,
	} {
		listed := c.imageEnum(list)
		if got := sorted(provoked[list]); !slices.Equal(got, listed) {
			t.Errorf("%s: provoked %v, the contract has %v", list, got, listed)
		}
		if has := sorted(inImageprep(t, pattern)); !slices.Equal(has, listed) {
			t.Errorf("%s: imageprep has %v, the contract %v", list, has, listed)
		}
	}
}

// imageEnum returns what the contract allows in a list of Image, sorted.
func (c contract) imageEnum(list string) []string {
	var values []string
	for _, value := range c.document.Components.Schemas["Image"].Value.Properties[list].Value.Items.Value.Enum {
		values = append(values, value.(string))
	}
	return sorted(values)
}

// inImageprep returns the names that a pattern finds in imageprep's source,
// which has them nowhere else.
func inImageprep(t *testing.T, pattern string) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../pkg/imageprep/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(source, -1) {
			names = append(names, string(match[1]))
		}
	}
	return names
}

// sorted returns the different values, sorted.
func sorted(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}
