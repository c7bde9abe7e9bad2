package tangent

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// numbers is the algebra of derivatives in one direction.
type numbers struct{}

func (numbers) suffix() string { return "Tangent" }

func (numbers) fixed() string { return "Tangent" }

func (numbers) doc(primal string) string {
	return "runs " + primal + " and its derivative in the direction given by the d parameters."
}

func (numbers) unary(op token.Token, x ir.Expr) ir.Expr {
	if op == token.SUB {
		return ir.Neg(x)
	}
	return x
}

func (numbers) convert(x ir.Expr, to types.Type) ir.Expr {
	if types.Identical(to, x.Type()) {
		return x
	}
	return &ir.Convert{X: x, Typ: to}
}

func (numbers) function(d *differ, r *rule.Rule, e *ir.Math, ds []ir.Expr) ir.Expr {
	var result ir.Expr
	for i := range e.Args {
		if ds[i] != nil && r.UsesResult(i) {
			result = d.bind("t", e)
			break
		}
	}
	var out ir.Expr
	for i := range e.Args {
		if ds[i] == nil {
			continue
		}
		if p := r.Partial(i, e.Args, result); p != nil {
			out = sum(out, r.Change(p, ds[i], e.Typ))
		}
	}
	return out
}

func sum(x, y ir.Expr) ir.Expr {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return ir.Add(x, y)
}

func (numbers) binary(d *differ, e *ir.Binary, dx, dy ir.Expr) ir.Expr {
	switch e.Op {
	case token.ADD:
		return sum(dx, dy)
	case token.SUB:
		if dy == nil {
			return dx
		}
		if dx == nil {
			return ir.Neg(dy)
		}
		return ir.Sub(dx, dy)
	case token.MUL:
		if ir.Equal(e.X, e.Y) {
			return ir.Mul(ir.Mul(ir.Number(2, e.Typ), e.X), dx)
		}
		if dx != nil {
			dx = ir.Mul(e.Y, dx)
		}
		if dy != nil {
			dy = ir.Mul(e.X, dy)
		}
		return sum(dx, dy)
	case token.QUO:
		y := e.Y
		if dy != nil && !isSimple(y) {
			y = d.bind("t", y)
		}
		if dx != nil {
			dx = ir.Quo(dx, y)
		}
		if dy != nil {
			dy = ir.Neg(ir.Quo(ir.Mul(e.X, dy), ir.Mul(y, y)))
		}
		return sum(dx, dy)
	}
	return nil
}
