package brusselator

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/sparse"
)

func state(n int) []float64 {
	c := make([]float64, 2*n*n)
	for i := range c {
		c[i] = 1 + math.Sin(float64(i*i))
	}
	return c
}

// TestJacobian holds the matrix against tangents column by column, to the bit, and against
// adjoints row by row.
func TestJacobian(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8} {
		c := state(n)
		plan, err := Plan(c, n)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Jacobian(plan, nil, c, make([]float64, len(c)), n)
		if err != nil {
			t.Fatal(err)
		}
		f := make([]float64, len(c))
		for j := range c {
			seed, column := make([]float64, len(c)), make([]float64, len(c))
			seed[j] = 1
			RateTangent(c, seed, f, column, n)
			for i, want := range column {
				if got := m.At(i, j); got != want {
					t.Fatalf("n=%d: entry %d,%d is %v, a tangent alone gives %v", n, i, j, got, want)
				}
			}
			seed, row := make([]float64, len(c)), make([]float64, len(c))
			seed[j] = 1
			RateAdjoint(c, row, f, seed, n)
			for k, want := range row {
				if got := m.At(j, k); math.Abs(got-want) > 1e-15*math.Max(1, math.Abs(want)) {
					t.Fatalf("n=%d: entry %d,%d is %v, an adjoint gives %v", n, j, k, got, want)
				}
			}
		}
	}
}

// TestSweeps: six entries in each row, and a number of sweeps that does not grow.
func TestSweeps(t *testing.T) {
	for _, n := range []int{8, 16, 32} {
		plan, err := Plan(state(n), n)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Pattern.Nonzeros(); got != 6*2*n*n {
			t.Errorf("n=%d: %d entries, not 6 in each row", n, got)
		}
		if got := plan.Products(); got < 6 || got > 14 {
			t.Errorf("n=%d: %d sweeps", n, got)
		}
	}
}

// TestRows takes the same matrix by adjoints.
func TestRows(t *testing.T) {
	const n = 6
	c := state(n)
	plan, err := Plan(c, n)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Jacobian(plan, nil, c, make([]float64, len(c)), n)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := sparse.ColorRows(plan.Pattern, sparse.LargestFirst)
	if err != nil {
		t.Fatal(err)
	}
	byRows, err := sparse.ByRows(plan.Pattern, rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Jacobian(byRows, nil, c, make([]float64, len(c)), n)
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range want.Values {
		if math.Abs(got.Values[k]-x) > 1e-15*math.Max(1, math.Abs(x)) {
			t.Errorf("entry %d is %v by columns, %v by rows", k, x, got.Values[k])
		}
	}
}

// TestHessian: an arrow takes a handful of sweeps, and gives each column.
func TestHessian(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 40} {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Cos(float64(3 * i))
		}
		h, err := Hessian(x)
		if err != nil {
			t.Fatal(err)
		}
		f := make([]float64, n)
		for j := range x {
			seed, column := make([]float64, n), make([]float64, n)
			seed[j] = 1
			ForceTangent(x, seed, f, column)
			for i, want := range column {
				if got := h.At(i, j); got != want && math.Abs(got-want) > 1e-15*math.Abs(want) {
					t.Fatalf("n=%d: entry %d,%d is %v, a tangent alone gives %v", n, i, j, got, want)
				}
			}
		}
		if n == 40 {
			c, err := sparse.ColorStar(h.Pattern, sparse.SmallestLast)
			if err != nil || c.Count > 5 {
				t.Errorf("%d colors, %v", c.Count, err)
			}
		}
	}
}

// BenchmarkJacobian is that of the sparse Jacobian, beside the rate of change that it
// belongs to.
func BenchmarkJacobian(b *testing.B) {
	const n = 32
	c := state(n)
	plan, err := Plan(c, n)
	if err != nil {
		b.Fatal(err)
	}
	m, f := sparse.NewMatrix(plan.Pattern), make([]float64, len(c))
	bench.Run(b, bench.Problem{
		Name: "Brusselator 32x32, sparse Jacobian", Primal: func() { Rate(c, f, n) },
		Derivative: func() {
			if _, err := Jacobian(plan, m, c, f, n); err != nil {
				b.Fatal(err)
			}
		},
		Column: func() { c[0] += 1e-6; Rate(c, f, n); c[0] -= 1e-6 }, Columns: len(c),
	})
}

func TestAllocations(t *testing.T) {
	const n = 8
	c, f := state(n), make([]float64, 2*n*n)
	plan, err := Plan(c, n)
	if err != nil {
		t.Fatal(err)
	}
	m := sparse.NewMatrix(plan.Pattern)
	bench.Allocations(t, nil, func() {
		if _, err := Jacobian(plan, m, c, f, n); err != nil {
			t.Error(err)
		}
	})
}
