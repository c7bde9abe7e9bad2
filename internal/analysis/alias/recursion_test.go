package alias

import "testing"

// TestDisjointInRecursion: parameters that change places on the way down stay
// apart if they started apart and nothing mixes them in between.
func TestDisjointInRecursion(t *testing.T) {
	for _, c := range []struct {
		name, inner, outer string
		formals, swapped   bool // a and b, u and v are disjoint
	}{
		{"the same again", "g(a, b, n - 1)", "g(p, q, n)", true, true},
		{"swapped", "g(b, a, n - 1)", "g(p, q, n)", true, true},
		{"copies, swapped", "g(u, v, n - 1)", "g(p, q, n)", true, true},
		{"through another function", "h(b, a, n - 1)", "g(p, q, n)", true, true},
		{"one of them twice", "g(a, a, n - 1)", "g(p, q, n)", false, false},
		{"one of them twice, through another function", "h(a, u, n - 1)", "g(p, q, n)", false, false},
		{"new memory", "g(make([]float64, n), b, n - 1)", "g(p, q, n)", true, true},
		{"not apart from the start", "g(b, a, n - 1)", "g(p, p, n)", false, false},
		{"not apart from the start, there and back", "h(b, a, n - 1)", "h(p, p[1:], n)", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, in := program(t, `func g(a, b []float64, n int) {
	u, v := a, b
	for i := 0; i < n; i++ {
		u, v = v, u
	}
	u[0], v[0] = 1.0, 2.0
	if n > 0 {
		`+c.inner+`
	}
}

func h(c, d []float64, n int) {
	g(d, c, n)
}

func F(x []float64, n int) {
	p, q := make([]float64, n), make([]float64, n)
	p[0], q[0] = 1.0, 2.0
	`+c.outer+`
}`)
			if got := in.Disjoint(variable(t, prog, "g.a"), variable(t, prog, "g.b")); got != c.formals {
				t.Errorf("the parameters are apart: %v", got)
			}
			if got := in.Disjoint(variable(t, prog, "g.u"), variable(t, prog, "g.v")); got != c.swapped {
				t.Errorf("the copies are apart: %v", got)
			}
		})
	}
}

// TestMany: a variable stands for several at a time if its function is recursive
// and its address goes somewhere.
func TestMany(t *testing.T) {
	prog, in := program(t, structs+`func once(s *S) {
	var a S
	s.next = &a
}

func deep(s *S, n int) {
	var b S
	var c S
	c.a = b.a
	once(&c)
	if n > 0 {
		deep(&b, n - 1)
		other(s, n - 1)
	}
	s.a = c.a
}

func other(s *S, n int) {
	k := n - 1
	deep(s, k)
}

func F(n int) {
	var d S
	deep(&d, n)
}`)
	for name, want := range map[string]bool{
		"once.a": false, "deep.b": true, "deep.c": true, "deep.n": false, "deep.s": false, "other.k": false, "F.d": false,
	} {
		if got := in.Many(in.VarObject(variable(t, prog, name))); got != want {
			t.Errorf("%s stands for many: %v", name, got)
		}
	}
	for name, want := range map[string]bool{"once": false, "deep": true, "other": true, "F": false} {
		if got := in.Recursive(prog.Func(name)); got != want {
			t.Errorf("%s is recursive: %v", name, got)
		}
	}
}
