package lower

import (
	"fmt"
	"go/token"
	"go/types"
)

// checkType reports a type that the IR cannot carry.
func (b *builder) checkType(pos token.Pos, t types.Type) {
	what, why, do := refusedType(t)
	if what != "" {
		b.diags.Add(b.l.in.Fset, pos, what, why, do)
	}
	b.mirrored(pos, t)
}

const (
	noTypeWhy = "it has no type, since it names something that does not exist yet"
	noTypeDo  = "call derivatives that a directive asks for, and no halves of them"
)

// refusedType returns what is wrong with values of type t, or "". The fields
// of a struct are judged only where they are used.
func refusedType(t types.Type) (what, why, do string) {
	t = innermost(t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Kind() == types.Invalid:
			return "expression", noTypeWhy, noTypeDo
		case u.Kind() == types.UnsafePointer:
			return "unsafe pointer", "nothing is known about the memory behind it", "use slices and typed pointers"
		}
	case *types.Map:
		return refusedMap(u)
	case *types.Chan:
		return "channel", "the reverse sweep cannot follow communication", "pass the values as parameters"
	case *types.Signature:
		return "function value", funcValueWhy, "differentiate a function that calls this one with a function that it names"
	case *types.Interface:
		if _, ok := t.(*types.TypeParam); ok {
			return "type parameter", "its type is not known here", "use a type that stands for itself"
		}
	case *types.Tuple:
		return fmt.Sprintf("%d values", u.Len()), "one value is wanted here", "assign them to variables first"
	}
	return "", "", ""
}

// innermost returns what slices, arrays, pointers and maps that are not refused are made
// of; a number for a type that is made of itself.
func innermost(t types.Type) types.Type {
	for seen := map[types.Type]bool{}; !seen[t]; {
		seen[t] = true
		switch u := t.Underlying().(type) {
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Pointer:
			t = u.Elem()
		case *types.Map:
			if what, _, _ := refusedMap(u); what != "" {
				return t
			}
			t = u.Elem()
		default:
			return t
		}
	}
	return types.Typ[types.Int]
}
