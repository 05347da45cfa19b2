package photos

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
)

// paletted encodes a plain photograph with few colours, half of the time
// dithered.
func paletted(colours int, encode encoder) render {
	return func(digit []byte, random *rand.Rand) ([]byte, error) {
		photo := plain(digit, random).image()
		img := image.NewPaletted(photo.Rect, paletteOf(photo, colours))
		var method draw.Drawer = draw.Src
		if random.IntN(2) == 0 {
			method = draw.FloydSteinberg
		}
		method.Draw(img, img.Rect, photo, photo.Rect.Min)
		return encoded(encode, img)
	}
}

// paletteOf returns colours for a picture: the means of clusters of pixels by
// brightness (Lloyd 1982), starting from equal steps.
func paletteOf(img *image.RGBA, colours int) color.Palette {
	var sums [256][4]float64 // red, green, blue and number of the pixels of a brightness
	for i := 0; i < len(img.Pix); i += 4 {
		r, g, b := int(img.Pix[i]), int(img.Pix[i+1]), int(img.Pix[i+2])
		s := &sums[(299*r+587*g+114*b)/1000]
		s[0], s[1], s[2], s[3] = s[0]+float64(r), s[1]+float64(g), s[2]+float64(b), s[3]+1
	}
	darkest, lightest := 0, 255
	for darkest < 255 && sums[darkest][3] == 0 {
		darkest++
	}
	for lightest > darkest && sums[lightest][3] == 0 {
		lightest--
	}
	centres := make([]float64, colours)
	for k := range centres {
		centres[k] = float64(darkest) + (float64(k)+0.5)/float64(colours)*float64(lightest-darkest+1)
	}
	clusters := make([][4]float64, colours)
	for range 8 {
		clear(clusters)
		k := 0
		for level, s := range sums {
			for k+1 < colours && float64(level) > (centres[k]+centres[k+1])/2 {
				k++
			}
			for i, v := range s {
				clusters[k][i] += v
			}
		}
		for k, c := range clusters {
			if c[3] > 0 {
				centres[k] = (0.299*c[0] + 0.587*c[1] + 0.114*c[2]) / c[3]
			}
		}
	}
	var p color.Palette
	for _, c := range clusters {
		if c[3] > 0 {
			p = append(p, color.RGBA{byte(c[0]/c[3] + 0.5), byte(c[1]/c[3] + 0.5), byte(c[2]/c[3] + 0.5), 255})
		}
	}
	return p
}
