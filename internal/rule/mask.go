package rule

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// This file has the operations of the boolean semiring on masks that are held in the
// bits of floats: see ad.Mask.

// OrMasks joins two masks of one type, those of a complex number part by part.
func OrMasks(x, y ir.Expr) ir.Expr {
	fn := "ad.Or"
	if ir.IsComplex(x.Type()) {
		fn = "ad.OrParts"
	}
	return mask(forWidth(fn, x.Type()), x.Type(), x, y)
}

// MaskAs returns the mask x for a value of type to: in the width of that type; both
// parts joined for a real number, the same mask in both parts for a complex one.
func MaskAs(x ir.Expr, to types.Type) ir.Expr {
	switch from := x.Type(); {
	case ir.IsComplex(from) && !ir.IsComplex(to):
		x = mask(forWidth("ad.Join", from), ir.PartOf(from), x)
	case isSingle(from) == isSingle(to):
	case ir.IsComplex(from) && isSingle(to):
		x = mask("ad.NarrowParts", types.Typ[types.Complex64], x)
	case ir.IsComplex(from):
		x = mask("ad.WidenParts", types.Typ[types.Complex128], x)
	}
	if ir.IsReal(x.Type()) && isSingle(x.Type()) != isSingle(to) {
		if isSingle(to) {
			x = mask("ad.Narrow", types.Typ[types.Float32], x)
		} else {
			x = mask("ad.Widen", types.Typ[types.Float64], x)
		}
	}
	if ir.IsReal(x.Type()) && ir.IsComplex(to) {
		part := ir.PartOf(to)
		x = mask(forWidth("ad.Both", part), ir.ComplexOf(part), ir.As(x, part))
	}
	return ir.As(x, to)
}

func mask(fn string, t types.Type, args ...ir.Expr) ir.Expr {
	return &ir.Math{Fn: fn, Args: args, Typ: t}
}

// single are the names of the functions of package ad for masks of 32 bits.
var single = map[string]string{"ad.Or": "ad.Or32", "ad.OrParts": "ad.OrParts64", "ad.Join": "ad.Join64", "ad.Both": "ad.Both32"}

// forWidth is the function fn of package ad for masks in values of type t.
func forWidth(fn string, t types.Type) string {
	if isSingle(t) {
		return single[fn]
	}
	return fn
}

// isSingle reports whether the floats of t have 32 bits.
func isSingle(t types.Type) bool {
	k := t.Underlying().(*types.Basic).Kind()
	return k == types.Float32 || k == types.Complex64
}
