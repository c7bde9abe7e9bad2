package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// always says that the parameters of a root lead to different memory. Where it
// matters made code checks it: see apartPairs.
func always(a, b *ir.Var) bool { return true }

// apartPairs lists the inputs of f that made code must find apart: pairs of which
// f writes to one, with types that would allow them to share memory.
func apartPairs(facts adjoint.Facts, f *ir.Func) []shadow.Pair {
	inputs := f.Inputs()
	written, grown := writtenInputs(facts, f)
	var out []shadow.Pair
	for i, p := range inputs {
		for _, q := range inputs[i+1:] {
			if (written[p] || written[q]) && meet(p.Type, q.Type) {
				out = append(out, shadow.Pair{A: p, B: q, RoomA: grown[p], RoomB: grown[q]})
			}
		}
	}
	return out
}

// writtenInputs tells which inputs lead to memory that f writes to, and which to memory
// behind the length of a slice.
func writtenInputs(facts adjoint.Facts, f *ir.Func) (written, grown map[*ir.Var]bool) {
	written, grown = map[*ir.Var]bool{}, map[*ir.Var]bool{}
	room := facts.Eff.Room(facts.Prog.Funcs)
	writes := facts.Eff.FuncWrites(f)
	for _, p := range f.Inputs() {
		for _, s := range facts.Mem.Refs(&ir.Ref{V: p}) {
			if facts.Mem.OverlapAny(facts.Eff.Reach(s), writes) {
				written[p] = true
				grown[p] = grown[p] || facts.Mem.OverlapAny(facts.Eff.Reach(s), room)
			}
		}
	}
	return written, grown
}

// meet reports whether values of the two types can lead to the same memory.
func meet(t, u types.Type) bool {
	a, b := map[types.Type]bool{}, map[types.Type]bool{}
	memories(t, a)
	memories(u, b)
	for x := range a {
		for y := range b {
			if types.Identical(x, y) {
				return true
			}
		}
	}
	return false
}

// memories collects the scalar types in the memory that values of type t lead to.
func memories(t types.Type, out map[types.Type]bool) {
	seen := map[types.Type]bool{}
	var value func(t types.Type, inside bool)
	value = func(t types.Type, inside bool) {
		if inside {
			if seen[t] {
				return
			}
			seen[t] = true
		}
		switch u := t.Underlying().(type) {
		case *types.Slice:
			value(u.Elem(), true)
		case *types.Pointer:
			value(u.Elem(), true)
		case *types.Map:
			value(u.Elem(), true)
		case *types.Array:
			value(u.Elem(), inside)
		case *types.Struct:
			for i := range u.NumFields() {
				value(u.Field(i).Type(), inside)
			}
		default:
			if inside {
				out[u] = true
			}
		}
	}
	value(t, false)
}
