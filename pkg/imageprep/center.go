package imageprep

import "math"

// middle is where MNIST has its centre of mass on average, counting pixels
// from 0.
const middle = 14.0

// center moves the ink by whole pixels until its centre of mass is above 13.5
// and not above 14.5 in both directions, which is how MNIST was centred. (The
// rule, in coordinates of pixel edges and for the box alone, is that of Yadav
// and Bottou, "Cold Case: The Lost MNIST Digits", 2019.) Ink that is moved out
// of the picture is lost, as it was there.
func (p *picture) center() (bool, error) {
	if !p.cropped {
		return false, nil
	}
	x, y := centerOfMass(p.tensor)
	dx, dy := int(math.Floor(middle+0.5-x)), int(math.Floor(middle+0.5-y))
	if dx == 0 && dy == 0 {
		return false, nil
	}
	var moved [Pixels]float32
	for i := max(0, dy); i < min(Side, Side+dy); i++ {
		from := p.tensor[(i-dy)*Side : (i-dy+1)*Side]
		to := moved[i*Side : (i+1)*Side]
		copy(to[max(0, dx):], from[max(0, -dx):Side-max(0, dx)])
	}
	*p.tensor = moved
	return true, nil
}

// centerOfMass gives the mean column and row of the ink, or the middle when
// there is none.
func centerOfMass(tensor *[Pixels]float32) (x, y float64) {
	var mass, columns, lines float64
	for i := range Side {
		var rowMass float64
		for j, v := range tensor[i*Side : (i+1)*Side] {
			rowMass += float64(v)
			columns += float64(j) * float64(v)
		}
		mass += rowMass
		lines += float64(i) * rowMass
	}
	if mass == 0 {
		return middle, middle
	}
	return columns / mass, lines / mass
}
