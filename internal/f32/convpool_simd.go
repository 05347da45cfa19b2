//go:build goexperiment.simd && go1.27

package f32

import (
	"math/bits"
	"simd"
)

// pixels computes pixels of a pooled row, x beginning at the windows of the
// first, over their active rows of the window.
func (g ConvPool) pixels(y, x, packed []float32, active []uint32) {
	if vectors == 0 {
		g.pixelsPlain(y, x, packed, active)
		return
	}
	if vectors == wideLanes {
		convPoolWide(y, x, packed, active, g.Height*g.Run, g.Run, g.Channels, g.RowSize, g.Filters)
		return
	}
	convPool(y, x, packed, active, g.Height*g.Run, g.Run, g.Channels, g.RowSize, g.Filters)
}

// convPool goes from pixel to pixel and for each from one group of filters to
// the next: what a group writes beyond the last filter is overwritten by the
// next pixel.
func convPool(y, x, packed []float32, active []uint32, taps, run, channels, rowSize, filters int) {
	size := 2 * simd.BroadcastFloat32s(0).Len()
	for c, rows := range active {
		for f := 0; f < filters; f += size {
			group := packed[f*(taps+1) : (f+size)*(taps+1)]
			fourWindows(y[c*filters+f:], x[2*c*channels:], group, rows, run, channels, rowSize)
		}
	}
}

// fourWindows keeps the sums of four windows and two vectors of filters in
// registers. Five steps at once let the compiler leave them where they are.
func fourWindows(y, x, packed []float32, rows uint32, run, channels, rowSize int) {
	var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
	l := s00.Len()
	for ; rows != 0; rows &= rows - 1 {
		i := bits.TrailingZeros32(rows)
		top, bottom := i*rowSize, (i+1)*rowSize
		at, t := i*run*2*l, 0
		for ; t+5 <= run; t += 5 {
			// The third index spares the compiler the case of an empty rest.
			r := packed[at : at+10*l : at+10*l]
			a0 := x[top : top+5 : top+5]
			a1 := x[top+channels : top+channels+5 : top+channels+5]
			a2 := x[bottom : bottom+5 : bottom+5]
			a3 := x[bottom+channels : bottom+channels+5 : bottom+channels+5]
			at, top, bottom = at+10*l, top+5, bottom+5
			v0, v1 := simd.LoadFloat32s(r), simd.LoadFloat32s(r[l:])
			p0 := simd.BroadcastFloat32s(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := simd.BroadcastFloat32s(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := simd.BroadcastFloat32s(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := simd.BroadcastFloat32s(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[2*l:]), simd.LoadFloat32s(r[3*l:])
			p0 = simd.BroadcastFloat32s(a0[1])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[1])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[1])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[1])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[4*l:]), simd.LoadFloat32s(r[5*l:])
			p0 = simd.BroadcastFloat32s(a0[2])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[2])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[2])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[2])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[6*l:]), simd.LoadFloat32s(r[7*l:])
			p0 = simd.BroadcastFloat32s(a0[3])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[3])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[3])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[3])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
			v0, v1 = simd.LoadFloat32s(r[8*l:]), simd.LoadFloat32s(r[9*l:])
			p0 = simd.BroadcastFloat32s(a0[4])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 = simd.BroadcastFloat32s(a1[4])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 = simd.BroadcastFloat32s(a2[4])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 = simd.BroadcastFloat32s(a3[4])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
		for ; t < run; t++ {
			r := packed[at : at+2*l : at+2*l]
			a0, a1 := x[top:top+1:top+1], x[top+channels:top+channels+1:top+channels+1]
			a2, a3 := x[bottom:bottom+1:bottom+1], x[bottom+channels:bottom+channels+1:bottom+channels+1]
			at, top, bottom = at+2*l, top+1, bottom+1
			v0, v1 := simd.LoadFloat32s(r), simd.LoadFloat32s(r[l:])
			p0 := simd.BroadcastFloat32s(a0[0])
			s00 = p0.MulAdd(v0, s00)
			s01 = p0.MulAdd(v1, s01)
			p1 := simd.BroadcastFloat32s(a1[0])
			s10 = p1.MulAdd(v0, s10)
			s11 = p1.MulAdd(v1, s11)
			p2 := simd.BroadcastFloat32s(a2[0])
			s20 = p2.MulAdd(v0, s20)
			s21 = p2.MulAdd(v1, s21)
			p3 := simd.BroadcastFloat32s(a3[0])
			s30 = p3.MulAdd(v0, s30)
			s31 = p3.MulAdd(v1, s31)
		}
	}
	bias := packed[len(packed)-2*l:]
	var zero simd.Float32s
	top0 := larger(larger(s00, s10), larger(s20, s30)).Add(simd.LoadFloat32s(bias))
	top1 := larger(larger(s01, s11), larger(s21, s31)).Add(simd.LoadFloat32s(bias[l:]))
	zero.IfElse(top0.Less(zero), top0).Store(y)
	zero.IfElse(top1.Less(zero), top1).Store(y[l:])
}
