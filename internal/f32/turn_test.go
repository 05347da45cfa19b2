package f32

import (
	"math/rand/v2"
	"testing"
)

func TestTurnMatchesThePlainLoop(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 10))
	for _, rows := range []int{1, 3, 4, 15, 16, 17, 33, 50} {
		for _, columns := range []int{1, 2, 15, 16, 17, 32, 47} {
			checkTurn(t, random, rows, columns, random.IntN(4), random.IntN(4))
		}
	}
}

func checkTurn(t *testing.T, random *rand.Rand, rows, columns, slackRows, slackColumns int) {
	t.Helper()
	lds, ldd := columns+slackColumns, rows+slackRows
	_, src := guarded(random, rows*lds-slackColumns)
	whole, dst := guarded(random, columns*ldd-slackRows)
	want := append([]float32(nil), whole...)
	for r := range rows {
		for c := range columns {
			want[16+c*ldd+r] = src[r*lds+c]
		}
	}
	Turn(dst, ldd, src, lds, rows, columns)
	for i := range whole {
		if whole[i] != want[i] {
			t.Fatalf("%d×%d, %d and %d apart: element %d is %v; the plain loop has %v", rows, columns, lds, ldd, i-16, whole[i], want[i])
		}
	}
}
