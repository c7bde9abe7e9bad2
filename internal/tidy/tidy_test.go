package tidy

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
)

var update = flag.Bool("update", false, "rewrite the part after of testdata/*.txtar")

func part(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func printed(t testing.TB, prog *ir.Program) string {
	t.Helper()
	var b strings.Builder
	if err := ir.Print(&b, prog); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parse(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse(src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return prog
}

// mark takes the locals that are named like shadows for made ones.
func mark(prog *ir.Program) {
	for _, f := range prog.Funcs {
		for _, v := range f.Locals {
			if strings.HasSuffix(v.Name, "b") {
				v.Kind, v.Made = ir.Temp, true
			}
		}
	}
}

func tidyAll(prog *ir.Program) {
	for _, f := range prog.Funcs {
		Reuse(f)
		Shrink(f)
		Unused(f)
	}
}

// compareAfter compares got with the part after of a case, or makes it that part.
func compareAfter(t *testing.T, file string, ar *txtar.Archive, got string) {
	t.Helper()
	if *update {
		ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "after" })
		ar.Files = append(ar.Files, txtar.File{Name: "after", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(part(ar, "after"), got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// compareOutcomes runs the last functions of both programs with each line of a case's inputs.
func compareOutcomes(t *testing.T, ar *txtar.Archive, before, after *ir.Program) {
	t.Helper()
	for _, in := range strings.Split(strings.TrimSpace(part(ar, "inputs")), "\n") {
		lits := strings.Split(in, "; ")
		want, got := outcome(t, before, last(before), lits, 0), outcome(t, after, last(after), lits, 0)
		if got != want {
			t.Errorf("F%s\n\tgives %s\n\twants %s", lits, got, want)
		}
	}
}

// TestCases tidies the part before of each case, in which locals with names that
// end in b count as made, and compares with the part after; both compute the
// same from each line of inputs.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, after := parse(t, part(ar, "before")), parse(t, part(ar, "before"))
			mark(after)
			tidyAll(after)
			got := printed(t, after)
			if err := ir.Verify(after); err != nil {
				t.Errorf("%v\n%s", err, got)
			}
			compareAfter(t, file, ar, got)
			compareOutcomes(t, ar, before, after)
			tidyAll(after)
			if d := cmp.Diff(got, printed(t, after)); d != "" && !t.Failed() {
				t.Errorf("a second time changes more:\n%s", d)
			}
		})
	}
}

func last(prog *ir.Program) *ir.Func { return prog.Funcs[len(prog.Funcs)-1] }

// outcome runs a function on literals, their floats moved by shift, and writes
// down results and the memory behind the arguments, every float to the bit.
func outcome(t testing.TB, prog *ir.Program, f *ir.Func, lits []string, shift float64) string {
	t.Helper()
	out, err := tried(t, prog, f, lits, shift)
	if err != nil {
		t.Fatalf("%s%s: %v", f.Name, lits, err)
	}
	return out
}

// tried is outcome for functions that may panic.
func tried(t testing.TB, prog *ir.Program, f *ir.Func, lits []string, shift float64) (string, error) {
	t.Helper()
	var args []irinterp.Value
	for i, s := range lits {
		v, err := irinterp.ParseValue(s, f.Inputs()[i].Type)
		if err != nil {
			t.Fatal(err)
		}
		move := make([]float64, len(irinterp.Floats(v)))
		for k := range move {
			move[k] = math.Sin(float64(3*k + 5*i + 1))
		}
		if shift != 0 {
			irinterp.Perturb(&v, shift, move)
		}
		args = append(args, v)
	}
	out, err := (&irinterp.Interp{MaxSteps: 1 << 20}).Run(prog, f, args)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, v := range append(out, args...) {
		b.WriteString(v.String())
		for _, x := range irinterp.Floats(v) {
			fmt.Fprintf(&b, " %x", math.Float64bits(x))
		}
		b.WriteString("; ")
	}
	return b.String(), nil
}

// body makes the only function of a program from statements.
func body(t testing.TB, prog *ir.Program, stmts ...ir.Stmt) *ir.Func {
	t.Helper()
	f := last(prog)
	f.Body.Stmts = append(stmts, f.Body.Stmts...)
	return f
}

func variable(f *ir.Func, name string) *ir.Var {
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if v.Name == name {
				return v
			}
		}
	}
	return nil
}

// TestZeroLikeGoes: a call that only makes a shadow has no other effect.
func TestZeroLikeGoes(t *testing.T) {
	prog := parse(t, "package p\n\nfunc F(x []float64) (r float64) {\n\tr = x[0]\n\treturn\n}\n")
	f := last(prog)
	xb := &ir.Var{Name: "xb", Type: f.Params[0].Type, Kind: ir.Temp}
	zb := &ir.Var{Name: "zb", Type: f.Params[0].Type, Kind: ir.Temp}
	f.Locals = append(f.Locals, xb, zb)
	ref := func(v *ir.Var) ir.Expr { return &ir.Ref{V: v} }
	body(t, prog,
		&ir.Call{L: []ir.Expr{ref(xb)}, Define: true, Name: "ad.ZeroLike", Args: []ir.Expr{ref(f.Params[0])}},
		&ir.Call{L: []ir.Expr{ref(zb)}, Define: true, Name: "ad.PopSlice", Args: []ir.Expr{ref(f.Params[0])}})
	Unused(f)
	var got []string
	for _, s := range f.Body.Stmts {
		got = append(got, ir.FormatStmt(s))
	}
	if want := []string{"ad.PopSlice(x)", "r = x[0]", "return"}; cmp.Diff(want, got) != "" {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestUnusedByScope: one variable declared in two lists is two variables of Go,
// each with readers of its own.
func TestUnusedByScope(t *testing.T) {
	prog := parse(t, `package p

func F(x []float64, n int) (r float64) {
	xb := x
	if n > 0 {
		r = 1.0
	}
	if n > 1 {
		r = 2.0
	}
	_ = xb
	return
}
`)
	f := last(prog)
	xb := variable(f, "xb")
	define := f.Body.Stmts[0]
	first, second := f.Body.Stmts[1].(*ir.If), f.Body.Stmts[2].(*ir.If)
	again := *define.(*ir.Assign)
	first.Then.Stmts = append(first.Then.Stmts, define)
	second.Then.Stmts = append(second.Then.Stmts, &again, ir.Set(&ir.Ref{V: f.Results[0]}, &ir.Index{X: &ir.Ref{V: xb}, I: ir.Int(0)}))
	f.Body.Stmts = []ir.Stmt{first, second}
	Unused(f)
	if got := ir.FormatStmt(first); strings.Contains(got, "xb") {
		t.Errorf("nothing reads xb in\n%s", got)
	}
	if got := ir.FormatStmt(second); !strings.Contains(got, "xb := x") {
		t.Errorf("xb is read in\n%s", got)
	}
}

// TestClosuresRead: what a closure reads is read.
func TestClosuresRead(t *testing.T) {
	prog := parse(t, "package p\n\nfunc F(a float64) (r float64) {\n\txb := a\n\txb = 0.0\n\treturn\n}\n")
	mark(prog)
	f := last(prog)
	xb, fn := variable(f, "xb"), &ir.Var{Name: "get", Kind: ir.Temp}
	get := &ir.Closure{V: fn, Result: xb.Type, Body: &ir.Block{Stmts: []ir.Stmt{&ir.Yield{X: &ir.Ref{V: xb}}}}}
	use := &ir.Call{Name: "ad.Use", Args: []ir.Expr{&ir.Ref{V: fn}}}
	f.Body.Stmts = []ir.Stmt{f.Body.Stmts[0], get, f.Body.Stmts[1], use, f.Body.Stmts[2]}
	Shrink(f)
	Unused(f)
	text := ir.FormatFunc(f)
	if !strings.Contains(text, "xb := a") || !strings.Contains(text, "xb = 0.0") {
		t.Errorf("the closure reads xb:\n%s", text)
	}
}

// TestBareComments: the comment of a statement goes with its reverse.
func TestBareComments(t *testing.T) {
	prog := parse(t, "package p\n\nfunc F(a float64) (r float64) {\n\tr = a\n\treturn\n}\n")
	f := last(prog)
	note := func(text string) ir.Stmt { return &ir.Comment{Text: text} }
	f.Body.Stmts = []ir.Stmt{note("Reverse sweep."), note("y = 1"), note("r = a"), f.Body.Stmts[0], note("z = 2")}
	Shrink(f)
	var got []string
	for _, s := range f.Body.Stmts {
		got = append(got, strings.TrimSpace(ir.FormatStmt(s)))
	}
	if want := []string{"// Reverse sweep.", "// r = a", "r = a"}; cmp.Diff(want, got) != "" {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStrictFP: every product that a sum could swallow is rounded by itself.
func TestStrictFP(t *testing.T) {
	for _, c := range []struct{ stmt, want string }{
		{"r = a*b + c", "r = float64(a * b) + c"},
		{"r = c - a*b", "r = c - float64(a * b)"},
		{"r = -(a * b) + c", "r = -float64(a * b) + c"},
		{"r += a * b", "r += float64(a * b)"},
		{"r = a * b", "r = float64(a * b)"},
		{"r = a * b / c", "r = a * b / c"},
		{"r = a*b*c + a", "r = float64(a * b * c) + a"},
		{"r = (a*b + c) * a", "r = float64((float64(a * b) + c) * a)"},
		{"r = math.Sin(a*b + c)", "r = math.Sin(float64(a * b) + c)"},
		{"r = x[i*j+1] + a", "r = x[i * j + 1] + a"},
		{"x[i] = a*b + x[i*j]", "x[i] = float64(a * b) + x[i * j]"},
		{"f = f*f + f", "f = float32(f * f) + f"},
		{"z = z*z + z", "z = z * z + z"},
		{"z = complex(a*b, c) * z", "z = complex(float64(a * b), c) * z"},
	} {
		prog := parse(t, "package p\n\nfunc F(x []float64, a, b, c float64, i, j int) (r float64, f float32, z complex128) {\n"+c.stmt+"\nreturn\n}\n")
		f := last(prog)
		StrictFP(f)
		if got := ir.FormatStmt(f.Body.Stmts[0]); got != c.want {
			t.Errorf("%s became %s, want %s", c.stmt, got, c.want)
		}
		if err := ir.Verify(prog); err != nil {
			t.Error(err)
		}
	}
}

// TestStrictFPReachesHeads: conditions, arguments and yielded values too.
func TestStrictFPReachesHeads(t *testing.T) {
	prog := parse(t, `package p

func g(a float64) (r float64) {
	r = a
	return
}

func F(a, b, c float64, n int) (r float64) {
	if a*b+c > 1.0 {
		r = g(a*b + c)
	}
	for a*b+c > r {
		r = 10.0
	}
	return
}
`)
	StrictFP(last(prog))
	text := ir.FormatFunc(last(prog))
	if n := strings.Count(text, "float64(a * b) + c"); n != 3 {
		t.Errorf("%d products of 3 are rounded:\n%s", n, text)
	}
}
