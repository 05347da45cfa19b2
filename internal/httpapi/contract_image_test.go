package httpapi_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"testing"

	"digits/pkg/imageprep"
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

// spoiled returns a PNG of a stroke on a paper that is not plain.
func spoiled(t *testing.T, paper func(x, y int) uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range img.Pix {
		img.Pix[i] = paper(i%200, i/200)
	}
	draw.Draw(img, image.Rect(80, 60, 90, 140), image.Black, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned adds an Exif orientation to a PNG: a quarter turn.
func turned(t *testing.T, file []byte) []byte {
	t.Helper()
	exif := "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	chunk := append([]byte("eXIf"), exif...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk))
	const header = 33 // the signature and the first chunk
	return slices.Concat(file[:header], binary.BigEndian.AppendUint32(nil, uint32(len(exif))), chunk, file[header:])
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
		"large":               stroke(t, 1000, image.Rect(400, 200, 500, 700), white, black),
		"on its side":         turned(t, stroke(t, 100, image.Rect(40, 20, 50, 70), white, black)),
		"in uneven light":     spoiled(t, func(x, y int) uint8 { return uint8(250 - y/2) }),
		"on ruled paper":      spoiled(t, func(x, y int) uint8 { return uint8(255 - 150*(y%25/24)) }),
		"beside a thumb":      spoiled(t, func(x, y int) uint8 { return uint8(60 + 190*min(1, (x*x+(y-100)*(y-100))/400)) }),
		"on a table":          spoiled(t, func(x, y int) uint8 { return uint8(60 + 180*min(1, max(0, min(x-20, y-20, 180-x, 180-y)))) }),
		"beside another":      spoiled(t, func(x, y int) uint8 { return uint8(255 * min(1, max(150-x, x-160, 60-y, y-140, 0))) }),
		"beside a blot":       spoiled(t, func(x, y int) uint8 { return uint8(255 * min(1, max(170-x, x-180, 170-y, y-180, 0))) }),
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
	for list, has := range map[string][]string{"steps": imageprep.Steps(), "flags": imageprep.Flags()} {
		listed := c.imageEnum(list)
		if got := sorted(provoked[list]); !slices.Equal(got, listed) {
			t.Errorf("%s: provoked %v, the contract has %v", list, got, listed)
		}
		if !slices.Equal(sorted(has), listed) {
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

// sorted returns the different values, sorted.
func sorted(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}
