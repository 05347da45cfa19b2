package imageprep

import "errors"

// The ways in which an image is refused. Every error of this package wraps one
// of them, with a sentence that says what was wrong, with what, and what to do.
var (
	// ErrEmpty means that there were no bytes at all.
	ErrEmpty = errors.New("no image data")
	// ErrUnsupportedFormat means bytes of no format that is read here, or a
	// variant of one that the decoder does not know.
	ErrUnsupportedFormat = errors.New("unsupported image format")
	// ErrMalformed means a known format with broken or missing content.
	ErrMalformed = errors.New("malformed image")
	// ErrTooManyPixels means that decoding would take more memory or work than
	// Options.MaxPixels stands for.
	ErrTooManyPixels = errors.New("too many pixels")
	// ErrTooManyPieces means that the file has its pixels in so many scans,
	// chunks or strips that decoding would take too long.
	ErrTooManyPieces = errors.New("too many pieces")
	// ErrTooSmall means fewer pixels than a digit needs.
	ErrTooSmall = errors.New("image too small")
	// ErrPanic means that the decoder panicked, which is a bug in it; the error
	// wraps ErrMalformed too.
	ErrPanic = errors.New("the decoder panicked")
	// ErrNoInk means that nothing stands out from the paper.
	ErrNoInk = errors.New("no ink found")
)
