// Package floatsad has the derivatives of gonum.org/v1/gonum/floats.
//
// In: the arguments of a function of package floats with their shadows. Out: its results,
// and tangents or adjoints. The generator calls them in place of the source of floats, whose
// inner loops are assembly, in packages that import this one.
//
// FTangent gets a tangent behind each argument of floats, and returns results with tangents.
// FAdjoint gets a shadow behind each of them, a pointer for numbers, and the seed of a number
// that F returns comes last. The shadow of what F writes to holds the seed on entry and the
// adjoint of the old value on return; all others are added to. Arguments have the values
// from before the call on entry, and those from after it on return. A slice that F returns is
// its dst, so its seed is in the shadow of dst. A nil shadow is that of an argument without
// derivative.
//
// Two arguments may be the same slice. Where one of them is written to, all functions panic
// if they overlap otherwise, since gonum's result then depends on the processor.
package floatsad

import "github.com/cairn-ad/cairn/rules/gonum/internal/memory"

// at is x[i], or 0 if x is the shadow of an argument without derivative.
func at(x []float64, i int) float64 {
	if len(x) == 0 {
		return 0
	}
	return x[i]
}

// sameOrApart panics if dst and one of the others overlap without being the same. Second
// derivatives of floats call adjoints, which ask that too.
//
//cairn:source of=unchecked
func sameOrApart(fn string, dst []float64, others ...[]float64) {
	for _, s := range others {
		memory.SameOrApart("floats."+fn, "dst", memory.Slice(dst), "an argument", memory.Slice(s))
	}
}

func unchecked(string, []float64, ...[]float64) {}
