// Package imageprep turns an uploaded image into the 1x28x28 tensor that the
// network reads, the way MNIST itself was made: decode within limits, grey,
// light ink on a dark ground, the ink scaled to fit 20x20, its centre of mass
// in the middle of 28x28.
package imageprep

import (
	"fmt"
	"image"
	"slices"

	"digits/internal/f32"
)

const (
	Side   = 28          // pixels of the tensor's width and height
	Pixels = Side * Side // of the tensor
)

// Polarity says whether the ink is darker or lighter than the paper.
type Polarity int

const (
	PolarityAuto     Polarity = iota // found out
	PolarityDarkInk                  // such as pencil on paper
	PolarityLightInk                 // such as chalk on a board, and MNIST
)

// defaultMaxPixels lets the photographs of most telephones pass.
const defaultMaxPixels = 25_000_000

// Options of Decode and Tensor. The zero value is right for uploads from
// strangers.
type Options struct {
	// MaxPixels is the largest declared width times height that is decoded; 0
	// means 25,000,000. File.Memory tells how much memory decoding takes. A
	// negative number panics.
	MaxPixels int
	Polarity  Polarity
	// Skip names steps that are left out: alpha is then ignored, and of gray,
	// invert, stretch, enlarge, crop and resize there is no way around. Other
	// names panic.
	Skip []string
	// Observe, unless nil, gets a picture of the state after each step that
	// acted: of at most 160x160 pixels, and its own to keep.
	Observe func(step string, picture *image.Gray)
}

func (o Options) maxPixels() int64 {
	if o.MaxPixels < 0 {
		panic("imageprep: MaxPixels is negative")
	}
	if o.MaxPixels == 0 {
		return defaultMaxPixels
	}
	return int64(o.MaxPixels)
}

// Info is the account of what an image was and what was done to it.
type Info struct {
	Format        string // png, jpeg, gif, bmp, tiff or webp
	Width, Height int    // as the file declares them
	Orientation   int    // 1 to 8 as Exif numbers it; 0 and 1 are upright
	// Steps names what was done, in order, leaving out what had nothing to do.
	// Steps has all names.
	Steps []string
	// Flags names what may make the answer doubtful. Flags has all names.
	Flags []string
}

// picture is an image on its way to being a tensor.
type picture struct {
	source      image.Image
	orientation int // as in Exif
	opts        Options
	gray        plane
	flat        bool // its light has been evened out, by what its ink was found to be:
	darkInk     bool
	levels      levels
	ink         plane           // 0 for paper to 255 for full ink
	level       []line          // of the paper, from left to right
	upright     []line          // and from top to bottom
	box         image.Rectangle // around the ink, without its soft edge
	window      window          // what becomes the 28x28
	cropped     bool            // the window is around the ink, and not the whole picture
	resized     bool            // the tensor is made
	tensor      *[Pixels]float32
	flagged     []string
}

func (p *picture) flag(name string) { p.flagged = append(p.flagged, name) }

// Tensor writes the digit in img to dst, 28 rows of 28 values from 0 (paper)
// to 1 (full ink), and appends to info.Steps and info.Flags what it did and
// what it noticed; info may be nil. A picture that is framed as those of MNIST
// are is not cropped or moved, so that MNIST's own pass through unchanged.
// The error wraps ErrTooSmall or ErrNoInk, and leaves dst alone. Tensor panics
// unless len(dst) is Pixels.
func Tensor(dst []float32, img image.Image, info *Info, opts Options) error {
	if len(dst) != Pixels {
		panic("imageprep: dst must have 784 elements")
	}
	if size := img.Bounds(); size.Dx() < minWidth || size.Dy() < minHeight {
		return tooSmall(size.Dx(), size.Dy())
	}
	opts.check()
	p := picture{source: img, opts: opts, tensor: (*[Pixels]float32)(dst)} // which no step writes that may fail
	if info != nil {
		p.orientation = info.Orientation
	}
	for _, s := range recipe {
		if s.optional && slices.Contains(opts.Skip, s.name) {
			continue
		}
		f32.ClearVectors() // the arithmetic of the steps is scalar
		acted, err := s.do(&p)
		if err != nil {
			return err
		}
		if acted && info != nil {
			info.Steps = append(info.Steps, s.name)
		}
		if acted && opts.Observe != nil {
			opts.Observe(s.name, p.snapshot())
		}
	}
	for i, v := range dst {
		dst[i] = float32(int(v*255+0.5)) / 255 // to a byte, as in MNIST's files
	}
	if info != nil {
		info.Flags = append(info.Flags, p.flagged...)
	}
	return nil
}

// The smallest digits that people can read, those of pixel fonts, have 3x5
// pixels.
const minWidth, minHeight = 3, 5

func tooSmall(width, height int) error {
	return fmt.Errorf("%w: it has %dx%d pixels; send one of at least %dx%d, better 28x28 or more",
		ErrTooSmall, width, height, minWidth, minHeight)
}
