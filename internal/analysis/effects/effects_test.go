package effects

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

func parse(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return prog
}

func analyze(prog *ir.Program) *Info {
	return Analyze(alias.Analyze(prog, []*ir.Func{last(prog)}, nil))
}

func last(prog *ir.Program) *ir.Func { return prog.Funcs[len(prog.Funcs)-1] }

func names(s alias.Set) string {
	var out []string
	for l := range s {
		out = append(out, l.String())
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

const structs = `
type S struct {
	a float64
	u []float64
	v [3]float64
	next *S
}

func scale(x []float64, by float64) (sum float64) {
	for i := 0; i < len(x); i++ {
		x[i] *= by
		sum += x[i]
	}
	return
}

func (s *S) step(dt float64) {
	s.a += dt * s.v[1]
}

func deep(s *S) {
	s.next.step(1.0)
}

`

// TestStatements: what the first statement of a function reads and writes, calls
// included.
func TestStatements(t *testing.T) {
	for _, c := range []struct{ stmt, reads, writes string }{
		{"r = a * b", "a b", "r"},
		{"r = x[i]", "i x x[]", "r"},
		{"x[i] = a", "a i x", "x[]"},
		{"x[i] += a", "a i x x[]", "x[]"},
		{"r = s.a", "s s.a", "r"}, // the pointer s, and what it leads to is named s too
		{"s.v[i] = a", "a i s", "s.v[]"},
		{"r = s.next.u[i]", "i s s.next s.u s.u[]", "r"},
		{"s.next.u[i] = a", "a i s s.next s.u", "s.u[]"},
		{"*s = q", "q s", "s"},
		{"r = q.v[i]", "i q.v[]", "r"},
		{"r = float64(len(x) + cap(x))", "x", "r"},
		{"r = float64(len(q.v))", "q.v", "r"},
		{"r = max(a, math.Sqrt(b))", "a b", "r"},
		{"r, k = b, k + 1", "b k", "k r"},
		{"_ = a", "a", ""},
		{"w := x[i:j]\n_ = w", "i j x", "w"},
		{"w := s.v[:]\n_ = w", "s", "w"},
		{"w := &s.v\n_ = w", "s", "w"},
		{"w := &x[i]\n_ = w", "i x", "w"},
		{"w := make([]float64, i)\n_ = w", "i", "new1[] w"},
		{"w := &S{a: a, u: x}\n_ = w", "a x", "new1 w"},
		{"w := []float64{a, b}\n_ = w", "a b", "new1[] w"},
		{"w := S{a: a}\n_ = w", "a", "w"},
		{"w := append(x, a)\n_ = w", "a x x[]", "new1[] w x[]"},
		{"w := append(x, y...)\n_ = w", "x x[] y y[]", "new1[] w x[]"},
		{"var w [3]float64\n_ = w", "", "w"},
		{"copy(x, y)", "x y y[]", "x[]"},
		{"k = copy(x[i:], y)", "i x y y[]", "k x[]"},
		{"if a > b {\nr = x[0]\n} else {\nk = i\n}", "a b i x x[]", "k r"},
		{"for k2 := i; k2 < j; k2++ {\nr += x[k2]\n}", "i j k2 r x x[]", "k2 r"},
		{"for a < b {\nr = b\nbreak\n}", "a b", "r"},
		{"switch {\ndefault:\nr = a\n}", "a", "r"},
		{"panic(\"x\")", "", ""},
		{"r = scale(x, a)", "a x x[]", "r x[]"},
		{"s.step(a)", "a s s.a s.v[]", "s.a"},
		{"deep(s)", "s s.a s.next s.v[]", "s.a"},
		{"r = scale(s.u, a)", "a s s.u s.u[]", "r s.u[]"},
	} {
		t.Run(c.stmt, func(t *testing.T) {
			prog := parse(t, structs+`func F(x, y []float64, s *S, q S, a, b float64, i, j int) (r float64, k int) {
`+c.stmt+"\nreturn\n}\n")
			in := analyze(prog)
			st := last(prog).Body.Stmts[0]
			if b, ok := st.(*ir.Block); ok && len(b.Stmts) == 0 {
				t.Fatal("an empty block")
			}
			if got := names(in.Reads(st)); got != c.reads {
				t.Errorf("reads %q, want %q", got, c.reads)
			}
			if got := names(in.Writes(st)); got != c.writes {
				t.Errorf("writes %q, want %q", got, c.writes)
			}
		})
	}
}

// TestFuncs: a call's effects are those of all it calls, as seen from memory.
func TestFuncs(t *testing.T) {
	prog := parse(t, structs+`func outer(p *S, x []float64) (r float64) {
	deep(p)
	r = scale(x, 2.0)
	return
}

func F(s *S, x, y []float64) (r float64) {
	r = outer(s, x)
	r += y[0]
	return
}
`)
	in := analyze(prog)
	heap := func(s alias.Set) string {
		out := alias.Set{}
		for l := range s {
			if l.Obj.Heap() {
				out[l] = true
			}
		}
		return names(out)
	}
	for _, c := range []struct{ fn, reads, writes string }{
		{"scale", "x[]", "x[]"},
		{"S.step", "s.a s.v[]", "s.a"},
		{"deep", "s.a s.next s.v[]", "s.a"},
		{"outer", "s.a s.next s.v[] x[]", "s.a x[]"},
		{"F", "s.a s.next s.v[] x[] y[]", "s.a x[]"},
	} {
		f := prog.Func(c.fn)
		if got := heap(in.FuncReads(f)); got != c.reads {
			t.Errorf("%s reads %q, want %q", c.fn, got, c.reads)
		}
		if got := heap(in.FuncWrites(f)); got != c.writes {
			t.Errorf("%s writes %q, want %q", c.fn, got, c.writes)
		}
	}
}

// foreign turns the calls of g in the program into calls of a function outside
// it.
func foreign(prog *ir.Program, pkg, name string) {
	obj := types.NewFunc(token.NoPos, types.NewPackage(pkg, pkg), name, prog.Func("g").Obj.Signature())
	ir.WalkStmts(last(prog).Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok && c.Fn != nil && c.Fn.Name == "g" {
			c.Fn, c.Ext = nil, obj
		}
	})
	prog.Funcs = slices.DeleteFunc(prog.Funcs, func(f *ir.Func) bool { return f.Name == "g" })
}

// TestForeignCalls: a function without source may read everything that its
// arguments lead to and write it too, unless it is known better.
func TestForeignCalls(t *testing.T) {
	for _, c := range []struct{ pkg, fn, writes string }{
		{"sort", "Ints", "k[] r s.a s.k s.next s.u[] s.u"},
		{"fmt", "Println", "r"},
		{"fmt", "Sscan", "k[] r s.a s.k s.next s.u[] s.u"},
		{"fmt", "Append", "k[] r s.a s.k s.next s.u[] s.u"},
		{"fmt", "Fscanln", "k[] r s.a s.k s.next s.u[] s.u"},
		{"fmt", "Sprint", "r"},
		{"strconv", "Itoa", "r"},
		{"strconv", "AppendInt", "k[] r s.a s.k s.next s.u[] s.u"},
		{"errors", "As", "k[] r s.a s.k s.next s.u[] s.u"},
		{"math/bits", "Len", "r"},
		{"strings", "Index", "r"},
		{"example.com/fmt", "Println", "k[] r s.a s.k s.next s.u[] s.u"},
	} {
		prog := parse(t, `type S struct {
	a float64
	k int
	u []float64
	next *S
}

func g(k []int, s *S, n int) (r int) {
	return
}

func F(k []int, s *S, x []float64, n int) (r int) {
	r = g(k[1:], s, n)
	return
}
`)
		foreign(prog, c.pkg, c.fn)
		in := analyze(prog)
		st := last(prog).Body.Stmts[0]
		want := strings.Fields(c.writes)
		slices.Sort(want)
		if got := names(in.Writes(st)); got != strings.Join(want, " ") {
			t.Errorf("%s.%s writes %q, want %q", c.pkg, c.fn, got, c.writes)
		}
		if got, want := names(in.Reads(st)), "k k[] n s s.a s.k s.next s.u s.u[]"; got != want {
			t.Errorf("%s.%s reads %q, want %q", c.pkg, c.fn, got, want)
		}
	}
}

// TestMadeCallsTouchNothingOfTheProgram: run-time support works on its own data.
func TestMadeCallsTouchNothingOfTheProgram(t *testing.T) {
	prog := parse(t, "func F(x []float64) {\n}\n")
	f := last(prog)
	c := &ir.Call{Name: "ad.Sum", Args: []ir.Expr{&ir.Ref{V: f.Params[0]}}}
	f.Body.Stmts = []ir.Stmt{c}
	in := analyze(prog)
	if got := names(in.Writes(c)); got != "" {
		t.Errorf("writes %q", got)
	}
}

func TestReach(t *testing.T) {
	prog := parse(t, structs+"func F(s *S, m [][]float64, k int) {\n}\n")
	in := analyze(prog)
	for name, want := range map[string]string{
		"s": "s s.a s.next s.u s.u[] s.v[]",
		"m": "m m[] m[][]",
		"k": "k",
	} {
		for _, p := range last(prog).Params {
			if p.Name == name {
				if got := names(in.Reach(alias.Set{alias.Loc{Obj: in.mem.VarObject(p)}: true})); got != want {
					t.Errorf("from %s: %q, want %q", name, got, want)
				}
			}
		}
	}
}

// TestAnswersAreFresh: what is returned once is not changed by later questions.
func TestAnswersAreFresh(t *testing.T) {
	prog := parse(t, structs+`func F(s *S, x []float64) (r float64) {
	deep(s)
	r = scale(x, 2.0)
	return
}
`)
	in := analyze(prog)
	first := names(in.Writes(last(prog).Body.Stmts[0]))
	for _, f := range prog.Funcs {
		in.FuncReads(f)
		in.FuncWrites(f)
	}
	ir.WalkStmts(last(prog).Body, func(s ir.Stmt) { in.Reads(s); in.Writes(s) })
	if again := names(in.Writes(last(prog).Body.Stmts[0])); again != first {
		t.Errorf("first %q, then %q", first, again)
	}
}
