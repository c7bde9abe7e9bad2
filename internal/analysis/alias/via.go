package alias

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Via returns the slice or pointer variable through which the place e is reached
// in one step, or nil. Two places whose Vias are Disjoint are different memory,
// whatever their locations.
func Via(e ir.Expr) *ir.Var {
	for {
		switch x := e.(type) {
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if _, ok := x.X.Type().Underlying().(*types.Array); ok {
				e = x.X
				continue
			}
			return Reference(x.X)
		case *ir.Deref:
			return Reference(x.X)
		default:
			return nil
		}
	}
}

// Reference returns the variable that the reference e is, or is a part of.
func Reference(e ir.Expr) *ir.Var {
	for {
		switch x := e.(type) {
		case *ir.Ref:
			return x.V
		case *ir.SliceOf:
			if _, ok := x.X.Type().Underlying().(*types.Array); ok {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}
