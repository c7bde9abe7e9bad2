package ir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func samples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.ir")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = string(b)
	}
	return out
}

func printed(t testing.TB, prog *Program) string {
	t.Helper()
	var b strings.Builder
	if err := Print(&b, prog); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestParsePrintIsIdentity(t *testing.T) {
	for name, src := range samples(t) {
		t.Run(name, func(t *testing.T) {
			prog, err := Parse(src)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(src, printed(t, prog)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"no package", `func F() {}`, "expected 'package'"},
		{"type error", `func F(x float64) (r int) { r = x; return }`, "2:33: cannot use x"},
		{"every type error", `func F(x float64) (r int) { r = x; x = "a"; return }`, "2:40"},
		{"return with values", `func F(x float64) (r float64) { return x }`, "2:33: return with values"},
		{"results without names", `func F(x float64) float64 { panic("a") }`, "2:1: the results of F have no names"},
		{"call in an expression", `func g() (r int) { return }
func F() (r int) { r = g() + 1; return }`, "a call stands alone"},
		{"range", `func F(x []int) { for range x {} }`, "no place in the IR"},
		{"switch", `func F(x int) { switch x { case 1: x = 2 } }`, "a switch has no tag"},
		{"closure", `func F(x int) { f := func() {}; f() }`, "this expression has no place"},
		{"defer", `func F(x int) { defer F(1) }`, "this statement has no place"},
		{"shadowed name", `func F(x int) {
	y := 1
	{
		y := 2
		_ = y
	}
	_ = y
}`, "two variables have the name y"},
		{"parameter assigned", `func F(x float64) { x = 1 }`, "parameter x is assigned to"},
		{"element of an array parameter", `func F(x [3]float64) { x[1] = 1 }`, "parameter x is assigned to"},
		{"address of a parameter", `type S struct{ a int }
func F(x S) { p := &x; _ = p }`, "address of parameter x"},
		{"callee after caller", `func F() { g() }
func g() {}`, "call of g, which does not stand before F"},
		{"unknown package", `import "fmt"
func F() { fmt.Println() }`, "only math and math/cmplx are"},
		{"several math results", `func F(x float64) { a, b := math.Modf(x); _, _ = a, b }`, "undefined: math.Modf"},
		{"method value", `type S struct{}
func (s S) m() {}
func F(s S) { f := s.m; _ = f }`, "a method value"},
		{"goto", `func F() {
L:
	for {
		goto L
	}
}`, "goto"},
		{"select", `func F() { select {} }`, "no place in the IR"},
		{"map", `func F(m map[int]int) { m[1] = 2 }`, "a slice, array or string is wanted"},
		{"real of a real", `func F(x float64) (r float64) { r = real(x); return }`, "expected complex type"},
		{"var with a value", `func F() { var x int = 1; _ = x }`, "one var with a type and no value"},
		{"declared with redeclared", `func F() { x, y := 1, 2; x, z := y, 3; _, _ = x, z }`, "x is not declared here"},
		{"if with init", `func F() { if x := 1; x > 0 {} }`, "no initial statement"},
		{"three minimands", `func F(x int) (r int) { r = min(x, x, x); return }`, "two arguments"},
		{"directive above nothing", `func F(x int) {
	//cairn:joint
}`, "above no statement"},
		{"checkpoint above an if", `func F(x int) {
	//cairn:checkpoint scheme=store
	if x > 0 {
	}
}`, "no meaning above this statement"},
		{"unknown scheme", `func F(x int) {
	//cairn:checkpoint scheme=magic
	for {
	}
}`, "a scheme, integers for"},
		{"unknown snaps", `func F(x int) {
	//cairn:checkpoint scheme=binomial snaps=q
	for {
	}
}`, "snaps=q is neither"},
		{"snaps missing", `func F(x int) {
	//cairn:checkpoint scheme=binomial
	for {
	}
}`, "binomial needs snaps"},
		{"joint and split", `func g() {}
func F() {
	//cairn:joint
	//cairn:split
	g()
}`, "no meaning here"},
		{"type parameters", `func F[T any](x T) {}`, "type parameters"},
		{"variadic call", `func G(x ...int) {}

func F() { G(1) }`, "written with ..."},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := c.src
			if c.name != "no package" {
				src = "package p\n" + src
			}
			_, err := Parse(src)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseGlobals(t *testing.T) {
	prog, err := Parse(`package p

const dt = 0.25

var table [4]float64

func F(x float64) (r float64) {
	r = x*dt + table[2] + p2()
	return
}
`)
	if err == nil {
		t.Fatalf("an undefined function is taken: %s", printed(t, prog))
	}
	prog, err = Parse(`package p

const dt = 0.25

var table [4]float64

func F(x float64) (r float64) {
	r = x*dt + table[2]
	return
}
`)
	if err != nil {
		t.Fatal(err)
	}
	if got := FormatStmt(prog.Funcs[0].Body.Stmts[0]); got != "r = x * dt + p.table[2]" {
		t.Error(got)
	}
}

// TestParseSurvivesDamage cuts, doubles and swaps pieces of the samples: the
// outcome is a program that Verify accepts or an error, never a panic.
func TestParseSurvivesDamage(t *testing.T) {
	accepted, refused := 0, 0
	try := func(src string) {
		prog, err := Parse(src)
		if err != nil {
			refused++
			return
		}
		accepted++
		if err := Verify(prog); err != nil {
			t.Errorf("Parse accepts what Verify refuses: %v\n%s", err, src)
		}
	}
	for _, src := range samples(t) {
		lines := strings.SplitAfter(src, "\n")
		for i := range lines {
			try(strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), ""))
			try(strings.Join(lines[:i], ""))
			try(strings.Join(append(append([]string{}, lines[:i+1]...), lines[i:]...), ""))
		}
		words := strings.SplitAfter(src, " ")
		for i := 1; i < len(words); i++ {
			w := append([]string{}, words...)
			w[i-1], w[i] = w[i], w[i-1]
			try(strings.Join(w, ""))
		}
	}
	if accepted == 0 || refused == 0 {
		t.Errorf("%d accepted, %d refused: the damage is one-sided", accepted, refused)
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range samples(f) {
		f.Add(src)
	}
	f.Add("package p\n\nfunc F() {\n\tx := -((0))\n\treturn\n}\n")
	f.Fuzz(func(t *testing.T, src string) {
		prog, err := Parse(src)
		if err != nil {
			return
		}
		text := printed(t, prog)
		again, err := Parse(text)
		if err != nil {
			// Constants and package variables are named, not declared, in print.
			return
		}
		if d := cmp.Diff(text, printed(t, again)); d != "" {
			t.Error(d)
		}
	})
}
