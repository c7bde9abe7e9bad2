package flatten

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/optim"
)

// parse reads a program in single-exit form, but for a return at the end of each function.
func parse(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	for _, f := range prog.Funcs {
		f.Body.Stmts = f.Body.Stmts[:len(f.Body.Stmts)-1]
	}
	return prog
}

// cases are programs, the functions and variables that are left of them when the last
// function is flattened, and arguments.
var cases = []struct {
	name, src string
	left      []string // functions
	vars      string   // of the last function, without its parameters and results
	args      [][]string
}{
	{
		name: "leaf",
		src: `
func twice(x float64) (r float64) {
	y := x * x
	r = y + y
	return
}

func F(a float64) (r float64) {
	y := a + 1.0
	b := twice(y)
	r = twice(b)
	return
}
`,
		left: []string{"F"}, vars: "y b y1 y2",
		args: [][]string{{"0.5"}},
	},
	{
		name: "loops and calls stay",
		src: `
func sum(x []float64) (r float64) {
	for i := 0; i < len(x); i++ {
		r += x[i]
	}
	return
}

func ratio(x []float64, y float64) (r float64) {
	s := sum(x)
	r = s / y
	return
}

func F(x []float64, y float64) (r float64) {
	r = ratio(x, y)
	return
}
`,
		left: []string{"sum", "ratio", "F"}, vars: "",
		args: [][]string{{"[]float64{1, 2, 4}", "3"}},
	},
	{
		name: "branches and a result that is the argument",
		src: `
func clip(x, to float64) (r float64, hit bool) {
	if x > to {
		r, hit = to, true
	} else {
		r = x
	}
	return
}

func F(a, b float64) (r float64) {
	var hit bool
	v := a
	v, hit = clip(v, b)
	if hit {
		v, _ = clip(v*v, v)
	}
	r = v
	return
}
`,
		left: []string{"F"}, vars: "hit v r1 hit1 x r2 hit2",
		args: [][]string{{"0.5", "2"}, {"3", "2"}, {"3", "0.5"}},
	},
	{
		name: "constants where they would be worked out by the compiler",
		src: `
func mix(a, b float64, i, n int, x []float64) (r float64) {
	r = -(b * b) + a*x[i] + 0.1*float64(n)
	return
}

func F(x []float64) (r float64) {
	u := mix(0.7, 1.473, 1, 3, x)
	v := mix(u, -1.473, 0, 1, x)
	r = u * v
	return
}
`,
		left: []string{"F"}, vars: "u v b n b1 n1",
		args: [][]string{{"[]float64{0.3, 0.9}"}},
	},
	{
		name: "arrays",
		src: `
func cross(a, b [3]float64) (r [3]float64) {
	r = [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
	return
}

func F(a [3]float64, i int) (r float64) {
	b := [3]float64{1.0, a[0]}
	c := cross(a, b)
	var d [3]float64
	d[i] = c[2]
	b = cross(c, c)
	b[0], b[1] = b[1], c[0]
	r = b[0] + d[0]*d[1] + d[2] - b[1]
	return
}
`,
		left: []string{"F"}, vars: "b0 b1 b2 c0 c1 c2 d",
		args: [][]string{{"[3]float64{0.5, 2, -1}", "2"}},
	},
}

func TestCases(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := parse(t, c.src)
			after, top := Transform(before, before.Funcs[len(before.Funcs)-1], Options{})
			if err := ir.Verify(after); err != nil {
				t.Errorf("%v\n%s", err, ir.FormatFunc(top))
			}
			var left []string
			for _, f := range after.Funcs {
				left = append(left, f.Name)
			}
			if d := cmp.Diff(c.left, left); d != "" {
				t.Errorf("functions: -want +got:\n%s", d)
			}
			var vars []string
			for _, v := range top.Locals {
				vars = append(vars, v.Name)
			}
			if got := strings.Join(vars, " "); got != c.vars {
				t.Errorf("variables %q, want %q\n%s", got, c.vars, ir.FormatFunc(top))
			}
			for _, args := range c.args {
				want, got := outcome(t, before, before.Func(top.Name), args), outcome(t, after, top, args)
				if got != want {
					t.Errorf("%s%s gives %s, want %s\n%s", top.Name, args, got, want, ir.FormatFunc(top))
				}
			}
		})
	}
}

// outcome is what f returns, to the bit.
func outcome(t testing.TB, prog *ir.Program, f *ir.Func, lits []string) string {
	t.Helper()
	var args []irinterp.Value
	for i, s := range lits {
		v, err := irinterp.ParseValue(s, f.Inputs()[i].Type)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, v)
	}
	out, err := irinterp.Run(prog, f, args)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, v := range out {
		for _, x := range irinterp.Floats(v) {
			fmt.Fprintf(&b, " %x", math.Float64bits(x))
		}
	}
	return b.String()
}

// TestSwitches: each optimisation can be left out.
func TestSwitches(t *testing.T) {
	src := cases[4].src
	prog := parse(t, src)
	text := ir.FormatFunc(prog.Funcs[1])
	for _, c := range []struct {
		without         optim.Set
		inline, scalars bool
	}{
		{0, true, true},
		{optim.Inline, false, false}, // results of calls are whole
		{optim.Scalars, true, false},
		{optim.Inline | optim.Scalars, false, false},
	} {
		after, top := Transform(prog, prog.Funcs[1], Options{Without: c.without, Once: true})
		got := ir.FormatFunc(top)
		if inlined := len(after.Funcs) == 1; inlined != c.inline {
			t.Errorf("without %s: inlined is %t\n%s", c.without, inlined, got)
		}
		if scattered := strings.Contains(got, "c0"); scattered != c.scalars {
			t.Errorf("without %s: c in parts is %t\n%s", c.without, scattered, got)
		}
	}
	if now := ir.FormatFunc(prog.Funcs[1]); now != text {
		t.Errorf("the program that was given has changed:\n%s", now)
	}
}

// TestLift: what a branch declares is declared before the if, in a function of which both
// sweeps are one; what a loop declares is not.
func TestLift(t *testing.T) {
	prog := parse(t, `
func F(a float64, x []float64, n int) (r float64) {
	if n > 0 {
		b := a * a
		if n > 1 {
			c := b * b
			r = c
		}
		y := x
		for i := 0; i < n; i++ {
			d := y[i]
			r += d * b
		}
	}
	return
}
`)
	for _, once := range []bool{true, false} {
		_, top := Transform(prog, prog.Funcs[0], Options{Once: once})
		var got []string
		for _, s := range top.Body.Stmts {
			if d, ok := s.(*ir.Decl); ok {
				got = append(got, d.V.Name)
			}
		}
		if want := []string{"b", "c"}; once && !slices.Equal(got, want) || !once && got != nil {
			t.Errorf("once %t: %v is declared before the if", once, got)
		}
	}
}

// TestValues: functions whose derivatives follow from their values get variables where
// they are part of a formula, inner ones first, but not in conditions.
func TestValues(t *testing.T) {
	prog := parse(t, `
func F(a float64, x []float64) (r float64) {
	b := math.Exp(a)
	if math.Exp(b) > 1.0 {
		x[0] = b * math.Exp(a*math.Tanh(b)) + math.Sin(a)
	}
	for i := 0; i < len(x); i++ {
		r += math.Sqrt(math.Cbrt(x[i]))
	}
	return
}
`)
	const want = `func F(a float64, x []float64) (r float64) {
	b := math.Exp(a)
	if math.Exp(b) > 1 {
		t := math.Tanh(b)
		t1 := math.Exp(a * t)
		x[0] = b * t1 + math.Sin(a)
	}
	for i := 0; i < len(x); i++ {
		t2 := math.Cbrt(x[i])
		r += math.Sqrt(t2)
	}
	return
}
`
	after, top := Transform(prog, prog.Funcs[0], Options{Values: true})
	if err := ir.Verify(after); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(want, ir.FormatFunc(top)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	args := []string{"0.3", "[]float64{1, 2.5}"}
	if got, want := outcome(t, after, top, args), outcome(t, prog, prog.Funcs[0], args); got != want {
		t.Errorf("gives %s, want %s", got, want)
	}
	for _, o := range []Options{{}, {Values: true, Without: optim.Values}} {
		if _, top := Transform(prog, prog.Funcs[0], o); len(top.Locals) != len(prog.Funcs[0].Locals) {
			t.Errorf("%+v: there are variables for values\n%s", o, ir.FormatFunc(top))
		}
	}
}
