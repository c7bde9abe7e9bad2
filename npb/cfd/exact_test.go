package cfd

import (
	"math"
	"testing"
)

// TestExactAtCorners: at a corner of the cube the polynomial is the constant plus, for every
// coordinate that is 1, the sum of that coordinate's coefficients.
func TestExactAtCorners(t *testing.T) {
	for corner := range 8 {
		at := [3]float64{float64(corner & 1), float64(corner >> 1 & 1), float64(corner >> 2)}
		var u [5]float64
		Exact(at[0], at[1], at[2], &u)
		for m := range u {
			want := CE[m][0]
			for k := 1; k < 13; k++ {
				want += at[(k-1)%3] * CE[m][k]
			}
			if math.Abs(u[m]-want) > 1e-14*math.Abs(want) {
				t.Errorf("corner %v: u[%d] = %v, want %v", at, m, u[m], want)
			}
		}
	}
}

// TestExactByPowers compares with the sum of the powers, at a point where all of them differ.
func TestExactByPowers(t *testing.T) {
	at := [3]float64{0.3, 0.45, 0.8}
	var u [5]float64
	Exact(at[0], at[1], at[2], &u)
	for m := range u {
		want := CE[m][0]
		for k := 1; k < 13; k++ {
			want += CE[m][k] * math.Pow(at[(k-1)%3], float64(1+(k-1)/3))
		}
		if math.Abs(u[m]-want) > 1e-14*math.Abs(want) {
			t.Errorf("u[%d] = %v, want %v", m, u[m], want)
		}
	}
}

// TestExactAtCentre holds the values in the middle of the cube, worked out by hand in binary
// fractions: a change of a coefficient shows.
func TestExactAtCentre(t *testing.T) {
	var u [5]float64
	Exact(0.5, 0.5, 0.5, &u)
	want := [5]float64{6.2075, 2.5825, 4.34, 4.3025, 9.7525}
	for m := range u {
		if math.Abs(u[m]-want[m]) > 1e-14*want[m] {
			t.Errorf("u[%d] = %.17g, want %v", m, u[m], want[m])
		}
	}
}
