package ir

import (
	"go/token"
	"go/types"
)

// A Rule holds the derivatives that were written by hand for a function. Inputs are
// its receiver, if it has one, and its parameters. What the functions look like stands
// in the reference of calling conventions.
type Rule struct {
	Pos token.Pos // of the directive
	Of  *types.Func

	Tangent, Adjoint *types.Func // nil if there is none
	Forward, Reverse *types.Func // the adjoint in two halves: both or none
	// Undo: Reverse gives what the function overwrites the values from before the call.
	Undo bool
	// Mirror: the function makes, or gives a view of, memory; called with shadows it
	// makes the shadow of its result.
	Mirror bool

	// Passive: the function only reads, and what it returns counts as constant.
	Passive bool

	In     []bool // by input: it is followed by its shadow
	Out    []bool // by result: it has a seed
	Same   []int  // by result: the input that it is, or -1
	Moves  []bool // by input: it may also replace slices and pointers there
	Duals  []bool // by result: Tangent returns its tangent behind it
	Reads  []bool // by input: the adjoint looks at the floats behind it; nil for all
	Writes []bool // by input: the function may write to the memory that it leads to

	// Vectors, by input, are right-hand side and solution of a function under //cairn:solver,
	// for which the rule was made; nil for others. Deep, by input: the function may write to
	// memory that it leads to, what a pointer itself points to apart.
	Vectors, Deep []bool
}

// Kept returns the type of what Forward leaves for Reverse, or nil.
func (r *Rule) Kept() types.Type {
	if r.Forward == nil {
		return nil
	}
	res := r.Forward.Signature().Results()
	return res.At(res.Len() - 1).Type()
}

// Adjoints reports whether the reverse mode can use the rule.
func (r *Rule) Adjoints() bool { return r.Adjoint != nil || r.Reverse != nil || r.Mirror }
