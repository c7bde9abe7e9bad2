package gmm

import (
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// An instance is one call of Objective.
type instance struct {
	alphas        []float64
	means, icf, x [][]float64
	prior         Wishart
	posterior     bool // call LogPosterior instead
}

// shaped returns an instance of n points and k components in d dimensions, all zero.
func shaped(d, k, n int) instance {
	return instance{
		alphas: make([]float64, k),
		means:  rows(k, d),
		icf:    rows(k, d*(d+1)/2),
		x:      rows(n, d),
	}
}

// rows returns n slices of m numbers, one behind the other in memory.
func rows(n, m int) [][]float64 {
	all, r := make([]float64, n*m), make([][]float64, n)
	for i := range r {
		r[i] = all[i*m : (i+1)*m]
	}
	return r
}

// read returns an instance of ADBench (MIT licence, microsoft/ADBench, data/gmm/1k): d,
// k and n, then alphas, means, icf and points, then the prior.
func read(tb testing.TB, name string) instance {
	tb.Helper()
	scan := trial.Scan(tb, name)
	var d, k, n int
	scan(&d, &k, &n)
	c := shaped(d, k, n)
	c.each(func(v *float64) { scan(v) })
	for _, point := range c.x {
		for j := range point {
			scan(&point[j])
		}
	}
	scan(&c.prior.Gamma, &c.prior.M)
	return c
}

// random returns an instance whose numbers are normally distributed.
func random(d, k, n int) instance {
	r := rand.New(rand.NewPCG(1, 2))
	c := shaped(d, k, n)
	c.each(func(v *float64) { *v = r.NormFloat64() })
	for _, point := range c.x {
		for j := range point {
			point[j] = r.NormFloat64()
		}
	}
	c.prior = Wishart{Gamma: 1.3, M: 2}
	return c
}

// each calls f with every parameter in turn.
func (c instance) each(f func(v *float64)) {
	for k := range c.alphas {
		f(&c.alphas[k])
	}
	for _, m := range [][][]float64{c.means, c.icf} {
		for _, row := range m {
			for j := range row {
				f(&row[j])
			}
		}
	}
}

// vector returns the parameters one after the other.
func (c instance) vector() []float64 {
	var v []float64
	c.each(func(p *float64) { v = append(v, *p) })
	return v
}

// with returns c with the parameters v.
func (c instance) with(v []float64) instance {
	w := c.zero()
	w.x, w.prior, w.posterior = c.x, c.prior, c.posterior
	w.each(func(p *float64) { *p, v = v[0], v[1:] })
	return w
}

// zero returns parameters like those of c, all zero: room for a gradient.
func (c instance) zero() instance { return shaped(len(c.x[0]), len(c.alphas), 0) }

func (c instance) objective() float64 {
	if c.posterior {
		return LogPosterior(c.alphas, c.means, c.icf, c.x, c.prior)
	}
	return Objective(c.alphas, c.means, c.icf, c.x, c.prior)
}

func (c instance) addGradient(g instance, seed float64) float64 {
	if c.posterior {
		return LogPosteriorAdjoint(c.alphas, g.alphas, c.means, g.means, c.icf, g.icf, c.x, c.prior, seed)
	}
	return ObjectiveAdjoint(c.alphas, g.alphas, c.means, g.means, c.icf, g.icf, c.x, c.prior, seed)
}

func (c instance) tangent(d instance) (value, slope float64) {
	if c.posterior {
		return LogPosteriorTangent(c.alphas, d.alphas, c.means, d.means, c.icf, d.icf, c.x, c.prior)
	}
	return ObjectiveTangent(c.alphas, d.alphas, c.means, d.means, c.icf, d.icf, c.x, c.prior)
}
