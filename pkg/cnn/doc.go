// Package cnn is a small convolutional network library in float32: what the
// network is (Spec), its parameters (Model), the memory a run needs (Workspace),
// losses, optimizers, a trainer and the weights file.
//
// Blueprint, weights and run state never mix. A Spec is a value without
// parameters; a Model is immutable and may be shared by any number of
// goroutines; a Workspace or a Trainer belongs to one goroutine at a time.
//
// Batches are row-major: n samples of Shape.Size() numbers each, a sample in
// CHW order.
package cnn
