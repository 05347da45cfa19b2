package photos

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"
)

// frame is a picture on its way through the camera.
type frame struct {
	width, height int
	planes        [3][]float32 // red, green, blue
}

func newFrame(width, height int) *frame {
	f := &frame{width: width, height: height}
	for k := range f.planes {
		f.planes[k] = make([]float32, width*height)
	}
	return f
}

// blur spreads every point by means over squares with a radius in pixels, one
// after another.
func (f *frame) blur(radius float64, times int) {
	rows, cols := make([]float32, f.width), make([]float32, f.height)
	for _, plane := range f.planes {
		for range times {
			for y := range f.height {
				softMean(plane[y*f.width:], rows, radius, 1)
			}
			for x := range f.width {
				softMean(plane[x:], cols, radius, f.width)
			}
		}
	}
}

// softMean is boxMean with a radius between whole numbers.
func softMean(values, line []float32, radius float64, stride int) {
	whole := int(radius)
	rest := float32(radius - float64(whole))
	n := len(line)
	for i := range line {
		line[i] = values[i*stride]
	}
	at := func(i int) float32 { return line[min(max(i, 0), n-1)] }
	var sum float32
	for i := -whole; i < whole; i++ {
		sum += at(i)
	}
	scale := 1 / (float32(2*whole+1) + 2*rest)
	for i := range line {
		if i > whole && i+whole+1 < n { // away from the ends
			sum += line[i+whole]
			values[i*stride] = (sum + rest*(line[i-whole-1]+line[i+whole+1])) * scale
			sum -= line[i-whole]
			continue
		}
		sum += at(i + whole)
		values[i*stride] = (sum + rest*(at(i-whole-1)+at(i+whole+1))) * scale
		sum -= at(i - whole)
	}
}

// smear spreads every point over a line of a length in pixels.
func (f *frame) smear(length, direction float64) {
	sin, cos := math.Sincos(direction)
	n := max(2, int(length+1.5))
	offsets := make([][2]int, n)
	for i := range offsets {
		t := (float64(i)/float64(n-1) - 0.5) * length
		offsets[i] = [2]int{int(math.Round(t * cos)), int(math.Round(t * sin))}
	}
	for k, plane := range f.planes {
		smeared := make([]float32, len(plane))
		for y := range f.height {
			for _, o := range offsets {
				from := plane[min(max(y+o[1], 0), f.height-1)*f.width:][:f.width]
				to := smeared[y*f.width:][:f.width]
				for x := range to {
					to[x] += from[min(max(x+o[0], 0), f.width-1)]
				}
			}
		}
		for i := range smeared {
			smeared[i] /= float32(n)
		}
		f.planes[k] = smeared
	}
}

// develop turns light into a screen's levels, from 0 to 1.
func (f *frame) develop(exposure rgb) {
	const levels = 4096
	var curve [levels + 1]float32
	for i := range curve {
		curve[i] = float32(math.Pow(float64(i)/levels, 1/2.2))
	}
	for k, plane := range f.planes {
		for i, v := range plane {
			v = min(max(v*exposure[k], 0), 1) * levels
			at := min(int(v), levels-1)
			plane[i] = curve[at] + (v-float32(at))*(curve[at+1]-curve[at])
		}
	}
}

// normals are 4,096 quantiles of the normal distribution, to draw from quickly.
var normals = sync.OnceValue(func() *[4096]float32 {
	var list [4096]float32
	for i := range list {
		list[i] = float32(math.Sqrt2 * math.Erfinv((2*float64(i)+1)/4096-1))
	}
	return &list
})

// addNoise adds a sensor's noise, more of it in the dark.
func (f *frame) addNoise(deviation float64, random *rand.Rand) {
	amount, list := float32(deviation), normals()
	for i := range f.planes[0] {
		draws := random.Uint64()
		all := 0.8 * list[draws>>48&4095]
		for k, plane := range f.planes {
			own := 0.6 * list[draws>>(16*k)&4095]
			plane[i] += amount * (all + own) * (1.3 - 0.6*plane[i])
		}
	}
}

// image returns the frame in 8 bits.
func (f *frame) image() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, f.width, f.height))
	for i := range f.planes[0] {
		p := img.Pix[4*i:][:4]
		for k, plane := range f.planes {
			p[k] = byte(min(max(plane[i], 0), 1)*255 + 0.5)
		}
		p[3] = 255
	}
	return img
}

// grey16 returns the frame's luminance in 16 bits.
func (f *frame) grey16() *image.Gray16 {
	img := image.NewGray16(image.Rect(0, 0, f.width, f.height))
	for i := range f.planes[0] {
		v := 0.299*f.planes[0][i] + 0.587*f.planes[1][i] + 0.114*f.planes[2][i]
		binary.BigEndian.PutUint16(img.Pix[2*i:], sixteen(v))
	}
	return img
}

// rgba64 returns the frame in 16 bits.
func (f *frame) rgba64() *image.RGBA64 {
	img := image.NewRGBA64(image.Rect(0, 0, f.width, f.height))
	for i := range f.planes[0] {
		for k, plane := range f.planes {
			binary.BigEndian.PutUint16(img.Pix[8*i+2*k:], sixteen(plane[i]))
		}
		binary.BigEndian.PutUint16(img.Pix[8*i+6:], 0xffff)
	}
	return img
}

func sixteen(v float32) uint16 { return uint16(min(max(v, 0), 1)*0xffff + 0.5) }

func encodeJPEG(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
