package rule_test

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/rule"
)

func isComplexRule(fn string) bool {
	return strings.HasPrefix(fn, "cmplx.") || fn == "real" || fn == "imag" || fn == "complex"
}

// realRules are those for functions of real numbers only.
func realRules() []rule.Rule { return rulesThat(false) }

func rulesThat(complex bool) []rule.Rule {
	var out []rule.Rule
	for _, r := range rule.All() {
		if isComplexRule(r.Fn) == complex {
			out = append(out, r)
		}
	}
	return out
}

func f1(f func(complex128) complex128) func([]complex128) complex128 {
	return func(a []complex128) complex128 { return f(a[0]) }
}

func f2(f func(x, y complex128) complex128) func([]complex128) complex128 {
	return func(a []complex128) complex128 { return f(a[0], a[1]) }
}

func re(x float64) complex128 { return complex(x, 0) }

// complexFns are the values of functions; a real number has no imaginary part.
var complexFns = map[string]func([]complex128) complex128{
	"real":       f1(func(x complex128) complex128 { return re(real(x)) }),
	"imag":       f1(func(x complex128) complex128 { return re(imag(x)) }),
	"complex":    f2(func(x, y complex128) complex128 { return complex(real(x), real(y)) }),
	"math.Cos":   f1(func(x complex128) complex128 { return re(math.Cos(real(x))) }),
	"math.Sin":   f1(func(x complex128) complex128 { return re(math.Sin(real(x))) }),
	"ad.Conj":    f1(ad.Conj[complex128]),
	"ad.Unit":    f2(func(x, y complex128) complex128 { return ad.Unit(x, real(y)) }),
	"ad.Root":    f2(ad.Root),
	"ad.CPowX":   f2(ad.CPowX),
	"ad.CPowY":   f2(ad.CPowY),
	"cmplx.Abs":  f1(func(x complex128) complex128 { return re(cmplx.Abs(x)) }),
	"cmplx.Acos": f1(cmplx.Acos), "cmplx.Acosh": f1(cmplx.Acosh), "cmplx.Asin": f1(cmplx.Asin),
	"cmplx.Asinh": f1(cmplx.Asinh), "cmplx.Atan": f1(cmplx.Atan), "cmplx.Atanh": f1(cmplx.Atanh),
	"cmplx.Conj": f1(cmplx.Conj), "cmplx.Cos": f1(cmplx.Cos), "cmplx.Cosh": f1(cmplx.Cosh), "cmplx.Cot": f1(cmplx.Cot),
	"cmplx.Exp": f1(cmplx.Exp), "cmplx.Log": f1(cmplx.Log), "cmplx.Log10": f1(cmplx.Log10),
	"cmplx.Phase": f1(func(x complex128) complex128 { return re(cmplx.Phase(x)) }),
	"cmplx.Pow":   f2(cmplx.Pow),
	"cmplx.Rect":  f2(func(x, y complex128) complex128 { return cmplx.Rect(real(x), real(y)) }),
	"cmplx.Sin":   f1(cmplx.Sin), "cmplx.Sinh": f1(cmplx.Sinh), "cmplx.Sqrt": f1(cmplx.Sqrt),
	"cmplx.Tan": f1(cmplx.Tan), "cmplx.Tanh": f1(cmplx.Tanh),
}

func evalComplex(e ir.Expr, env map[*ir.Var]complex128) complex128 {
	switch e := e.(type) {
	case *ir.Const:
		x, _ := constant.Float64Val(constant.Real(e.Val))
		y, _ := constant.Float64Val(constant.Imag(e.Val))
		return complex(x, y)
	case *ir.Ref:
		return env[e.V]
	case *ir.Unary:
		return -evalComplex(e.X, env)
	case *ir.Convert:
		return evalComplex(e.X, env)
	case *ir.Math:
		var a []complex128
		for _, x := range e.Args {
			a = append(a, evalComplex(x, env))
		}
		return complexFns[e.Fn](a)
	case *ir.Binary:
		x, y := evalComplex(e.X, env), evalComplex(e.Y, env)
		switch e.Op {
		case token.ADD:
			return x + y
		case token.SUB:
			return x - y
		case token.MUL:
			return x * y
		case token.QUO:
			return x / y
		}
	}
	panic(fmt.Sprintf("no value of %T", e))
}

// complexPoints lists points of the domain of each function; those of real arguments
// have no imaginary part. Points on a branch cut are listed apart.
var complexPoints = map[string][][]complex128{
	"real": {{1 + 2i}}, "imag": {{1 + 2i}}, "complex": {{1.5, -2}}, "cmplx.Conj": {{1 + 2i}},
	"cmplx.Abs":   {{3 - 4i}, {-1i}, {2}},
	"cmplx.Phase": {{3 - 4i}, {-1 + 1i}, {2}},
	"cmplx.Rect":  {{1.5, 0.5}, {-2, 3}, {0, 1}},
	"cmplx.Pow":   {{1 + 2i, 0.5 - 1i}, {-1 + 0.5i, 2}, {0.5i, 1 + 1i}, {2, 0}},
	"cmplx.Acos":  somewhere, "cmplx.Acosh": somewhere, "cmplx.Asin": somewhere, "cmplx.Asinh": somewhere,
	"cmplx.Atan": somewhere, "cmplx.Atanh": somewhere, "cmplx.Cos": somewhere, "cmplx.Cosh": somewhere,
	"cmplx.Cot": somewhere, "cmplx.Exp": somewhere, "cmplx.Log": somewhere, "cmplx.Log10": somewhere,
	"cmplx.Sin": somewhere, "cmplx.Sinh": somewhere, "cmplx.Sqrt": somewhere, "cmplx.Tan": somewhere,
	"cmplx.Tanh": somewhere,
}

var somewhere = [][]complex128{
	{0.5 + 0.75i},
	{-0.5 + 0.75i},
	{0.5 - 0.75i},
	{-0.5 - 0.75i},
	{3 + 0.25i},
	{-3 + 0.25i},
	{3 - 0.25i},
	{-3 - 0.25i},
	{0.25 + 2i},
	{-0.25 + 2i},
	{0.25 - 2i},
	{-0.25 - 2i},
}

// complexCall is a rule at a point.
type complexCall struct {
	r    *rule.Rule
	at   []complex128
	args []ir.Expr
	typ  types.Type // of the result
	env  map[*ir.Var]complex128
	r0   ir.Expr
}

func callAt(r *rule.Rule, at []complex128) *complexCall {
	c128, f64 := types.Typ[types.Complex128], types.Typ[types.Float64]
	c := &complexCall{r: r, at: at, typ: c128, env: map[*ir.Var]complex128{}}
	of := c128
	switch r.Fn {
	case "complex", "cmplx.Rect":
		of = f64
	case "real", "imag", "cmplx.Abs", "cmplx.Phase":
		c.typ = f64
	}
	for i, x := range at {
		typ := of
		if r.Fn == "ad.Unit" && i == 1 {
			typ = f64
		}
		c.args = append(c.args, c.variable(string(rune('a'+i)), typ, x))
	}
	c.r0 = c.variable("r", c.typ, complexFns[r.Fn](at))
	return c
}

func (c *complexCall) variable(name string, t types.Type, x complex128) ir.Expr {
	v := &ir.Var{Name: name, Type: t}
	c.env[v] = x
	return &ir.Ref{V: v}
}

// change is what the rule says of a change dx of argument i.
func (c *complexCall) change(i int, dx complex128) complex128 {
	e := c.r.Change(c.r.Partial(i, c.args, c.r0), c.variable("d", c.args[i].Type(), dx), c.typ)
	return evalComplex(e, c.env)
}

// adjoint is what the rule passes on of the adjoint rb to argument i.
func (c *complexCall) adjoint(i int, rb complex128) complex128 {
	e := c.r.Adjoint(c.r.Partial(i, c.args, c.r0), c.variable("rb", c.typ, rb), c.args[i].Type())
	return evalComplex(e, c.env)
}

// difference is the central difference along dx.
func (c *complexCall) difference(i int, dx complex128) complex128 {
	const h = 1e-5
	moved := func(h float64) complex128 {
		at := append([]complex128{}, c.at...)
		x, y := real(at[i]), imag(at[i])
		if real(dx) != 0 { // else the sign of a zero, which tells the side of a cut, would change
			x += h * real(dx)
		}
		if imag(dx) != 0 {
			y += h * imag(dx)
		}
		at[i] = complex(x, y)
		return complexFns[c.r.Fn](at)
	}
	return (moved(h) - moved(-h)) / (2 * h)
}

// directions are the directions of argument i and, for the result, its adjoints.
func directions(t types.Type) []complex128 {
	if ir.IsReal(t) {
		return []complex128{1, -0.5}
	}
	return []complex128{1, 1i, 0.5 - 0.75i}
}

func dot(x, y complex128) float64 { return real(x)*real(y) + imag(x)*imag(y) }

func near(x, y complex128, tol float64) bool { return cmplx.Abs(x-y) <= tol*max(1, cmplx.Abs(x)) }

func TestComplexRulesAgreeWithDifferences(t *testing.T) {
	for _, r := range rulesThat(true) {
		if r.Zero() {
			continue
		}
		if len(complexPoints[r.Fn]) == 0 {
			t.Errorf("%s has no points", r.Fn)
		}
		for _, at := range complexPoints[r.Fn] {
			c := callAt(&r, at)
			for i := range at {
				for _, dx := range directions(c.args[i].Type()) {
					got, want := c.change(i, dx), c.difference(i, dx)
					if !near(got, want, 1e-8) {
						t.Errorf("%s%v: a change of argument %d by %v gives %v, differences %v", r.Fn, at, i, dx, got, want)
					}
					for _, rb := range directions(c.typ) {
						if l, r := dot(got, rb), dot(dx, c.adjoint(i, rb)); math.Abs(l-r) > 1e-13*max(1, math.Abs(l)) {
							t.Errorf("%s%v: argument %d: the adjoint gives %v where the tangent gives %v", c.r.Fn, at, i, r, l)
						}
					}
				}
			}
		}
	}
}

// TestComplexRulesOnBranchCuts: along its cut a function is smooth, and the derivative
// there has the sign that fits the value.
func TestComplexRulesOnBranchCuts(t *testing.T) {
	zero := math.Copysign(0, -1) // the lower or left side
	for _, c := range []struct {
		fn     string
		at, dx complex128
	}{
		{"cmplx.Sqrt", complex(-2, 0), 1},
		{"cmplx.Sqrt", complex(-2, zero), 1},
		{"cmplx.Log", complex(-2, 0), 1},
		{"cmplx.Asin", complex(2, 0), 1},
		{"cmplx.Asin", complex(2, zero), 1},
		{"cmplx.Asin", complex(-2, 0), 1},
		{"cmplx.Acos", complex(2, 0), 1},
		{"cmplx.Acos", complex(-2, zero), 1},
		{"cmplx.Acosh", complex(0.5, 0), 1},
		{"cmplx.Acosh", complex(0.5, zero), 1},
		{"cmplx.Acosh", complex(-2, 0), 1},
		{"cmplx.Acosh", complex(-2, zero), 1},
		{"cmplx.Asinh", complex(0, 2), 1i},
		{"cmplx.Asinh", complex(zero, 2), 1i},
		{"cmplx.Asinh", complex(0, -2), 1i},
		{"cmplx.Atan", complex(0, 2), 1i},
		{"cmplx.Atanh", complex(2, 0), 1},
	} {
		call := callAt(rule.Lookup(c.fn), []complex128{c.at})
		if got, want := call.change(0, c.dx), call.difference(0, c.dx); !near(got, want, 1e-8) {
			t.Errorf("%s(%v): a change by %v gives %v, differences %v", c.fn, c.at, c.dx, got, want)
		}
	}
}

func TestComplexKinks(t *testing.T) {
	for _, c := range []struct {
		fn   string
		at   []complex128
		arg  int
		want complex128
	}{
		{"cmplx.Abs", []complex128{0}, 0, 0},
		{"cmplx.Pow", []complex128{0, 0}, 0, 0},
		{"cmplx.Pow", []complex128{0, 1}, 0, 1},
		{"cmplx.Pow", []complex128{0, 2}, 1, 0},
	} {
		if got := callAt(rule.Lookup(c.fn), c.at).change(c.arg, 1); got != c.want {
			t.Errorf("%s%v: the derivative with respect to argument %d is %v, not %v", c.fn, c.at, c.arg, got, c.want)
		}
	}
}

// TestComplexRulesAgreeWithTheInterpreter compares with the interpreter's own table.
func TestComplexRulesAgreeWithTheInterpreter(t *testing.T) {
	for _, r := range rulesThat(true) {
		for _, at := range complexPoints[r.Fn] {
			c := callAt(&r, at)
			names := []string{"a", "b"}[:len(at)]
			var params []string
			var args []irinterp.Value
			for i, x := range at {
				params = append(params, names[i]+" "+c.args[i].Type().String())
				if ir.IsReal(c.args[i].Type()) {
					args = append(args, irinterp.Float64(real(x)))
				} else {
					args = append(args, irinterp.Complex128(x))
				}
			}
			prog, err := ir.Parse(fmt.Sprintf("package p\n\nfunc F(%s) (r %s) {\n\tr = %s(%s)\n\treturn\n}\n",
				strings.Join(params, ", "), c.typ, r.Fn, strings.Join(names, ", ")))
			if err != nil {
				t.Fatal(err)
			}
			for _, rb := range directions(c.typ) {
				seed := []float64{real(rb), imag(rb)}
				if ir.IsReal(c.typ) {
					seed = seed[:1]
				}
				d, err := irinterp.Gradient(prog, prog.Funcs[0], args, irinterp.Seeds{Results: [][]float64{seed}})
				if err != nil {
					t.Fatal(err)
				}
				for i := range at {
					got, want := c.adjoint(i, rb), re(d.Args[i][0])
					if len(d.Args[i]) > 1 {
						want += complex(0, d.Args[i][1])
					}
					if !near(got, want, 1e-12) {
						t.Errorf("%s%v: the adjoint of argument %d is %v, the interpreter's %v", r.Fn, at, i, got, want)
					}
				}
			}
		}
	}
}

// TestEveryCmplxFunctionIsDecided: a function of package math/cmplx has a rule with a
// partial for each of its parameters, or is Polar, which lower takes apart.
func TestEveryCmplxFunctionIsDecided(t *testing.T) {
	pkg, err := stdlib.Import("math/cmplx")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"real": true, "imag": true, "complex": true}
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() {
			continue
		}
		r := rule.Lookup("cmplx." + name)
		seen["cmplx."+name] = true
		switch {
		case name == "Polar":
			if r != nil {
				t.Error("there is a rule for Polar, which has two results")
			}
		case r == nil:
			t.Errorf("cmplx.%s has no rule", name)
		case len(r.Partials) != fn.Signature().Params().Len():
			t.Errorf("cmplx.%s takes %d arguments, its rule has %d partials", name, fn.Signature().Params().Len(), len(r.Partials))
		}
	}
	for _, r := range rulesThat(true) {
		if !seen[r.Fn] {
			t.Errorf("there is no %s", r.Fn)
		}
	}
}

// TestComplexFormsAreShort: what a person would write.
func TestComplexFormsAreShort(t *testing.T) {
	c128, f64 := types.Typ[types.Complex128], types.Typ[types.Float64]
	variable := func(name string, t types.Type) ir.Expr { return &ir.Ref{V: &ir.Var{Name: name, Type: t}} }
	z, x, y, zb, rb := variable("z", c128), variable("x", f64), variable("y", f64), variable("zb", c128), variable("rb", f64)
	for _, c := range []struct {
		fn    string
		args  []ir.Expr
		arg   int
		rb    ir.Expr
		want  string
		tdx   ir.Expr
		twant string
	}{
		{"real", []ir.Expr{z}, 0, rb, "complex(rb, 0.0)", zb, "real(zb)"},
		{"imag", []ir.Expr{z}, 0, rb, "complex(0.0, rb)", zb, "imag(zb)"},
		{"complex", []ir.Expr{x, y}, 0, zb, "real(zb)", rb, "complex(rb, 0.0)"},
		{"complex", []ir.Expr{x, y}, 1, zb, "imag(zb)", rb, "complex(0.0, rb)"},
		{"cmplx.Conj", []ir.Expr{z}, 0, zb, "ad.Conj(zb)", zb, "ad.Conj(zb)"},
		{"cmplx.Exp", []ir.Expr{z}, 0, zb, "ad.Conj(z) * zb", zb, "z * zb"},
		{"cmplx.Abs", []ir.Expr{z}, 0, rb, "ad.Unit(z, z) * complex(rb, 0.0)", zb, "real(ad.Conj(ad.Unit(z, z)) * zb)"},
	} {
		r := rule.Lookup(c.fn)
		to := c128
		if c.rb == rb {
			to = f64
		}
		p := r.Partial(c.arg, c.args, z)
		if got := ir.Format(r.Adjoint(p, c.rb, c.args[c.arg].Type())); got != c.want {
			t.Errorf("the adjoint of %s is written %s, not %s", c.fn, got, c.want)
		}
		if got := ir.Format(r.Change(p, c.tdx, to)); got != c.twant {
			t.Errorf("the tangent of %s is written %s, not %s", c.fn, got, c.twant)
		}
	}
}
