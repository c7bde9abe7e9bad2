package gradcheck

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// The function of these tests: y[i] = k·x[i]², and returns the sum of sin x[i].
type squareArgs struct {
	y, x []float64
	k    float64
	n    int
}

type squareResults struct{ ret float64 }

func square(y, x []float64, k float64) float64 {
	sum := 0.0
	for i := range x {
		y[i] = k * x[i] * x[i]
		sum += math.Sin(x[i])
	}
	return sum
}

func squareTangent(y, yd, x, xd []float64, k, kd float64) (sum, sumd float64) {
	for i := range x {
		yd[i] = kd*x[i]*x[i] + 2*k*x[i]*xd[i]
		sumd += math.Cos(x[i]) * xd[i]
	}
	return square(y, x, k), sumd
}

func squareAdjoint(y, yb, x, xb []float64, k float64, kb *float64, retb float64) float64 {
	ret := square(y, x, k)
	for i := range x {
		xb[i] += 2*k*x[i]*yb[i] + math.Cos(x[i])*retb
		*kb += x[i] * x[i] * yb[i]
		yb[i] = 0
	}
	return ret
}

func squareRoot() Root[squareArgs, squareResults] {
	type A = squareArgs
	type R = squareResults
	return Root[A, R]{
		Name: "Square",
		Draw: func(rng *rand.Rand) (A, error) {
			a := A{n: 4, y: make([]float64, 4), x: make([]float64, 4)}
			return a, Fill(rng, &a.x, &a.k)
		},
		Wrt:  func(a *A) []any { return []any{&a.x, &a.k} },
		Of:   func(a *A, r *R) []any { return []any{&a.y, &r.ret} },
		Call: func(a *A) (r R) { r.ret = square(a.y, a.x, a.k); return r },
		Tangent: func(a, ad *A) (r, rd R) {
			r.ret, rd.ret = squareTangent(a.y, ad.y, a.x, ad.x, a.k, ad.k)
			return r, rd
		},
		Adjoint: func(a, ab *A, rb *R) (r R) {
			r.ret = squareAdjoint(a.y, ab.y, a.x, ab.x, a.k, &ab.k, rb.ret)
			return r
		},
		Forward: func(a, ab *A, st *ad.Stack) (r, rb R) {
			ad.PushSlice(st, a.x)
			r.ret = square(a.y, a.x, a.k)
			return r, rb
		},
		Reverse: func(a, ab *A, rb *R, st *ad.Stack) {
			ad.PopSlice(st, a.x)
			squareAdjoint(a.y, ab.y, a.x, ab.x, a.k, &ab.k, rb.ret)
		},
	}
}

func TestRoot(t *testing.T) {
	for seed := range uint64(5) {
		if err := squareRoot().Check(Options{Seed: seed}); err != nil {
			t.Error(err)
		}
	}
}

// Every kind of mistake is found by the test that is there for it, and told by name.
func TestRootMistakes(t *testing.T) {
	type A = squareArgs
	type R = squareResults
	for name, c := range map[string]struct {
		change func(c *Root[A, R])
		want   []string
	}{
		"tangent": {func(c *Root[A, R]) {
			right := c.Tangent
			c.Tangent = func(a, ad *A) (r, rd R) { r, rd = right(a, ad); ad.y[2] *= 1.1; return r, rd }
		}, []string{"Square, point 1 of 3: tangent: gradcheck: Jacobian", "output 2 (y[2])", "dot product"}},
		"adjoint": {func(c *Root[A, R]) {
			right := c.Adjoint
			c.Adjoint = func(a, ab *A, rb *R) R { r := right(a, ab, rb); ab.x[3] *= -1; return r }
		}, []string{"adjoint: gradcheck: dot product", "Taylor test", "component 3 (x[3])"}},
		"split": {func(c *Root[A, R]) {
			right := c.Reverse
			c.Reverse = func(a, ab *A, rb *R, st *ad.Stack) { right(a, ab, rb, st); ab.k = 0 }
		}, []string{"split adjoint: gradcheck: dot product", "component 4 (k)"}},
		"overwritten shadow": {func(c *Root[A, R]) {
			right := c.Adjoint
			c.Adjoint = func(a, ab *A, rb *R) R { clear(ab.x); return right(a, ab, rb) }
		}, []string{"accumulation: the shadow of component 0 (x[0]) held"}},
		"result": {func(c *Root[A, R]) {
			right := c.Adjoint
			c.Adjoint = func(a, ab *A, rb *R) R { r := right(a, ab, rb); r.ret = math.Nextafter(r.ret, 9); return r }
		}, []string{"the adjoint does not leave what the function leaves", "Results.ret is "}},
		"memory": {func(c *Root[A, R]) {
			right := c.Tangent
			c.Tangent = func(a, ad *A) (r, rd R) { r, rd = right(a, ad); a.n++; return r, rd }
		}, []string{"the tangent does not leave", "Args.n is 4, now Args.n is 5"}},
		"forward": {func(c *Root[A, R]) {
			right := c.Forward
			c.Forward = func(a, ab *A, st *ad.Stack) (r, rb R) { r, rb = right(a, ab, st); a.x[0] = 0; return r, rb }
		}, []string{"the forward sweep does not leave", "Args.x[0]"}},
		"chance": {func(c *Root[A, R]) {
			calls := 0.0
			c.Call = func(a *A) R { calls++; return R{square(a.y, a.x, a.k) + calls} }
		}, []string{"a second run of the function", "memory or chance"}},
	} {
		root := squareRoot()
		c.change(&root)
		err := root.Check(Options{})
		if !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: passes, or %v", name, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: no %q in %v", name, w, err)
			}
		}
	}
}

// What cannot be tested is said, and is no mismatch.
func TestRootArguments(t *testing.T) {
	type A = squareArgs
	type R = squareResults
	for want, change := range map[string]func(c *Root[A, R]){
		"Root.Wrt, Of and Call are needed":                             func(c *Root[A, R]) { c.Of = nil },
		"assign a function that draws them in squareDraw, in the init": func(c *Root[A, R]) { c.Draw, c.DrawName = nil, "squareDraw" },
		"no arguments today": func(c *Root[A, R]) {
			c.Draw = func(*rand.Rand) (a A, err error) { return a, errors.New("no arguments today") }
		},
		"there is no derivative to test": func(c *Root[A, R]) { c.Tangent, c.Adjoint, c.Reverse = nil, nil, nil },
		"the independents hold no floats": func(c *Root[A, R]) {
			c.Wrt = func(a *A) []any { return []any{&a.x} }
			c.Draw = func(*rand.Rand) (A, error) { return A{k: 1}, nil }
		},
		"the dependents hold no floats": func(c *Root[A, R]) {
			c.Of = func(a *A, r *R) []any { return []any{&a.y} }
			c.Draw = func(*rand.Rand) (A, error) { return A{k: 1}, nil }
		},
		"the function panics with these arguments": func(c *Root[A, R]) {
			c.Draw = func(*rand.Rand) (A, error) { return A{x: make([]float64, 2), y: make([]float64, 1)}, nil }
		},
		"output 0 (y[0]) of the function's values is NaN": func(c *Root[A, R]) {
			c.Draw = func(*rand.Rand) (A, error) {
				return A{x: []float64{math.NaN()}, y: make([]float64, 1)}, nil
			}
		},
	} {
		root := squareRoot()
		change(&root)
		err := root.Check(Options{})
		if err == nil || errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q that is no mismatch, got %v", want, err)
		}
	}
	if err := squareRoot().Check(Options{Step: -1}); err == nil || !strings.Contains(err.Error(), "Options.Step") {
		t.Errorf("a negative step: %v", err)
	}
}

// A state that is input and output, with shared memory and more components than are
// differenced.
func TestRootState(t *testing.T) {
	type state struct{ u, view []float64 }
	type A struct{ s *state }
	type R struct{}
	step := func(s *state) {
		for i := range s.u {
			s.u[i] = s.u[i]*s.u[i] + 1
		}
	}
	root := Root[A, R]{
		Name: "Step",
		Draw: func(rng *rand.Rand) (A, error) {
			s := &state{u: make([]float64, 100)}
			s.view = s.u[10:20]
			return A{s}, Fill(rng, s)
		},
		Wrt:  func(a *A) []any { return []any{&a.s} },
		Of:   func(a *A, r *R) []any { return []any{&a.s} },
		Call: func(a *A) R { step(a.s); return R{} },
		Tangent: func(a, ad *A) (r, rd R) {
			for i, u := range a.s.u {
				ad.s.u[i] *= 2 * u
			}
			step(a.s)
			return r, rd
		},
		Adjoint: func(a, ab *A, rb *R) R {
			for i, u := range a.s.u {
				ab.s.u[i] *= 2 * u
			}
			step(a.s)
			return R{}
		},
	}
	if err := root.Check(Options{}); err != nil {
		t.Error(err)
	}
}

// float32 is tested as sharply as it allows.
func TestRootSingle(t *testing.T) {
	type A struct{ x []float32 }
	type R struct{ ret float32 }
	factor := float32(2)
	root := Root[A, R]{
		Name: "Sum",
		Draw: func(rng *rand.Rand) (a A, err error) {
			err = Fill(rng, &a)
			return a, err
		},
		Wrt: func(a *A) []any { return []any{&a.x} },
		Of:  func(a *A, r *R) []any { return []any{&r.ret} },
		Call: func(a *A) (r R) {
			for _, x := range a.x {
				r.ret += x * x * x
			}
			return r
		},
		Tangent: func(a, ad *A) (r, rd R) {
			for i, x := range a.x {
				r.ret += x * x * x
				rd.ret += 3 * x * x * ad.x[i]
			}
			return r, rd
		},
		Adjoint: func(a, ab *A, rb *R) (r R) {
			for i, x := range a.x {
				r.ret += x * x * x
				ab.x[i] += factor * 1.5 * x * x * rb.ret
			}
			return r
		},
	}
	if err := root.Check(Options{}); err != nil {
		t.Error(err)
	}
	factor = 2.1
	if err := root.Check(Options{}); !errors.Is(err, ErrMismatch) {
		t.Errorf("a wrong adjoint passes: %v", err)
	}
}

// Shadows have the shape of the arguments on entry, whatever the function puts there.
func TestRootReplacesSlices(t *testing.T) {
	type A struct{ x [][]float64 }
	type R struct{ ret float64 }
	root := Root[A, R]{
		Name: "Replace",
		Draw: func(rng *rand.Rand) (a A, err error) {
			err = Fill(rng, &a)
			return a, err
		},
		Wrt: func(a *A) []any { return []any{&a.x} },
		Of:  func(a *A, r *R) []any { return []any{&r.ret} },
		Call: func(a *A) R {
			r := R{a.x[0][2] * a.x[1][0]}
			a.x[0] = a.x[0][:1]
			return r
		},
	}
	root.Adjoint = func(a, ab *A, rb *R) R {
		ab.x[0][2] += a.x[1][0] * rb.ret
		ab.x[1][0] += a.x[0][2] * rb.ret
		return root.Call(a)
	}
	if err := root.Check(Options{}); err != nil {
		t.Error(err)
	}
}
