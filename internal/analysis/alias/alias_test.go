package alias

import (
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// program parses src, in which every func with results or not may lack its final
// return, and analyzes it with its last function as the root.
func program(t testing.TB, src string) (*ir.Program, *Info) {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return prog, Analyze(prog, []*ir.Func{last(prog)}, nil)
}

func last(prog *ir.Program) *ir.Func { return prog.Funcs[len(prog.Funcs)-1] }

// variable finds a variable by name; "g.x" is x of function g, "x" of the last.
func variable(t testing.TB, prog *ir.Program, name string) *ir.Var {
	t.Helper()
	f := last(prog)
	if fn, v, ok := strings.Cut(name, "."); ok {
		f, name = prog.Func(fn), v
	}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if v.Name == name {
				return v
			}
		}
	}
	t.Fatalf("no variable %s", name)
	return nil
}

func names(s Set) string {
	var out []string
	for _, l := range s.Sorted() {
		out = append(out, l.String())
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

const structs = `
type S struct {
	a float64
	u []float64
	v [3]float64
	next *S
}

`

// TestPointsTo: what the references of a function lead to. A piece of memory is
// named after the parameter or the allocation that it came with; x[] is the
// elements of x.
func TestPointsTo(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      map[string]string // by variable, or variable and path of a component
	}{
		{"assignment", `func F(x, y []float64) {
	a := x
	b := a
	_ = b
}`, map[string]string{"a": "x[]", "b": "x[]", "y": "y[]"}},
		{"two assignments", `func F(x, y []float64, n int) {
	a := x
	if n > 0 {
		a = y
	}
	_ = a
}`, map[string]string{"a": "x[] y[]"}},
		{"assignments are not ordered", `func F(x, y []float64) {
	a := x
	b := a
	a = y
	_ = b
}`, map[string]string{"b": "x[] y[]"}},
		{"sub-slice", `func F(x []float64, n int) {
	a := x[1:n]
	b := a[:2:3]
	_ = b
}`, map[string]string{"a": "x[]", "b": "x[]"}},
		{"slice of an array", `func F(n int) {
	var v [4]float64
	a := v[1:n]
	_ = a
}`, map[string]string{"a": "v[]"}},
		{"slice of an array behind a pointer", `func F(s *S) {
	a := s.v[:]
	_ = a
}`, map[string]string{"a": "s.v[]"}},
		{"field", `func F(s *S, x []float64) {
	a := s.u
	s.u = x
	_ = a
}`, map[string]string{"s": "s", "a": "s.u[] x[]"}},
		{"field of a value", `func F(s S, x []float64) {
	q := s
	q.u = x
	a := q.u
	b := s.u
	_, _ = a, b
}`, map[string]string{"a": "s.u[] x[]", "b": "s.u[]"}},
		{"struct value copied in one go", `func F(s *S) {
	q := *s
	a := q.u
	p := q.next
	_, _ = a, p
}`, map[string]string{"a": "s.u[]", "p": "s"}},
		{"recursive type", `func F(s *S) {
	p := s.next.next
	a := p.next.u
	_ = a
}`, map[string]string{"p": "s", "a": "s.u[]"}},
		{"address of a variable", `func F(n int) {
	var s S
	p := &s
	q := &p.v
	_ = q
}`, map[string]string{"p": "s", "q": "s.v"}},
		{"address of an element", `func F(ps []S, i int) {
	p := &ps[i]
	a := p.u
	q := &ps[i].v
	_, _ = a, q
}`, map[string]string{"p": "ps[]", "a": "ps[].u[]", "q": "ps[].v"}},
		{"slice of slices", `func F(m [][]float64, x []float64) {
	r := m[1]
	m[0] = x
	q := m[2]
	_, _ = r, q
}`, map[string]string{"m": "m[]", "r": "m[][] x[]", "q": "m[][] x[]"}},
		{"array of slices", `func F(x, y []float64) {
	var m [2][]float64
	m[0], m[1] = x, y
	r := m[0]
	_ = r
}`, map[string]string{"r": "x[] y[]"}},
		{"allocations are told apart", `func F(n int) {
	a := make([]float64, n)
	b := make([]float64, n)
	c := []float64{1.0, 2.0}
	p := new(S)
	q := &S{u: a}
	d := q.u
	_, _, _, _ = b, c, p, d
}`, map[string]string{"a": "new1[]", "b": "new2[]", "c": "new3[]", "p": "new4", "q": "new5", "d": "new1[]"}},
		{"composite literals", `func F(x, y []float64) {
	s := S{u: x}
	m := [][]float64{x, y}
	w := [2][]float64{1: y}
	a := s.u
	b := m[0]
	c := w[0]
	_, _, _ = a, b, c
}`, map[string]string{"a": "x[]", "b": "x[] y[]", "c": "y[]"}},
		{"append keeps or makes", `func F(x []float64, m [][]float64) {
	a := append(x, 1.0)
	q := append(m, x)
	r := append(q, m...)
	b := r[0]
	_, _ = a, b
}`, map[string]string{"a": "new1[] x[]", "b": "m[][] x[]"}},
		{"copy of references", `func F(m, w [][]float64) {
	copy(m, w)
	a := m[0]
	b := w[0]
	_, _ = a, b
}`, map[string]string{"a": "m[][] w[][]", "b": "w[][]"}},
		{"swap", `func F(x, y []float64) {
	x2 := x
	y2 := y
	x2, y2 = y2, x2
}`, map[string]string{"x2": "x[] y[]", "y2": "x[] y[]"}},
		{"nil", `func F(x []float64, n int) {
	var a []float64
	if n > 0 {
		a = nil
	}
	_ = a
}`, map[string]string{"a": ""}},
		{"call and result", `func g(p []float64, n int) (r []float64) {
	r = p[n:]
	return
}
func F(x, y []float64) {
	a := g(x, 1)
	_ = a
}`, map[string]string{"a": "x[]", "g.p": "x[]", "g.r": "x[]"}},
		{"calls are not told apart", `func g(p []float64) (r []float64) {
	r = p
	return
}
func F(x, y []float64) {
	a := g(x)
	b := g(y)
	_, _ = a, b
}`, map[string]string{"a": "x[] y[]", "b": "x[] y[]"}},
		{"a callee stores what it gets", `func (s *S) set(x []float64) {
	s.u = x
}
func F(s *S, x []float64) {
	s.set(x)
	a := s.u
	_ = a
}`, map[string]string{"a": "s.u[] x[]"}},
		{"several results", `func g(p, q []float64) (r, s []float64) {
	r, s = q, p
	return
}
func F(x, y []float64) {
	a, b := g(x, y)
	_, _ = a, b
}`, map[string]string{"a": "y[]", "b": "x[]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, in := program(t, structs+c.src)
			for v, want := range c.want {
				got := in.PointsTo(&ir.Ref{V: variable(t, prog, v)})
				if names(got) != want {
					t.Errorf("%s leads to %q, want %q", v, names(got), want)
				}
			}
		})
	}
}

// TestPlaces: the locations of places, given as the left sides of the
// assignments in the last function, in order.
func TestPlaces(t *testing.T) {
	prog, in := program(t, structs+`func F(s, z *S, q S, x []float64, ps []S, m [][3]float64, n int) (r float64) {
	r = 1.0
	x[n] = 1.0
	s.a = 1.0
	s.v[n] = 1.0
	s.u[n] = 1.0
	s.next.next.a = 1.0
	ps[n].v[2] = 1.0
	ps[n].next.a = 1.0
	m[n][1] = 1.0
	*z = q
	return
}`)
	want := []string{"r", "x[]", "s.a", "s.v[]", "s.u[]", "s.a", "ps[].v[]", "ps[].a", "m[][]", "z"}
	i := 0
	for _, st := range last(prog).Body.Stmts {
		a, ok := st.(*ir.Assign)
		if !ok {
			continue
		}
		if got := names(in.Places(a.L[0])); got != want[i] {
			t.Errorf("%s is %q, want %q", ir.Format(a.L[0]), got, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d assignments", i)
	}
}

// loc finds a location by its printed form.
func loc(t testing.TB, in *Info, name string) Loc {
	t.Helper()
	for _, heap := range []bool{true, false} {
		for _, o := range in.Objects() {
			if o.Heap() == heap && strings.HasPrefix(name, o.Name) {
				path := strings.TrimPrefix(name, o.Name)
				if path == "" {
					return Loc{o, ""}
				}
			}
		}
	}
	var best Loc
	for _, o := range in.Objects() {
		if o.Heap() && strings.HasPrefix(name, o.Name) && (best.Obj == nil || len(o.Name) > len(best.Obj.Name)) {
			best = Loc{o, strings.TrimPrefix(name, o.Name)}
		}
	}
	if best.Obj == nil {
		t.Fatalf("no location %s", name)
	}
	return best
}

// TestOverlap: the memory behind two parameters of a root may be the same where
// types allow; variables and allocations are memory of their own.
func TestOverlap(t *testing.T) {
	_, in := program(t, `type T struct {
	a float64
	v [3]float64
	in U
}

type U struct {
	k int
	w float64
}

func F(x, y []float64, z []float32, p, q *T, r *U, v *[3]float64, ps []T, k []int) {
	n := make([]float64, 3)
	m := make([]float64, 3)
	_, _ = n, m
}`)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"x[]", "x[]", true},
		{"x[]", "y[]", true},
		{"x[]", "z[]", false},
		{"x[]", "k[]", false},
		{"x[]", "new1[]", false},
		{"new1[]", "new2[]", false},
		{"new1[]", "new1[]", true},
		{"p", "q", true},
		{"p.a", "q.a", true},
		{"p.a", "q.v", false},
		{"p.a", "p.v", false},
		{"p", "p.v[]", true},
		{"p.v", "p.v[]", true},
		{"p.in", "p.in.w", true},
		{"p.in.k", "p.in.w", false},
		{"p.in", "r", true},
		{"p.in.w", "r.w", true},
		{"p.v[]", "v[]", true},
		{"ps[].a", "p.a", true},
		{"p.v[]", "x[]", true},
		{"p", "z[]", false},
	} {
		a, b := loc(t, in, c.a), loc(t, in, c.b)
		if got := in.Overlap(a, b); got != c.want {
			t.Errorf("Overlap(%s, %s) = %v", a, b, got)
		}
		if in.Overlap(a, b) != in.Overlap(b, a) {
			t.Errorf("Overlap(%s, %s) is not symmetric", a, b)
		}
	}
}

// TestKnownApart: the caller of Analyze may know that parameters differ.
func TestKnownApart(t *testing.T) {
	prog, err := ir.Parse("package p\n\nfunc F(x, y, z []float64) {\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	f := prog.Funcs[0]
	x, y, z := f.Params[0], f.Params[1], f.Params[2]
	in := Analyze(prog, []*ir.Func{f}, func(a, b *ir.Var) bool { return a != z && b != z })
	if !in.Disjoint(x, y) {
		t.Error("x and y are known to be apart")
	}
	if in.Disjoint(x, z) || in.Disjoint(y, z) {
		t.Error("nothing is known of z")
	}
}

// TestRootsDoNotMeet: the parameters of two roots are never alive together.
func TestRootsDoNotMeet(t *testing.T) {
	prog, err := ir.Parse("package p\n\nfunc F(x []float64) {\n}\n\nfunc G(y []float64) {\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	in := Analyze(prog, prog.Funcs, nil)
	if in.Overlap(loc(t, in, "x[]"), loc(t, in, "y[]")) {
		t.Error("memory of F meets memory of G")
	}
}

func TestLeaves(t *testing.T) {
	prog, _ := program(t, `type U struct {
	k [2]struct {
		w float64
		p *float64
	}
	s []float64
}

func F(u U) {
}`)
	var got []string
	for _, l := range Leaves(last(prog).Params[0].Type) {
		got = append(got, l.Path+" "+l.Type.String())
	}
	want := ".k[].w float64|.k[].p *float64|.s []float64"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}
