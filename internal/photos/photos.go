// Package photos renders MNIST digits as the pictures that people upload:
// photographs of paper, boards and screens, one condition at a time, and the
// same digit in every kind of image file. And it prints letters.
//
// A digit is inked anew with a pen at the picture's resolution, laid on a page,
// lit, and photographed. The figures in the conditions are those of ordinary
// stationery and telephones, chosen so that a person reads every digit.
package photos

import (
	"fmt"
	"math/rand/v2"

	"digits/internal/mnist"
)

// Condition is one way in which the picture of a digit can be hard to read for
// a program.
type Condition struct {
	Name   string
	render func(digit []byte, random *rand.Rand) ([]byte, error)
}

// Render returns an image file that shows the digit, 28x28 pixels with 255 for
// ink. The file depends on the digit and the random numbers alone. Render
// panics unless the digit has 784 bytes.
func (c Condition) Render(digit []byte, random *rand.Rand) []byte {
	if len(digit) != mnist.Pixels {
		panic("photos: a digit has 784 pixels")
	}
	file, err := c.render(digit, random)
	if err != nil { // an encoder's, about a picture of our own making
		panic(fmt.Sprintf("photos: %s: %v", c.Name, err))
	}
	return file
}

// Photographs returns the conditions in which a digit is photographed. Frames
// have 100 to 3,000 pixels on their longer side, a digit takes 15 to 90% of the
// frame's height.
func Photographs() []Condition {
	var list []Condition
	for _, one := range conditions {
		list = append(list, Condition{one.name, func(digit []byte, random *rand.Rand) ([]byte, error) {
			s := newScene(random)
			for _, change := range one.changes {
				change(s)
			}
			return encodeJPEG(s.photograph(digit).image(), s.quality)
		}})
	}
	return list
}

// conditions lists what each condition changes about an everyday photograph.
var conditions = []struct {
	name    string
	changes []func(*scene)
}{
	{"white paper", []func(*scene){whitePaper}},
	{"cream paper", []func(*scene){creamPaper}},
	{"grey paper", []func(*scene){greyPaper}},
	{"yellow note", []func(*scene){yellowNote}},
	{"recycled paper", []func(*scene){recycledPaper}},
	{"ruled paper", []func(*scene){ruledPaper}},
	{"squared paper", []func(*scene){squaredPaper}},
	{"pencil", []func(*scene){pencil}},
	{"pencil, squared", []func(*scene){pencil, squaredPaper}},
	{"ballpoint", []func(*scene){ballpoint}},
	{"marker", []func(*scene){marker}},
	{"thick marker", []func(*scene){thickMarker}},
	{"red pen", []func(*scene){redPen}},
	{"chalkboard", []func(*scene){chalkboard}},
	{"whiteboard", []func(*scene){whiteboard}},
	{"gradient", []func(*scene){gradient}},
	{"hard shadow", []func(*scene){hardShadow}},
	{"soft shadow", []func(*scene){softShadow}},
	{"vignette", []func(*scene){vignette}},
	{"dim room", []func(*scene){dimRoom}},
	{"flash", []func(*scene){flash}},
	{"noise", []func(*scene){noisy}},
	{"defocus", []func(*scene){defocus}},
	{"motion blur", []func(*scene){motionBlur}},
	{"JPEG quality", []func(*scene){compressed}},
	{"rotation", []func(*scene){rotated}},
	{"perspective", []func(*scene){slanted}},
	{"small frame", []func(*scene){smallFrame}},
	{"large frame", []func(*scene){largeFrame}},
	{"small digit", []func(*scene){smallDigit}},
	{"large digit", []func(*scene){largeDigit}},
	{"off centre", []func(*scene){offCentre}},
	{"frame line", []func(*scene){frameLine}},
	{"table edge", []func(*scene){tableEdge}},
	{"thumb", []func(*scene){thumb}},
	{"specks", []func(*scene){specks}},
	{"mixed", []func(*scene){mixed}},
}
