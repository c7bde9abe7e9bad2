package kmeans

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// random returns n points in d dimensions.
func random(n, d int, seed uint64) [][]float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	p := make([][]float64, n)
	for i := range p {
		p[i] = make([]float64, d)
		for j := range p[i] {
			p[i][j] = r.NormFloat64()
		}
	}
	return p
}

// rows returns x as slices of d numbers, which share the memory of x.
func rows(x []float64, d int) [][]float64 {
	r := make([][]float64, len(x)/d)
	for i := range r {
		r[i] = x[i*d : (i+1)*d]
	}
	return r
}

func flat(rows [][]float64) []float64 {
	var x []float64
	for _, r := range rows {
		x = append(x, r...)
	}
	return x
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-13*max(1, math.Abs(want)) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

func TestKnown(t *testing.T) {
	points, centres := [][]float64{{0, 0}, {2, 0}, {10, 1}}, [][]float64{{0, 1}, {8, 0}}
	near(t, "the cost", Cost(points, centres), 1+5+5)
	g := rows(make([]float64, 4), 2)
	CostAdjoint(points, centres, g, 1)
	for i, want := range []float64{-4, 4, -4, -2} {
		near(t, "a component of the gradient", flat(g)[i], want)
	}
}

// TestNewton: the cost is quadratic while no point changes its centre, so that one step
// leads to the means.
func TestNewton(t *testing.T) {
	points, centres := random(300, 3, 1), random(4, 3, 2)
	sum, count := rows(make([]float64, 12), 3), make([]float64, 4)
	for _, p := range points {
		best, least := 0, math.Inf(1)
		for k, c := range centres {
			if d := math.Hypot(math.Hypot(p[0]-c[0], p[1]-c[1]), p[2]-c[2]); d < least {
				best, least = k, d
			}
		}
		count[best]++
		for j := range p {
			sum[best][j] += p[j]
		}
	}
	for k, step := range Direction(points, centres) {
		for j := range step {
			near(t, "a mean", centres[k][j]-step[j], sum[k][j]/count[k])
		}
	}
}

func TestDerivatives(t *testing.T) {
	points := random(50, 3, 3)
	trial.Components(t, trial.Function{
		Value: func(x []float64) []float64 { return []float64{Cost(points, rows(x, 3))} },
		Tangent: func(x, d []float64) []float64 {
			_, slope := CostTangent(points, rows(x, 3), rows(d, 3))
			return []float64{slope}
		},
		Adjoint: func(x, seed []float64) []float64 {
			xb := make([]float64, len(x))
			CostAdjoint(points, rows(x, 3), rows(xb, 3), seed[0])
			return xb
		},
	}, flat(random(4, 3, 4)), 1e-4)
}

func BenchmarkGradient(b *testing.B) {
	points, centres := random(1000, 8, 5), random(20, 8, 6)
	g := rows(make([]float64, 20*8), 8)
	bench.Run(b, bench.Problem{
		Name: "k-means n=1000 k=20 d=8", Primal: func() { bench.Keep(Cost(points, centres)) }, Derivative: func() { CostAdjoint(points, centres, g, 1) }, Target: 4,
		Column:  func() { centres[0][0] += 1e-6; bench.Keep(Cost(points, centres)); centres[0][0] -= 1e-6 },
		Columns: len(centres) * len(centres[0]),
	})
}

func TestAllocations(t *testing.T) {
	points, centres, g := random(50, 3, 5), random(4, 3, 6), rows(make([]float64, 4*3), 3)
	bench.Allocations(t, nil, func() { CostAdjoint(points, centres, g, 1) })
}
