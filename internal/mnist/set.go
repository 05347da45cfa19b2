// Package mnist finds, fetches, verifies and reads the MNIST handwritten
// digits (LeCun, Cortes and Burges 1998), and makes training batches of them.
package mnist

import "math/rand/v2"

const (
	Side    = 28          // pixels of an image's width and height
	Pixels  = Side * Side // of an image
	Classes = 10
)

// Set is a labelled set of images, held in memory as bytes.
type Set struct {
	Images []byte  // n × 784, row-major; 0 is paper, 255 is ink
	Labels []uint8 // n, from 0 to 9
}

// Len returns the number of images.
func (s Set) Len() int { return len(s.Labels) }

// Image returns the 784 pixels of image i, without copying.
func (s Set) Image(i int) []byte { return s.Images[i*Pixels : (i+1)*Pixels : (i+1)*Pixels] }

// Floats writes the images as floats: in [0, 1] when normalized, else from 0
// to 255. n × 784 and n × 1 × 28 × 28 are the same numbers in the same order.
// It panics when dst is shorter than that.
func (s Set) Floats(dst []float32, normalized bool) {
	scale := float32(1)
	if normalized {
		scale = 255
	}
	dst = dst[:len(s.Images)]
	for i, v := range s.Images {
		dst[i] = float32(v) / scale
	}
}

// OneHot returns the labels as n × 10 rows with a 1 at the label.
func (s Set) OneHot() []float32 {
	rows := make([]float32, len(s.Labels)*Classes)
	for i, label := range s.Labels {
		rows[i*Classes+int(label)] = 1
	}
	return rows
}

// Subset copies the images with the given indices.
func (s Set) Subset(indices []int) Set {
	sub := Set{make([]byte, 0, len(indices)*Pixels), make([]uint8, 0, len(indices))}
	for _, i := range indices {
		sub.Images = append(sub.Images, s.Image(i)...)
		sub.Labels = append(sub.Labels, s.Labels[i])
	}
	return sub
}

// Split copies the set into two parts: validation images drawn at random by the
// seed, and the others. The same seed draws the same images, and both parts
// keep the set's order. It panics unless validation is 0 to Len.
func (s Set) Split(validation int, seed uint64) (train, valid Set) {
	if validation < 0 || validation > s.Len() {
		panic("mnist: a split needs a part of the set")
	}
	held := make([]bool, s.Len())
	for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(s.Len())[:validation] {
		held[i] = true
	}
	var in, out []int
	for i, h := range held {
		if h {
			out = append(out, i)
		} else {
			in = append(in, i)
		}
	}
	return s.Subset(in), s.Subset(out)
}
