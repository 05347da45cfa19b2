package mnist

import (
	"math"
	"math/rand/v2"
)

// bowed is as far as signs bow: of more, a triangle becomes a ring.
const bowed = 0.07

// signs are strokes that are no digit, in the notation of shaken. There is no Z, S,
// O, I, B, G and the like, no ^ or ⊥ (ones with a flag or a foot), no λ (a 2)
// and no Γ (a 7 when it leans).
var signs = [...]string{
	"0099 9009", "0099 9009", "5059 0595", "5059 0595", "0595", "0595", // ×, + and −, which are most common
	"0393 0797", "0292 0595 0898", "51 58 0595", "25 75", "05 55 95", "2025 7075", // = ≡ ÷ .. … "
	"0029437990", "~00194951 ~51598990", "~0019394250 ~50596990", "0910478099", "0900599099", // w and M
	"0900 ~03304049 ~43708389", "0900 ~03308089", "~00099880 8089", "~00099990", "~09009099", // m n u U ∩
	"005990", "0055 905559", "0055 9029", "0055 ~905529", "~00046480 ~80898919",
	"~00134583 ~8085683908", "~0014447075491985", // v Y y
	"~10144573 ~70766929174694", "~00134583 ~80856939275694", "~10033454 ~6065671918568594", // y with a looped tail
	"50990950", "095099 2676", "0009 9099 0595", "09009990", "00099099", "0009 900599", // triangle A H N И K
	"000999", "~000999", "0090 5059", "0009 0595", "90000999 0575", "900009 0575", // L T ⊢ E F
	"~915001085998", "~915001085998 0373 0676", "0009 ~00909505 0599", "0009 ~05348489", // C € R h
	"~30386979 0373", "~80403339 0474", "900599", "900999", // t f < ∠
	"063990", "05395090", "5059 0297 9207", "2029 7079 0393 0797", "3039 6069 0393 0696", // ticks √ * #
	"0595 629568", "5059 235083", "0595 320538 629568", "20000929 70909979", "~20000929 ~70909979", // arrows [] ()
	"295089039329", "~00059590 5059", "0090 0009 3039 6069 9099", "00099990 5059", // star, forks, combs
	"0920597099", "002940698099", "~052049608995", "~0523476396", "~05306990 ~09306599", // zigzags and waves
	"9009 ~0030330300 ~6696996966", "0090 2029 7079", "005990 2373", "0090990900 0099 9009", // % π ∀ ☒
	"090450949909 0494", "2029 7079 2272 2575 2878", "0090990900 0595 5059", // house, ladder, window
}

// sign draws one of the signs, by a shaky hand, or a spiral.
func (n *Negatives) sign(random *rand.Rand) {
	k := random.IntN(len(signs) + 2)
	if k >= len(signs) {
		write(n.sketch[:], n.spiral(random), bowed, random)
		return
	}
	write(n.sketch[:], shaken(n.points[:0], signs[k], random), bowed, random)
}

// spiral has more than two turns: one of fewer could be a 6 or a 9.
func (n *Negatives) spiral(random *rand.Rand) []point {
	turns, start := 2.2+1.3*random.Float64(), 2*math.Pi*random.Float64()
	direction := float64(2*random.IntN(2) - 1)
	for i := range n.points {
		t := float64(i) / (maxPoints - 1)
		sin, cos := math.Sincos(start + direction*2*math.Pi*turns*t)
		n.points[i] = point{x: t * cos, y: t * sin, up: i == 0}
	}
	return n.points[:]
}

// scribble draws three to five strokes without a meaning, as letters of an
// unknown script are.
func (n *Negatives) scribble(random *rand.Rand) {
	points := n.points[:0]
	for range 3 + random.IntN(3) {
		soft := random.IntN(2) == 0
		for k := range 2 + random.IntN(3) {
			points = append(points, point{random.Float64(), random.Float64(), k == 0, soft})
		}
	}
	write(n.sketch[:], points, bowed, random)
}
