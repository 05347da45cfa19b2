package corrupt

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"digits/internal/mnist"
)

// seven is a drawn digit with soft edges.
func seven() []byte {
	image := make([]byte, mnist.Pixels)
	put := func(row, col int) {
		copy(image[row*side+col:], []byte{70, 190, 253, 240, 130})
	}
	for col := 6; col < 17; col++ {
		for row := range 4 {
			put(6+row, col)
		}
	}
	for row := 10; row < 23; row++ {
		put(row, 17-(row-8)*2/3)
	}
	return image
}

// dice are the random numbers of an image.
func dice(seed uint64, index int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(index))) }

func apply(c Corruption, image []byte, seed uint64, index int) []byte {
	dst := make([]byte, mnist.Pixels)
	c.Apply(dst, image, dice(seed, index))
	return dst
}

// effects lists the corruptions in the paper's order, the CRC-32 of a spoiled
// digit, how many of the 784 pixels change by at least 16, and the mean of the
// pixels in units of the unspoiled digit's: bounds over fifty seeds.
var effects = []struct {
	name         string
	upload       bool
	digest       string
	fewest, most int
	light, heavy float64
}{
	{"shot_noise", true, "f0f31c9d", 50, 130, 0.7, 1.05},
	{"impulse_noise", true, "f716f894", 40, 110, 1.3, 2.4},
	{"glass_blur", true, "a100b900", 120, 220, 0.95, 1.02},
	{"motion_blur", true, "d55332e2", 120, 260, 0.9, 1.01},
	{"shear", true, "f3d2f18c", 110, 190, 1.04, 1.12},
	{"scale", true, "efa2351e", 90, 140, 0.47, 0.52},
	{"rotate", true, "d28580ef", 70, 160, 0.95, 1.05},
	{"brightness", true, "be8997f2", 700, 784, 4, 7},
	{"translate", true, "917d1ba7", 140, 240, 0.99, 1.01},
	{"stripe", false, "93fa7bbd", 392, 392, 4, 7},
	{"fog", false, "3d974c95", 400, 784, 1, 8},
	{"spatter", true, "98ea2399", 20, 300, 0.9, 2},
	{"dotted_line", true, "30325e30", 15, 60, 1.02, 1.4},
	{"zigzag", false, "e87d8478", 15, 100, 1.1, 1.8},
	{"canny_edges", false, "5ca67925", 60, 200, 0.5, 1.2},
}

func TestEveryCorruptionIsThePapers(t *testing.T) {
	all := All()
	if len(all) != len(effects) {
		t.Fatalf("%d corruptions; want %d", len(all), len(effects))
	}
	for i, c := range all {
		if c.Name != effects[i].name || c.Upload != effects[i].upload {
			t.Errorf("corruption %d is %s, upload %v; want %s, %v", i, c.Name, c.Upload, effects[i].name, effects[i].upload)
		}
	}
}

func TestGoldenDigests(t *testing.T) {
	for i, c := range All() {
		if digest := fmt.Sprintf("%08x", crc32.ChecksumIEEE(apply(c, seven(), 1, 2))); digest != effects[i].digest {
			t.Errorf("%s: %s; want %s", c.Name, digest, effects[i].digest)
		}
	}
}

func TestVisibleEffect(t *testing.T) {
	image := seven()
	for i, c := range All() {
		e := effects[i]
		fewest, most, light, heavy := mnist.Pixels, 0, 100.0, 0.0
		for index := range 50 {
			changed, ink := 0, 0
			for k, v := range apply(c, image, 1, index) {
				if d := int(v) - int(image[k]); d >= 16 || d <= -16 {
					changed++
				}
				ink += int(v)
			}
			weight := float64(ink) / float64(sum(image))
			fewest, most, light, heavy = min(fewest, changed), max(most, changed), min(light, weight), max(heavy, weight)
		}
		if fewest < e.fewest || most > e.most || light < e.light || heavy > e.heavy {
			t.Errorf("%s: %d to %d pixels change, the ink is %.3f to %.3f times the digit's; want %d to %d, %v to %v",
				c.Name, fewest, most, light, heavy, e.fewest, e.most, e.light, e.heavy)
		}
	}
}

func sum(image []byte) (total int) {
	for _, v := range image {
		total += int(v)
	}
	return total
}

// What draws on the picture or lights it does so on blank paper too; all else
// leaves that blank.
func TestBlankPaper(t *testing.T) {
	drawn := map[string][2]int{ // the range of the sum of pixels, in units of full ink
		"impulse_noise": {35, 110}, "brightness": {390, 394}, "stripe": {392, 392},
		"spatter": {5, 100}, "dotted_line": {10, 30}, "zigzag": {10, 60},
	}
	for _, c := range All() {
		for index := range 50 {
			bounds := drawn[c.Name]
			if ink := sum(apply(c, make([]byte, mnist.Pixels), 1, index)); ink < 255*bounds[0] || ink > 255*bounds[1] {
				t.Errorf("%s, index %d: %.1f pixels of ink; want %v", c.Name, index, float64(ink)/255, bounds)
			}
		}
	}
}

func TestOnlyTheDiceDecide(t *testing.T) {
	fixed := map[string]bool{"scale": true, "brightness": true, "stripe": true, "canny_edges": true}
	for _, c := range All() {
		image := seven()
		first := apply(c, image, 1, 2)
		if !bytes.Equal(image, seven()) {
			t.Errorf("%s changed the image it was given", c.Name)
		}
		if !bytes.Equal(apply(c, image, 1, 2), first) {
			t.Errorf("%s draws another picture with the same random numbers", c.Name)
		}
		others := 0
		for index := range 8 {
			if !bytes.Equal(apply(c, image, 1, index), first) {
				others++
			}
		}
		if fixed[c.Name] != (others == 0) {
			t.Errorf("%s: %d of 8 other random numbers draw another picture", c.Name, others)
		}
		c.Apply(image, image, dice(1, 2))
		if !bytes.Equal(image, first) {
			t.Errorf("%s in place draws another picture", c.Name)
		}
	}
}

func TestApplyPanics(t *testing.T) {
	for name, sizes := range map[string][2]int{"short image": {784, 783}, "short result": {783, 784}, "long image": {784, 785}, "long result": {785, 784}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			All()[0].Apply(make([]byte, sizes[0]), make([]byte, sizes[1]), dice(1, 2))
		})
	}
}
