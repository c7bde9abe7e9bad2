package gmm

import (
	"math"
	"slices"
	"testing"
)

// addGradientByHand is addGradient of [Objective] for seed 1 as a person writes it from the
// formulas. With the responsibility w of component k for a point, exp(term) over the sum of
// them all, and q = Q (point - mean), what a point adds is
//
//	w                          to the derivatives with respect to alphas[k] and log det Q
//	w Qᵀ q                     to that with respect to the mean
//	-w q (point - mean)ᵀ       to that with respect to Q
//
// The diagonal of Q is the exponential of parameters.
func (c instance) addGradientByHand(g instance) float64 {
	d := len(c.x[0])
	diagonal, logDet := factors(c.icf, d)
	diagonalb := make([]float64, len(diagonal))
	share := make([]float64, len(c.alphas)) // of a component in all points
	qx := make([]float64, len(diagonal))
	terms := make([]float64, len(c.alphas))
	sum := 0.0
	for _, point := range c.x {
		for k := range terms {
			q := qx[k*d : (k+1)*d]
			transform(q, diagonal[k*d:(k+1)*d], c.icf[k][d:], point, c.means[k])
			terms[k] = c.alphas[k] + logDet[k] - 0.5*squares(q)
		}
		sum += softmax(terms)
		for k, w := range terms {
			share[k] += w
			addTransform(w, qx[k*d:(k+1)*d], diagonal[k*d:(k+1)*d], diagonalb[k*d:(k+1)*d], c.icf[k][d:], g.icf[k][d:], point, c.means[k], g.means[k])
		}
	}
	n := float64(len(c.x))
	prior := slices.Clone(c.alphas)
	value := sum - n*(0.5*float64(d)*math.Log(2*math.Pi)+softmax(prior)) - logPrior(c.prior, diagonal, logDet, c.icf)
	scale, freedom := c.prior.Gamma*c.prior.Gamma, float64(c.prior.M)
	for k, q := range c.icf {
		g.alphas[k] += share[k] - n*prior[k]
		qb := g.icf[k]
		for j := range d {
			e := diagonal[k*d+j]
			qb[j] += share[k] - freedom + e*(diagonalb[k*d+j]+scale*e)
		}
		for j := d; j < len(q); j++ {
			qb[j] += scale * q[j]
		}
	}
	return value
}

// softmax replaces v by its exponentials over their sum, and returns the log of the sum.
func softmax(v []float64) float64 {
	top := slices.Max(v)
	sum := 0.0
	for i, a := range v {
		v[i] = math.Exp(a - top)
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
	return top + math.Log(sum)
}

// addTransform adds the derivatives of -w/2 |Q (point - mean)|².
func addTransform(w float64, qx, diagonal, diagonalb, below, belowb, point, mean, meanb []float64) {
	d := len(qx)
	for j, q := range qx {
		c := point[j] - mean[j]
		diagonalb[j] -= w * q * c
		sum := diagonal[j] * q
		rest := qx[j+1:]
		at := j * (2*d - j - 1) / 2
		column, columnb := below[at:][:len(rest)], belowb[at:][:len(rest)]
		c *= w
		for i, q := range rest {
			columnb[i] -= c * q
			sum += column[i] * q
		}
		meanb[j] += w * sum
	}
}

// TestByHand compares the gradient by hand with the made one.
func TestByHand(t *testing.T) {
	for _, c := range []instance{read(t, "d10_K25.txt"), random(20, 50, 100), random(3, 2, 1)} {
		made, hand := c.zero(), c.zero()
		value, want := c.addGradient(made, 1), c.addGradientByHand(hand)
		if math.Abs(value-want) > 1e-13*math.Abs(want) {
			t.Errorf("the made gradient comes with the value %v, the one by hand with %v", value, want)
		}
		largest := 0.0
		for _, v := range hand.vector() {
			largest = max(largest, math.Abs(v))
		}
		for i, want := range hand.vector() {
			if got := made.vector()[i]; math.Abs(got-want) > 1e-13*largest {
				t.Fatalf("component %d of the made gradient is %v, by hand it is %v", i, got, want)
			}
		}
	}
}
