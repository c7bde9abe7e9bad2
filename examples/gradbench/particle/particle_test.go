package particle

import (
	"math"
	"testing"
)

var modes = map[string]func(w float64) float64{"ff": FF, "fr": FR, "rf": RF, "rr": RR}

// TestSteer holds that the particle hits, and that the four ways agree.
func TestSteer(t *testing.T) {
	want := FF(0)
	if math.Abs(want-0.207191874) > 1e-4 || MissForward(want) > 1e-6 {
		t.Errorf("w is %v, the square of the miss %v", want, MissForward(want))
	}
	for name, f := range modes {
		if w := f(0); math.Abs(w-want) > 1e-9 {
			t.Errorf("%s gives %v, ff %v", name, w, want)
		}
	}
}

// TestPotential holds that the derivatives leave the value as it is.
func TestPotential(t *testing.T) {
	want := potential(0.5, 7, 0.3)
	if got, _ := potentialTangent(0.5, 1, 7, 0, 0.3); got != want {
		t.Errorf("the tangent gives %v, want %v", got, want)
	}
	var gx, gy float64
	if got := potentialAdjoint(0.5, &gx, 7, &gy, 0.3, 1); got != want {
		t.Errorf("the adjoint gives %v, want %v", got, want)
	}
}

func TestDerivatives(t *testing.T) {
	for _, w := range []float64{0, 0.1, 1, -2} {
		const h = 1e-6
		want := (MissForward(w+h) - MissForward(w-h)) / (2 * h)
		_, ff := MissForwardTangent(w, 1)
		_, fr := MissReverseTangent(w, 1)
		var rf, rr float64
		MissForwardAdjoint(w, &rf, 1)
		MissReverseAdjoint(w, &rr, 1)
		for _, got := range []float64{ff, fr, rf, rr} {
			if math.Abs(got-want) > 1e-6*max(1, math.Abs(want)) || math.Abs(got-ff) > 1e-10*max(1, math.Abs(ff)) {
				t.Errorf("w=%v: %v, differences %v", w, []float64{ff, fr, rf, rr}, want)
				break
			}
		}
	}
}
