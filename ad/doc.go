// Package ad is the runtime of the code that the generator writes.
//
// In: what generated code has to keep for later. Out: the same things, in the order
// in which the reverse sweep asks for them. The package holds
//
//   - [Stack], the values and control decisions recorded in the forward sweep and
//     taken back, last in first out, in the reverse sweep;
//   - [Snapshot], a copy of named variables from which a loop can be run again;
//   - [Loop], which drives one checkpointed loop through an action sequence of package
//     schedule;
//   - [ZeroLike], [AddLike], [CopyAdjoint] and other helpers for shadows, the variables
//     that hold adjoints: a shadow has its primal's type, shape and aliasing;
//   - [Probe], which notes for every element of watched variables whether it is read
//     before it is written.
//
// It is written for generated code: a call that generated code can never make, such as
// taking a value from an empty stack, panics with a message instead of returning an
// error. Nothing here is safe for concurrent use by several goroutines on one object.
package ad

// Float is the constraint of the helpers that do arithmetic on adjoints; a complex
// number is two floats.
type Float interface {
	~float32 | ~float64 | ~complex64 | ~complex128
}
