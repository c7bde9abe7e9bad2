package hello

import "testing"

func TestDouble(t *testing.T) {
	for _, x := range []float64{-3, 0, 0.1, 1e10} {
		if got := Double(x); got != 2*x {
			t.Errorf("the derivative at %v is %v, want %v", x, got, 2*x)
		}
		if y, slope := SquareTangent(x, 1); y != x*x || slope != 2*x {
			t.Errorf("the tangent at %v gives %v and %v, want %v and %v", x, y, slope, x*x, 2*x)
		}
	}
}
