package photos

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// gradients is a picture of all kinds of colours, of no round size.
func gradients(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{byte(5 * x), byte(7 * y), byte(3*x + 2*y), 255})
		}
	}
	return img
}

// image/png reads the same picture from the interlaced file and its own.
func TestInterlacedIsTheSamePicture(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {4, 5}, {5, 4}, {8, 8}, {33, 17}} {
		img := gradients(size[0], size[1])
		data, err := encoded(encodeInterlaced, img)
		if err != nil {
			t.Fatal(err)
		}
		if data[28] != 1 {
			t.Fatal("the header does not say Adam7")
		}
		decodedImage, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		got := image.NewRGBA(img.Rect)
		draw.Draw(got, got.Rect, decodedImage, image.Point{}, draw.Src)
		if !bytes.Equal(got.Pix, img.Pix) {
			t.Errorf("%v: another picture", size)
		}
	}
}

// smoothPicture has soft colours, which survive quantization.
func smoothPicture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{byte(250 - 2*x), byte(20 + 3*y), byte(60 + x + y), 255})
		}
	}
	return img
}

// What image/jpeg cannot write it reads, within the loss of quantization.
func TestOwnJPEGsAreTheSamePicture(t *testing.T) {
	for name, encode := range map[string]encoder{"progressive": encodeProgressive, "CMYK": encodeCMYK} {
		for _, size := range [][2]int{{1, 1}, {8, 8}, {33, 17}, {64, 50}} {
			img := smoothPicture(size[0], size[1])
			data, err := encoded(encode, img)
			if err != nil {
				t.Fatal(err)
			}
			if progressive := bytes.Contains(data, []byte{0xff, 0xc2}); progressive != (name == "progressive") {
				t.Fatalf("%s: progressive is %v", name, progressive)
			}
			got, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatalf("%s %v: %v", name, size, err)
			}
			if _, cmyk := got.(*image.CMYK); cmyk != (name == "CMYK") || got.Bounds() != img.Rect {
				t.Fatalf("%s %v: decoded as %T of %v", name, size, got, got.Bounds())
			}
			for y := range size[1] {
				for x := range size[0] {
					if d := distance(got.At(x, y), img.At(x, y)); d > 12 {
						t.Fatalf("%s %v: a colour at %d,%d is %d off", name, size, x, y, d)
					}
				}
			}
		}
	}
}

// distance returns the largest difference of two colours' components, to 255.
func distance(a, b color.Color) int {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	d := func(v, w byte) int { return max(int(v)-int(w), int(w)-int(v)) }
	return max(d(p.R, q.R), d(p.G, q.G), d(p.B, q.B))
}

// upright shows pixels as the EXIF standard's table of rows and columns has it,
// which is written here from the side of the viewer.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for row := range h { // of the file
		for col := range w {
			// Row 0 is the top for 1 and 2, the bottom for 3 and 4, the left for 5 and 8, the right for 6 and 7.
			// Column 0 is the left for 1 and 4, the right for 2 and 3, the top for 5 and 6, the bottom for 7 and 8.
			var x, y int
			switch orientation {
			case 1, 2:
				y = row
			case 3, 4:
				y = h - 1 - row
			case 5, 8:
				x = row
			case 6, 7:
				x = h - 1 - row
			}
			switch orientation {
			case 1, 4:
				x = col
			case 2, 3:
				x = w - 1 - col
			case 5, 6:
				y = col
			case 7, 8:
				y = w - 1 - col
			}
			out.SetRGBA(x, y, img.RGBAAt(col, row))
		}
	}
	return out
}

func TestOrientations(t *testing.T) {
	img := gradients(5, 3)
	for orientation := 1; orientation <= 8; orientation++ {
		if shown := upright(turned(img, orientation), orientation); shown.Rect != img.Rect || !bytes.Equal(shown.Pix, img.Pix) {
			t.Errorf("orientation %d: the picture is not shown upright", orientation)
		}
		for _, bigEndian := range []bool{false, true} {
			plain, err := encodeJPEG(img, 90)
			if err != nil {
				t.Fatal(err)
			}
			data := withOrientation(plain, orientation, bigEndian)
			if got := orientationTag(data); got != orientation {
				t.Errorf("orientation %d, big endian %v: the tag says %d", orientation, bigEndian, got)
			}
			if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("orientation %d: %v", orientation, err)
			}
		}
	}
}

// orientationTag reads the first entry of the directory in the APP1 segment
// behind the first marker.
func orientationTag(data []byte) int {
	if !bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff, 0xe1}) || string(data[6:12]) != "Exif\x00\x00" {
		return -1
	}
	segment := data[12 : 4+binary.BigEndian.Uint16(data[4:])]
	var order binary.ByteOrder = binary.LittleEndian
	if string(segment[:2]) == "MM" {
		order = binary.BigEndian
	}
	entry := segment[order.Uint32(segment[4:])+2:]
	if order.Uint16(entry) != 0x0112 || order.Uint16(entry[2:]) != 3 || order.Uint32(entry[4:]) != 1 {
		return -1
	}
	return int(order.Uint16(entry[8:]))
}

// Every file is what its name says.
func TestEncodingsAreWhatTheySay(t *testing.T) {
	type kind struct {
		format string
		is     func(img image.Image) bool
	}
	any := func(image.Image) bool { return true }
	palette := func(most int) func(image.Image) bool {
		return func(img image.Image) bool {
			p, ok := img.(*image.Paletted)
			return ok && len(p.Palette) <= most && len(p.Palette) > most/2-1
		}
	}
	side := func(longer int) func(image.Image) bool {
		return func(img image.Image) bool { return max(img.Bounds().Dx(), img.Bounds().Dy()) == longer }
	}
	kinds := map[string]kind{
		"canvas, black ink": {"png", transparent}, "canvas, white ink": {"png", transparent}, "canvas, colour": {"png", transparent},
		"canvas, on white": {"png", opaque}, "canvas, on black": {"png", opaque}, "PNG": {"png", opaque},
		"PNG, 16-bit grey": {"png", isA[*image.Gray16]}, "PNG, 16-bit RGBA": {"png", isA[*image.RGBA64]},
		"PNG, 8 colours": {"png", palette(8)}, "PNG, 16 colours": {"png", palette(16)}, "PNG, 256 colours": {"png", any},
		"PNG, 1 bit": {"png", palette(2)}, "PNG, interlaced": {"png", opaque},
		"GIF, 16 colours": {"gif", palette(16)}, "GIF, 256 colours": {"gif", isA[*image.Paletted]},
		"BMP": {"bmp", opaque}, "TIFF": {"tiff", opaque}, "TIFF, deflated": {"tiff", opaque},
		"JPEG": {"jpeg", isA[*image.YCbCr]}, "JPEG, grey": {"jpeg", isA[*image.Gray]}, "JPEG, progressive": {"jpeg", isA[*image.YCbCr]},
		"JPEG, CMYK": {"jpeg", isA[*image.CMYK]}, "20x20": {"png", side(20)}, "14x14": {"png", side(14)}, "3000 pixels": {"jpeg", side(3000)},
		"cut out, drawn": {"png", reachesAllSides}, "cut out, enlarged": {"png", reachesAllSides}, "cut out, photographed": {"jpeg", reachesAllSides},
	}
	for _, c := range Encodings() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			want, known := kinds[c.Name]
			if !known {
				want = kind{"jpeg", any} // of the orientations
			}
			img, format := decode(t, c.Render(seven(), dice(3)))
			if format != want.format || !want.is(img) {
				t.Errorf("a %s, decoded as %T of %v", format, img, img.Bounds())
			}
		})
	}
}

func isA[T image.Image](img image.Image) bool { _, ok := img.(T); return ok }

func opaque(img image.Image) bool { return img.(interface{ Opaque() bool }).Opaque() }

// transparent reports whether there is ink, and nothing else but transparency.
func transparent(img image.Image) bool {
	n, ok := img.(*image.NRGBA)
	if !ok {
		return false
	}
	inked, clear := 0, 0
	for i := 3; i < len(n.Pix); i += 4 {
		switch n.Pix[i] {
		case 255:
			inked++
		case 0:
			clear++
		}
	}
	return inked > 0 && clear > inked
}

// reachesAllSides reports whether there is ink within an eighth of every side:
// pixels whose level is far from that of most.
func reachesAllSides(img image.Image) bool {
	g := greyOf(img)
	sorted := slices.Sorted(slices.Values(g.Pix))
	paper := int(sorted[len(sorted)/2])
	var ink image.Rectangle
	for i, v := range g.Pix {
		if far := int(v) - paper; max(far, -far) > 50 {
			x, y := i%g.Stride, i/g.Stride
			ink = ink.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	inner := g.Rect.Inset(max(g.Rect.Dx(), g.Rect.Dy()) / 8)
	return inner.In(ink)
}
