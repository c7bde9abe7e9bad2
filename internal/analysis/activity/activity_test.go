package activity

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
)

const structs = `
type S struct {
	a, b float64
	k int
	u []float64
}

type T struct {
	in S
	v [2]float64
}

`

func parse(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n" + structs + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return prog
}

func lookup(t testing.TB, f *ir.Func, name string) *ir.Var {
	t.Helper()
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if v.Name == name {
				return v
			}
		}
	}
	t.Fatalf("no variable %s in %s", name, f.Name)
	return nil
}

// seeds reads "x, s.a" as variables and paths of f.
func seeds(t testing.TB, f *ir.Func, text string) []Seed {
	var out []Seed
	for _, n := range strings.Fields(text) {
		name, path, dotted := strings.Cut(n, ".")
		if dotted {
			path = "." + path
		}
		out = append(out, Seed{lookup(t, f, name), path})
	}
	return out
}

func analyze(t testing.TB, prog *ir.Program, wrt, of string) (*alias.Info, *Info) {
	t.Helper()
	f := prog.Funcs[len(prog.Funcs)-1]
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	return mem, Analyze(prog, mem, effects.Analyze(mem), []Root{{Fn: f, Wrt: seeds(t, f, wrt), Of: seeds(t, f, of)}})
}

// where lists the floats for which is holds, those of callees as "g.x".
func where(prog *ir.Program, mem *alias.Info, is func(alias.Loc) bool) string {
	owner := map[*ir.Var]string{}
	for i, f := range prog.Funcs {
		for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
			for _, v := range vs {
				if i < len(prog.Funcs)-1 {
					owner[v] = f.Name + "."
				}
			}
		}
	}
	var out []string
	for _, o := range mem.Objects() {
		for _, leaf := range alias.Leaves(o.Type) {
			l := alias.Loc{Obj: o, Path: leaf.Path}
			if ir.IsFloat(leaf.Type) && is(l) {
				out = append(out, owner[o.Var]+l.String())
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestActive(t *testing.T) {
	for _, c := range []struct {
		name, params, body, wrt, of, want string
	}{
		{"both ways", "x, y float64", "a := 2 * x\nb := a + y\nc := 3 * y\nr = b\n_ = c", "x", "r", "a b r x"},
		{"varied and not useful", "x float64", "a := 2 * x\nr = 1.0\n_ = a", "x", "r", ""},
		{"useful and not varied", "x, y float64", "a := 2 * y\nr = x + a", "x", "r", "r x"},
		{"no path", "x, y float64", "r = y", "x", "r", ""},
		{"not ordered in time", "x float64", "a := x\nr = a\na = 1.0", "x", "r", "a r x"},
		{"through memory", "x, y []float64, i int", "y[i] = x[0]\nr = y[1]", "x", "r", "r x[] y[]"},
		{"memory with another type", "x []float64, y []float32, i int", "y[i] = float32(x[0])\nr = float64(y[1])", "x", "r", "r x[] y[]"},
		{"through an alias", "x []float64, i int", "w := make([]float64, i)\nv := w[1:]\nw[i] = x[0]\nr = v[0]", "x", "r", "new1[] r x[]"},
		{"through a pointer to a variable", "x float64", "var a float64\np := &a\n*p = x\nr = a", "x", "r", "a r x"},
		{"a copy", "x, y []float64", "copy(y, x)\nr = y[0]", "x", "r", "r x[] y[]"},
		{"a copy the other way", "x, y []float64", "copy(x, y)\nr = y[0]", "x", "r", ""},
		{"fields apart", "s S", "t := s\nr = t.a", "s.a", "r", "r s.a t.a"},
		{"fields apart, the other one", "s S", "t := s\nr = t.b", "s.a", "r", ""},
		{"a literal of a struct", "x, y float64", "t := S{a: x, b: y}\nr = t.a", "x", "r", "r t.a x"},
		{"a literal of a struct on the heap", "x, y float64", "t := &S{a: x, b: y}\nr = t.a", "x", "r", "new1.a r x"},
		{"a literal of a slice", "x, y float64", "t := []float64{x, y}\nr = t[0]", "x", "r", "new1[] r x"},
		{"a literal of an array", "x, y float64", "t := [2]float64{x, y}\nr = t[0]", "x", "r", "r t[] x"},
		{"nested fields", "q *T, x float64", "q.in.a = x\nr = q.in.a * q.v[0]", "x", "r", "q.in.a r x"},
		{"an output slice", "x float64, y []float64", "y[0] = x", "x", "y", "x y[]"},
		{"an output field", "x float64, q *T", "q.in.a = x\nq.in.b = x", "x", "q", "q.in.a q.in.b x"},
		{"an inner slice is part of the input", "s S", "r = s.u[0]", "s", "r", "r s.u[]"},
		{"a condition carries nothing", "x, y float64", "if x > 1.0 {\nr = y\n}", "x", "r", ""},
		{"an integer carries nothing", "x float64, y []float64", "k := int(x)\nr = y[k] + float64(k)", "x", "r", ""},
		{"rounding carries nothing", "x float64", "r = math.Floor(x)", "x", "r", ""},
		{"bits carry nothing", "x float64", "k := math.Float64bits(x)\nr = float64(k)", "x", "r", ""},
		{"the sign operand carries nothing", "x, y float64", "r = math.Copysign(y, x)", "x", "r", ""},
		{"the other operand does", "x, y float64", "r = math.Copysign(x, y)", "x", "r", "r x"},
		{"maximum", "x, y float64", "r = max(y, x)", "x", "r", "r x"},
		{"lengths carry nothing", "x []float64", "r = float64(len(x))", "x", "r", ""},
		{"both branches", "x, y float64", "a := 0.0\nb := 0.0\nif y > 1.0 {\na = x\n} else {\nb = x\n}\nr = a + b", "x", "r", "a b r x"},
		{"round a loop", "x float64, i int", "a := 0.0\nb := 0.0\nc := 0.0\nfor k := 0; k < i; k++ {\nr = c\nc = b\nb = a\na = x\n}", "x", "r", "a b c r x"},
		{"swap", "x, y float64", "a, b := x, y\na, b = b, a\nr = a", "y", "r", "a b r y"},
		{"swap of headers", "x float64, n int", "u, v := make([]float64, n), make([]float64, n)\nu[0] = x\nu, v = v, u\nr = v[0]", "x", "r", "new1[] new2[] r x"},
		{"negation and conversion", "x float64", "a := float32(-x)\nr = float64(a)", "x", "r", "a r x"},
		{"blank", "x float64", "_ = x", "x", "r", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := parse(t, "func F("+c.params+") (r float64) {\n"+c.body+"\nreturn\n}\n")
			mem, in := analyze(t, prog, c.wrt, c.of)
			if got := where(prog, mem, in.Active); got != c.want {
				t.Errorf("active: %q, want %q", got, c.want)
			}
		})
	}
}

// TestActiveThroughCalls: values pass through parameters, results and memory.
func TestActiveThroughCalls(t *testing.T) {
	for _, c := range []struct{ name, src, wrt, of, want string }{
		{"parameter and result", `func g(p, q float64) (s float64) {
	s = p
	return
}
func F(x, y float64) (r float64) {
	r = g(x, y)
	return
}`, "x", "r", "g.p g.s r x"},
		{"the passive parameter", `func g(p, q float64) (s float64) {
	s = p
	return
}
func F(x, y float64) (r float64) {
	r = g(x, y)
	return
}`, "y", "r", ""},
		{"memory", `func g(p, q []float64) {
	p[0] = q[0]
}
func F(x, y []float64) (r float64) {
	g(y, x)
	r = y[0]
	return
}`, "x", "r", "r x[] y[]"},
		{"contexts are one", `func g(p float64) (s float64) {
	s = 2 * p
	return
}
func F(x, y float64) (r float64) {
	r = g(x)
	z := g(y)
	_ = z
	return
}`, "x", "r", "g.p g.s r x"},
		{"two levels", `func h(a *float64, b float64) {
	*a += b
}
func g(a *float64, b float64) {
	h(a, b)
}
func F(x float64) (r float64) {
	var t float64
	g(&t, x)
	r = t
	return
}`, "x", "r", "g.b h.b r t x"},
		{"method on a struct", `func (s *S) add(x float64) {
	s.a += x
}
func F(s *S, x float64) (r float64) {
	s.add(x)
	r = s.a
	return
}`, "x", "r", "S.add.x r s.a x"},
		{"a result that is not used", `func g(p float64) (s, t float64) {
	s, t = p, p
	return
}
func F(x float64) (r float64) {
	r, _ = g(x)
	return
}`, "x", "r", "g.p g.s r x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := parse(t, c.src+"\n")
			mem, in := analyze(t, prog, c.wrt, c.of)
			if got := where(prog, mem, in.Active); got != c.want {
				t.Errorf("active: %q, want %q", got, c.want)
			}
		})
	}
}

// TestVariedAndUseful: the two halves on their own.
func TestVariedAndUseful(t *testing.T) {
	prog := parse(t, `func F(x, y float64) (r float64) {
	a := 2 * x
	b := 3 * y
	c := a + b
	r = b
	_ = c
	return
}
`)
	mem, in := analyze(t, prog, "x", "r")
	if got := where(prog, mem, in.Varied); got != "a c x" {
		t.Errorf("varied: %q", got)
	}
	if got := where(prog, mem, in.Useful); got != "b r y" {
		t.Errorf("useful: %q", got)
	}
}

// TestForeignCallsCarryNothing: a function without source is passive.
func TestForeignCallsCarryNothing(t *testing.T) {
	prog := parse(t, `func g(p float64) (s float64) {
	s = p
	return
}
func F(x float64) (r float64) {
	r = g(x)
	return
}
`)
	c := prog.Funcs[1].Body.Stmts[0].(*ir.Call)
	c.Fn, c.Ext = nil, types.NewFunc(token.NoPos, types.NewPackage("q", "q"), "g", prog.Funcs[0].Obj.Signature())
	prog.Funcs = prog.Funcs[1:]
	mem, in := analyze(t, prog, "x", "r")
	if got := where(prog, mem, in.Active); got != "" {
		t.Errorf("active: %q", got)
	}
}

// TestShadows: an object has a shadow if it holds active floats, or refers, over
// however many steps, to one that does; and whatever a shadowed reference may
// refer to has one as well.
func TestShadows(t *testing.T) {
	for _, c := range []struct{ name, src, wrt, of, want string }{
		{"a slice and its header", `func F(x, y []float64) (r float64) {
	r = x[0] * y[0]
	return
}`, "x", "r", "r x x[]"},
		{"whatever a header may refer to", `func F(x, y []float64, n int) (r float64) {
	a := x
	if n > 0 {
		a = y
	}
	r = a[0]
	return
}`, "x", "r", "a r x x[] y y[]"},
		{"rows", `func F(m [][]float64) (r float64) {
	r = m[0][1]
	return
}`, "m", "r", "m m[] m[][] r"},
		{"rows that may come from a passive slice", `func F(m [][]float64, y []float64) (r float64) {
	m[1] = y
	r = m[0][1]
	return
}`, "m", "r", "m m[] m[][] r y y[]"},
		{"a struct behind a pointer", `func F(s *S, t *S) (r float64) {
	r = s.a * t.a
	return
}`, "s", "r", "r s s s.u[]"}, // all of an independent has a shadow
		{"indices never", `func F(x []float64, k []int) (r float64) {
	r = x[k[0]]
	return
}`, "x", "r", "r x x[]"},
		{"the seed of an inactive output", `func F(x float64, y []float64) {
	y[0] = 1.0
	z := x
	_ = z
}`, "x", "y", "x y y[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := parse(t, c.src+"\n")
			mem, in := analyze(t, prog, c.wrt, c.of)
			var got []string
			for _, o := range mem.Objects() {
				if in.ShadowedObject(o) {
					got = append(got, o.Name)
				}
			}
			slices.Sort(got)
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// TestQuestions: what the transforms ask of expressions.
func TestQuestions(t *testing.T) {
	prog := parse(t, `func F(s *S, q S, x []float64, k []int, y float64) (r float64) {
	q2 := q
	w := x[1:]
	z := 2 * y
	r = s.a * q2.a * w[0]
	return
}
`)
	f := prog.Funcs[0]
	_, in := analyze(t, prog, "s q x", "r")
	ref := func(n string) *ir.Ref { return &ir.Ref{V: lookup(t, f, n)} }
	for name, want := range map[string]bool{"q2": true, "r": true, "z": false, "y": false, "w": false, "s": false} {
		if got := in.ActivePlace(ref(name)); got != want {
			t.Errorf("ActivePlace(%s) = %v", name, got)
		}
	}
	for name, want := range map[string]bool{"w": true, "x": true, "k": false, "y": false, "q2": true} {
		if got := in.Shadowed(ref(name).V); got != want {
			t.Errorf("Shadowed(%s) = %v", name, got)
		}
	}
	if !in.VariedPlace(&ir.Field{X: ref("q2"), I: 1}) || in.ActivePlace(&ir.Field{X: ref("q2"), I: 1}) {
		t.Error("q2.b is varied and not useful")
	}
}

// TestSeveralRoots: the answers for two roots are the union over them.
func TestSeveralRoots(t *testing.T) {
	prog := parse(t, `func F(x, y float64) (r float64) {
	r = x * y
	return
}
func G(x, y float64) (r float64) {
	r = x * y
	return
}
`)
	mem := alias.Analyze(prog, prog.Funcs, nil)
	f, g := prog.Funcs[0], prog.Funcs[1]
	in := Analyze(prog, mem, effects.Analyze(mem), []Root{
		{Fn: f, Wrt: seeds(t, f, "x"), Of: seeds(t, f, "r")}, {Fn: g, Wrt: seeds(t, g, "y"), Of: seeds(t, g, "r")},
	})
	if got := where(prog, mem, in.Active); got != "F.r F.x r y" {
		t.Errorf("active: %q", got)
	}
}

// TestSameMemory: values flow between pieces of memory that a root says may be one.
func TestSameMemory(t *testing.T) {
	prog := parse(t, `func F(x float64, q *S, y []float64) (r float64) {
	q.u[0] = x
	r = y[0]
	return
}
`)
	f := prog.Funcs[0]
	mem := alias.Analyze(prog, prog.Funcs, nil)
	for _, same := range []bool{false, true} {
		root := Root{Fn: f, Wrt: seeds(t, f, "x"), Of: seeds(t, f, "r")}
		if same {
			root.Same = func(_ *alias.Info, a, b *alias.Object) bool {
				return a.Name == "q.u[]" && b.Name == "y[]" || b.Name == "q.u[]" && a.Name == "y[]"
			}
		}
		in := Analyze(prog, mem, effects.Analyze(mem), []Root{root})
		want := ""
		if same {
			want = "q.u[] r x y[]"
		}
		if got := where(prog, mem, in.Active); got != want {
			t.Errorf("the same %v: active %q, want %q", same, got, want)
		}
	}
}
