package mnist

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// idx returns an IDX file: the type code, the sizes, then the content.
func idx(code byte, content []byte, sizes ...uint32) []byte {
	b := []byte{0, 0, code, byte(len(sizes))}
	for _, size := range sizes {
		b = binary.BigEndian.AppendUint32(b, size)
	}
	return append(b, content...)
}

func idxImages(n int) []byte { return idx(8, make([]byte, n*Pixels), uint32(n), Side, Side) }

func idxLabels(labels ...byte) []byte { return idx(8, labels, uint32(len(labels))) }

func zip(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(content)
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestIDX(t *testing.T) {
	pixels := make([]byte, 2*Pixels)
	for i := range pixels {
		pixels[i] = byte(i * 7)
	}
	images, labels := idx(8, pixels, 2, Side, Side), idxLabels(3, 9, 0)
	for name, form := range map[string]func([]byte) []byte{"plain": bytes.Clone, "gzip": zip} {
		if got, err := parseImages("f", form(images)); err != nil || !bytes.Equal(got, pixels) {
			t.Errorf("%s: the pixels are not those of the file, error %v", name, err)
		}
		if got, err := parseLabels("f", form(labels)); err != nil || !bytes.Equal(got, []byte{3, 9, 0}) {
			t.Errorf("%s: labels %v, %v; want 3 9 0", name, got, err)
		}
	}
}

func TestBadIDX(t *testing.T) {
	good := idxImages(1)
	zipped := zip(good)
	flipped := bytes.Clone(zipped)
	flipped[len(flipped)-8] ^= 1 // the first byte of the checksum
	badBlock := concat(zipped[:10], []byte{7}, zipped[11:])
	for _, c := range []struct {
		name    string
		parse   func(string, []byte) ([]byte, error)
		content []byte
		want    string
		err     error
	}{
		{"empty", parseImages, nil, "the magic number is cut off; want 4 bytes", io.ErrUnexpectedEOF},
		{"short magic number", parseImages, good[:3], "the magic number is cut off", io.ErrUnexpectedEOF},
		{"text", parseImages, []byte("<!DOCTYPE html>"), "magic number is 0x3c21444f; want 0x00000803", nil},
		{"text for labels", parseLabels, []byte("<!DOCTYPE html>"), "magic number is 0x3c21444f; want 0x00000801", nil},
		{"floats", parseImages, idx(0x0d, make([]byte, 4*Pixels), 1, Side, Side), "element type is 0x0d; want 0x08, unsigned byte", nil},
		{"labels for images", parseImages, idxLabels(1), "number of dimensions is 1; want 3", nil},
		{"images for labels", parseLabels, good, "number of dimensions is 3; want 1", nil},
		{"short sizes", parseImages, good[:15], "the list of dimensions is cut off; want 3 sizes of 4 bytes", io.ErrUnexpectedEOF},
		{"no sizes", parseImages, good[:4], "the list of dimensions is cut off; want 3 sizes of 4 bytes", io.ErrUnexpectedEOF},
		{"no samples", parseLabels, idxLabels(), "number of samples is 0; want 1 to 131072", nil},
		{"too many samples", parseImages, idx(8, nil, 131073, Side, Side), "number of samples is 131073; want 1 to 131072", nil},
		{"4 GiB of samples", parseImages, idx(8, nil, 1<<32-1, 1<<32-1, 1<<32-1), "number of samples is 4294967295", nil},
		{"another height", parseImages, idx(8, make([]byte, 27*28), 1, 27, 28), "image height is 27; want 28", nil},
		{"another width", parseImages, idx(8, make([]byte, 28*29), 1, 28, 29), "image width is 29; want 28", nil},
		{"truncated", parseImages, good[:len(good)-1], "the content after 783 bytes of samples is cut off; want 784 bytes of samples", io.ErrUnexpectedEOF},
		{"trailing byte", parseImages, concat(good, []byte{0}), "the part after 784 bytes of samples is not empty; want the end of the file", nil},
		{"a label of 10", parseLabels, idxLabels(1, 10), "label 1 is 10; want 0 to 9", nil},
		{"short gzip header", parseImages, zipped[:5], "the gzip header is cut off", io.ErrUnexpectedEOF},
		{"bad gzip method", parseImages, concat(zipped[:2], []byte{1}, zipped[3:]), "the gzip header is damaged", gzip.ErrHeader},
		{"truncated gzip", parseImages, zipped[:len(zipped)-12], "is cut off", io.ErrUnexpectedEOF},
		{"no gzip checksum", parseImages, zipped[:len(zipped)-8], "is cut off", io.ErrUnexpectedEOF},
		{"short gzip trailer", parseImages, zipped[:len(zipped)-1], "is cut off", io.ErrUnexpectedEOF},
		{"wrong gzip checksum", parseImages, flipped, "is damaged (gzip: invalid checksum)", gzip.ErrChecksum},
		{"damaged gzip block", parseImages, badBlock, "is damaged (flate: corrupt input", nil},
		{"truncated inside gzip", parseImages, zip(good[:len(good)-1]), "the content after 783 bytes of samples is cut off", io.ErrUnexpectedEOF},
		{"trailing byte inside gzip", parseImages, zip(concat(good, []byte{0})), "the part after 784 bytes of samples is not empty", nil},
		{"bytes after gzip", parseImages, concat(zipped, []byte{1, 2, 3}), "the part after the gzip stream is 3 bytes long; want the end of the file", nil},
		{"a second, empty gzip stream", parseImages, concat(zipped, zip(nil)), "the part after the gzip stream is", nil},
		{"gzip within gzip", parseImages, zip(zipped), "magic number is 0x1f8b", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.parse("dir/some-file", c.content)
			var format *FormatError
			if got != nil || !errors.As(err, &format) || format.File != "dir/some-file" {
				t.Fatalf("%d bytes, error %v; want a FormatError of dir/some-file alone", len(got), err)
			}
			if text := err.Error(); !strings.HasPrefix(text, "dir/some-file: ") || !strings.Contains(text, c.want) {
				t.Errorf("the error is %q; want %q in it", text, c.want)
			}
			if c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("the error wraps %v; want %v", format.Err, c.err)
			}
		})
	}
}

func TestImagesAndLabelsMustBeAsMany(t *testing.T) {
	_, err := join("images", "labels", make([]byte, 3*Pixels), make([]uint8, 2))
	var format *FormatError
	if !errors.As(err, &format) || format.File != "labels" || err.Error() != "labels: number of labels is 2; want 3, one for each image of images" {
		t.Errorf("the error is %v; want a FormatError of the labels with both numbers", err)
	}
}

// A declared size costs nothing until the bytes are there.
func TestDeclaredSizeIsNotAllocated(t *testing.T) {
	content := idx(8, nil, maxSamples, Side, Side)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		if _, err := parseImages("f", content); err == nil {
			t.Fatal("a header alone was accepted")
		}
	}
	runtime.ReadMemStats(&after)
	per := (after.TotalAlloc - before.TotalAlloc) / 10
	if per > 64<<10 {
		t.Errorf("a file of %d bytes that declares %d took %d bytes; want at most 64 KiB", len(content), maxSamples*Pixels, per)
	}
}

// FuzzIDX: what is accepted is exactly the header and its samples, and every
// refusal is a FormatError of the file.
func FuzzIDX(f *testing.F) {
	f.Add(idxImages(1))
	f.Add(idxLabels(1, 2, 3))
	f.Add(zip(idxLabels(1, 2, 3)))
	f.Fuzz(func(t *testing.T, content []byte) {
		images, imagesErr := parseImages("f", content)
		labels, labelsErr := parseLabels("f", content)
		checkParsed(t, content, images, imagesErr, uint32(len(images)/Pixels), Side, Side)
		checkParsed(t, content, labels, labelsErr, uint32(len(labels)))
		if bytes.ContainsFunc(labels, func(r rune) bool { return r > 9 }) {
			t.Error("a label above 9 was accepted")
		}
	})
}

func checkParsed(t *testing.T, content, samples []byte, err error, sizes ...uint32) {
	t.Helper()
	if err != nil {
		if format := (*FormatError)(nil); !errors.As(err, &format) || format.File != "f" || samples != nil {
			t.Fatalf("%d samples, error %v; want a FormatError of f alone", len(samples), err)
		}
		return
	}
	plain := content
	if z, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		if plain, err = io.ReadAll(z); err != nil {
			t.Fatalf("accepted, but gzip says %v", err)
		}
	}
	if !bytes.Equal(plain, idx(8, samples, sizes...)) {
		t.Fatalf("accepted %d samples, but the file is not their header and content", len(samples))
	}
}
