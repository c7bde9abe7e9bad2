package specialize

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
)

// analyze finds what is active for the last function of a program, from its parameter x to
// its result.
func analyze(prog *ir.Program, f *ir.Func) (*alias.Info, *activity.Info) {
	root := activity.Root{Fn: f, Wrt: []activity.Seed{{Var: f.Params[0]}}, Of: []activity.Seed{{Var: f.Results[0]}}}
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	return mem, activity.Analyze(prog, mem, effects.Analyze(mem), []activity.Root{root})
}

func text(prog *ir.Program) string {
	var b strings.Builder
	for _, f := range prog.Funcs {
		b.WriteString(ir.FormatFunc(f))
	}
	return b.String()
}

// active lists the functions with the parameters that carry derivatives.
func active(t *testing.T, src string) (before, after []string) {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatal(err)
	}
	list := func(prog *ir.Program, act *activity.Info) (out []string) {
		for _, f := range prog.Funcs {
			line := f.Name
			for _, p := range f.Inputs() {
				if act.ActivePlace(&ir.Ref{V: p}) || act.Shadowed(p) {
					line += " " + p.Name
				}
			}
			out = append(out, line)
		}
		return out
	}
	given := text(prog)
	f := prog.Funcs[len(prog.Funcs)-1]
	mem, act := analyze(prog, f)
	before = list(prog, act)
	for range 3 {
		next, became := Transform(prog, mem, act, f)
		if became == nil {
			break
		}
		if got := text(prog); got != given {
			t.Errorf("the given program has changed:\n%s", cmp.Diff(given, got))
		}
		prog, f = next, became[f]
		mem, act = analyze(prog, f)
		given = text(prog)
	}
	return before, list(prog, act)
}

// of is a function f of x and c that sums the results of the calls.
func of(typ string, calls ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc f(x, c %s) (r float64) {\n", typ)
	for i, c := range calls {
		fmt.Fprintf(&b, "\tt%d := %s\n\tr += t%[1]d\n", i, c)
	}
	return b.String() + "\treturn\n}\n"
}

func TestCopies(t *testing.T) {
	const product = "func g(a, b float64) (r float64) {\n\tr = a * b\n\treturn\n}\n"
	for _, c := range []struct{ name, src, before, after string }{
		{
			"numbers", product + of("float64", "g(x, c)", "g(c, x)", "g(x, x)", "g(x, 2.0)", "g(c, c)"),
			"g a b; f x", "g a; g b; g a b; g; f x",
		},
		{
			"memory", "func g(a, b []float64) (r float64) {\n\tr = a[0] * b[0]\n\treturn\n}\n" + of("[]float64", "g(x, c)", "g(x, x)"),
			"g a b; f x c", "g a; g a b; f x",
		},
		{
			"calls of copies", strings.Replace(product, "func g", "func h", 1) +
				"func g(a, b float64) (r float64) {\n\tr = h(a, b)\n\treturn\n}\n" + of("float64", "g(x, c)", "g(x, x)"),
			"h a b; g a b; f x", "h a; h a b; g a; g a b; f x",
		},
		{
			"results that nobody differentiates", product + of("float64", "g(x, c)") +
				"\nfunc f2(x, c float64) (r float64) {\n\tr = f(x, c)\n\tt := g(x, c)\n\tif t > 1.0 {\n\t\tr = x\n\t}\n\treturn\n}\n",
			"g a; f x; f2 x", "g a; g; f x; f2 x",
		},
		{
			"many sets, and values that are asked for", "func g(a, b, c float64) (r float64) {\n\tr = a * b * c\n\treturn\n}\n" +
				of("float64", "g(x, c, c)", "g(c, x, c)", "g(c, c, x)", "g(x, x, c)") +
				"\nfunc f2(x, c float64) (r float64) {\n\tr = f(x, c)\n\tt := g(x, c, x)\n\tu := g(x, x, x)\n\tif t > u {\n\t\tr = x\n\t}\n\treturn\n}\n",
			"g a b c; f x; f2 x", "g a; g b; g c; g a b; g; f x; f2 x",
		},
		{
			"the same in all calls", product + of("float64", "g(x, c)", "g(x*x, 2.0)"),
			"g a; f x", "g a; f x",
		},
		{
			"recursion", `func g(a, b float64, n int) (r float64) {
	if n == 0 {
		r = a * b
		return
	}
	r = g(b, a, n-1)
	return
}
` + of("float64", "g(x, c, 3)", "g(c, x, 2)"),
			"g a b; f x", "g a b; f x",
		},
		{
			"too many sets", "func g(a, b, c float64) (r float64) {\n\tr = a * b * c\n\treturn\n}\n" +
				of("float64", "g(x, c, c)", "g(c, x, c)", "g(c, c, x)", "g(x, x, c)", "g(x, c, x)"),
			"g a b c; f x", "g a b c; f x",
		},
	} {
		before, after := active(t, c.src)
		if got := strings.Join(before, "; "); got != c.before {
			t.Errorf("%s: before %s, want %s", c.name, got, c.before)
		}
		if got := strings.Join(after, "; "); got != c.after {
			t.Errorf("%s: after %s, want %s", c.name, got, c.after)
		}
	}
}
