package lstm

import (
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// An instance is one call of Objective.
type instance struct{ main, extra, state, sequence [][]float64 }

// read returns an instance of ADBench (MIT licence, microsoft/ADBench, data/lstm): the
// numbers of layers, characters and bits, then weights, state and text.
func read(tb testing.TB, name string) instance {
	tb.Helper()
	scan := trial.Scan(tb, name)
	var layers, length, bits int
	scan(&layers, &length, &bits)
	c := instance{rows(2*layers, 4*bits), rows(3, bits), rows(2*layers, bits), rows(length, bits)}
	for _, r := range slices.Concat(c.main, c.extra, c.state, c.sequence) {
		for j := range r {
			scan(&r[j])
		}
	}
	return c
}

// rows returns n slices of m numbers.
func rows(n, m int) [][]float64 {
	r := make([][]float64, n)
	for i := range r {
		r[i] = make([]float64, m)
	}
	return r
}

// vector returns main and extra, one row after the other.
func (c instance) vector() []float64 {
	return slices.Concat(slices.Concat(c.main, c.extra)...)
}

// with returns c with the weights v.
func (c instance) with(v []float64) instance {
	c.main, c.extra = rows(len(c.main), len(c.main[0])), rows(3, len(c.extra[0]))
	for _, r := range slices.Concat(c.main, c.extra) {
		v = v[copy(r, v):]
	}
	return c
}

// zero returns c with all weights zero: room for a gradient.
func (c instance) zero() instance { return c.with(make([]float64, len(c.vector()))) }

func (c instance) objective() float64 { return Objective(c.main, c.extra, c.state, c.sequence) }

func (c instance) addGradient(g instance, seed float64) float64 {
	return ObjectiveAdjoint(c.main, g.main, c.extra, g.extra, c.state, c.sequence, seed)
}

func (c instance) tangent(d instance) (value, slope float64) {
	return ObjectiveTangent(c.main, d.main, c.extra, d.extra, c.state, c.sequence)
}
