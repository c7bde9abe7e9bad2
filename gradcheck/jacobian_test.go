package gradcheck

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"strings"
	"testing"
)

// polar maps (r, φ, unused) to (r cos φ, r sin φ).
func polar(x []float64) []float64 {
	return []float64{x[0] * math.Cos(x[1]), x[0] * math.Sin(x[1])}
}

func polarMatrix(x []float64) [][]float64 {
	sin, cos := math.Sincos(x[1])
	return [][]float64{{cos, -x[0] * sin, 0}, {sin, x[0] * cos, 0}}
}

func polarJacobian() Jacobian {
	return Jacobian{
		F: polar,
		Complex: func(x []complex128) []complex128 {
			return []complex128{x[0] * cmplx.Cos(x[1]), x[0] * cmplx.Sin(x[1])}
		},
		Tangent: func(x, d []float64) []float64 {
			y := make([]float64, 2)
			for i, row := range polarMatrix(x) {
				y[i], _ = dot(row, d)
			}
			return y
		},
		Adjoint: func(x, seed []float64) []float64 {
			g := make([]float64, 3)
			for i, row := range polarMatrix(x) {
				for k := range g {
					g[k] += row[k] * seed[i]
				}
			}
			return g
		},
		Matrix: polarMatrix,
	}
}

var polarPoint = []float64{1.5, 0.7, 3}

func TestJacobian(t *testing.T) {
	r, err := polarJacobian().Compare(polarPoint, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 2 || r.Cols != 3 || r.Worst.Row < 0 || r.Worst.Rel > 1e-9 {
		t.Errorf("%+v", r)
	}
	want := polarMatrix(polarPoint)
	for name, j := range map[string][][]float64{
		"tangent": r.ByTangent, "adjoint": r.ByAdjoint, "complex": r.ByComplexStep, "difference": r.ByDifference, "matrix": r.Given,
	} {
		for i := range want {
			for k := range want[i] {
				if math.Abs(j[i][k]-want[i][k]) > 1e-9 {
					t.Errorf("%s: entry %d %d is %v, want %v", name, i, k, j[i][k], want[i][k])
				}
			}
		}
	}
}

// A wrong entry of one source is found by each of the others, and told with its place.
func TestJacobianMismatch(t *testing.T) {
	scale := func(m [][]float64) [][]float64 { m[1][0] *= 1 + 1e-5; return m }
	right := polarJacobian()
	wrong := right
	wrong.Matrix = func(x []float64) [][]float64 { return scale(polarMatrix(x)) }
	for name, j := range map[string]Jacobian{
		"differences":  {F: right.F, Matrix: wrong.Matrix},
		"complex step": {Complex: right.Complex, Matrix: wrong.Matrix},
		"tangent":      {Tangent: right.Tangent, Matrix: wrong.Matrix},
		"adjoint":      {Adjoint: right.Adjoint, Matrix: wrong.Matrix},
	} {
		r, err := j.Compare(polarPoint, Options{Names: []string{"r", "phi", "z"}, Outputs: []string{"x", "y"}})
		if !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e := r.Worst
		if e.Row != 1 || e.Col != 0 || e.Source != "matrix" && e.Against != "matrix" || math.Abs(math.Abs(e.Value-e.Reference)-math.Sin(0.7)*1e-5) > 1e-9 {
			t.Errorf("%s: worst %+v", name, e)
		}
		for _, part := range []string{"1 of 6 entries", "output 1 (y)", "component 0 (r)", "row 1, column 0", "0.6442"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: no %q in %v", name, part, err)
			}
		}
	}
}

func TestJacobianIndices(t *testing.T) {
	j := polarJacobian()
	right := j.Tangent
	j.Tangent = func(x, d []float64) []float64 { y := right(x, d); y[0] += d[1]; return y }
	if r, err := j.Compare(polarPoint, Options{Indices: []int{0, 2}}); err != nil {
		t.Errorf("column 1 is left out, but %v (%+v)", err, r.Worst)
	}
	if r, err := j.Compare(polarPoint, Options{Indices: []int{1}}); !errors.Is(err, ErrMismatch) || r.Worst.Col != 1 {
		t.Errorf("column 1 is wrong, but %v", err)
	}
}

// No input, no output, one of each.
func TestJacobianSizes(t *testing.T) {
	for _, s := range []struct{ n, m int }{{0, 0}, {0, 2}, {3, 0}, {1, 1}} {
		j := Jacobian{
			F:       func(x []float64) []float64 { return make([]float64, s.m) },
			Tangent: func(x, d []float64) []float64 { return make([]float64, s.m) },
			Adjoint: func(x, seed []float64) []float64 { return make([]float64, s.n) },
		}
		r, err := j.Compare(make([]float64, s.n), Options{})
		if err != nil || r.Rows != s.m || r.Cols != s.n || r.Worst.Rel != 0 || (r.Worst.Row < 0) != (s.n*s.m == 0) {
			t.Errorf("%d inputs, %d outputs: %+v, %v", s.n, s.m, r, err)
		}
	}
}

func TestJacobianBadInput(t *testing.T) {
	right := polarJacobian()
	nan := func(x, d []float64) []float64 { return []float64{0, math.NaN()} }
	short := func(x, d []float64) []float64 { return []float64{1} }
	calls := 0
	for want, j := range map[string]Jacobian{
		"two are needed":                           {F: polar},
		"number of outputs is not known":           {Adjoint: right.Adjoint},
		"component 0 is NaN by tangent":            {F: polar, Tangent: nan},
		"the tangent has 1 outputs in column 0":    {F: polar, Tangent: short},
		"the adjoint returns 1 components in":      {F: polar, Adjoint: short},
		"the matrix has 1 rows":                    {F: polar, Matrix: func([]float64) [][]float64 { return make([][]float64, 1) }},
		"row 0 of the matrix has 0":                {F: polar, Matrix: func([]float64) [][]float64 { return make([][]float64, 2) }},
		"1 and 0 outputs when component 0 changes": {F: func(x []float64) []float64 { calls++; return make([]float64, max(0, min(2, 4-calls))) }, Tangent: right.Tangent},
	} {
		_, err := j.Compare(polarPoint, Options{})
		if err == nil || errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q that is no mismatch, got %v", want, err)
		}
	}
}

func TestJacobianKeepsArguments(t *testing.T) {
	x := slices.Clone(polarPoint)
	right := polarJacobian()
	j := Jacobian{
		F:       func(x []float64) []float64 { y := polar(x); clear(x); return y },
		Matrix:  func(x []float64) [][]float64 { m := polarMatrix(x); clear(x); return m },
		Tangent: func(x, d []float64) []float64 { y := right.Tangent(x, d); clear(x); clear(d); return y },
		Adjoint: func(x, s []float64) []float64 { y := right.Adjoint(x, s); clear(x); clear(s); return y },
	}
	if _, err := j.Compare(x, Options{}); err != nil || !slices.Equal(x, polarPoint) {
		t.Errorf("%v, x is %v", err, x)
	}
}
