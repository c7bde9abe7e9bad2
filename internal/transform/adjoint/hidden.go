package adjoint

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// checkHidden refuses a new value for l if its adjoint would have to be passed on float
// by float and generated code cannot name them.
func (t *transform) checkHidden(s ir.Stmt, l ir.Expr) {
	if hidden := t.hidden(l.Type()); hidden != nil && t.act.ActivePlace(l) {
		t.fail(s, "copy of a "+types.TypeString(hidden, ir.Within(t.prog.Pkg)), "it holds floats in fields that generated code cannot name",
			"keep a pointer to it")
	}
}

// hidden returns the first struct in a value of type t that holds floats itself, not behind
// references, and whose fields generated code cannot name.
func (t *transform) hidden(typ types.Type) types.Type {
	switch u := typ.Underlying().(type) {
	case *types.Struct:
		if t.prog.Opaque(typ) {
			if holdsFloats(typ) {
				return typ
			}
			return nil
		}
		for f := range u.Fields() {
			if h := t.hidden(f.Type()); h != nil {
				return h
			}
		}
	case *types.Array:
		return t.hidden(u.Elem())
	}
	return nil
}

// holdsFloats reports whether a value of type t holds floats itself.
func holdsFloats(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return ir.IsFloat(t)
	case *types.Array:
		return holdsFloats(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if holdsFloats(f.Type()) {
				return true
			}
		}
	}
	return false
}

// defines reports whether s declares its left sides.
func defines(s ir.Stmt) bool {
	a, ok := s.(*ir.Assign)
	return ok && a.Define
}
