package selection

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
)

// use changes the program, whose last function is differentiated from its parameter x to its
// result, as often as there is something to change.
func use(prog *ir.Program) (rounds int) {
	f := prog.Funcs[len(prog.Funcs)-1]
	root := activity.Root{Fn: f, Wrt: []activity.Seed{{Var: f.Params[0]}}, Of: []activity.Seed{{Var: f.Results[0]}}}
	for rounds < 8 && Possible(prog) {
		mem := alias.Analyze(prog, []*ir.Func{f}, func(a, b *ir.Var) bool { return true })
		eff := effects.Analyze(mem)
		if !Use(prog, Facts{Mem: mem, Eff: eff, Act: activity.Analyze(prog, mem, eff, []activity.Root{root})}) {
			break
		}
		rounds++
	}
	return rounds
}

func parse(t *testing.T, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	for _, f := range prog.Funcs {
		f.Body.Stmts = f.Body.Stmts[:len(f.Body.Stmts)-1] // the return
	}
	return prog
}

// selectedIn lists the variables that a loop of the program selects.
func selectedIn(prog *ir.Program) string {
	var out []string
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if a, ok := s.(*ir.Assign); ok {
				if m, ok := a.R[0].(*ir.Math); ok && m.Fn == "ad.WithValue" {
					out = append(out, ir.Format(a.L[0]))
				}
			}
		})
	}
	return strings.Join(out, " ")
}

// helpers are functions that the cases call.
const helpers = `
func square(a, b float64) (r float64) {
	r = (a - b) * (a - b)
	return
}

func store(to []float64, a float64) (r float64) {
	to[0] = a
	r = a * a
	return
}

func length(x []float64) (r float64) {
	for k := 0; k < len(x); k++ {
		r += x[k] * x[k]
	}
	return
}
`

// head begins the function of a case, tail ends it.
const (
	head = "\nfunc F(x, c []float64, n int) (r float64) {\n\tm := 0.5\n\tb := 0.25\n\ts := 1.0\n\tk := 0\n"
	tail = "\n\tr = m*m + b + s + float64(k)*0.1\n\treturn\n}\n"
)

var cases = []struct{ name, loop, selected string }{
	{"maximum", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n }", "m"},
	{"minimum from behind", "for i := len(x) - 1; i >= 0; i-- {\n m = min(x[i] * x[i], m)\n }", "m"},
	{"of package math", "for i := 1; i < len(x); i += 2 {\n a := math.Sin(x[i])\n m = math.Max(m, a * s)\n }", "m"},
	{"condition", "for i := 0; i < len(x); i++ {\n if x[i] > m {\n m = x[i]\n k = i\n }\n }", "m"},
	{"several at once", "for i := 0; i < len(x); i++ {\n t := square(x[i], c[i])\n if t < m {\n m, b = t, x[i]*t\n s = x[i]\n k = i\n }\n }", "m b s"},
	{"other branch", "for i := 0; i < len(x); i++ {\n if x[i] < m {\n k = i\n } else {\n m = x[i]\n b = 2.0 * x[i]\n }\n }", "m b"},
	{"guarded maximum", "for i := 0; i < len(x); i++ {\n if c[i] > 0.0 {\n d := x[i] * c[i]\n m = max(d, m)\n }\n }", "m"},
	{"inner loop", "for i := 0; i < len(x); i++ {\n t := 0.0\n for j := 0; j <= i; j++ {\n t += x[j] * x[j]\n }\n if t < s {\n b = t\n }\n }", "b"},
	{"branches on the way", "for i := 0; i < len(x); i++ {\n t := x[i]\n if t < 0.0 {\n t = -2.0 * t\n }\n m = max(m, t)\n }", "m"},
	{"in a loop", "for j := 0; j < n; j++ {\n for i := 0; i < len(x); i++ {\n m = max(m, x[i] * c[j])\n }\n }", "m"},
	{"of the greatest in rows", "for j := 0; j < n; j++ {\n t := x[j]\n for i := j; i < len(x); i++ {\n t = min(t, x[i]*c[j])\n }\n m = max(m, t)\n }", "t1 m"},
	{"two maxima", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n b = min(b, x[i] * 0.5)\n }", "m b"},
	{"memory that the loop leaves alone", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = 2.0 * x[i]\n m = max(m, x[i])\n }\n s += y[0]", "m"},
	{"beside a sum", "for i := 0; i < len(x); i++ {\n s += x[i] * x[i]\n m = max(m, x[i])\n }", "m"},
	{"index below zero", "for i := -1; i < len(x) - 1; i++ {\n m = max(m, x[i+1])\n }", "m"},
	{"index from anywhere", "for i := n; i < len(x); i++ {\n m = max(m, x[i])\n }", "m"},
	{"index down to anywhere", "for i := len(x) - 1; i > n - 4; i-- {\n m = max(m, x[i])\n }", "m"},
	{"length of memory that the loop changes", "y := make([]float64, 2)\n for i := 0; i < len(x); i++ {\n y[i%2] = x[i]\n m = max(m, x[i] * float64(len(y)))\n }\n s += y[0]", "m"},
	{"down to zero", "for i := len(x) - 1; i > -1; i-- {\n m = max(m, x[i])\n }", "m"},
	{"down to below zero", "for i := len(x) - 2; i > -2; i-- {\n m = max(m, x[i+1])\n }", "m"},
	{"no iteration", "for i := 5; i < len(x); i++ {\n m = max(m, x[i])\n }", "m"},
	{"own elements", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n if y[i] < 0.0 {\n y[i] = -y[i]\n }\n m = max(m, y[i])\n }\n s += y[0]", "m"},
	{"own elements on the way", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n t := y[i] * y[i]\n if t < m {\n m, b = t, y[i]\n }\n }\n s += y[0]", "m b"},
	{"another type", "q := float32(0.5)\n for i := 0; i < len(x); i++ {\n q = max(q, float32(x[i]))\n }\n s = float64(q)", "q"},
	{"complex numbers", "z := 0.5i\n for i := 0; i < len(x); i++ {\n if x[i] > c[i] {\n z = complex(x[i], c[i])\n }\n }\n s = real(z) + imag(z)", "z"},
	{"no derivative", "for i := 0; i < len(c); i++ {\n m = max(m, c[i])\n }", ""},
	{"used in the loop", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n s += m\n }", ""},
	{"of itself", "for i := 0; i < len(x); i++ {\n if x[i] > m {\n m = m * x[i]\n }\n }", ""},
	{"maximum of itself", "for i := 0; i < len(x); i++ {\n m = max(m, m * x[i])\n }", ""},
	{"second place", "for i := 0; i < len(x); i++ {\n if x[i] > m {\n b = m\n m = x[i]\n }\n }", ""},
	{"running product", "for i := 0; i < len(x); i++ {\n s *= x[i]\n m = max(m, s)\n }", ""},
	{"running index", "for i := 0; i < len(x); i++ {\n m = max(m, x[k])\n k = (k + 2) % len(x)\n }", ""},
	{"set at two places", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n if x[i] < 0.0 {\n m = 0.25\n }\n }", ""},
	{"with others", "for i := 0; i < len(x); i++ {\n b, m = x[i], max(m, 2.0*x[i])\n }", ""},
	{"index below zero for a while", "for i := 0; i < 3; i++ {\n i -= 9\n m = max(m, x[0]*c[1])\n i += 9\n }", ""},
	{"address of the index", "for i := 0; i < 3; i++ {\n p := &i\n *p -= 9\n m = max(m, x[0])\n *p += 9\n }", ""},
	{"address on the way", "for i := 0; i < len(x); i++ {\n t := 0.5\n p := &t\n *p = x[i]\n m = max(m, t)\n }", ""},
	{"memory by another name", "y := make([]float64, 1)\n z := y\n for i := 0; i < len(x); i++ {\n z[0] = x[i]\n m = max(m, y[0])\n }", ""},
	{"memory by another name on the way", "y := make([]float64, 1)\n z := y\n for i := 0; i < len(x); i++ {\n z[0] = x[i]\n t := y[0] * x[i]\n m = max(m, t)\n }", ""},
	{"memory of a callee beside", "y := make([]float64, 1)\n for i := 0; i < len(x); i++ {\n t := store(y, x[i])\n s += t\n m = max(m, y[0])\n }", ""},
	{"parts of an array", "var a [2]float64\n for i := 0; i < len(x); i++ {\n a[0] = x[i]\n m = max(m, a[0])\n }", ""},
	{"own elements change later", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n m = max(m, y[i])\n y[i] *= 0.5\n }\n s += y[0]", ""},
	{"elements of others", "y := make([]float64, len(x) + 1)\n for i := 0; i < len(x); i++ {\n y[i+1] = x[i] * c[i]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements of others as well", "y := make([]float64, len(x) + 1)\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n y[2] = x[i]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements by another name", "y := make([]float64, len(x) + 1)\n z := y[1:]\n for i := 0; i < len(x); i++ {\n z[i] = x[i] * c[i]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements by both names", "y := make([]float64, len(x) + 1)\n z := y[1:]\n for i := 0; i < len(x); i++ {\n z[i] = x[i] * c[i]\n y[i] = 0.5 * x[i]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements and the whole", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n t := length(y)\n m = max(m, y[i] * t)\n }\n s += y[0]", ""},
	{"elements that a callee writes", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n t := store(y, x[i])\n s += t\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements that are copied", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n copy(y, x[1:])\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements of another slice", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n m = max(m, y[i])\n y = c\n }\n s += y[0]", ""},
	{"elements in an array", "var y [5]float64\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"elements behind the update", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n m = max(m, y[i] * x[i])\n y[i] = x[i]\n }\n s += y[0]", ""},
	{"elements of parts", "z := make([]float64, 9)\n for i := 0; i < len(x); i++ {\n y := z[4-i:]\n y[i] = x[i] * c[i]\n m = max(m, y[i])\n }\n s += z[0]", ""},
	{"elements of what a pointer changes", "y := make([]float64, len(x))\n z := make([]float64, len(x))\n p := &y\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n m = max(m, y[i])\n *p = z\n }\n s += y[0]", ""},
	{"append to elements", "y := make([]float64, len(x), 9)\n for i := 0; i < len(x); i++ {\n y[i] = x[i] * c[i]\n z := append(y[:1], x[i])\n s += z[0]\n m = max(m, y[i])\n }\n s += y[0]", ""},
	{"old value to memory", "y := make([]float64, len(x))\n for i := 0; i < len(x); i++ {\n if x[i] > m {\n m, y[i] = x[i], m\n }\n }\n s = length(y)", ""},
	{"old value to an array", "var y [2]float64\n for i := 0; i < len(x); i++ {\n if x[i] > m {\n m, y[i%2] = x[i], m\n }\n }\n s += y[0] + y[1]", ""},
	{"old value to a sum", "t := 0.25\n for i := 0; i < len(x); i++ {\n if x[i] > m {\n b, t, m = m, x[i], x[i]\n }\n s += b\n }\n s *= t", "t"},
	{"set twice", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n m *= 0.5\n }", ""},
	{"memory of the loop", "y := make([]float64, 1)\n for i := 0; i < len(x); i++ {\n y[0] = x[i]\n m = max(m, y[0])\n }", ""},
	{"memory of a callee", "y := make([]float64, 1)\n for i := 0; i < len(x); i++ {\n t := store(y, x[i])\n m = max(m, t)\n }\n s += y[0]", ""},
	{"memory of its own", "for i := 0; i < len(x); i++ {\n y := make([]float64, 1)\n y[0] = x[i]\n m = max(m, y[0])\n }", ""},
	{"address", "p := &m\n for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n *p += 0.25\n }", ""},
	{"index that the loop changes", "for i := 0; i < len(x); i++ {\n m = max(m, x[i])\n if k > 3 {\n i = i + 1\n }\n }", ""},
	{"no condition", "for i := 0; i < len(x); i++ {\n m = x[i]\n }", ""},
	{"index of another type", "for i := int32(0); i < int32(len(x)); i++ {\n m = max(m, x[i])\n }", ""},
	{"no index", "for k < len(x) {\n m = max(m, x[k])\n k++\n }", ""},
	{"variable of the iteration", "for i := 0; i < len(x); i++ {\n t := 0.5\n t = max(t, x[i])\n s += t\n }", ""},
}

// TestCases: what loops select is found, and the program computes what it did: values bit for
// bit and derivatives, for numbers, equal numbers, zeros of both signs, and what is no number.
func TestCases(t *testing.T) {
	negative := math.Copysign(0, -1)
	inputs := [][]float64{
		{0.25, -0.75, 1.5, 0.5, 1.25},
		{2, 1, 0.5, 0.25, 0.125},
		{0.5, 0.5, 0.5, 0.5, 0.5},
		{-1, -2, -3, -4, -5},
		{1, 3, 3, 1, 3},
		{0, negative, 0, negative, 0},
		{1, math.NaN(), 2, math.Inf(1), 0},
		{math.Inf(-1), math.NaN(), math.NaN(), -1, 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src := helpers + head + c.loop + tail
			before, after := parse(t, src), parse(t, src)
			use(after)
			if err := ir.Verify(after); err != nil {
				t.Fatal(err)
			}
			text := ir.FormatFunc(after.Funcs[len(after.Funcs)-1])
			if got := selectedIn(after); got != c.selected {
				t.Fatalf("%q is selected, want %q\n%s", got, c.selected, text)
			}
			for _, x := range inputs {
				want, got := outcome(t, before, x), outcome(t, after, x)
				if got != want {
					t.Errorf("at %v: %s, before %s\n%s", x, got, want, text)
				}
			}
		})
	}
}

// outcome is the bits of the result, and the derivative if the result is a number.
func outcome(t *testing.T, prog *ir.Program, x []float64) string {
	t.Helper()
	f := prog.Funcs[len(prog.Funcs)-1]
	args := func() []irinterp.Value {
		return []irinterp.Value{irinterp.Floats64(slices.Clone(x)), irinterp.Floats64([]float64{0.5, -0.25, 1, 2, 0.125}), irinterp.Int64(3)}
	}
	d, err := irinterp.Gradient(prog, f, args(), irinterp.Seeds{Results: [][]float64{{1}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := irinterp.Run(prog, f, args())
	if err != nil {
		t.Fatal(err)
	}
	r := out[0].Float()
	if math.IsNaN(r) || math.IsInf(r, 0) { // partials of what was not selected may be infinite, times 0
		return fmt.Sprint(r)
	}
	return fmt.Sprintf("%x, derivative %v", math.Float64bits(r), d.Args[0])
}

// TestForm: what becomes of a loop.
func TestForm(t *testing.T) {
	prog := parse(t, helpers+`
func F(x, c []float64) (r float64) {
	best := square(x[0], c[0])
	at := 0.0
	for i := 1; i < len(c); i++ {
		s := square(x[0], c[i])
		if s < best {
			best, at = s, x[i]
		}
	}
	r = best * at
	return
}
`)
	use(prog)
	const want = `func F(x, c []float64) (r float64) {
	best := square(x[0], c[0])
	at := 0.0
	at1 := -1
	best1 := best
	at3 := at
	for i := 1; i < len(c); i++ {
		s := square(x[0], c[i])
		if s < best1 {
			at1 = i
			best1, at3 = s, x[i]
		}
	}
	at2 := at1
	best2 := best
	at4 := at
	if at2 >= 0 {
		s1 := square(x[0], c[at2])
		best2 = s1
		at4 = x[at2]
	}
	best = ad.WithValue(best2, best1)
	at = ad.WithValue(at4, at3)
	r = best * at
	return
}
`
	if d := cmp.Diff(want, ir.FormatFunc(prog.Funcs[len(prog.Funcs)-1])); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestRounds: what a loop selects may have a loop that selects.
func TestRounds(t *testing.T) {
	prog := parse(t, helpers+head+"for j := 0; j < n; j++ {\n t := x[j]\n for i := j; i < len(x); i++ {\n t = min(t, x[i]*c[j])\n }\n m = max(m, t)\n }"+tail)
	if n := use(prog); n != 2 {
		t.Errorf("%d rounds, want 2", n)
	}
}
