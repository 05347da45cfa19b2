package mnist

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// numbered is a set whose image i begins with i's two bytes, labelled i mod 10.
func numbered(n int) Set {
	s := Set{make([]byte, n*Pixels), make([]uint8, n)}
	for i := range n {
		s.Images[i*Pixels], s.Images[i*Pixels+1] = byte(i>>8), byte(i)
		s.Labels[i] = uint8(i % Classes)
	}
	return s
}

// numbers returns which images of a numbered set s holds.
func numbers(t *testing.T, s Set) []int {
	t.Helper()
	if len(s.Images) != s.Len()*Pixels {
		t.Fatalf("%d pixels for %d labels", len(s.Images), s.Len())
	}
	var all []int
	for i := range s.Len() {
		image := s.Image(i)
		number := int(image[0])<<8 | int(image[1])
		if int(s.Labels[i]) != number%Classes {
			t.Fatalf("image %d has label %d; want %d", number, s.Labels[i], number%Classes)
		}
		all = append(all, number)
	}
	return all
}

func TestFloatsOfEveryByte(t *testing.T) {
	s := Set{make([]byte, Pixels), make([]uint8, 1)}
	for i := range s.Images {
		s.Images[i] = byte(i)
	}
	normalized, raw := make([]float32, Pixels), make([]float32, Pixels)
	s.Floats(normalized, true)
	s.Floats(raw, false)
	for i := range Pixels {
		v := float32(i % 256)
		if raw[i] != v || normalized[i] != v/255 {
			t.Fatalf("byte %v: raw %v, normalized %v; want %v, %v", v, raw[i], normalized[i], v, v/255)
		}
	}
}

func TestOneHot(t *testing.T) {
	got := Set{Labels: []uint8{4, 0, 9}}.OneHot()
	want := make([]float32, 3*Classes)
	want[4], want[10], want[29] = 1, 1, 1
	if !slices.Equal(got, want) {
		t.Errorf("one-hot rows %v; want %v", got, want)
	}
}

func TestSplitIsAPartition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		n, seed := random.IntN(300), random.Uint64()
		validation := random.IntN(n + 1)
		train, valid := numbered(n).Split(validation, seed)
		a, b := numbers(t, train), numbers(t, valid)
		if len(b) != validation {
			t.Fatalf("%d of %d for validation; want %d", len(b), n, validation)
		}
		if !slices.IsSorted(a) || !slices.IsSorted(b) {
			t.Fatal("a part does not keep the set's order")
		}
		all := append(a, b...)
		slices.Sort(all)
		for i, number := range all {
			if number != i || len(all) != n {
				t.Fatalf("the parts of %d images hold %v; want each image once", n, all)
			}
		}
	}
}

// The split belongs to what a published accuracy means: it must not change
// with a release of Go either.
func TestSplitIsFixed(t *testing.T) {
	_, valid := numbered(1000).Split(8, 0)
	if got, want := numbers(t, valid), []int{52, 157, 236, 262, 690, 775, 876, 887}; !slices.Equal(got, want) {
		t.Errorf("seed 0 holds out %v; want %v", got, want)
	}
	_, other := numbered(1000).Split(8, 1)
	if bytes.Equal(valid.Images, other.Images) {
		t.Error("seeds 0 and 1 hold out the same images")
	}
}

func TestSplitCopies(t *testing.T) {
	s := numbered(10)
	train, _ := s.Split(0, 0)
	train.Images[0], train.Labels[0] = 77, 77
	if s.Images[0] != 0 || s.Labels[0] != 0 {
		t.Error("changing a part changed the set")
	}
}

func TestSplitOfMoreThanThereIsPanics(t *testing.T) {
	for _, validation := range []int{-1, 11} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Split(%d) of 10 images did not panic", validation)
				}
			}()
			numbered(10).Split(validation, 0)
		}()
	}
}
