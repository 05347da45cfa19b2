// Package imageprep turns an uploaded image into the 1x28x28 tensor that the
// network reads, the way MNIST itself was made: decode within limits, grey,
// light ink on a dark ground, the ink scaled to fit 20x20, its centre of mass
// in the middle of 28x28.
package imageprep
