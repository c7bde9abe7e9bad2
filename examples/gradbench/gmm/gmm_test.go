package gmm

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// density evaluates the formulas word by word: matrices in full, the density of each
// point as a sum of Gaussian densities.
func density(c instance) float64 {
	d := len(c.x[0])
	q := make([][][]float64, len(c.icf))
	for k, icf := range c.icf {
		q[k] = rows(d, d)
		at := d
		for j := range d {
			q[k][j][j] = math.Exp(icf[j])
			for i := j + 1; i < d; i++ {
				q[k][i][j] = icf[at]
				at++
			}
		}
	}
	weights, total := make([]float64, len(c.alphas)), 0.0
	for k, a := range c.alphas {
		weights[k] = math.Exp(a)
		total += weights[k]
	}
	log := 0.0
	for _, x := range c.x {
		p := 0.0
		for k, mean := range c.means {
			det, square := 1.0, 0.0
			for i, row := range q[k] {
				y := 0.0
				for j := range row {
					y += row[j] * (x[j] - mean[j])
				}
				square += y * y
				det *= row[i]
			}
			p += weights[k] / total * det * math.Pow(2*math.Pi, -0.5*float64(d)) * math.Exp(-0.5*square)
		}
		log += math.Log(p)
	}
	for k := range q {
		if p := prior(c.prior, q[k]); c.posterior {
			log += p
		} else {
			log -= p
		}
	}
	return log
}

// prior is the log of the density of Wishart for one component: m log |Q| - γ²/2 ‖Q‖²,
// and the constant n d log(γ/√2) - log Γd(n/2) with n = d + m + 1.
func prior(p Wishart, q [][]float64) float64 {
	d := len(q)
	square, logDet := 0.0, 0.0
	for i, row := range q {
		for _, v := range row {
			square += v * v
		}
		logDet += math.Log(row[i])
	}
	n := float64(d + p.M + 1)
	gamma := math.Pow(math.Pi, float64(d*(d-1))/4)
	for j := 1; j <= d; j++ {
		gamma *= math.Gamma((n + 1 - float64(j)) / 2)
	}
	return float64(p.M)*logDet - 0.5*p.Gamma*p.Gamma*square + n*float64(d)*math.Log(p.Gamma/math.Sqrt2) - math.Log(gamma)
}

// posterior returns c with the prior added.
func posterior(c instance) instance {
	c.posterior = true
	return c
}

func TestObjective(t *testing.T) {
	for name, c := range map[string]instance{
		"d2 K5":  read(t, "d2_K5.txt"),
		"random": random(4, 3, 7),
		"one":    random(1, 1, 1),
		"added":  posterior(random(4, 3, 7)),
	} {
		want := density(c)
		if got := c.objective(); math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: objective is %.17g, want %.17g", name, got, want)
		}
		if got := c.addGradient(c.zero(), 1); got != c.objective() {
			t.Errorf("%s: the adjoint returns %.17g, Objective %.17g", name, got, c.objective())
		}
		if got, _ := c.tangent(c.zero()); got != c.objective() {
			t.Errorf("%s: the tangent returns %.17g, Objective %.17g", name, got, c.objective())
		}
	}
}

func TestDerivatives(t *testing.T) {
	for name, c := range map[string]instance{
		"d2 K5":   read(t, "d2_K5.txt"),
		"d10 K25": read(t, "d10_K25.txt"),
		"random":  random(4, 3, 7),
		"added":   posterior(random(4, 3, 7)),
	} {
		t.Run(name, func(t *testing.T) {
			f := trial.Scalar(c.with, instance.vector, instance.objective, instance.tangent, instance.addGradient)
			if name == "d10 K25" { // too large to go through its components
				trial.Derivatives(t, f, c.vector(), 1e-3)
			} else {
				trial.Components(t, f, c.vector(), 1e-3)
			}
		})
	}
}

// Goroutines add up in another order.
func TestTogether(t *testing.T) {
	c := random(4, 3, 7)
	want := c.zero()
	c.addGradient(want, 1)
	for _, workers := range []int{1, 2, 3, 20} {
		g := c.zero()
		ObjectiveTogetherAdjoint(c.alphas, g.alphas, c.means, g.means, c.icf, g.icf, c.x, c.prior, workers, 1)
		got, right := g.vector(), want.vector()
		for i := range got {
			if math.Abs(got[i]-right[i]) > 1e-13*(1+math.Abs(right[i])) {
				t.Errorf("%d goroutines: number %d is %v, want %v", workers, i, got[i], right[i])
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	c := random(3, 4, 20)
	g := c.zero()
	bench.Allocations(t, nil, func() { c.addGradient(g, 1) })
}
