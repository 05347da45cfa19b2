//go:build !(goexperiment.simd && go1.27)

package f32

// Without vectors the plain loops do everything.

func momentsWhole(_, _, _, _ []float32) int     { return 0 }
func productsWhole(_, _, _, _, _ []float32) int { return 0 }
func scaleWhole(_, _, _, _ []float32) int       { return 0 }
func blendWhole(_, _, _, _, _, _ []float32) int { return 0 }
