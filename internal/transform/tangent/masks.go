package tangent

import (
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// masks is the boolean semiring, for many directions at a time: the shadow of a float
// holds a bit for each direction, set where the value depends on it. These are the index
// domains of Griewank & Walther (2008), section 7.1, as bits.
type masks struct{}

func (masks) suffix() string { return "Pattern" }

func (masks) fixed() string { return "Pattern" }

func (masks) doc(primal string) string {
	return "runs " + primal + " and finds what depends on what, by the bits of the d parameters."
}

func (masks) unary(_ token.Token, x ir.Expr) ir.Expr { return x }

func (masks) convert(x ir.Expr, to types.Type) ir.Expr { return rule.MaskAs(x, to) }

func (masks) binary(_ *differ, e *ir.Binary, dx, dy ir.Expr) ir.Expr {
	switch e.Op {
	case token.ADD, token.SUB:
		return either(dx, dy)
	case token.MUL, token.QUO:
		if !ir.IsComplex(e.Typ) || dy == nil && isRealConst(e.Y) || dx == nil && isRealConst(e.X) && e.Op == token.MUL {
			return either(dx, dy)
		}
		return spread([]ir.Expr{dx, dy}, e.Typ)
	}
	return nil
}

func (masks) function(_ *differ, r *rule.Rule, e *ir.Math, ds []ir.Expr) ir.Expr {
	switch r.Fn {
	case "real", "imag":
		return &ir.Math{Fn: r.Fn, Args: ds, Typ: e.Typ}
	case "complex":
		parts := make([]ir.Expr, len(ds))
		for i, x := range ds {
			if parts[i] = x; x == nil {
				parts[i] = ir.Number(0, e.Args[i].Type())
			}
		}
		return &ir.Math{Fn: r.Fn, Args: parts, Typ: e.Typ}
	case "cmplx.Conj":
		return ds[0]
	}
	return spread(ds, e.Typ)
}

// spread returns the mask of a value of type to of which every part depends on every
// part of the operands, of which some are nil.
func spread(ds []ir.Expr, to types.Type) ir.Expr {
	part := to
	if ir.IsComplex(to) {
		part = ir.PartOf(to)
	}
	var out, last ir.Expr
	for _, x := range ds {
		if x == nil || last != nil && same(x, last) {
			continue
		}
		last = x
		out = either(out, rule.MaskAs(x, part))
	}
	return rule.MaskAs(out, to)
}

// same reports whether x and y are one place.
func same(x, y ir.Expr) bool { return isSimple(x) && isSimple(y) && ir.Equal(x, y) }

// either joins two masks of one type, of which one may be nil.
func either(x, y ir.Expr) ir.Expr {
	switch {
	case x == nil, y != nil && same(x, y):
		return y
	case y == nil:
		return x
	}
	return rule.OrMasks(x, y)
}

// isRealConst reports whether e is a constant without imaginary part.
func isRealConst(e ir.Expr) bool {
	c, ok := e.(*ir.Const)
	return ok && c.Val != nil && constant.Sign(constant.Imag(c.Val)) == 0
}
