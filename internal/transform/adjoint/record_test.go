package adjoint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/singleexit"
)

// decide transforms the last function of a program and returns it with what was
// decided.
func decide(t testing.TB, src, wrt, of string) (*ir.Program, *Decisions) {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	prog = singleexit.Transform(prog)
	f := prog.Funcs[len(prog.Funcs)-1]
	named := func(text string) (vars []*ir.Var, seeds []activity.Seed) {
		for _, n := range strings.Fields(text) {
			for _, v := range append(f.Inputs(), f.Results...) {
				if v.Name == n {
					vars, seeds = append(vars, v), append(seeds, activity.Seed{Var: v})
				}
			}
		}
		return vars, seeds
	}
	req := &Request{Fn: f, Joint: true}
	root := activity.Root{Fn: f}
	req.Wrt, root.Wrt = named(wrt)
	req.Of, root.Of = named(of)
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	eff := effects.Analyze(mem)
	facts := Facts{
		Prog: prog, Mem: mem, Eff: eff, Act: activity.Analyze(prog, mem, eff, []activity.Root{root}),
		Rec: recompute.Analyze(prog, mem, eff, true), State: loopstate.New(mem, eff, prog),
	}
	_, d, diags := Transform(facts, []*Request{req})
	if len(diags) > 0 {
		t.Fatalf("%v\n%s", diags, src)
	}
	return prog, d
}

// recorded lists what is put on the stack, in the order of the program: "save x"
// for an old value, "copy y" for the overwritten part of a copy, "exit v" for a
// last value, "snapshot g" for a joint call, "start x" for what a scheduled loop
// restores.
func recorded(prog *ir.Program, d *Decisions) []string {
	var out []string
	info := d.t.tbr
	for _, f := range prog.Funcs {
		vars := append(append([]*ir.Var{}, f.Results...), f.Locals...)
		exits := func(scope ir.Stmt) {
			for _, v := range vars {
				if info.Exit(scope, v) {
					out = append(out, "exit "+v.Name)
				}
			}
		}
		exits(f.Body)
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			_, places := ir.Exprs(s)
			for i, l := range places {
				if from := info.Moved(s, i); from != nil {
					out = append(out, ir.Format(l)+" from "+from.Name)
				} else if info.Saves(s, i) {
					out = append(out, "save "+ir.Format(l))
				}
			}
			switch s := s.(type) {
			case *ir.Copy:
				if info.SavesCopy(s) {
					out = append(out, "copy "+ir.Format(s.Dst))
				}
			case *ir.Call:
				if info.Snapshots(s) {
					out = append(out, "snapshot "+s.Fn.Name)
				}
			case *ir.For:
				exits(s)
				var start []string
				for l := range info.Start(s) {
					start = append(start, l.String())
				}
				slices.Sort(start)
				for _, l := range slices.Compact(start) {
					out = append(out, "start "+l)
				}
			}
			for _, b := range ir.Blocks(s) {
				exits(b)
			}
		})
	}
	return out
}

// TestRecorded: a value is recorded if the reverse sweep reads it and it is
// overwritten before.
func TestRecorded(t *testing.T) {
	for _, c := range []struct{ name, src, wrt, of, want string }{
		{"linear: nothing", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		r += 2.0 * x[i]
	}
	return
}`, "x", "r", ""},
		{"product of inputs that stay", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		r += x[i] * x[i]
	}
	return
}`, "x", "r", ""},
		{"overwritten operand", `func F(x []float64) (r float64) {
	r = x[0] * x[1]
	x[0] = 3.0
	return
}`, "x", "r", "save x[0]"},
		{"overwritten, but only read linearly", `func F(x []float64) (r float64) {
	r = x[0] + x[1]
	x[0] = 3.0
	return
}`, "x", "r", ""},
		{"overwritten before it is read", `func F(x []float64) (r float64) {
	x[0] = 3.0
	r = x[0] * x[1]
	return
}`, "x", "r", ""},
		{"a product with itself", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		x[i] *= x[i]
	}
	r = x[0]
	return
}`, "x", "r", "save x[i]"},
		{"a function of an element that it overwrites", `func F(x []float64) (r float64) {
	x[0] = math.Sqrt(x[0])
	r = x[0]
	return
}`, "x", "r", "save x[0]"},
		{"a square root needs no more than its result", `func F(x []float64) (r float64) {
	a := x[0] + x[1]
	for i := 0; i < len(x); i++ {
		a = math.Sqrt(a)
	}
	r = a
	return
}`, "x", "r", "save a"},
		{"an exponential needs no more than its result", `func F(x []float64) (r float64) {
	a := x[0]
	b := math.Exp(a)
	a = 1.0
	r = b + a
	return
}`, "x", "r", "exit b"},
		{"each iteration has its own element", `func F(x []float64) (r float64) {
	y := make([]float64, len(x))
	for i := 0; i < len(x); i++ {
		y[i] = math.Sin(x[i])
		r += y[i] * y[i] * x[i]
	}
	return
}`, "x", "r", "exit y"},
		{"elements behind that of the counter", `func F(x []float64) (r float64) {
	for i := 1; i < len(x); i++ {
		r += x[i-1] * x[i-1]
		x[i] = r
	}
	return
}`, "x", "r", ""},
		{"elements ahead of that of the counter", `func F(x []float64) (r float64) {
	for i := 0; i < len(x)-1; i++ {
		r += x[i+1] * x[i+1]
		x[i] = r
	}
	return
}`, "x", "r", "save x[i]"},
		{"two elements in a step of two", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i += 2 {
		r += x[i+1] * x[i+1]
		x[i] = r
	}
	return
}`, "x", "r", ""},
		{"an element of the iteration that comes in a step of two", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i += 2 {
		r += x[i+2] * x[i+2]
		x[i] = r
	}
	return
}`, "x", "r", "save x[i]"},
		{"an element, downwards", `func F(x []float64) (r float64) {
	for i := len(x) - 2; i >= 0; i-- {
		r += x[i+1] * x[i+1]
		x[i] = r
	}
	return
}`, "x", "r", ""},
		{"each iteration has its own block", `func F(x []float64, d int) (r float64) {
	y := make([]float64, len(x)*d+d)
	for k := 0; k < len(x); k++ {
		q := y[k*d : (k+1)*d]
		for i := 0; i < len(q); i++ {
			q[i] = x[k]
			r += q[i] * x[i]
		}
	}
	return
}`, "x", "r", "exit y"},
		{"blocks that overlap", `func F(x []float64, d int) (r float64) {
	y := make([]float64, len(x)*d+d)
	for k := 0; k < len(x); k++ {
		q := y[k*d : (k+2)*d]
		for i := 0; i < len(q); i++ {
			q[i] = x[k]
			r += q[i] * x[i]
		}
	}
	return
}`, "x", "r", "exit y save q[i]"},
		{"a block and what lies behind it", `func F(x []float64, d int) (r float64) {
	y := make([]float64, len(x)*d+d)
	for k := 0; k < len(x); k++ {
		q := y[k*d : (k+1)*d]
		r += q[0] * x[k]
		q[:d+1][d] = x[k]
	}
	return
}`, "x", "r", "exit y save q[:d + 1][d]"},
		{"an accumulated product", `func F(x []float64) (r float64) {
	r = 1.0
	for i := 0; i < len(x); i++ {
		r *= x[i]
	}
	return
}`, "x", "r", "save r"},
		{"a local in a loop, recomputed", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		v := x[i] + 1.0
		r += v * v
	}
	return
}`, "x", "r", ""},
		{"a local in a loop, too dear", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		v := math.Sin(x[i])
		r += v * v
	}
	return
}`, "x", "r", "exit v"},
		{"a local that is not read in reverse", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		v := math.Sin(x[i])
		r += v
	}
	return
}`, "x", "r", ""},
		{"an index that is changed", `func F(x []float64, n int) (r float64) {
	k := 0
	for i := 0; i < n; i++ {
		r += x[k] * x[k]
		k = k*2 + 1
	}
	return
}`, "x", "r", "save k"},
		{"an index of passive data", `func F(x []float64, n int) (r float64) {
	k := 0
	for i := 0; i < n; i++ {
		r += 2.0
		k += 3
	}
	r += x[0]
	return
}`, "x", "r", ""},
		{"a while loop", `func F(a float64, n int) (r float64) {
	k := n
	for k > 0 {
		r += a
		k /= 2
	}
	return
}`, "a", "r", ""},
		{"a condition of memory is a bit, not a value", `func F(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		if x[i] > 1.0 {
			x[i] = 2.0
		}
		r += x[i]
	}
	return
}`, "x", "r", ""},
		{"through another slice that may be the same", `func F(x, y []float64) (r float64) {
	r = x[0] * x[1]
	y[0] = 1.0
	return
}`, "x", "r", "save y[0]"},
		{"through a slice of its own", `func F(x []float64, n int) (r float64) {
	y := make([]float64, n)
	r = x[0] * x[1]
	y[0] = 1.0
	return
}`, "x", "r", ""},
		{"a place that is overwritten where it was read", `func F(x [][3]float64) (r float64) {
	for i := 0; i < len(x); i++ {
		p := &x[i]
		p[0] = p[0] * p[1]
		p[1] = r
		r += p[0]
	}
	for j := 0; j < len(x); j++ {
		x[j][0] = 1.0
	}
	return
}`, "x", "r", "save p[0] save p[1]"},
		{"another place of the same array", `func F(x [][3]float64) (r float64) {
	p := &x[0]
	r = p[0] * p[0]
	p[1] = r
	p[0] = r
	p[0] = 2.0 * r
	return
}`, "x", "r", "save p[0]"},
		{"places of two pointers", `func F(p, q *[3]float64) (r float64) {
	r = p[0] * p[0] + q[0] * q[0]
	p[0] = 1.0
	q[0] = 2.0
	p[0] = 3.0
	q[0] = 4.0
	return
}`, "p q", "r", "save p[0] save q[0]"},
		{"a place at an index", `func F(x [][3]float64, k int) (r float64) {
	p := &x[0]
	r = p[0] * p[k]
	p[k] = r
	p[0] = r
	p[0] = 1.0
	return
}`, "x", "r", "save p[k] save p[0] save p[0]"},
		{"a place on one way only", `func F(x [][3]float64, a float64) (r float64) {
	p := &x[0]
	r = p[0] * p[0]
	if a > 1.0 {
		p[0] = r
	}
	p[0] = 1.0
	return
}`, "x a", "r", "save p[0] save p[0]"},
		{"a pointer that moves on", `func F(x [][3]float64) (r float64) {
	p := &x[0]
	r = p[0] * p[0]
	p = &x[1]
	p[0] = r
	p[0] = 1.0
	return
}`, "x", "r", "exit p save p save p[0] save p[0]"},
		{"what goes from one variable to another", `func F(x []float64) (r float64) {
	a, b := 1.0, 2.0
	for i := 0; i < len(x); i++ {
		a, b = b, a * b * x[i]
	}
	r = a + b
	return
}`, "x", "r", "exit a save a b from a"},
		{"what goes to a variable that is not recorded", `func F(x []float64) (r float64) {
	a, b := 1.0, 2.0
	for i := 0; i < len(x); i++ {
		a, b = b, b * b * x[i]
	}
	r = a + b
	return
}`, "x", "r", "save b"},
		{"swapped buffers", `func F(x []float64, n int) (r float64) {
	u := make([]float64, n)
	v := make([]float64, n)
	u[0] = x[0]
	for i := 0; i < n; i++ {
		v[0] = u[0] * u[0]
		u, v = v, u
	}
	r = u[0]
	return
}`, "x", "r", "exit u exit v save v[0]"},
		{"a field", `type S struct {
	a, b float64
}

func F(s *S) (r float64) {
	s.a = s.a * s.b
	s.b = s.b + 1.0
	r = s.a
	return
}`, "s", "r", "save s.a save s.b"},
		{"a copy", `func F(x, y []float64) (r float64) {
	r = x[0] * x[1]
	copy(x, y)
	return
}`, "x", "r", "copy x"},
		{"a copy over what nobody needs", `func F(x, y []float64) (r float64) {
	copy(x, y)
	r = x[0]
	return
}`, "y", "r", ""},
		{"a joint call", `//cairn:joint
func g(p []float64) {
	p[0] = p[0] * p[1]
}

func F(x []float64) (r float64) {
	g(x)
	r = x[0]
	return
}`, "x", "r", "save p[0] snapshot g"},
		{"a split call", `//cairn:split
func g(p []float64) {
	p[0] = p[0] * p[1]
}

func F(x []float64) (r float64) {
	g(x)
	r = x[0]
	return
}`, "x", "r", "save p[0]"},
		{"a joint call that overwrites nothing", `//cairn:joint
func g(p []float64) (s float64) {
	s = p[0] * p[1]
	return
}

func F(x []float64) (r float64) {
	r = g(x)
	return
}`, "x", "r", ""},
		{"a callee overwrites what its caller needs", `//cairn:split
func g(p []float64) {
	p[0] = 1.0
}

func F(x []float64) (r float64) {
	r = x[0] * x[1]
	g(x)
	return
}`, "x", "r", "save p[0]"},
		{"a caller overwrites what its callee needs", `//cairn:split
func g(p []float64) (s float64) {
	s = p[0] * p[1]
	return
}

func F(x []float64) (r float64) {
	r = g(x)
	x[0] = 1.0
	return
}`, "x", "r", "save x[0]"},
		{"a callee with two callers, one of which needs", `//cairn:split
func g(p []float64) {
	p[0] = 1.0
}

func F(x, y []float64, n int) (r float64) {
	z := make([]float64, n)
	g(z)
	r = x[0]*x[1] + z[1]
	g(x)
	return
}`, "x", "r", "save p[0] exit z"},
		{"a scheduled loop", `func F(x []float64, n int) (r float64) {
	a := x[0]
	b := a * a
	//cairn:checkpoint scheme=binomial snaps=3
	for t := 0; t < n; t++ {
		a = a * a
	}
	r = a + b
	return
}`, "x", "r", "exit a start a save a"},
		{"a scheduled loop over what nothing before it needs", `func F(x []float64, n int) (r float64) {
	a := 2.0 * x[0]
	//cairn:checkpoint scheme=binomial snaps=3
	for t := 0; t < n; t++ {
		a = a * a
	}
	r = a
	return
}`, "x", "r", "save a"},
		{"a loop that stores", `func F(x []float64, n int) (r float64) {
	a := 2.0 * x[0]
	//cairn:checkpoint scheme=store
	for t := 0; t < n; t++ {
		a = a * a
	}
	r = a
	return
}`, "x", "r", "save a"},
		{"what a scheduled iteration reads must outlive the loop", `func F(x []float64, n int) (r float64) {
	c := x[1]
	a := 2.0 * x[0]
	//cairn:checkpoint scheme=binomial snaps=3
	for t := 0; t < n; t++ {
		a = c * a
	}
	c = 0.0
	r = a + c
	return
}`, "x", "r", "save a save c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, d := decide(t, c.src+"\n", c.wrt, c.of)
			if got := strings.Join(recorded(prog, d), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestDecisions: what explain tells of a small function.
func TestDecisions(t *testing.T) {
	_, d := decide(t, `func g(p float64) (s float64) {
	s = p * p
	return
}

func F(x []float64, n int) (r float64) {
	k := n + 1
	for i := 0; i < n; i++ {
		v := math.Sin(x[i])
		w := v * x[i]
		x[i] = w * w
		if i > 2 {
			r += w
		}
	}
	z := g(x[k%2])
	r += z
	return
}
`, "x", "r")
	got, ok := d.Func("F")
	if !ok {
		t.Fatal("F was not differentiated")
	}
	want := map[string]VarDecision{
		"x": {Name: "x", Type: "[]float64", Kind: "parameter", Active: "active", Shadow: true},
		"n": {Name: "n", Type: "int", Kind: "parameter", Active: "passive"},
		"r": {Name: "r", Type: "float64", Kind: "result", Active: "active", Shadow: true},
		"v": {
			Name: "v", Type: "float64", Kind: "local", Active: "active", Shadow: true, Value: "stored",
			Reason: "the reverse sweep reads it and its operands are gone by then",
		},
		"k": {
			Name: "k", Type: "int", Kind: "local", Active: "passive", Value: "recomputed",
			Reason: "its operands still hold where the reverse sweep enters its scope",
		},
	}
	seen := 0
	for _, v := range got.Variables {
		if w, ok := want[v.Name]; ok {
			seen++
			if d := cmp.Diff(w, v); d != "" {
				t.Errorf("%s:\n%s", v.Name, d)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d variables of %d are told of", seen, len(want))
	}
	reverse := map[string]string{}
	for _, s := range got.Statements {
		reverse[s.Text] = s.Reverse
		if s.Line == 0 && s.Reverse != "nothing" {
			t.Errorf("%q has no line", s.Text)
		}
	}
	for text, want := range map[string]string{
		"k := n + 1":             "nothing",
		"for i := 0; i < n; i++": "index runs backwards",
		"v := math.Sin(x[i])":    "adjoint",
		"x[i] = w * w":           "adjoint; old value of x[i] recorded",
		"if i > 2":               "condition asked again",
		"z := g(x[k % 2])":       "split: recorded when it first runs",
	} {
		if got, ok := reverse[text]; !ok || got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if _, ok := d.Func("H"); ok {
		t.Error("there is no H")
	}
	if names := d.Funcs(); !slices.Equal(names, []string{"g", "F"}) {
		t.Errorf("functions %q", names)
	}
}
