package tbr

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// An entry is a value that the reverse sweep will read: the content of Loc. Via
// is the slice or pointer variable through which it was read directly, while
// that variable still refers to it; it sharpens the question whether a write
// through another variable can hit it.
type entry struct {
	loc alias.Loc
	via *ir.Var
}

// state is the set of values to be recorded if they are overwritten.
type state map[entry]bool

func (s state) Join(t state) bool {
	n := len(s)
	for e := range t {
		s[e] = true
	}
	return len(s) > n
}

func (s state) Clone() state {
	c := make(state, len(s))
	for e := range s {
		c[e] = true
	}
	return c
}

// kill removes what is known of variable v, which has got a new value.
func (s state) kill(obj *alias.Object) {
	for e := range s {
		switch {
		case e.loc.Obj == obj:
			delete(s, e)
		case e.via == obj.Var:
			delete(s, e)
			s[entry{loc: e.loc}] = true
		}
	}
}

// forget is kill for the value that the variable v has in the running call. What
// an earlier call still needs of its own v stays needed if it may be reached.
func (in *Info) forget(s state, v *ir.Var) {
	obj := in.mem.VarObject(v)
	if !in.mem.Many(obj) {
		s.kill(obj)
		return
	}
	for e := range s {
		if e.via == v {
			delete(s, e)
			s[entry{loc: e.loc}] = true
		}
	}
}

// rename follows a permutation: what was reached via R[i] is now reached via
// L[i].
func (s state) rename(a *ir.Assign, in *Info) {
	to := map[*ir.Var]*ir.Var{}
	for i, r := range a.R {
		to[r.(*ir.Ref).V] = a.L[i].(*ir.Ref).V
	}
	moved := state{}
	for e := range s {
		n := e
		if v := to[e.via]; e.via != nil && v != nil {
			n.via = v
		}
		if e.loc.Obj.Var != nil {
			if v := to[e.loc.Obj.Var]; v != nil {
				n.loc.Obj = in.mem.VarObject(v)
			}
		}
		if n != e {
			if !in.mem.Many(e.loc.Obj) {
				delete(s, e)
			}
			moved[n] = true
		}
	}
	s.Join(moved)
}

// reads adds the values that evaluating e reads.
func (in *Info) reads(e ir.Expr, out state) {
	switch e := e.(type) {
	case nil:
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		via := alias.Via(e)
		for l := range in.mem.Places(e) {
			out[entry{l, via}] = true
		}
		in.address(e, out)
		if f, ok := e.(*ir.Field); ok && len(in.mem.Places(e)) == 0 {
			in.reads(f.X, out)
		}
	case *ir.Addr:
		if _, ok := e.X.(*ir.Composite); ok {
			in.reads(e.X, out)
		} else {
			in.address(e.X, out)
		}
	case *ir.SliceOf:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.address(e.X, out)
		} else {
			in.reads(e.X, out)
		}
		for _, b := range []ir.Expr{e.Lo, e.Hi, e.Max} {
			in.reads(b, out)
		}
	default:
		if m := ir.Whole(e); m != nil {
			for l := range in.mem.PointsTo(m) {
				out[entry{l, alias.Reference(m)}] = true
			}
		}
		for _, c := range ir.Children(e) {
			in.reads(c, out)
		}
	}
}

// address adds what finding the place e reads.
func (in *Info) address(e ir.Expr, out state) {
	switch e := e.(type) {
	case *ir.Field:
		in.address(e.X, out)
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.address(e.X, out)
		} else {
			in.reads(e.X, out)
		}
		in.reads(e.I, out)
	case *ir.Deref:
		in.reads(e.X, out)
	}
}

// hits reports whether writing the locations, reached via a variable or not, may
// overwrite a value of s.
func (in *Info) hits(s state, writes alias.Set, via *ir.Var) bool {
	for e := range s {
		if e.via != nil && via != nil && e.via != via && in.mem.Disjoint(e.via, via) {
			continue
		}
		for w := range writes {
			if in.mem.Overlap(e.loc, w) {
				return true
			}
		}
	}
	return false
}
