package rule_test

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/rule"
)

var one = map[string]func(float64) float64{
	"math.Abs": math.Abs, "math.Acos": math.Acos, "math.Acosh": math.Acosh, "math.Asin": math.Asin,
	"math.Asinh": math.Asinh, "math.Atan": math.Atan, "math.Atanh": math.Atanh, "math.Cbrt": math.Cbrt,
	"math.Ceil": math.Ceil, "math.Cos": math.Cos, "math.Cosh": math.Cosh, "math.Erf": math.Erf,
	"math.Erfc": math.Erfc, "math.Erfcinv": math.Erfcinv, "math.Erfinv": math.Erfinv, "math.Exp": math.Exp,
	"math.Exp2": math.Exp2, "math.Expm1": math.Expm1, "math.Floor": math.Floor, "math.Gamma": math.Gamma,
	"math.J0": math.J0, "math.J1": math.J1, "math.Log": math.Log, "math.Log10": math.Log10,
	"math.Log1p": math.Log1p, "math.Log2": math.Log2, "math.Logb": math.Logb, "math.Round": math.Round,
	"math.RoundToEven": math.RoundToEven, "math.Sin": math.Sin, "math.Sinh": math.Sinh, "math.Sqrt": math.Sqrt,
	"math.Tan": math.Tan, "math.Tanh": math.Tanh, "math.Trunc": math.Trunc, "math.Y0": math.Y0, "math.Y1": math.Y1,
	"ad.FrexpFrac": ad.FrexpFrac, "ad.FrexpScale": ad.FrexpScale, "ad.Lgamma": ad.Lgamma,
	"ad.ModfFrac": ad.ModfFrac, "ad.ModfInt": ad.ModfInt, "ad.SincosCos": ad.SincosCos, "ad.SincosSin": ad.SincosSin,
	"ad.Sign": ad.Sign, "ad.Step": ad.Step, "ad.Digamma": ad.Digamma, "ad.LogPos": ad.LogPos, "ad.InvPos": ad.InvPos,
}

var two = map[string]func(x, y float64) float64{
	"math.Atan2": math.Atan2, "math.Copysign": math.Copysign, "math.Dim": math.Dim, "math.Hypot": math.Hypot,
	"math.Max": math.Max, "math.Min": math.Min, "math.Mod": math.Mod, "math.Pow": math.Pow,
	"math.Remainder": math.Remainder,
	"max":            func(x, y float64) float64 { return max(x, y) },
	"min":            func(x, y float64) float64 { return min(x, y) },
	"ad.Ratio":       ad.Ratio, "ad.RatioX": ad.RatioX, "ad.Times": ad.Times, "ad.PowPos": ad.PowPos, "ad.PowX": ad.PowX, "ad.PowY": ad.PowY,
}

// order says which argument of a function is an integer.
var order = map[string]int{"math.Jn": 0, "math.Yn": 0, "math.Ldexp": 1, "ad.Polygamma": 0}

// apply evaluates a function of numbers.
func apply(fn string, a []float64) float64 {
	switch {
	case fn == "math.Jn":
		return math.Jn(int(a[0]), a[1])
	case fn == "ad.Polygamma":
		return ad.Polygamma(int(a[0]), a[1])
	case fn == "math.Yn":
		return math.Yn(int(a[0]), a[1])
	case fn == "math.Ldexp":
		return math.Ldexp(a[0], int(a[1]))
	case len(a) == 1 && one[fn] != nil:
		return one[fn](a[0])
	case len(a) == 2 && two[fn] != nil:
		return two[fn](a[0], a[1])
	case fn == "math.FMA":
		return math.FMA(a[0], a[1], a[2])
	}
	panic("no value of " + fn)
}

// eval evaluates a template that has been filled in.
func eval(e ir.Expr, env map[*ir.Var]float64) float64 {
	switch e := e.(type) {
	case nil:
		return 0
	case *ir.Const:
		x, _ := constant.Float64Val(constant.ToFloat(e.Val))
		return x
	case *ir.Ref:
		return env[e.V]
	case *ir.Unary:
		return -eval(e.X, env)
	case *ir.Math:
		var a []float64
		for _, x := range e.Args {
			a = append(a, eval(x, env))
		}
		return apply(e.Fn, a)
	case *ir.Binary:
		x, y := eval(e.X, env), eval(e.Y, env)
		switch e.Op {
		case token.ADD:
			return x + y
		case token.SUB:
			return x - y
		case token.MUL:
			return x * y
		case token.QUO:
			return x / y
		case token.GEQ:
			return truth(x >= y)
		case token.LEQ:
			return truth(x <= y)
		}
	}
	panic(fmt.Sprintf("no value of %T", e))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// gradient returns the partial derivatives that a rule gives at a point.
func gradient(r *rule.Rule, at []float64) []float64 {
	env := map[*ir.Var]float64{}
	var args []ir.Expr
	for i, x := range at {
		v := &ir.Var{Name: string(rune('a' + i)), Type: types.Typ[types.Float64]}
		if k, ok := order[r.Fn]; ok && k == i {
			v.Type = types.Typ[types.Int]
		}
		env[v] = x
		args = append(args, &ir.Ref{V: v})
	}
	result := &ir.Var{Name: "r", Type: types.Typ[types.Float64]}
	env[result] = apply(r.Fn, at)
	out := make([]float64, len(at))
	if r.Select != "" {
		if eval(r.Condition(args), env) == 1 {
			out[0] = 1
		} else {
			out[1] = 1
		}
		return out
	}
	for i := range at {
		out[i] = eval(r.Partial(i, args, &ir.Ref{V: result}), env)
	}
	return out
}

// differences returns the partial derivatives by Ridders' extrapolation of
// central differences (Ridders 1982; Press et al., section 5.7).
func differences(fn string, at []float64) []float64 {
	out := make([]float64, len(at))
	for i := range at {
		if k, ok := order[fn]; ok && k == i {
			continue
		}
		central := func(h float64) float64 {
			p, m := append([]float64{}, at...), append([]float64{}, at...)
			p[i] += h
			m[i] -= h
			return (apply(fn, p) - apply(fn, m)) / (p[i] - m[i])
		}
		const rows = 7
		h := 0.02
		var table [rows][rows]float64
		best := math.Inf(1)
		for j := range rows {
			table[j][0] = central(h)
			factor := 4.0
			for k := 1; k <= j; k++ {
				table[j][k] = (factor*table[j][k-1] - table[j-1][k-1]) / (factor - 1)
				factor *= 4
				gap := max(math.Abs(table[j][k]-table[j][k-1]), math.Abs(table[j][k]-table[j-1][k-1]))
				if gap < best {
					best, out[i] = gap, table[j][k]
				}
			}
			h /= 2
		}
	}
	return out
}

// points lists, for each function of floats, points of its domain away from
// kinks, jumps and poles by more than 0.02.
var points = map[string][][]float64{
	"ad.FrexpFrac":     {{3}, {0.3}, {-100}},
	"ad.Lgamma":        {{0.5}, {1}, {30}, {-1.5}, {-0.3}},
	"ad.ModfFrac":      {{0.5}, {-1.3}},
	"ad.ModfInt":       {{0.5}, {-1.3}},
	"ad.SincosCos":     {{0}, {1}, {-4}},
	"ad.SincosSin":     {{0}, {1}, {-4}},
	"max":              {{1, 2}, {2, 1}, {-3, -2.5}},
	"min":              {{1, 2}, {2, 1}, {-3, -2.5}},
	"math.Max":         {{1, 2}, {2, 1}, {-3, -2.5}},
	"math.Min":         {{1, 2}, {2, 1}, {-3, -2.5}},
	"math.Abs":         {{1.5}, {-0.3}},
	"math.Acos":        {{-0.9}, {0}, {0.3}, {0.8}},
	"math.Acosh":       {{1.1}, {2}, {30}},
	"math.Asin":        {{-0.9}, {0}, {0.3}, {0.8}},
	"math.Asinh":       {{-20}, {0}, {0.7}},
	"math.Atan":        {{-20}, {0}, {0.7}},
	"math.Atan2":       {{1, 2}, {-1, 2}, {1, -2}, {-1, -2}, {0.5, 0}},
	"math.Atanh":       {{-0.9}, {0}, {0.6}},
	"math.Cbrt":        {{0.5}, {8}, {-2}},
	"math.Ceil":        {{0.5}, {-1.3}},
	"math.Copysign":    {{2, 3}, {2, -3}, {-2, 3}, {-2, -3}},
	"math.Cos":         {{0}, {1}, {-4}},
	"math.Cosh":        {{0}, {1}, {-4}},
	"math.Dim":         {{2, 1}, {1, 2}},
	"math.Erf":         {{0}, {0.5}, {-2}},
	"math.Erfc":        {{0}, {0.5}, {-2}},
	"math.Erfcinv":     {{0.3}, {1}, {1.6}},
	"math.Erfinv":      {{-0.7}, {0}, {0.4}},
	"math.Exp":         {{0}, {1.5}, {-3}},
	"math.Exp2":        {{0}, {1.5}, {-3}},
	"math.Expm1":       {{0}, {1.5}, {-3}},
	"math.FMA":         {{2, 3, 4}, {-1, 0.5, 7}},
	"math.Floor":       {{0.5}, {-1.3}},
	"math.Gamma":       {{0.5}, {1}, {4.2}, {-1.5}, {-0.3}},
	"math.Hypot":       {{3, 4}, {-1, 0.5}, {2, 0}},
	"math.J0":          {{0}, {1}, {-5}, {12}},
	"math.J1":          {{1}, {-5}, {12}},
	"math.Jn":          {{0, 1.5}, {1, 1.5}, {2, 0.7}, {5, 12}, {-3, 2}, {3, -2}},
	"math.Ldexp":       {{1.5, 3}, {-0.7, -4}, {2, 0}},
	"math.Log":         {{0.5}, {1}, {20}},
	"math.Log10":       {{0.5}, {1}, {20}},
	"math.Log1p":       {{-0.5}, {0}, {20}},
	"math.Log2":        {{0.5}, {1.1}, {20}},
	"math.Logb":        {{1.5}, {-12}},
	"math.Mod":         {{7.5, 2}, {-7.5, 2}, {7.5, -2}, {1, 3}},
	"math.Pow":         {{2, 3}, {0.5, -1.5}, {3, 0}, {1, 2.5}},
	"math.Remainder":   {{7.5, 2}, {-7.3, 2}, {4.4, 3}},
	"math.Round":       {{0.4}, {-1.3}},
	"math.RoundToEven": {{0.4}, {-1.3}},
	"math.Sin":         {{0}, {1}, {-4}},
	"math.Sinh":        {{0}, {1}, {-4}},
	"math.Sqrt":        {{0.3}, {1}, {50}},
	"math.Tan":         {{0}, {1}, {-4}},
	"math.Tanh":        {{0}, {1}, {-4}},
	"math.Trunc":       {{0.5}, {-1.3}},
	"math.Y0":          {{0.5}, {3}, {12}},
	"math.Y1":          {{0.5}, {3}, {12}},
	"math.Yn":          {{0, 1.5}, {1, 1.5}, {2, 0.7}, {5, 12}, {-3, 2}},
}

// ofFloats reports whether a rule is for a function of floats that gives one.
func ofFloats(fn string) bool {
	switch fn {
	case "math.Inf", "math.NaN", "math.IsNaN", "math.IsInf", "math.Signbit", "math.Ilogb",
		"math.Pow10",
		"math.Float64bits", "math.Float32bits", "math.Float64frombits", "math.Float32frombits", "ad.FrexpExp", "ad.LgammaSign":
		return false
	}
	return true
}

func apart(x, y float64) float64 {
	if x == y || x != x && y != y {
		return 0
	}
	return math.Abs(x-y) / max(1, math.Abs(x), math.Abs(y))
}

func TestPartialsAgreeWithDifferences(t *testing.T) {
	for _, r := range realRules() {
		if !ofFloats(r.Fn) {
			continue
		}
		if len(points[r.Fn]) == 0 {
			t.Errorf("%s has no points", r.Fn)
		}
		for _, at := range points[r.Fn] {
			got, want := gradient(&r, at), differences(r.Fn, at)
			for i := range at {
				if !(apart(got[i], want[i]) < 1e-9) {
					t.Errorf("%s%v: partial %d is %v, differences give %v", r.Fn, at, i, got[i], want[i])
				}
			}
		}
	}
}

// interpreted returns the partial derivatives that the interpreter takes from
// its own table.
func interpreted(t *testing.T, fn string, at []float64) []float64 {
	t.Helper()
	names := strings.Split("a b c", " ")[:len(at)]
	var params []string
	var args []irinterp.Value
	for i, x := range at {
		if k, ok := order[fn]; ok && k == i {
			params, args = append(params, names[i]+" int"), append(args, irinterp.Int64(int64(x)))
			continue
		}
		params, args = append(params, names[i]+" float64"), append(args, irinterp.Float64(x))
	}
	src := fmt.Sprintf("package p\n\nfunc F(%s) (r float64) {\n\tr = %s(%s)\n\treturn\n}\n", strings.Join(params, ", "), fn, strings.Join(names, ", "))
	prog, err := ir.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := irinterp.Gradient(prog, prog.Funcs[0], args, irinterp.Seeds{Results: [][]float64{{1}}})
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, a := range d.Args {
		if len(a) == 0 { // an integer
			a = []float64{0}
		}
		out = append(out, a[0])
	}
	return out
}

func TestPartialsAgreeWithTheInterpreter(t *testing.T) {
	for _, r := range realRules() {
		for _, at := range points[r.Fn] {
			got, want := gradient(&r, at), interpreted(t, r.Fn, at)
			for i := range at {
				if !(apart(got[i], want[i]) < 1e-13) {
					t.Errorf("%s%v: partial %d is %v, the interpreter's %v", r.Fn, at, i, got[i], want[i])
				}
			}
		}
	}
}

// TestKinks holds the conventions at points without a derivative, with their
// reasons in the table's comment.
func TestKinks(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		fn   string
		at   []float64
		want []float64
	}{
		{"math.Abs", []float64{0}, []float64{0}},
		{"max", []float64{2, 2}, []float64{1, 0}},
		{"min", []float64{2, 2}, []float64{1, 0}},
		{"math.Max", []float64{2, 2}, []float64{1, 0}},
		{"math.Min", []float64{2, 2}, []float64{1, 0}},
		{"math.Dim", []float64{2, 2}, []float64{0, 0}},
		{"math.Hypot", []float64{0, 0}, []float64{0, 0}},
		{"math.Floor", []float64{3}, []float64{0}},
		{"math.Ceil", []float64{3}, []float64{0}},
		{"math.Trunc", []float64{3}, []float64{0}},
		{"math.Round", []float64{2.5}, []float64{0}},
		{"math.RoundToEven", []float64{2.5}, []float64{0}},
		{"math.Sqrt", []float64{0}, []float64{inf}},
		{"math.Cbrt", []float64{0}, []float64{inf}},
		{"math.J1", []float64{0}, []float64{0.5}},
		{"math.Pow", []float64{0, 0}, []float64{0, 0}},
		{"math.Pow", []float64{0, 1}, []float64{1, 0}},
		{"math.Pow", []float64{0, 2}, []float64{0, 0}},
		{"math.Pow", []float64{-2, 3}, []float64{12, 0}},
		{"math.Pow", []float64{-2, 0}, []float64{0, 0}},
		{"math.Remainder", []float64{3, 2}, []float64{1, -2}},
		{"math.Mod", []float64{4, 2}, []float64{1, -2}},
		{"ad.ModfInt", []float64{3}, []float64{0}},
		{"ad.ModfFrac", []float64{3}, []float64{1}},
		{"ad.FrexpFrac", []float64{8}, []float64{0.0625}},
		{"ad.FrexpFrac", []float64{0}, []float64{1}},
	} {
		got := gradient(rule.Lookup(c.fn), c.at)
		for i := range c.want {
			if apart(got[i], c.want[i]) > 1e-15 {
				t.Errorf("%s%v: partial %d is %v, want %v", c.fn, c.at, i, got[i], c.want[i])
			}
		}
	}
}

// TestPowerOfAConstant: the derivative with respect to the base is written
// without the case distinction when the exponent is a constant.
func TestPowerOfAConstant(t *testing.T) {
	x := &ir.Var{Name: "x", Type: types.Typ[types.Float64]}
	power := rule.Lookup("math.Pow")
	for _, c := range []struct {
		exponent string
		want     string
	}{
		{"2", "2 * x"},
		{"1", "1.0"},
		{"3", "3 * math.Pow(x, 2.0)"},
		{"0.5", "0.5 * math.Pow(x, -0.5)"},
		{"-1", "-math.Pow(x, -2.0)"},
		{"0", "ad.PowX(x, 0.0)"},
	} {
		exp := &ir.Const{Val: constant.MakeFromLiteral(strings.TrimPrefix(c.exponent, "-"), token.FLOAT, 0), Typ: types.Typ[types.Float64]}
		if c.exponent[0] == '-' {
			exp.Val = constant.UnaryOp(token.SUB, exp.Val, 0)
		}
		args := []ir.Expr{&ir.Ref{V: x}, exp}
		result := &ir.Math{Fn: "math.Pow", Args: args, Typ: types.Typ[types.Float64]}
		e := power.Partial(0, args, result)
		if got := ir.Format(e); got != c.want {
			t.Errorf("d/dx x^%s is written %s, want %s", c.exponent, got, c.want)
		}
		for _, at := range []float64{0.3, 1, 4} {
			n, _ := constant.Float64Val(exp.Val)
			got, want := eval(e, map[*ir.Var]float64{x: at}), 0.0
			if n != 0 {
				want = n * math.Pow(at, n-1)
			}
			if apart(got, want) > 1e-15 {
				t.Errorf("d/dx x^%s at %v is %v, want %v", c.exponent, at, got, want)
			}
		}
	}
}
