package det

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// matrix returns n by n numbers without a pattern.
func matrix(n int) []float64 {
	a := make([]float64, n*n)
	for i := range a {
		a[i] = math.Sin(float64(i*i) + 1)
	}
	return a
}

func gradient(a []float64, n int, seed float64) (value float64, ab []float64) {
	ab = make([]float64, len(a))
	value = DeterminantAdjoint(a, ab, n, seed)
	return value, ab
}

// eliminated is the determinant by elimination with row pivots.
func eliminated(a []float64, n int) float64 {
	a = append([]float64(nil), a...)
	det := 1.0
	for k := range n {
		pivot := k
		for i := k; i < n; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[pivot*n+k]) {
				pivot = i
			}
		}
		if pivot != k {
			det = -det
			for j := range n {
				a[k*n+j], a[pivot*n+j] = a[pivot*n+j], a[k*n+j]
			}
		}
		det *= a[k*n+k]
		for i := k + 1; i < n; i++ {
			f := a[i*n+k] / a[k*n+k]
			for j := k; j < n; j++ {
				a[i*n+j] -= f * a[k*n+j]
			}
		}
	}
	return det
}

func TestKnown(t *testing.T) {
	value, ab := gradient([]float64{2, 3, 5, 7}, 2, 1)
	if value != -1 || ab[0] != 7 || ab[1] != -5 || ab[2] != -3 || ab[3] != 2 {
		t.Errorf("determinant %v, gradient %v; want -1 and [7 -5 -3 2]", value, ab)
	}
	if v := Determinant(nil, 0); v != 1 {
		t.Errorf("the determinant of nothing is %v, want 1", v)
	}
}

// TestCofactors: each row of the matrix times each row of its cofactors is the
// determinant if they are the same row, and 0 if not.
func TestCofactors(t *testing.T) {
	for n := 1; n <= 9; n++ {
		a := matrix(n)
		value, ab := gradient(a, n, 1)
		want := eliminated(a, n)
		if math.Abs(value-want) > 1e-11*max(1, math.Abs(want)) || Determinant(a, n) != value {
			t.Errorf("n=%d: the determinant is %.17g, the adjoint returns %.17g, want %.17g", n, Determinant(a, n), value, want)
		}
		for i := range n {
			for k := range n {
				product, want := 0.0, 0.0
				for j := range n {
					product += a[i*n+j] * ab[k*n+j]
				}
				if i == k {
					want = value
				}
				if math.Abs(product-want) > 1e-11*max(1, math.Abs(value)) {
					t.Errorf("n=%d: row %d times cofactors of row %d is %.17g, want %.17g", n, i, k, product, want)
				}
			}
		}
	}
}

func TestDerivatives(t *testing.T) {
	trial.Components(t, trial.Function{
		Value: func(a []float64) []float64 { return []float64{Determinant(a, 5)} },
		Tangent: func(a, d []float64) []float64 {
			_, slope := DeterminantTangent(a, d, 5)
			return []float64{slope}
		},
		Adjoint: func(a, seed []float64) []float64 {
			_, ab := gradient(a, 5, seed[0])
			return ab
		},
	}, matrix(5), 0)
}

func BenchmarkGradient(b *testing.B) {
	a := matrix(12)
	ab := make([]float64, len(a))
	bench.Run(b, bench.Problem{
		Name: "det 12x12", Primal: func() { bench.Keep(Determinant(a, 12)) }, Derivative: func() { DeterminantAdjoint(a, ab, 12, 1) }, Target: 4,
		Column: func() { a[0] += 1e-6; bench.Keep(Determinant(a, 12)); a[0] -= 1e-6 }, Columns: len(a),
	})
}

func TestAllocations(t *testing.T) {
	a := matrix(7)
	ab := make([]float64, len(a))
	bench.Allocations(t, nil, func() { DeterminantAdjoint(a, ab, 7, 1) })
}
