package f32

import "testing"

func BenchmarkAxpyRows(b *testing.B) {
	x, y := make([]float32, 5*160), make([]float32, 5*720)
	for b.Loop() {
		AxpyRows(0.5, 5, 160, x, 160, y, 720)
	}
}

func BenchmarkAddRows(b *testing.B) {
	x, y, w := make([]float32, 64), make([]float32, 128), make([]float32, 64*128)
	for i := 0; i < 64; i += 2 {
		x[i] = 1
	}
	for b.Loop() {
		AddRows(y, x, w)
	}
}
