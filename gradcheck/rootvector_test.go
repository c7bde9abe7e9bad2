package gradcheck

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// squareRootVector has forms in several directions that call those for one.
func squareRootVector() Root[squareArgs, squareResults] {
	type A = squareArgs
	type R = squareResults
	c := squareRoot()
	tangent, adjoint, reverse := c.Tangent, c.Adjoint, c.Reverse
	c.TangentVector = RootVector[A, R]{
		Directions: 3,
		Tangent: func(a *A, d []A) (r R, rd []R) {
			rd = make([]R, len(d))
			for k := range d {
				r, rd[k] = tangent(a, &d[k])
			}
			return r, rd
		},
	}
	c.AdjointVector = RootVector[A, R]{
		Directions: 2,
		Adjoint: func(a *A, b []A, rb []R) (r R) {
			for k := range b {
				r = adjoint(a, &b[k], &rb[k])
			}
			return r
		},
		Forward: func(a *A, b []A, st *ad.Stack) (r R, rb []R) {
			for range b {
				ad.PushSlice(st, a.x)
			}
			r.ret = square(a.y, a.x, a.k)
			return r, make([]R, len(b))
		},
		Reverse: func(a *A, b []A, rb []R, st *ad.Stack) {
			for k := range b {
				reverse(a, &b[k], &rb[k], st)
			}
		},
	}
	return c
}

func TestRootVector(t *testing.T) {
	for seed := range uint64(3) {
		if err := squareRootVector().Check(Options{Seed: seed}); err != nil {
			t.Error(err)
		}
	}
}

// A direction that differs in the last bit is found, and so are changes of the function.
func TestRootVectorMistakes(t *testing.T) {
	type A = squareArgs
	type R = squareResults
	for name, c := range map[string]struct {
		change func(c *Root[A, R])
		want   []string
	}{
		"tangent": {func(c *Root[A, R]) {
			right := c.TangentVector.Tangent
			c.TangentVector.Tangent = func(a *A, d []A) (R, []R) { r, rd := right(a, d); d[1].y[2] *= 1 + 1e-15; return r, rd }
		}, []string{"tangent in several directions: gradcheck: direction 1", "output 2 (y[2])"}},
		"mixed up": {func(c *Root[A, R]) {
			right := c.TangentVector.Tangent
			c.TangentVector.Tangent = func(a *A, d []A) (R, []R) { r, rd := right(a, d); rd[0], rd[2] = rd[2], rd[0]; return r, rd }
		}, []string{"direction 0", "output 4 (ret)"}},
		"adjoint": {func(c *Root[A, R]) {
			right := c.AdjointVector.Adjoint
			c.AdjointVector.Adjoint = func(a *A, b []A, rb []R) R { r := right(a, b, rb); b[0].k = 0; return r }
		}, []string{"adjoint in several directions: gradcheck: direction 0", "component 4 (k)"}},
		"split": {func(c *Root[A, R]) {
			right := c.AdjointVector.Reverse
			c.AdjointVector.Reverse = func(a *A, b []A, rb []R, st *ad.Stack) { right(a, b, rb, st); b[1].x[3] *= -1 }
		}, []string{"split adjoint in several directions: gradcheck: direction 1", "component 3 (x[3])"}},
		"other results": {func(c *Root[A, R]) {
			right := c.AdjointVector.Adjoint
			c.AdjointVector.Adjoint = func(a *A, b []A, rb []R) R { r := right(a, b, rb); a.y[1]++; return r }
		}, []string{"adjoint in several directions: gradcheck: it does not leave what the function leaves", "y[1]"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := squareRootVector()
			c.change(&root)
			err := root.Check(Options{})
			if err == nil {
				t.Fatal("the mistake was not found")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}
