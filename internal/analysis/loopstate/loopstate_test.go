package loopstate

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/singleexit"
)

const helpers = `
type S struct {
	a, b float64
	in T
}

type P struct {
	k int
	u, w []float32
}

type N struct {
	a float64
	next *N
}

type T struct {
	k int
	v [2]float64
}

func (s *S) step(dt float64) {
	s.a += dt
	s.in.v[0] = s.a
}

func smooth(to, from []float64) {
	for i := 0; i < len(to); i++ {
		to[i] = from[i]
	}
}

`

func parseProgram(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n" + helpers + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return prog
}

// program makes F with a first loop, and returns the facts and what is in scope
// where the loop stands.
func program(t testing.TB, params, before, loop, after string) (*Info, *ir.For, []*ir.Var) {
	t.Helper()
	prog := parseProgram(t, "func F("+params+") (r float64) {\n"+before+"\n"+loop+"\n"+after+"\nreturn\n}\n")
	f := prog.Funcs[2]
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	scope := append(append([]*ir.Var{}, f.Inputs()...), f.Results...)
	for _, s := range f.Body.Stmts {
		if l, ok := s.(*ir.For); ok {
			return New(mem, effects.Analyze(mem), prog), l, scope
		}
		_, places := ir.Exprs(s)
		for _, p := range places {
			if a, ok := s.(*ir.Assign); ok && a.Define {
				scope = append(scope, p.(*ir.Ref).V)
			}
		}
		if d, ok := s.(*ir.Decl); ok {
			scope = append(scope, d.V)
		}
	}
	t.Fatal("no loop")
	return nil, nil, nil
}

func text(vs []Variable) string {
	var out []string
	for _, v := range vs {
		s := ir.Format(v.Place)
		if v.Headers {
			s += "+"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// TestState: what an iteration reads and some iteration writes. A + marks
// variables whose headers may change.
func TestState(t *testing.T) {
	for _, c := range []struct{ name, params, before, loop, want string }{
		{"an accumulator", "x []float64, n int", "", "for i := 0; i < n; i++ {\nr += x[i]\n}", "r"},
		{"contents", "x []float64, n int", "", "for i := 0; i < n; i++ {\nx[i] *= 2.0\n}", "x"},
		{"only written", "x []float64, n int", "", "for i := 0; i < n; i++ {\nx[i] = 2.0\n}", ""},
		{"only read", "x []float64, n int", "s := 0.0", "for i := 0; i < n; i++ {\ns += x[i]\n}", "s"},
		{"two parameters may be one", "x, y []float64, n int", "", "for i := 0; i < n; i++ {\nx[i] = y[i]\n}", "x y"},
		{"an allocation is nothing else", "x []float64, n int", "y := make([]float64, n)", "for i := 0; i < n; i++ {\ny[i] = x[i]\n}", ""},
		{"a buffer that is filled and read in the iteration", "x []float64, n int", "y := make([]float64, n)", "for i := 0; i < n; i++ {\nsmooth(y, x)\nsmooth(x, y)\n}", "x y"},
		{"a buffer declared inside", "x []float64, n int", "", "for i := 0; i < n; i++ {\ny := make([]float64, n)\nsmooth(y, x)\nsmooth(x, y)\n}", "x"},
		{"a swap changes headers", "n int", "u := make([]float64, n)\nv := make([]float64, n)", "for i := 0; i < n; i++ {\nsmooth(v, u)\nu, v = v, u\n}", "u+ v+"},
		{"the index of a counted loop is not its own", "x []float64, n int", "", "for i := 0; i < n; i++ {\nx[i] += 1.0\n}", "x"},
		{"an index from outside", "x []float64, n int", "i := 0", "for i < n {\nx[i] += 1.0\ni++\n}", "x i"},
		{"fields behind a pointer", "s *S, n int", "", "for i := 0; i < n; i++ {\ns.step(0.5)\n}", "s.a"},
		{"a field of a value", "n int", "var q S", "for i := 0; i < n; i++ {\nq.a += q.b\n}", "q.a"},
		{"an array inside", "s *S, n int", "", "for i := 0; i < n; i++ {\ns.in.v[0] += 1.0\n}", "s.in.v"},
		{"an integer inside", "s *S, n int", "", "for i := 0; i < n; i++ {\ns.in.k++\n}", "s.in.k"},
		{"a slice inside", "s *P, n int", "", "for i := 0; i < n; i++ {\ns.u[i] += 1\n}", "s.u s.w"}, // they may share memory
		{"a slice inside, swapped", "s *P, n int", "", "for i := 0; i < n; i++ {\ns.u, s.w = s.w, s.u\n}", "s.u+ s.w+"},
		{"a pointer that moves along a list", "s *N, n int", "p := s", "for i := 0; i < n; i++ {\nr += p.a\np = p.next\n}", "r p+"},
		{"a pointer that moves, what it leads to changes", "s *N, n int", "p := s", "for i := 0; i < n; i++ {\np.a += 1.0\np = p.next\n}", "s+ p+"},
		{"rows", "m [][]float64, n int", "", "for i := 0; i < n; i++ {\nm[i][0] += 1.0\n}", "m+"},
		{"through a second name", "x []float64, n int", "w := x[1:]", "for i := 0; i < n; i++ {\nw[0] += x[0]\n}", "x w"},
		{"in a nested loop", "x []float64, n int", "", "for i := 0; i < n; i++ {\nfor j := 0; j < n; j++ {\nx[j] += 1.0\n}\n}", "x"},
		{"copied", "x, y []float64, n int", "z := make([]float64, n)", "for i := 0; i < n; i++ {\ncopy(z, x)\ncopy(x, z)\n}", "x y z"},
		{"of other types", "x []float64, k []int, f []float32, ok bool, n int", "stop := ok", "for i := 0; i < n; i++ {\nk[0] += k[1]\nf[0] += f[1]\nif stop {\nx[0] += 1.0\n}\nstop = !stop\n}", "x k f stop"},
		{"grown by append", "n int", "k := make([]int, 0, n)", "for i := 0; i < n; i++ {\nk = append(k, i)\n}", "k+"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, l, scope := program(t, c.params, c.before, c.loop, "")
			if got := text(in.State(l, scope, nil)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAlso: what is read after the loop is kept too, if the loop writes it.
func TestAlso(t *testing.T) {
	in, l, scope := program(t, "x, y []float64, n int", "z := make([]float64, n)\nlast := 0.0",
		"for i := 0; i < n; i++ {\nz[i] = y[i]\nlast = y[i]\n}", "")
	if got := text(in.State(l, scope, nil)); got != "" {
		t.Errorf("by itself the loop has the state %q", got)
	}
	also := alias.Set{}
	for _, v := range scope {
		if v.Name == "z" || v.Name == "last" {
			also.Add(in.eff.Reach(alias.Set{alias.Loc{Obj: in.mem.VarObject(v)}: true}))
		}
	}
	if got := text(in.State(l, scope, also)); got != "z last" {
		t.Errorf("with what follows it has the state %q", got)
	}
}

// TestStop: the flag that ends a loop is part of its state.
func TestStop(t *testing.T) {
	in, l, scope := program(t, "x []float64, n int", "done := false", "for i := 0; i < n; i++ {\nif x[i] > 1.0 {\ndone = true\n}\n}", "")
	if got := text(in.State(l, scope, nil)); got != "" {
		t.Errorf("an unused flag is in the state %q", got)
	}
	l.Stop = scope[len(scope)-1]
	if got := text(in.State(l, scope, nil)); got != "done" {
		t.Errorf("got %q, want the flag", got)
	}
}

// TestCovering: components that together hold the given locations.
func TestCovering(t *testing.T) {
	prog := parseProgram(t, "func F(s *S, m [][]int32, a [2]float64, n int) (r float64) {\nreturn\n}\n")
	f := prog.Funcs[2]
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	in := New(mem, effects.Analyze(mem), prog)
	var places []ir.Expr
	for _, p := range f.Params {
		places = append(places, &ir.Ref{V: p})
	}
	all := alias.Set{}
	for _, p := range f.Params {
		all.Add(in.eff.Reach(alias.Set{alias.Loc{Obj: mem.VarObject(p)}: true}))
	}
	for _, c := range []struct{ locs, want string }{
		{"", ""},
		{"a[]", "a"},
		{"s.in.k", "s.in.k"},
		{"s.in.v[]", "s.in.v"},
		{"s.a s.b", "s.a s.b"},
		{"m[][]", "m+"},
		{"n", "n"},
		{"n a[]", "a n"},
	} {
		set := alias.Set{}
		for l := range all {
			for _, name := range strings.Fields(c.locs) {
				if l.String() == name {
					set[l] = true
				}
			}
		}
		if got := text(in.Covering(places, set)); got != c.want {
			t.Errorf("of %q: %q, want %q", c.locs, got, c.want)
		}
	}
}

// TestSetFirst: does every run through the body give v a value before it reads
// it?
func TestSetFirst(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"set, then read", "v = a\nr += v", true},
		{"set and never read", "v = a", true},
		{"read, then set", "r += v\nv = a", false},
		{"read while being set", "v += a", false},
		{"never mentioned", "r += a", false},
		{"set in both branches", "if a > b {\nv = a\n} else {\nv = b\n}\nr += v", true},
		{"set in one branch", "if a > b {\nv = a\n}\nr += v", false},
		{"set in one branch and then anyway", "if a > b {\nv = a\n}\nv = b\nr += v", true},
		{"read by a condition", "if v > a {\nr += a\n}\nv = a", false},
		{"read in a branch before it is set", "if a > b {\nr += v\n}\nv = a", false},
		{"set in a loop that may not run", "for j := 0; j < n; j++ {\nv = a\n}\nr += v", false},
		{"read in a loop before it is set", "for j := 0; j < n; j++ {\nr += v\n}\nv = a", false},
		{"set in a block", "{\nv = a\n}\nr += v", true},
		{"set as one of several", "v, r = a, b\nr += v", true},
		{"set and read in parallel", "r, v = v, a", false},
		{"set by a call", "v = give(a)\nr += v", true},
		{"read by a call", "v = give(v)\nr += v", false},
		{"one element only", "x[0] = a\nr += x[1]", false},
		{"through a pointer first", "*p = a\nr += v", false},
		{"read through a pointer first", "r += *p\nv = a", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, err := ir.Parse("package p\n\nfunc give(q float64) (s float64) {\n\ts = q\n\treturn\n}\n\nfunc F(a, b float64, n int) (r float64) {\n\tvar v float64\n\tp := &v\n\tvar x [2]float64\n\tfor i := 0; i < n; i++ {\n" +
				c.body + "\n}\n\t_, _ = p, x\n\treturn\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			f := prog.Funcs[1]
			mem := alias.Analyze(prog, []*ir.Func{f}, nil)
			in := New(mem, effects.Analyze(mem), prog)
			var v *ir.Var
			for _, l := range f.Locals {
				if l.Name == "v" {
					v = l
				}
			}
			for _, s := range f.Body.Stmts {
				if l, ok := s.(*ir.For); ok {
					if got := in.SetFirst(l.Body, v); got != c.want {
						t.Errorf("got %v, want %v", got, c.want)
					}
				}
			}
		})
	}
}

// TestSetFirstSeesExits: an early exit, which single-exit form turns into an if,
// may leave out what stands after it.
func TestSetFirstSeesExits(t *testing.T) {
	for _, c := range []struct {
		exit string
		want bool
	}{{"continue", false}, {"break", false}, {"return", false}, {"v = 3.0", true}} {
		prog, err := ir.Parse("package p\n\nfunc F(a float64, n int) (r float64) {\n\tvar v float64\n\tfor i := 0; i < n; i++ {\n\t\tif a > 1.0 {\n" +
			c.exit + "\n}\nv = a\nr += v\n}\nr += v\nreturn\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		prog = singleexit.Transform(prog)
		f := prog.Funcs[0]
		mem := alias.Analyze(prog, []*ir.Func{f}, nil)
		in := New(mem, effects.Analyze(mem), prog)
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok {
				if got := in.SetFirst(l.Body, f.Locals[0]); got != c.want {
					t.Errorf("%s: got %v, want %v", c.exit, got, c.want)
				}
			}
		})
	}
}
