package main

import (
	"math"
	"slices"

	"digits/pkg/cnn"
)

// network returns the network of a recipe by its name.
func network(name string) (cnn.Spec, bool) {
	switch name {
	case "":
		return cnn.SimpleConvNet(), true
	case "fast":
		return fastNet(), true
	case "digits":
		return normalized(32, 32, 32, 96, 96), true
	case "teacher":
		return normalized(48, 96, 96, 160, 160), true
	}
	return cnn.Spec{}, false
}

// widened returns the network with so many times the filters and hidden
// outputs, in eights, which is what a vector holds.
func widened(spec cnn.Spec, factor float64) cnn.Spec {
	times := func(n int) int { return max(8, 8*int(math.Round(float64(n)*factor/8))) }
	layers := slices.Clone(spec.Layers)
	for i, layer := range layers[:len(layers)-1] { // the last one answers
		switch l := layer.(type) {
		case cnn.Conv2D:
			l.Filters = times(l.Filters)
			layers[i] = l
		case cnn.Affine:
			l.Outputs = times(l.Outputs)
			layers[i] = l
		}
	}
	spec.Layers = layers
	return spec
}

// halving is the usual pooling.
func halving() cnn.Layer {
	return cnn.MaxPool{Window: cnn.Window{Height: 2, Width: 2, Stride: 2}}
}

// fastNet learns a lot from few images: 215,194 parameters.
func fastNet() cnn.Spec {
	return cnn.Spec{
		Input: cnn.Shape{C: 1, H: 28, W: 28},
		Layers: []cnn.Layer{
			cnn.Conv2D{Filters: 24, Window: cnn.Square(5)}, cnn.ReLU{}, halving(),
			cnn.Conv2D{Filters: 32, Window: cnn.Square(3)}, cnn.ReLU{}, halving(),
			cnn.Affine{Outputs: 256}, cnn.ReLU{}, cnn.Affine{Outputs: 10},
		},
	}
}

// normalized is five convolutions with batch normalisation, and eleven
// outputs: the eleventh is for what is no digit.
func normalized(a, b, c, d, e int) cnn.Spec {
	same := cnn.Window{Height: 3, Width: 3, Padding: 1}
	return cnn.Spec{
		Input: cnn.Shape{C: 1, H: 28, W: 28},
		Layers: []cnn.Layer{
			cnn.Conv2D{Filters: a, Window: cnn.Square(5)}, cnn.BatchNorm{}, cnn.ReLU{}, halving(),
			cnn.Conv2D{Filters: b, Window: same}, cnn.BatchNorm{}, cnn.ReLU{},
			cnn.Conv2D{Filters: c, Window: same}, cnn.BatchNorm{}, cnn.ReLU{}, halving(),
			cnn.Conv2D{Filters: d, Window: same}, cnn.BatchNorm{}, cnn.ReLU{},
			cnn.Conv2D{Filters: e, Window: cnn.Square(3)}, cnn.BatchNorm{}, cnn.ReLU{},
			cnn.Affine{Outputs: 11},
		},
	}
}
