package mnist

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
)

// words returns an IDX file with this header and data.
func words(data []byte, header ...uint32) []byte {
	var b []byte
	for _, w := range header {
		b = append(b, byte(w>>24), byte(w>>16), byte(w>>8), byte(w))
	}
	return append(b, data...)
}

func compressed(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	images := words(make([]byte, 2*Pixels), magicImages, 2, Side, Side)
	labels := words([]byte{3, 9}, magicLabels, 2)
	for name, compress := range map[string]bool{"plain": false, "gzip": true} {
		i, l := images, labels
		if compress {
			i, l = compressed(t, images), compressed(t, labels)
		}
		pixels, err := ReadImages("images", bytes.NewReader(i))
		if err != nil || len(pixels) != 2*Pixels {
			t.Errorf("%s: %d pixels, %v; want %d", name, len(pixels), err, 2*Pixels)
		}
		got, err := ReadLabels("labels", bytes.NewReader(l))
		if err != nil || !bytes.Equal(got, []byte{3, 9}) {
			t.Errorf("%s: labels %v, %v; want 3, 9", name, got, err)
		}
	}
}

func TestBadIDX(t *testing.T) {
	good := words(make([]byte, Pixels), magicImages, 1, Side, Side)
	zipped := compressed(t, good)
	damaged := bytes.Clone(zipped)
	damaged[len(damaged)-8] ^= 1 // the checksum
	for _, c := range []struct {
		name   string
		file   []byte
		labels bool
		reason string
	}{
		{"empty", nil, false, "it ends within its header"},
		{"a short header", good[:10], false, "it ends within its header"},
		{"labels for images", words([]byte{1}, magicLabels, 1), false, "it ends within its header"},
		{"images for labels", good, true, "its magic number is 0x00000803; want 0x00000801"},
		{"another type code", words(make([]byte, Pixels), 0x0d03, 1, Side, Side), false, "its magic number"},
		{"no images", words(nil, magicImages, 0, Side, Side), false, "a dimension of 0"},
		{"a huge count", words(nil, magicImages, 1<<31, Side, Side), false, "a dimension of 2147483648"},
		{"a product that overflows", words(nil, magicImages, 1<<20, 1<<20, 1<<20), false, "a dimension of 1048576"},
		{"another image size", words(make([]byte, 6), magicImages, 1, 2, 3), false, "its images are 2x3; want 28x28"},
		{"truncated", good[:len(good)-1], false, "it ends after 783 of 784 declared bytes"},
		{"trailing bytes", append(bytes.Clone(good), 0), false, "it goes on after the declared 784 bytes"},
		{"a label of 10", words([]byte{1, 10}, magicLabels, 2), true, "label 1 is 10"},
		{"a gzip header alone", zipped[:5], false, "it ends within its gzip header"},
		{"truncated gzip", zipped[:len(zipped)-12], false, "it ends"},
		{"no gzip trailer", zipped[:len(zipped)-4], false, "it ends within its compressed trailer"},
		{"a wrong gzip checksum", damaged, false, "it is damaged"},
		{"bytes after the gzip stream", append(bytes.Clone(zipped), 1, 2, 3), false, "compressed trailer"},
		{"a second gzip stream", append(bytes.Clone(zipped), zipped...), false, "it goes on after"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if c.labels {
				_, err = ReadLabels("the-file", bytes.NewReader(c.file))
			} else {
				_, err = ReadImages("the-file", bytes.NewReader(c.file))
			}
			var format *FormatError
			if !errors.As(err, &format) || format.File != "the-file" || !strings.Contains(format.Reason, c.reason) {
				t.Errorf("the error is %v; want a FormatError on the-file with %q", err, c.reason)
			}
		})
	}
}

// FuzzIDX: no input panics, takes memory beyond its size, or is accepted with
// a size that does not fit its header.
func FuzzIDX(f *testing.F) {
	good := words(make([]byte, Pixels), magicImages, 1, Side, Side)
	f.Add(good)
	f.Add(good[:20])
	f.Add(compressed(f, good))
	f.Add(words([]byte{1, 2, 3}, magicLabels, 3))
	f.Add(words(nil, magicImages, 1<<31, Side, Side))
	f.Fuzz(func(t *testing.T, file []byte) {
		if pixels, err := ReadImages("f", bytes.NewReader(file)); err == nil && (len(pixels) == 0 || len(pixels)%Pixels != 0) {
			t.Errorf("accepted %d pixels", len(pixels))
		}
		if labels, err := ReadLabels("f", bytes.NewReader(file)); err == nil && len(labels) == 0 {
			t.Error("accepted no labels")
		}
	})
}
