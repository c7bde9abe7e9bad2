// Package optim names what the compiler does only to make derivatives faster or shorter:
// each of it may be left out, and tests leave it out in many combinations.
//
// In: a list of names. Out: a [Set], which the stages are asked to do without.
package optim

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// A Set is a set of optimisations; in the options of a stage, those that it leaves out.
type Set uint32

const (
	// Tidy: what the transforms made becomes shorter code that computes the same.
	Tidy Set = 1 << iota
	// Specialize: a function has derivatives for each set of arguments that are active in calls.
	Specialize
	// Directions: vector forms have slices of arrays, and pointers to arrays, of the directions.
	Directions
	// Fuse: loops that only add to sums, and calls, are reversed where they run.
	Fuse
	// Gather: what iterations add to one cell of a shadow is added to it once.
	Gather
	// Bundle: floats that are recorded in one stretch of code are recorded at once.
	Bundle
	// Recompute: the reverse sweep works out again what follows from memory that nothing
	// overwrites or that is kept anyway, and each value of a variable is one by itself.
	Recompute
	// Fields: the memory behind fields that made code finds apart is taken to be so where values
	// are recorded.
	Fields
	// Workspace: what a derivative makes for itself is memory of its stack, used again.
	Workspace
	// Reslice: loops ask once, before they begin, for all that they reach of a slice.
	Reslice
	// Share: functions of package math are called once for the same numbers.
	Share
	// Inline: small functions of numbers are part of their callers.
	Inline
	// Scalars: small structs and arrays of numbers are a variable for each number.
	Scalars
	// Lift: numbers of branches outlive the branch where both sweeps are one function.
	Lift
	// Reuse: roots, quotients and functions are not computed again while their value is at hand.
	Reuse
	// Values: the values of functions that derivatives follow from are recorded beside others.
	Values
	// Fold: what is used once is worked out where it is used.
	Fold
	// Parallel: loops over goroutines have goroutines in their derivatives, too.
	Parallel
	// Places: a place behind a slice or pointer is told from others of its kind where values are
	// recorded, so that what is overwritten is not kept any longer.
	Places
	// Final: memory that the reverse sweep leaves alone is not kept to be brought back after it.
	Final
	// Shift: what goes from one variable to another one is not recorded a second time.
	Shift
	// Rows: what each iteration of a loop records lies in a row, with the counter as its index.
	Rows
	// Parts: sums over what a stencil reads are summed by parts where [Gather] gathers its adjoints.
	Parts

	// Selection: of a loop that selects a value, such as the least, one iteration is reversed.
	Selection

	// All is every one of them.
	All = 1<<iota - 1

	// Reorders are those that add up in another order: results agree to rounding only, and
	// strict code does without.
	Reorders = Fuse | Gather | Inline | Values | Parallel | Parts
)

// names of the optimisations, in the order of the constants.
var names = []string{"tidy", "specialize", "directions", "fuse", "gather", "bundle", "recompute", "fields", "workspace", "reslice", "share", "inline", "scalars", "lift", "reuse", "values", "fold", "parallel", "places", "final", "shift", "rows", "parts", "selection"}

// Names lists the names that [Parse] takes, "all" apart.
func Names() []string { return slices.Clone(names) }

// Parse reads names between commas; "" is the empty set and "all" every one.
func Parse(list string) (Set, error) {
	var s Set
	if list == "" {
		return 0, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		switch i := slices.Index(names, name); {
		case name == "all":
			s = All
		case i < 0:
			return 0, fmt.Errorf("no optimisation %q: there are all, %s", name, strings.Join(names, ", "))
		default:
			s |= 1 << i
		}
	}
	return s, nil
}

// String is the list of names that [Parse] reads.
func (s Set) String() string {
	if s == All {
		return "all"
	}
	var out []string
	for rest := s & All; rest != 0; rest &= rest - 1 {
		out = append(out, names[bits.TrailingZeros32(uint32(rest))])
	}
	return strings.Join(out, ",")
}

// Has reports whether s has all of o.
func (s Set) Has(o Set) bool { return s&o == o }
