package blas

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func split(s []float64) (stiffness, load []float64) { return s[:len(s)/2], s[len(s)/2:] }

func TestDerivatives(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		adjoint := func(s, b, yb []float64) []float64 {
			stiffness, load := split(s)
			stiffnessb, loadb := split(b)
			return []float64{EnergyAdjoint(stiffness, stiffnessb, load, loadb, yb[0])}
		}
		twoHalves := func(s, b, yb []float64) []float64 {
			stiffness, load := split(s)
			stiffnessb, loadb := split(b)
			st := ad.NewStack()
			y := EnergyForward(stiffness, stiffnessb, load, loadb, st)
			EnergyReverse(stiffness, stiffnessb, load, loadb, yb[0], st)
			st.Release()
			return []float64{y}
		}
		for name, adjoint := range map[string]func(s, b, yb []float64) []float64{"joint": adjoint, "split": twoHalves} {
			t.Run(name, trial.Case{
				X:    trial.Positive(2 * n),
				Func: func(s []float64) []float64 { return []float64{Energy(split(s))} },
				Tangent: func(s, d []float64) (y, yd []float64) {
					stiffness, load := split(s)
					stiffnessd, loadd := split(d)
					e, ed := EnergyTangent(stiffness, stiffnessd, load, loadd)
					return []float64{e}, []float64{ed}
				},
				Adjoint: adjoint,
			}.Test)
		}
	}
}

// TestSprings compares with what springs in a row do: under one load at the end, each of them
// is stretched by it.
func TestSprings(t *testing.T) {
	stiffness, load := []float64{2, 4, 5}, []float64{0, 0, 3}
	stiffnessb, loadb := make([]float64, 3), make([]float64, 3)
	energy := EnergyAdjoint(stiffness, stiffnessb, load, loadb, 1)
	if want := 9.0 / 2 * (1.0/2 + 1.0/4 + 1.0/5); math.Abs(energy-want) > 1e-12 {
		t.Errorf("energy %v, want %v", energy, want)
	}
	for i, k := range stiffness {
		if want := -9 / (2 * k * k); math.Abs(stiffnessb[i]-want) > 1e-12 {
			t.Errorf("the derivative by spring %d is %v, want %v", i, stiffnessb[i], want)
		}
	}
	if want := 3 * (1.0/2 + 1.0/4 + 1.0/5); math.Abs(loadb[2]-want) > 1e-12 {
		t.Errorf("the displacement of the end is %v, want %v", loadb[2], want)
	}
}
