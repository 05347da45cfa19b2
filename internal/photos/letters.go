package photos

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Letters returns the letters that Letter prints: A to Z and a to z.
func Letters() string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" }

// Letter returns a PNG file that shows a printed letter, black on white, in one
// of six of Go's typefaces: 24 to 120 pixels to the em, with a margin of a
// quarter to a whole of its longer side. The file depends on the letter and the
// random numbers alone.
func Letter(letter rune, random *rand.Rand) []byte {
	file, err := letterPNG(letter, random)
	if err != nil { // about Go's own typefaces
		panic(fmt.Sprintf("photos: the letter %c: %v", letter, err))
	}
	return file
}

func letterPNG(letter rune, random *rand.Rand) ([]byte, error) {
	typefaces := [][]byte{goregular.TTF, goitalic.TTF, gomedium.TTF, gobold.TTF, gomono.TTF, gomonobold.TTF}
	typeface, err := opentype.Parse(typefaces[random.IntN(len(typefaces))])
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(typeface, &opentype.FaceOptions{Size: 24 + 96*random.Float64(), DPI: 72})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	box, _ := font.BoundString(face, string(letter))
	width, height := (box.Max.X - box.Min.X).Ceil(), (box.Max.Y - box.Min.Y).Ceil()
	margin := int(float64(max(width, height)) * (0.25 + 0.75*random.Float64()))
	page := image.NewGray(image.Rect(0, 0, width+2*margin, height+2*margin))
	draw.Draw(page, page.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	at := fixed.P(margin, margin).Sub(box.Min)
	(&font.Drawer{Dst: page, Src: image.Black, Face: face, Dot: at}).DrawString(string(letter))
	return encoded(png.Encode, page)
}
