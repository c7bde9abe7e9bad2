package rule

import (
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// complexTable has the functions of complex numbers: the builtins and package
// math/cmplx. Source: Abramowitz & Stegun, chapter 4. Where the derivative has a root,
// its sign is the one that fits the value of the function, on branch cuts too.
//
// A partial p stands for the change p*dx of the result where the argument changes by
// dx: of its real part where the result is real, and for a real dx where the argument
// is real. So real(z) has the partial 1, imag(z) has -i, |z| has the conjugate of
// z/|z|. Only the conjugate is not of this form: its change is p*conj(dx).
var complexTable = []Rule{
	{Fn: "real", Partials: []string{"1"}, Cheap: true},
	{Fn: "imag", Partials: []string{"-1i"}, Cheap: true},
	{Fn: "complex", Partials: []string{"1", "1i"}, Cheap: true},

	{Fn: "cmplx.Abs", Partials: []string{"ad.Conj(ad.Unit(x, r))"}},
	{Fn: "cmplx.Acos", Partials: []string{"-1/ad.Root((1-x)*(1+x), cmplx.Sin(r))"}, Singular: true},
	{Fn: "cmplx.Acosh", Partials: []string{"1/ad.Root((x-1)*(x+1), cmplx.Sinh(r))"}, Singular: true},
	{Fn: "cmplx.Asin", Partials: []string{"1/ad.Root((1-x)*(1+x), cmplx.Cos(r))"}, Singular: true},
	{Fn: "cmplx.Asinh", Partials: []string{"1/ad.Root(1+x*x, cmplx.Cosh(r))"}, Singular: true},
	{Fn: "cmplx.Atan", Partials: []string{"1/(1+x*x)"}, Singular: true},
	{Fn: "cmplx.Atanh", Partials: []string{"1/(1-x*x)"}, Singular: true},
	{Fn: "cmplx.Conj", Partials: []string{"1"}, Conj: true, Cheap: true},
	{Fn: "cmplx.Cos", Partials: []string{"-cmplx.Sin(x)"}, Singular: true},
	{Fn: "cmplx.Cosh", Partials: []string{"cmplx.Sinh(x)"}, Singular: true},
	{Fn: "cmplx.Cot", Partials: []string{"-1-r*r"}, Singular: true},
	{Fn: "cmplx.Exp", Partials: []string{"r"}, Singular: true},
	{Fn: "cmplx.Log", Partials: []string{"1/x"}, Singular: true},
	{Fn: "cmplx.Log10", Partials: []string{"1/(x*math.Ln10)"}, Singular: true},
	{Fn: "cmplx.Phase", Partials: []string{"-1i/x"}, Singular: true},
	{Fn: "cmplx.Pow", Partials: []string{"ad.CPowX(x, y)", "ad.CPowY(x, r)"}, Singular: true},
	{Fn: "cmplx.Rect", Partials: []string{"complex(math.Cos(y), math.Sin(y))", "complex(-imag(r), real(r))"}},
	{Fn: "cmplx.Sin", Partials: []string{"cmplx.Cos(x)"}, Singular: true},
	{Fn: "cmplx.Sinh", Partials: []string{"cmplx.Cosh(x)"}, Singular: true},
	{Fn: "cmplx.Sqrt", Partials: []string{"0.5/r"}, Singular: true},
	{Fn: "cmplx.Tan", Partials: []string{"1+r*r"}, Singular: true},
	{Fn: "cmplx.Tanh", Partials: []string{"1-r*r"}, Singular: true},

	{Fn: "cmplx.Inf", Partials: nil, Cheap: true},
	{Fn: "cmplx.NaN", Partials: nil, Cheap: true},
	{Fn: "cmplx.IsInf", Partials: []string{"0"}, Cheap: true},
	{Fn: "cmplx.IsNaN", Partials: []string{"0"}, Cheap: true},
}

var c128 types.Type = types.Typ[types.Complex128]

// number is the type of the numbers in the rule's templates.
func (r *Rule) number(args []ir.Expr) types.Type {
	switch {
	case r.Fn == "real" || r.Fn == "imag":
		return args[0].Type()
	case r.Fn == "complex":
		return ir.ComplexOf(args[0].Type())
	case strings.HasPrefix(r.Fn, "cmplx."), complexPartials[r.Fn]:
		return c128
	}
	return f64
}

// Change returns the change of a result of type to that the change dx of an argument
// makes: the product of it with the partial p.
func (r *Rule) Change(p, dx ir.Expr, to types.Type) ir.Expr {
	if r.Conj {
		dx = ir.Conj(dx)
	}
	if ir.IsComplex(p.Type()) && ir.IsReal(dx.Type()) {
		return ir.As(ir.RealTimes(p, dx), to)
	}
	out := ir.Mul(p, dx)
	if ir.IsComplex(out.Type()) && ir.IsReal(to) {
		out = ir.RealPart(out)
	}
	return ir.As(out, to)
}

// Adjoint returns what the adjoint rb of the result adds to that of an argument of
// type of whose partial is p: the transpose of Change, by which both modes come from
// one partial.
func (r *Rule) Adjoint(p, rb ir.Expr, of types.Type) ir.Expr {
	back := ir.Conj(p)
	if r.Conj {
		rb, back = ir.Conj(rb), p
	}
	if ir.IsComplex(p.Type()) && ir.IsReal(rb.Type()) {
		return ir.As(ir.RealTimes(back, rb), of)
	}
	out := ir.Mul(back, rb)
	if ir.IsComplex(out.Type()) && ir.IsReal(of) {
		out = ir.RealPart(out)
	}
	return ir.As(out, of)
}
