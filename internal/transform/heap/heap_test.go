package heap

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
)

const before = `package p

func two(x float64) (r, s float64) {
	r, s = x, x * x
	return
}

func F(x float64, in [2]float64) (r float64) {
	c := in
	var a [2]float64
	b := x * x
	d, e := b, 2.0*b
	f, g := two(e)
	p := &b
	*p += d
	for i := 0; i < 2; i++ {
		h := float64(i) * b
		a[i] = h + c[i]
	}
	u := a[1:]
	c[0] = u[0]
	for k := 0.0; k < 2.0; k += 1.0 {
		r += k * f
	}
	r += a[0] + u[0]*g + *p + e + c[0]
	return
}
`

const after = `func F(x float64, in [2]float64) (r float64) {
	r1 := new(float64)
	c1 := new([2]float64)
	*c1 = in
	a1 := new([2]float64)
	b1 := new(float64)
	*b1 = x * x
	d1 := new(float64)
	var e float64
	*d1, e = *b1, 2 * *b1
	f1 := new(float64)
	var g float64
	*f1, g = two(e)
	p := b1
	*p += *d1
	for i := 0; i < 2; i++ {
		h1 := new(float64)
		*h1 = float64(i) * *b1
		a1[i] = *h1 + c1[i]
	}
	u := a1[1:]
	c1[0] = u[0]
	k1 := new(float64)
	*k1 = 0.0
	for ; *k1 < 2; *k1 += 1.0 {
		*r1 += *k1 * *f1
	}
	*r1 += a1[0] + u[0] * g + *p + e + c1[0]
	r = *r1
	return
}
`

// TestForm: all kinds of declarations, a result and the variable of a loop, and what the program gives.
func TestForm(t *testing.T) {
	given, err := ir.Parse(before)
	if err != nil {
		t.Fatal(err)
	}
	prog, _ := ir.Parse(before)
	for _, f := range prog.Funcs {
		f.Body.Stmts = f.Body.Stmts[:len(f.Body.Stmts)-1] // the return
	}
	f := prog.Funcs[1]
	var vars []*ir.Var
	for _, v := range append(append(append([]*ir.Var{}, f.Params...), f.Locals...), f.Results...) {
		switch v.Name {
		case "a", "b", "c", "d", "f", "h", "k", "r":
			vars = append(vars, v)
		}
	}
	if !Use(prog, vars) {
		t.Fatal("nothing has been moved")
	}
	if err := ir.Verify(prog); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(after, ir.FormatFunc(f)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	run := func(p *ir.Program) float64 {
		out, err := irinterp.Run(p, p.Funcs[1], []irinterp.Value{irinterp.Float64(0.75), irinterp.ArrayOf([]irinterp.Value{irinterp.Float64(3), irinterp.Float64(5)})})
		if err != nil {
			t.Fatal(err)
		}
		return out[0].Float()
	}
	if got, want := run(prog), run(given); got != want {
		t.Errorf("it gives %v, want %v", got, want)
	}
	if Use(prog, f.Params) {
		t.Error("a parameter has been moved")
	}
}
