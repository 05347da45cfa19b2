// Package corrupt spoils images of digits in the fifteen ways of MNIST-C (Mu
// and Gilmer 2019, arXiv 1906.02337), to measure what a network puts up with.
//
// What each effect does, and how much of it, follows the authors' program,
// github.com/google-research/mnist-c, corruptions.py, at its default
// severities. The random numbers are others, so the images are not those of
// the published data set, and figures on them are "MNIST-C-style".
//
// Behind the program are libraries whose routines are written anew here. It was
// run beside this package on MNIST's first test images, with scikit-image 0.19.3
// and ImageMagick 6.9.11: given the same draws, lines, edges, stripes and all
// motions but scale are the same to the byte, and scale, brightness and motion
// blur to one level of grey in 255. Noise, glass blur, spatter and fog draw too
// much for that; their pixels' mean, spread and roughness agree.
package corrupt

import (
	"math"
	"math/rand/v2"

	"digits/internal/mnist"
)

// Corruption is one way to spoil an image.
type Corruption struct {
	Name   string // as the paper has it
	Upload bool   // whether the picture of a digit that someone uploads can have it
	effect func(*picture, *rand.Rand)
}

// All returns the corruptions in the paper's order.
func All() []Corruption {
	return []Corruption{
		{"shot_noise", true, shotNoise},
		{"impulse_noise", true, impulseNoise},
		{"glass_blur", true, glassBlur},
		{"motion_blur", true, motionBlur},
		{"shear", true, shear},
		{"scale", true, scale},
		{"rotate", true, rotate},
		{"brightness", true, brightness},
		{"translate", true, translate},
		{"stripe", false, stripe},
		{"fog", false, fog},
		{"spatter", true, spatter},
		{"dotted_line", true, dottedLine},
		{"zigzag", false, zigzag},
		{"canny_edges", false, cannyEdges},
	}
}

// Apply writes the spoiled image to dst, which may be the image itself. The
// result depends on the image and the random numbers alone. It panics unless
// both have 784 bytes.
func (c Corruption) Apply(dst, image []byte, random *rand.Rand) {
	if len(dst) != mnist.Pixels || len(image) != mnist.Pixels {
		panic("corrupt: an image has 784 pixels")
	}
	var p picture
	for i, v := range image {
		p[i] = float64(v) / 255
	}
	c.effect(&p, random)
	for i, v := range p {
		dst[i] = byte(math.RoundToEven(255 * clamp(v)))
	}
}

const side = mnist.Side

// picture is an image from 0, paper, to 1, ink, row by row. Effects may leave
// that range.
type picture [mnist.Pixels]float64

// orPaper returns a pixel, or paper outside of the picture.
func (p *picture) orPaper(row, col int) float64 {
	if uint(row) >= side || uint(col) >= side {
		return 0
	}
	return p[row*side+col]
}

// orNearest returns a pixel, or the one on the edge that is nearest to it.
func (p *picture) orNearest(row, col int) float64 {
	return p[min(max(row, 0), side-1)*side+min(max(col, 0), side-1)]
}

func clamp(v float64) float64 { return min(max(v, 0), 1) }
