package gradcheck

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"strings"
	"testing"
)

// wave is a smooth function with all kinds of terms.
func wave(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += math.Sin(v)*float64(i+1) + v*v*x[(i+1)%len(x)]
	}
	return s
}

func waveC(x []complex128) complex128 {
	s := complex(0, 0)
	for i, v := range x {
		s += cmplx.Sin(v)*complex(float64(i+1), 0) + v*v*x[(i+1)%len(x)]
	}
	return s
}

func waveGrad(x []float64) []float64 {
	g := make([]float64, len(x))
	for i, v := range x {
		next := (i + 1) % len(x)
		g[i] += math.Cos(v)*float64(i+1) + 2*v*x[next]
		g[next] += v * v
	}
	return g
}

// off returns waveGrad with component i multiplied by factor.
func off(i int, factor float64) func([]float64) []float64 {
	return func(x []float64) []float64 {
		g := waveGrad(x)
		g[i] *= factor
		return g
	}
}

var point = []float64{0.3, -1.2, 2.5, 0.7}

func TestTaylor(t *testing.T) {
	for seed := range uint64(20) {
		r, err := Taylor(wave, waveGrad, point, nil, Options{Seed: seed})
		if err != nil || r.Exact || math.Abs(r.Order-2) > 0.05 {
			t.Errorf("seed %d: order %v, error %v\n%v", seed, r.Order, err, r)
		}
	}
	for i := range point {
		for _, factor := range []float64{-1, 0, 2, 1.01, 1 + 1e-4} {
			d := []float64{1, 0.8, -0.9, 0.7}
			r, err := Taylor(wave, off(i, factor), point, d, Options{})
			if !errors.Is(err, ErrMismatch) {
				t.Errorf("component %d times %v passes with order %v\n%v", i, factor, r.Order, r)
			}
		}
	}
}

func TestTaylorLinear(t *testing.T) {
	f := func(x []float64) float64 { return 3*x[0] - 2*x[1] + 1 }
	g := func(x []float64) []float64 { return []float64{3, -2} }
	r, err := Taylor(f, g, []float64{4, 5}, nil, Options{})
	if err != nil || !r.Exact || !math.IsInf(r.Order, 1) {
		t.Errorf("linear: %+v, %v", r, err)
	}
	wrong := func(x []float64) []float64 { return []float64{3, -2.00001} }
	if _, err := Taylor(f, wrong, []float64{4, 5}, nil, Options{}); !errors.Is(err, ErrMismatch) {
		t.Errorf("a wrong gradient of a linear function passes: %v", err)
	}
}

// The curvature of x³ vanishes at 0, where the remainder falls like h³.
func TestTaylorHigherOrder(t *testing.T) {
	f := func(x []float64) float64 { return x[0] * x[0] * x[0] }
	g := func(x []float64) []float64 { return []float64{3 * x[0] * x[0]} }
	r, err := Taylor(f, g, []float64{0}, []float64{1}, Options{})
	if err != nil || math.Abs(r.Order-3) > 1e-6 {
		t.Errorf("order %v, %v", r.Order, err)
	}
}

func TestTaylorString(t *testing.T) {
	r, err := Taylor(wave, waveGrad, point, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := r.String(); strings.Count(s, "\n") != len(r.Steps)+2 || !strings.Contains(s, "order 2.0") {
		t.Errorf("table:\n%s", s)
	}
}

func TestDotProduct(t *testing.T) {
	// y0 = x0*x1, y1 = sin x1, y2 = x0²
	tangent := func(x, d []float64) []float64 {
		return []float64{d[0]*x[1] + x[0]*d[1], math.Cos(x[1]) * d[1], 2 * x[0] * d[0]}
	}
	adjoint := func(x, s []float64) []float64 {
		return []float64{s[0]*x[1] + 2*x[0]*s[2], s[0]*x[0] + math.Cos(x[1])*s[1]}
	}
	wrong := func(x, s []float64) []float64 {
		return []float64{s[0]*x[1] + 2*x[0]*s[2], s[0]*x[0] + math.Sin(x[1])*s[1]}
	}
	x := []float64{1.5, -0.4}
	for seed := range uint64(20) {
		r, err := DotProduct(tangent, adjoint, x, nil, nil, Options{Seed: seed})
		if err != nil || r.Tangent == 0 {
			t.Errorf("seed %d: %+v, %v", seed, r, err)
		}
		r, err = DotProduct(tangent, wrong, x, nil, nil, Options{Seed: seed})
		if !errors.Is(err, ErrMismatch) {
			t.Errorf("seed %d: a wrong adjoint passes: %+v", seed, r)
		}
	}
	r, err := DotProduct(tangent, adjoint, x, []float64{1, 0}, []float64{0, 0, 1}, Options{})
	if err != nil || r.Tangent != 3 || r.Adjoint != 3 {
		t.Errorf("given vectors: %+v, %v", r, err)
	}
}

func TestFiniteDifference(t *testing.T) {
	r, err := FiniteDifference(wave, waveGrad, point, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range waveGrad(point) {
		if rel := math.Abs(r.Reference[i]-want) / math.Abs(want); rel > 1e-10 {
			t.Errorf("reference %d is off by %v", i, rel)
		}
	}
	for i := range point {
		r, err := FiniteDifference(wave, off(i, 1+1e-6), point, Options{})
		if !errors.Is(err, ErrMismatch) || r.Worst != i {
			t.Errorf("component %d: worst %d, error %v", i, r.Worst, err)
			continue
		}
		if !strings.Contains(err.Error(), "1 of 4 components") || !strings.Contains(err.Error(), "ratio 1.000001") {
			t.Errorf("text: %v", err)
		}
	}
}

func TestFiniteDifferenceIndices(t *testing.T) {
	r, err := FiniteDifference(wave, off(0, 2), point, Options{Indices: []int{2, 1}})
	if err != nil || !slices.Equal(r.Indices, []int{2, 1}) || len(r.Reference) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := FiniteDifference(wave, off(0, 2), point, Options{Indices: []int{0}}); !errors.Is(err, ErrMismatch) {
		t.Errorf("component 0 is wrong but %v", err)
	}
}

// A function with steps has no derivative that differences could confirm.
func TestFiniteDifferenceOfRoughFunction(t *testing.T) {
	f := func(x []float64) float64 { return math.Floor(1000*x[0]+0.5) + x[0] }
	g := func(x []float64) []float64 { return []float64{1} }
	_, err := FiniteDifference(f, g, []float64{0.3}, Options{})
	if err == nil {
		t.Error("the gradient of a step function passes")
	}
}

func TestManyMismatches(t *testing.T) {
	x := make([]float64, 30)
	g := func(x []float64) []float64 { return make([]float64, len(x)) }
	_, err := FiniteDifference(wave, g, x, Options{})
	if !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "30 of 30") || !strings.Contains(err.Error(), "and 20 more") {
		t.Errorf("text: %v", err)
	}
}

func TestZeroGradient(t *testing.T) {
	f := func(x []float64) float64 { return math.Exp(1) * 7 }
	g := func(x []float64) []float64 { return make([]float64, len(x)) }
	if r, err := FiniteDifference(f, g, point, Options{}); err != nil || r.WorstRel != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestComplexStep(t *testing.T) {
	r, err := ComplexStep(waveC, waveGrad, point, Options{})
	if err != nil || r.WorstRel > 1e-14 {
		t.Errorf("%+v, %v", r, err)
	}
	for i := range point {
		r, err := ComplexStep(waveC, off(i, 1+1e-10), point, Options{})
		if !errors.Is(err, ErrMismatch) || r.Worst != i {
			t.Errorf("component %d: worst %d, error %v", i, r.Worst, err)
		}
	}
}

func TestBadInput(t *testing.T) {
	nan := func(x []float64) float64 { return math.NaN() }
	nanGrad := func(x []float64) []float64 { g := waveGrad(x); g[2] = math.NaN(); return g }
	short := func(x []float64) []float64 { return x[:1] }
	id := func(x, d []float64) []float64 { return d }
	cut := func(x, d []float64) []float64 { return d[:2] }
	cases := map[string]func() error{
		"direction has 1": func() error { _, err := Taylor(wave, waveGrad, point, []float64{1}, Options{}); return err },
		"direction is zero": func() error {
			_, err := Taylor(wave, waveGrad, point, make([]float64, 4), Options{})
			return err
		},
		"function's values":   func() error { _, err := Taylor(nan, waveGrad, point, nil, Options{}); return err },
		"component 2 of the":  func() error { _, err := Taylor(wave, nanGrad, point, nil, Options{}); return err },
		"gradient has 1":      func() error { _, err := FiniteDifference(wave, short, point, Options{}); return err },
		"function is not":     func() error { _, err := FiniteDifference(nan, waveGrad, point, Options{}); return err },
		"Options.Step is -1":  func() error { _, err := FiniteDifference(wave, waveGrad, point, Options{Step: -1}); return err },
		"Options.Noise is":    func() error { _, err := Taylor(wave, waveGrad, point, nil, Options{Noise: math.NaN()}); return err },
		"Options.Indices":     func() error { _, err := ComplexStep(waveC, waveGrad, point, Options{Indices: []int{4}}); return err },
		"Options.Tolerance":   func() error { _, err := DotProduct(id, id, point, nil, nil, Options{Tolerance: -1}); return err },
		"seed has 1":          func() error { _, err := DotProduct(id, id, point, nil, []float64{1}, Options{}); return err },
		"adjoint returns 2":   func() error { _, err := DotProduct(id, cut, point, nil, nil, Options{}); return err },
		"the direction has 2": func() error { _, err := DotProduct(id, id, point, []float64{1, 2}, nil, Options{}); return err },
	}
	for want, run := range cases {
		err := run()
		if err == nil || errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q that is no mismatch, got %v", want, err)
		}
	}
}

// No test may change what its caller holds, even if the functions write to x.
func TestArgumentsAreKept(t *testing.T) {
	x := slices.Clone(point)
	d := []float64{1, 2, 3, 4}
	f := func(x []float64) float64 { y := wave(x); clear(x); return y }
	g := func(x []float64) []float64 { y := waveGrad(x); clear(x); return y }
	if _, err := Taylor(f, g, x, d, Options{}); err != nil {
		t.Error(err)
	}
	if _, err := FiniteDifference(f, g, x, Options{}); err != nil {
		t.Error(err)
	}
	id := func(x, d []float64) []float64 { y := slices.Clone(d); clear(x); clear(d); return y }
	if _, err := DotProduct(id, id, x, d, slices.Clone(d), Options{}); err != nil {
		t.Error(err)
	}
	if !slices.Equal(x, point) || !slices.Equal(d, []float64{1, 2, 3, 4}) {
		t.Errorf("x is %v, d is %v", x, d)
	}
}
