package cfd

import (
	"math"
	"testing"
)

// TestNorms: with an error of m+1 in unknown m at all points of 8³, the mean over 6³ points.
func TestNorms(t *testing.T) {
	f := mustFlow(t, 8, 0.5)
	fillExact(f)
	for i := range f.U {
		for m := range 5 {
			f.U[i][m] += float64(m + 1)
		}
	}
	norms := ComputeNorms(f)
	for m := range 5 {
		want := float64(m+1) * math.Sqrt(512.0/216.0)
		if math.Abs(norms.XCE[m]-want) > 1e-13*want {
			t.Errorf("xce[%d] = %v, want %v", m, norms.XCE[m], want)
		}
	}
	// The residual: here without fluxes, from what the norm is told.
	for i := range f.RHS {
		f.RHS[i] = [5]float64{1, 2, 3, 4, 5}
	}
	var sum [5]float64
	rhsNorm(f, &sum)
	if sum != [5]float64{216, 4 * 216, 9 * 216, 16 * 216, 25 * 216} {
		t.Errorf("sums of squares %v", sum)
	}
}

func TestVerify(t *testing.T) {
	reference := Norms{XCR: [5]float64{1, 2, 3, 4, 5}, XCE: [5]float64{1e-5, 2e-5, 3e-5, 4e-5, 5e-5}}
	if !reference.Verify(reference) {
		t.Error("the reference is not verified")
	}
	for m := range 5 {
		for _, factor := range []float64{1 + 1.1e-8, 1 - 1.1e-8, math.NaN(), -1} {
			r, e := reference, reference
			r.XCR[m] *= factor
			e.XCE[m] *= factor
			if r.Verify(reference) || e.Verify(reference) {
				t.Errorf("unknown %d times %v is verified", m, factor)
			}
		}
		close := reference
		close.XCR[m] *= 1 + 0.9e-8
		close.XCE[m] *= 1 - 0.9e-8
		if !close.Verify(reference) {
			t.Errorf("unknown %d within the tolerance is not verified", m)
		}
	}
	values := reference.Values()
	if len(values) != 10 || values["xcr1"] != 1 || values["xcr5"] != 5 || values["xce3"] != 3e-5 {
		t.Errorf("values %v", values)
	}
}
