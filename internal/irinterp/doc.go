// Package irinterp is the reference interpreter of the intermediate
// representation: the oracle that the compiler's tests compare with.
//
// In: a program of package ir, one of its functions and its arguments. Out: the
// results, with the exact semantics of Go (rounding to float32, wrap-around,
// shared backing arrays, panics as errors), and, by two methods that share
// nothing with the transforms of the compiler, derivatives:
//
//   - Gradient writes every operation on floats to a flat tape while it
//     interprets, then walks the tape backwards once;
//   - Tangent carries a derivative beside every float (dual numbers).
//
// Memory is a tree of Values: a variable is a *Value, a pointer is a *Value, a
// slice is a Go slice of Values, and a struct or array holds its elements. Thus
// aliasing in the interpreted program is aliasing of Values.
package irinterp
