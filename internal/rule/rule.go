// Package rule is the one table of derivatives of elementary functions.
//
// In: the name of a function. Out: its partial derivatives, as templates that a
// transform fills with argument expressions. The tangent and the adjoint use
// the same templates, so they can never disagree.
package rule

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A Rule says how a function of one to three float64 or complex128 arguments is
// differentiated.
type Rule struct {
	Fn       string
	Partials []string // by argument, in x, y, z and the result r; "0" for none
	Select   string   // for max and min: the comparison under which x is the result
	Cheap    bool     // costs about as much as storing and loading its result
	Conj     bool     // the partial applies to the conjugate of the argument's change

	// Singular: some partial is infinite or no number at finite arguments for which
	// the function itself has a value, or overflows where the function does.
	Singular bool
}

// Zero reports whether every derivative vanishes.
func (r *Rule) Zero() bool {
	if r.Select != "" {
		return false
	}
	for _, p := range r.Partials {
		if p != "0" {
			return false
		}
	}
	return true
}

// UsesResult reports whether the partial of argument i is written with r.
func (r *Rule) UsesResult(i int) bool {
	if r.Select != "" {
		return false
	}
	uses := false
	e, err := parser.ParseExpr(r.Partials[i])
	if err != nil {
		panic("rule: " + r.Fn + ": " + err.Error())
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "r" {
			uses = true
		}
		return true
	})
	return uses
}

const halfSqrtPi = "0.886226925452758013649083741670572591"

// table follows the order of package math's documentation. Sources: Abramowitz &
// Stegun, Handbook of Mathematical Functions (1964), chapters 4 (elementary), 6
// (gamma), 7 (error function), 9 (Bessel). At points without a derivative the
// value is that of Griewank & Walther (2008), section 14: 0 for |x| at 0, the
// first argument's for max and min of equal numbers.
var table = []Rule{
	{Fn: "max", Select: "x >= y", Cheap: true},
	{Fn: "min", Select: "x <= y", Cheap: true},
	{Fn: "math.Max", Select: "x >= y", Cheap: true},
	{Fn: "math.Min", Select: "x <= y", Cheap: true},

	{Fn: "math.Abs", Partials: []string{"ad.Sign(x)"}, Cheap: true},
	{Fn: "math.Acos", Partials: []string{"-1/math.Sqrt(1-x*x)"}, Singular: true},
	{Fn: "math.Acosh", Partials: []string{"1/math.Sqrt(x*x-1)"}, Singular: true},
	{Fn: "math.Asin", Partials: []string{"1/math.Sqrt(1-x*x)"}, Singular: true},
	{Fn: "math.Asinh", Partials: []string{"1/math.Sqrt(x*x+1)"}},
	{Fn: "math.Atan", Partials: []string{"1/(1+x*x)"}},
	{Fn: "math.Atan2", Partials: []string{"y/(x*x+y*y)", "-x/(x*x+y*y)"}, Singular: true},
	{Fn: "math.Atanh", Partials: []string{"1/(1-x*x)"}, Singular: true},
	{Fn: "math.Cbrt", Partials: []string{"1/(3*r*r)"}, Singular: true},
	{Fn: "math.Ceil", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Copysign", Partials: []string{"ad.Sign(x)*math.Copysign(1, y)", "0"}, Cheap: true},
	{Fn: "math.Cos", Partials: []string{"-math.Sin(x)"}},
	{Fn: "math.Cosh", Partials: []string{"math.Sinh(x)"}, Singular: true},
	{Fn: "math.Dim", Partials: []string{"ad.Step(x-y)", "-ad.Step(x-y)"}, Cheap: true},
	{Fn: "math.Erf", Partials: []string{"math.Exp(-x*x)/" + halfSqrtPi}},
	{Fn: "math.Erfc", Partials: []string{"-math.Exp(-x*x)/" + halfSqrtPi}},
	{Fn: "math.Erfcinv", Partials: []string{"-" + halfSqrtPi + "*math.Exp(r*r)"}, Singular: true},
	{Fn: "math.Erfinv", Partials: []string{halfSqrtPi + "*math.Exp(r*r)"}, Singular: true},
	{Fn: "math.Exp", Partials: []string{"r"}, Singular: true},
	{Fn: "math.Exp2", Partials: []string{"r*math.Ln2"}, Singular: true},
	{Fn: "math.Expm1", Partials: []string{"r+1"}, Singular: true},
	{Fn: "math.FMA", Partials: []string{"y", "x", "1"}, Cheap: true},
	{Fn: "math.Floor", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Gamma", Partials: []string{"r*ad.Digamma(x)"}, Singular: true},
	{Fn: "math.Hypot", Partials: []string{"ad.Ratio(x, r)", "ad.Ratio(y, r)"}},
	{Fn: "math.Inf", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.J0", Partials: []string{"-math.J1(x)"}},
	{Fn: "math.J1", Partials: []string{"(math.J0(x)-math.Jn(2, x))/2"}},
	{Fn: "math.Jn", Partials: []string{"0", "(math.Jn(x-1, y)-math.Jn(x+1, y))/2"}},
	{Fn: "math.Ldexp", Partials: []string{"math.Ldexp(1, y)", "0"}},
	{Fn: "math.Log", Partials: []string{"1/x"}, Singular: true},
	{Fn: "math.Log10", Partials: []string{"1/(x*math.Ln10)"}, Singular: true},
	{Fn: "math.Log1p", Partials: []string{"1/(1+x)"}, Singular: true},
	{Fn: "math.Log2", Partials: []string{"1/(x*math.Ln2)"}, Singular: true},
	{Fn: "math.Logb", Partials: []string{"0"}},
	{Fn: "math.Mod", Partials: []string{"1", "-math.Trunc(x/y)"}, Singular: true},
	{Fn: "math.NaN", Partials: nil, Cheap: true},
	{Fn: "math.Pow", Partials: []string{"ad.PowX(x, y)", "ad.PowY(x, r)"}, Singular: true},
	{Fn: "math.Remainder", Partials: []string{"1", "-math.RoundToEven(x/y)"}, Singular: true},
	{Fn: "math.Round", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.RoundToEven", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Sin", Partials: []string{"math.Cos(x)"}},
	{Fn: "math.Sinh", Partials: []string{"math.Cosh(x)"}, Singular: true},
	{Fn: "math.Sqrt", Partials: []string{"0.5/r"}, Cheap: true, Singular: true},
	{Fn: "math.Tan", Partials: []string{"1+r*r"}, Singular: true},
	{Fn: "math.Tanh", Partials: []string{"1-r*r"}},
	{Fn: "math.Trunc", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Y0", Partials: []string{"-math.Y1(x)"}, Singular: true},
	{Fn: "math.Y1", Partials: []string{"math.Y0(x)-r/x"}, Singular: true},
	{Fn: "math.Yn", Partials: []string{"0", "(math.Yn(x-1, y)-math.Yn(x+1, y))/2"}, Singular: true},

	{Fn: "math.Pow10", Partials: []string{"0"}, Cheap: true},

	// The results of Frexp, Lgamma, Modf and Sincos, which lower tells apart.
	{Fn: "ad.FrexpExp", Partials: []string{"0"}, Cheap: true},
	{Fn: "ad.FrexpFrac", Partials: []string{"ad.FrexpScale(x)"}, Cheap: true},
	{Fn: "ad.Lgamma", Partials: []string{"ad.Digamma(x)"}},
	{Fn: "ad.LgammaSign", Partials: []string{"0"}},
	{Fn: "ad.ModfFrac", Partials: []string{"1"}, Cheap: true},
	{Fn: "ad.ModfInt", Partials: []string{"0"}, Cheap: true},
	{Fn: "ad.SincosCos", Partials: []string{"-math.Sin(x)"}},
	{Fn: "ad.SincosSin", Partials: []string{"math.Cos(x)"}},

	// Passive questions about a float.
	{Fn: "math.IsNaN", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.IsInf", Partials: []string{"0", "0"}, Cheap: true},
	{Fn: "math.Signbit", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Ilogb", Partials: []string{"0"}},
	{Fn: "math.Float64bits", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Float32bits", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Float64frombits", Partials: []string{"0"}, Cheap: true},
	{Fn: "math.Float32frombits", Partials: []string{"0"}, Cheap: true},
}

// transformed are the functions that transforms write before a program is differentiated. That
// of [ad.WithValue] is no derivative of what it computes: see package selection.
var transformed = []Rule{
	{Fn: "ad.WithValue", Partials: []string{"1", "0"}, Cheap: true},
}

var byName = func() map[string]*Rule {
	m := map[string]*Rule{}
	for _, t := range [][]Rule{table, complexTable, partials, transformed} {
		for i := range t {
			m[t[i].Fn] = &t[i]
		}
	}
	return m
}()

// Lookup returns the rule of a function ("math.Sin", "max"), or nil.
func Lookup(fn string) *Rule { return byName[fn] }

// All returns the table, without the functions in [Partials] and those that only transforms write.
func All() []Rule { return append(append([]Rule{}, table...), complexTable...) }

// Partial returns the partial derivative of r with respect to argument i at the
// given arguments; result is the function's value there.
func (r *Rule) Partial(i int, args []ir.Expr, result ir.Expr) ir.Expr {
	if i >= len(r.Partials) || r.Partials[i] == "0" {
		return nil
	}
	if (r.Fn == "math.Pow" || r.Fn == "cmplx.Pow") && i == 0 {
		if c, ok := args[1].(*ir.Const); ok && realConst(c) != nil && constant.Sign(realConst(c)) != 0 {
			return powConst(r.Fn, args[0], c)
		}
	}
	e, err := parser.ParseExpr(r.Partials[i])
	if err != nil {
		panic("rule: " + r.Fn + ": " + err.Error())
	}
	env := map[string]ir.Expr{"r": result, "x": arg(args, 0), "y": arg(args, 1), "z": arg(args, 2)}
	return template{env, r.number(args)}.build(e)
}

// realConst returns the value of c if it is a real number, else nil.
func realConst(c *ir.Const) constant.Value {
	if v := constant.ToFloat(c.Val); v.Kind() == constant.Float {
		return v
	}
	return nil
}

// powConst is the derivative c x^(c-1) of x^c, computed by fn, for a real constant c
// other than zero.
func powConst(fn string, x ir.Expr, c *ir.Const) ir.Expr {
	c = &ir.Const{Val: realConst(c), Typ: c.Typ}
	less := constant.BinaryOp(c.Val, token.SUB, constant.ToFloat(constant.MakeInt64(1)))
	rest := &ir.Const{Val: less, Typ: c.Typ}
	if v, exact := constant.Float64Val(less); exact && v == 1 {
		return ir.Mul(c, x)
	} else if v == 0 {
		return ir.One(c.Typ)
	}
	return ir.Mul(c, &ir.Math{Fn: fn, Args: []ir.Expr{x, rest}, Typ: c.Typ})
}

// Condition returns the comparison under which the first argument of max or min
// is the result.
func (r *Rule) Condition(args []ir.Expr) ir.Expr {
	e, err := parser.ParseExpr(r.Select)
	if err != nil {
		panic("rule: " + r.Fn + ": " + err.Error())
	}
	return template{map[string]ir.Expr{"x": args[0], "y": args[1]}, f64}.build(e)
}

func arg(args []ir.Expr, i int) ir.Expr {
	if i < len(args) {
		return args[i]
	}
	return nil
}

var f64 types.Type = types.Typ[types.Float64]

// template is what stands behind the names of a template, and the type of the
// numbers in it.
type template struct {
	env    map[string]ir.Expr
	number types.Type
}

func (t template) build(e ast.Expr) ir.Expr {
	switch e := e.(type) {
	case *ast.Ident:
		return t.env[e.Name]
	case *ast.BasicLit:
		v := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		if e.Kind != token.IMAG {
			v = constant.ToFloat(v)
		}
		return &ir.Const{Val: v, Typ: t.number}
	case *ast.SelectorExpr:
		name := e.X.(*ast.Ident).Name + "." + e.Sel.Name
		switch name {
		case "math.Ln2":
			return &ir.Const{Val: constant.MakeFromLiteral("0.693147180559945309417232121458176568", token.FLOAT, 0), Typ: t.number, Text: name}
		case "math.Ln10":
			return &ir.Const{Val: constant.MakeFromLiteral("2.30258509299404568401799145468436421", token.FLOAT, 0), Typ: t.number, Text: name}
		}
		panic("rule: unknown constant " + name)
	case *ast.ParenExpr:
		return t.build(e.X)
	case *ast.UnaryExpr:
		return ir.Neg(t.build(e.X))
	case *ast.BinaryExpr:
		return t.binary(e)
	case *ast.CallExpr:
		return t.call(e)
	}
	panic(fmt.Sprintf("rule: %T in a template", e))
}

func (t template) binary(e *ast.BinaryExpr) ir.Expr {
	x, y := t.build(e.X), t.build(e.Y)
	if c, ok := y.(*ir.Const); ok && ir.IsInteger(x.Type()) { // the order of a Bessel function
		y = &ir.Const{Val: constant.ToInt(c.Val), Typ: x.Type()}
	}
	switch e.Op {
	case token.ADD:
		return ir.Add(x, y)
	case token.SUB:
		return ir.Sub(x, y)
	case token.MUL:
		return ir.Mul(x, y)
	case token.QUO:
		return ir.Quo(x, y)
	}
	return &ir.Binary{Op: e.Op, X: x, Y: y, Typ: types.Typ[types.Bool]}
}

// ordered are the functions whose first argument is an order, an int.
var ordered = map[string]bool{"math.Jn": true, "math.Yn": true, "ad.Polygamma": true}

// call builds a call: of functions of package math and of real, imag and complex the
// arguments that are numbers are real, of others they are of the template's type.
func (t template) call(e *ast.CallExpr) ir.Expr {
	m := &ir.Math{Typ: t.number}
	switch f := e.Fun.(type) {
	case *ast.Ident:
		m.Fn, t.number = f.Name, f64
		if f.Name != "complex" {
			m.Typ = f64
		}
	case *ast.SelectorExpr:
		m.Fn = f.X.(*ast.Ident).Name + "." + f.Sel.Name
		if f.X.(*ast.Ident).Name == "math" {
			m.Typ, t.number = f64, f64
		}
	}
	for i, a := range e.Args {
		x := t.build(a)
		if c, ok := x.(*ir.Const); ok && i == 0 && ordered[m.Fn] {
			x = &ir.Const{Val: constant.ToInt(c.Val), Typ: types.Typ[types.Int]}
		}
		m.Args = append(m.Args, x)
	}
	if m.Fn == "ad.Conj" {
		return ir.Conj(m.Args[0])
	}
	return m
}
