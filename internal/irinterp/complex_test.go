package irinterp

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

// TestComplexOperators compares with Go's own operators, bit for bit.
func TestComplexOperators(t *testing.T) {
	numbers := []complex128{1 + 2i, -0.5 + 0.1i, 3, 1i, 0, complex(math.Inf(1), 1), complex(math.NaN(), 0), 1e300 - 1e300i}
	wide := parse(t, `func F(x, y complex128) (a, s, m, q, n complex128, e bool) {
	a, s, m, q, n, e = x + y, x - y, x * y, x / y, -x, x == y
	return
}`)
	narrow := parse(t, `func F(x, y complex64) (a, s, m, q, n complex64, e bool) {
	a, s, m, q, n, e = x + y, x - y, x * y, x / y, -x, x == y
	return
}`)
	for _, x := range numbers {
		for _, y := range numbers {
			got, err := Run(wide, last(wide), []Value{Complex128(x), Complex128(y)})
			if err != nil {
				t.Fatal(err)
			}
			want := []any{x + y, x - y, x * y, x / y, -x, x == y}
			compareComplex(t, fmt.Sprint(x, " and ", y), got, want)
			p, q := complex64(x), complex64(y)
			got, err = Run(narrow, last(narrow), []Value{Complex128(complex128(p)), Complex128(complex128(q))})
			if err != nil {
				t.Fatal(err)
			}
			want = []any{complex128(p + q), complex128(p - q), complex128(p * q), complex128(p / q), complex128(-p), p == q}
			compareComplex(t, fmt.Sprint(p, " and ", q, " in single precision"), got, want)
		}
	}
}

func compareComplex(t *testing.T, what string, got []Value, want []any) {
	t.Helper()
	same := func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	}
	for i, v := range got {
		switch w := want[i].(type) {
		case bool:
			if v.Bool() != w {
				t.Errorf("%s: result %d is %v, not %v", what, i, v, w)
			}
		case complex128:
			if z := v.Complex(); !same(real(z), real(w)) || !same(imag(z), imag(w)) {
				t.Errorf("%s: result %d is %v, not %v", what, i, z, w)
			}
		}
	}
}

// TestComplexMethodsAgree compares the tape, dual numbers and divided differences on
// a program that stores complex numbers in memory of all kinds.
func TestComplexMethodsAgree(t *testing.T) {
	prog := parse(t, `type S struct {
	a complex128
	b [2]complex64
}

func F(x []complex128, s S, p float64) (r complex128, q float64) {
	y := x[1:]
	y[0] *= complex(p, 1) / x[0]
	k := s
	k.a, k.b[0] = x[1], s.b[1]*complex64(s.a)
	x[0] = cmplx.Conj(k.a) * cmplx.Exp(0.5i*s.a)
	r = x[0] + complex128(k.b[0]) - cmplx.Rect(p, 2*p)
	q = cmplx.Abs(r)*real(s.a) - imag(x[1]) + cmplx.Phase(r)
	return
}`)
	fn := last(prog)
	args := func() []Value {
		return values(t, fn, "[]complex128{1 + 2i, 0.5 - 1i}", "S{0.25i, [2]complex64{1, 2 - 1i}}", "1.5")
	}
	dirs := [][]float64{{0.3, -0.2, 0.1, 0.5}, {1, 0.5, 0.25, -0.5, 0.125, 2}, {0.75}}
	weights := [][]float64{{0.5, -1.5}, {2}}
	tangent, err := Tangent(prog, fn, args(), dirs)
	if err != nil {
		t.Fatal(err)
	}
	gradient, err := Gradient(prog, fn, args(), Seeds{Results: weights})
	if err != nil {
		t.Fatal(err)
	}
	forward, reverse := dot(weights, tangent.ResultDots), dot(dirs, gradient.Args)
	if difference(forward, reverse) > 1e-13 {
		t.Errorf("dual numbers give %v, the tape %v", forward, reverse)
	}
	along := func(h float64) float64 {
		moved := args()
		for i := range moved {
			Perturb(&moved[i], h, dirs[i])
		}
		results, err := Run(prog, fn, moved)
		if err != nil {
			t.Fatal(err)
		}
		return dot(weights, [][]float64{Floats(results[0]), Floats(results[1])})
	}
	const h = 1e-3 // single precision is coarse
	if fd := (along(h) - along(-h)) / (2 * h); difference(fd, forward) > 1e-3 {
		t.Errorf("divided differences give %v, dual numbers %v", fd, forward)
	}
}

func TestComplexGoValues(t *testing.T) {
	type s struct {
		A complex128
		B []complex64
	}
	in := s{1 + 2i, []complex64{3i, 4}}
	vs, err := FromGo(reflect.ValueOf(in))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(Floats(vs[0])); got != "[1 2 0 3 4 0]" {
		t.Errorf("the parts are %s", got)
	}
	out, err := ToGo(vs[0], reflect.TypeFor[s]())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out.Interface(), in) {
		t.Errorf("there and back: %v", out)
	}
}
