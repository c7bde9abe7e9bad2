package alias

import (
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

func TestIsSwap(t *testing.T) {
	for _, c := range []struct {
		stmt string
		want bool
	}{
		{"u, v = v, u", true},
		{"u, v, w = v, w, u", true},
		{"u, v, w = v, u, w", true},
		{"u, v = u, v", true},
		{"u, v = v, v", false},
		{"u, v = w, u", false},
		{"u = v", false},
		{"u, v = v, u[1:]", false},
		{"u[0], u[1] = u[1], u[0]", false},
		{"a, b := u, v", false},
		{"u, _ = v, u", false},
	} {
		prog, _ := program(t, "func F(u, v, w []float64) {\n\tu2, v2, w2 := u, v, w\n\t_, _, _ = u2, v2, w2\n}\n")
		_ = prog
		src := "func G(x, y, z []float64) {\n\tu, v, w := x, y, z\n\t" + c.stmt + "\n\t_, _, _ = u, v, w\n"
		if c.stmt == "a, b := u, v" {
			src += "\t_, _ = a, b\n"
		}
		prog, _ = program(t, src+"}\n")
		if got := IsSwap(last(prog).Body.Stmts[1].(*ir.Assign)); got != c.want {
			t.Errorf("%s: %v", c.stmt, got)
		}
	}
}

// TestSwapGroups: after a swap the names of two buffers lead to both, and still
// never to the same one at the same time, if they started apart.
func TestSwapGroups(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       bool // u and v are disjoint
	}{
		{"never swapped", `u, v := make([]float64, n), make([]float64, n)`, true},
		{"two allocations", `u, v := make([]float64, n), make([]float64, n)
	for i := 0; i < n; i++ {
		u, v = v, u
	}`, true},
		{"allocated inside a loop, swapped inside", `var u []float64
	var v []float64
	for i := 0; i < n; i++ {
		u = make([]float64, n)
		v = make([]float64, n)
		u, v = v, u
	}`, true},
		{"allocation against a parameter", `u := make([]float64, n)
	v := x
	u, v = v, u`, true},
		{"allocation against a parameter, inside a loop", `var u []float64
	var v []float64
	for i := 0; i < n; i++ {
		u = x
		u, v = v, u
	}`, false},
		{"given the same by the post statement of a loop", `u, v := make([]float64, n), make([]float64, n)
	var w []float64
	for i := 0; i < n; w = x {
		w, v = v, w
		u, v = v, u
		i += int(x[0])
	}`, false},
		{"two parameters", `u, v := x, y
	u, v = v, u`, false},
		{"both from one", `a := make([]float64, n)
	u, v := a, a
	u, v = v, u`, false},
		{"sub-slices of one", `a := make([]float64, n)
	u, v := a[:1], a[1:]
	u, v = v, u`, false},
		{"self copy", `u, v := make([]float64, n), make([]float64, n)
	u, v = v, v`, false},
		{"later assignment of one to the other", `u, v := make([]float64, n), make([]float64, n)
	for i := 0; i < n; i++ {
		u, v = v, u
	}
	u = v`, false},
		{"later assignment in a loop before the swap", `u, v := make([]float64, n), make([]float64, n)
	for i := 0; i < n; i++ {
		v = u
		u, v = v, u
	}`, false},
		{"given a second allocation", `u, v := make([]float64, n), make([]float64, n)
	u, v = v, u
	u = make([]float64, n)`, false}, // two definitions: not followed
		{"three ways", `u, v, w := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := 0; i < n; i++ {
		u, v, w = v, w, u
	}`, true},
		{"three ways, two of them the same", `u, v := make([]float64, n), make([]float64, n)
	w := u
	for i := 0; i < n; i++ {
		u, v, w = v, w, u
	}`, false},
		{"two swaps make one group", `u, w := make([]float64, n), make([]float64, n)
	v := make([]float64, n)
	u, w = w, u
	w, v = v, w`, true},
		{"two swaps, one member shared with memory outside", `u, w := make([]float64, n), make([]float64, n)
	v := u
	u, w = w, u
	w, v = v, w`, false},
		{"a pointer to the header", `u, v := make([]float64, n), make([]float64, n)
	p := &u
	u, v = v, u
	*p = v`, false},
		{"a result of a call", `u, v := make([]float64, n), make([]float64, n)
	u, v = v, u
	u = same(v)`, false},
		{"defined by a call", `u := same(x)
	v := make([]float64, n)
	u, v = v, u`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, in := program(t, `func same(s []float64) (r []float64) {
	r = s
	return
}

func F(x, y []float64, n int) {
	`+c.body+`
	u[0], v[0] = 1.0, 2.0
}`)
			u, v := variable(t, prog, "u"), variable(t, prog, "v")
			if got := in.Disjoint(u, v); got != c.want {
				t.Errorf("Disjoint(u, v) = %v\n%s", got, ir.FormatFunc(last(prog)))
			}
			if in.Disjoint(v, u) != in.Disjoint(u, v) || in.Disjoint(u, u) {
				t.Error("Disjoint is not symmetric, or a variable is apart from itself")
			}
		})
	}
}

// TestSwapInACallee: what every call of a function keeps apart stays apart when
// the function swaps its copies.
func TestSwapInACallee(t *testing.T) {
	const callee = `func g(a, b []float64, n int) {
	u, v := a, b
	for i := 0; i < n; i++ {
		u, v = v, u
	}
	u[0], v[0] = 1.0, 2.0
}

`
	for _, c := range []struct {
		name, caller string
		formals      bool // a and b are disjoint
		swapped      bool // u and v are disjoint
	}{
		{"two allocations", `func F(x []float64, n int) {
	p, q := make([]float64, n), make([]float64, n)
	g(p, q, n)
}`, true, true},
		{"the same twice", `func F(x []float64, n int) {
	g(x, x, n)
}`, false, false},
		{"two halves", `func F(x []float64, n int) {
	g(x[:n], x[n:], n)
}`, false, false},
		{"apart in one of two calls", `func F(x []float64, n int) {
	p, q := make([]float64, n), make([]float64, n)
	g(p, q, n)
	g(p, p, n)
}`, false, false},
		{"apart in two calls", `func F(x []float64, n int) {
	p, q := make([]float64, n), make([]float64, n)
	g(p, q, n)
	g(q, p, n)
}`, true, true},
		{"swapped by the caller", `func F(x []float64, n int) {
	p, q := make([]float64, n), make([]float64, n)
	for i := 0; i < n; i++ {
		g(p, q, n)
		p, q = q, p
	}
}`, true, true},
		{"parameters of the root", `func F(x, y []float64, n int) {
	g(x, y, n)
}`, false, false},
		{"parameter and allocation", `func F(x []float64, n int) {
	p := make([]float64, n)
	g(x, p, n)
}`, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, in := program(t, callee+c.caller)
			get := func(n string) *ir.Var { return variable(t, prog, "g."+n) }
			if got := in.Disjoint(get("a"), get("b")); got != c.formals {
				t.Errorf("formals: %v", got)
			}
			if got := in.Disjoint(get("u"), get("v")); got != c.swapped {
				t.Errorf("swapped copies: %v", got)
			}
		})
	}
}

func TestVia(t *testing.T) {
	prog, _ := program(t, structs+`func F(s *S, q S, x []float64, m [][]float64, ps []S, n int) {
	var v [3]float64
	x[n] = 1.0
	x[1:][n] = 1.0
	s.a = 1.0
	s.v[n] = 1.0
	s.u[n] = 1.0
	m[n][n] = 1.0
	ps[n].v[1] = 1.0
	v[n] = 1.0
	v[:][n] = 1.0
}`)
	want := map[string]string{"x[n]": "x", "x[1:][n]": "x", "s.a": "s", "s.v[n]": "s", "s.u[n]": "", "m[n][n]": "", "ps[n].v[1]": "ps", "v[n]": "", "v[:][n]": ""}
	for _, st := range last(prog).Body.Stmts {
		a, ok := st.(*ir.Assign)
		if !ok {
			continue
		}
		got := ""
		if v := Via(a.L[0]); v != nil {
			got = v.Name
		}
		text := ir.Format(a.L[0])
		if w, ok := want[text]; !ok || got != w {
			t.Errorf("%s is reached via %q, want %q", text, got, w)
		}
	}
}
