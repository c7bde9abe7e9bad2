package nesting

import (
	"math"
	"testing"
)

// 1024 is the reference value of the nesting test of Checkpointing.jl. Every second root
// rounds, but the factors 0.5/sqrt(x) and sqrt(x) of a derivative round to a product of
// exactly 0.5 for the powers of two that occur here.
func TestGradientIs1024(t *testing.T) {
	xb := 0.0
	if y := DoubleAdjoint(1, &xb, 2, 5, 1); math.Abs(y-1024) > 1e-9 {
		t.Errorf("value %v, want 1024", y)
	}
	if xb != 1024 {
		t.Errorf("derivative %.17g, want exactly 1024", xb)
	}
}

func TestAllCounts(t *testing.T) {
	for outer := range 6 {
		for inner := range 6 {
			xb := 0.0
			y := DoubleAdjoint(1.7, &xb, outer, inner, 1)
			if y != Double(1.7, outer, inner) {
				t.Errorf("%d times %d: value %v differs from the primal", outer, inner, y)
			}
			if want := math.Ldexp(1, outer*inner); math.Abs(xb/want-1) > 1e-13 {
				t.Errorf("%d times %d: derivative %v, want %v", outer, inner, xb, want)
			}
		}
	}
}
