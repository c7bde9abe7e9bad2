// Package scrutiny holds what an analysis found out about the elements of
// checkpoint variables: which of them can influence a result and which cannot.
//
// What goes in is one [Class] per element, from an analysis, from run-length text
// or from JSON. What comes out is a [Mask] that answers "must this element be
// saved?", statistics, an algebra on the sets of elements that must be kept, and a
// [Report] that gathers the masks of all state variables of one loop.
//
// Masks are stored as runs of equal class. A variable of a billion elements with
// two uncritical ones costs a few dozen bytes, and decoding a hostile mask cannot
// make the decoder allocate more than a small multiple of the text it was given.
//
// # Run-length text
//
// The text form of a mask is a sequence of runs in element order (row-major for
// several dimensions). A run is a decimal count followed by one letter:
//
//	C  critical          the element can influence the result
//	D  dead              it is not read before it is overwritten or the program ends
//	Z  derivative zero   it is read, but the derivative of the result by it is zero
//
// "1400C1Z1D" is the mask of 1402 elements of which the first 1400 are critical.
// A count has no sign and no leading zero and is at least 1; neighbouring runs have
// different letters; the counts sum to the product of the shape. A mask has
// therefore exactly one text, and a variable without elements has the empty text.
package scrutiny
