package tangent

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// An Algebra says what the shadows hold, and so how the shadow of the result of an
// elementary operation comes from those of its operands. All else (which variables have
// shadows, where they stand, how they are moved and passed) is the same for every
// algebra.
type Algebra interface {
	suffix() string           // of the names of made functions
	doc(primal string) string // the sentence on a made function, without its name
	fixed() string            // the method of ad.FixedPoint that iterates the shadows

	unary(op token.Token, x ir.Expr) ir.Expr
	convert(x ir.Expr, to types.Type) ir.Expr
	// binary and function get nil for operands whose shadow is zero, but not for all.
	binary(d *differ, e *ir.Binary, dx, dy ir.Expr) ir.Expr
	function(d *differ, r *rule.Rule, e *ir.Math, ds []ir.Expr) ir.Expr
}

// The algebras.
var (
	Numbers Algebra = numbers{} // derivatives in one direction: FTangent
	Masks   Algebra = masks{}   // which directions matter at all: FPattern
)
