package irinterp

import (
	"go/types"
	"slices"
)

// sorts runs fn if it is one of the functions of the standard library that put the elements
// of a slice without floats into another order, and reports whether it is.
func sorts(fn *types.Func, args []Value) bool {
	if len(args) == 1 && slices.ContainsFunc(args[0].elems, func(e Value) bool { return e.kind == Float }) {
		return false
	}
	switch fn.Origin().FullName() {
	case "sort.Ints", "sort.Strings", "slices.Sort":
		slices.SortFunc(args[0].elems, compareKeys)
	case "slices.Reverse":
		slices.Reverse(args[0].elems)
	default:
		return false
	}
	return true
}
