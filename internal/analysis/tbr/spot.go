package tbr

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A spot is one place behind a slice or pointer variable that keeps its value: what it leads to,
// or from there on a field of a struct or an element of an array with a constant index. The
// locations of the alias analysis have one place for all elements of an array, and for all that a
// loop sees of a slice; spots of one variable tell, between two values of the variable, what is
// overwritten for good and what is not touched. Equal spots are the same pointer. The
// variable stands beside it, in an [access].
type spot struct {
	of   *spot // nil for what the variable leads to
	kind stepKind
	n    int64   // which field or element; how far from the counter
	loop *ir.For // of which iterations are told apart, nil for none
}

type stepKind uint8

const (
	pointee stepKind = iota
	field
	element
	mine    // the element at n from the counter of the loop, in the running iteration
	earlier // that in an iteration before
	inside  // some element of the slice
	gone    // some element of what the slice led to before, in this iteration of the loop or others
)

// access is how the place e is reached.
func (in *Info) access(e ir.Expr) access {
	a := access{via: alias.Via(e)}
	if v := a.via; v != nil && in.places && in.keeps(v) {
		a.at = in.spot(e)
	}
	return a
}

// spot returns that of the place e, nil if it has none.
func (in *Info) spot(e ir.Expr) *spot {
	switch e := e.(type) {
	case *ir.Deref:
		if _, ok := e.X.(*ir.Ref); ok {
			return in.one(spot{})
		}
	case *ir.Field:
		if of := in.spot(e.X); of != nil {
			return in.one(spot{of: of, kind: field, n: int64(e.I), loop: of.loop})
		}
	case *ir.Index:
		n, constant := constantIndex(e.I)
		switch e.X.Type().Underlying().(type) {
		case *types.Array:
			if of := in.spot(e.X); of != nil && constant {
				return in.one(spot{of: of, kind: element, n: n, loop: of.loop})
			} else if of != nil && of.base().kind != pointee {
				return in.one(spot{kind: inside})
			}
		case *types.Slice:
			if _, plain := e.X.(*ir.Ref); !plain {
				return nil
			}
			if constant {
				return in.one(spot{kind: element, n: n})
			}
			if s := in.mine(e.I); s != nil {
				return s
			}
			return in.one(spot{kind: inside})
		}
	}
	return nil
}

// base is what s is a part of: what a pointer leads to, or an element of a slice.
func (s *spot) base() *spot {
	for s.of != nil {
		s = s.of
	}
	return s
}

// bounded reports whether s is in an element that a slice has now.
func (s *spot) bounded() bool { return s != nil && s.base().kind != pointee && s.kind != gone }

func constantIndex(e ir.Expr) (int64, bool) {
	c, ok := e.(*ir.Const)
	if !ok || c.Val == nil || c.Val.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(c.Val)
}

// one returns the pointer that stands for all that are equal to s.
func (in *Info) one(s spot) *spot {
	p := in.spots[s]
	if p == nil {
		p = &s
		in.spots[s] = p
	}
	return p
}

// dated returns the loop of which s knows the iteration, or nil.
func (s *spot) dated() *ir.For {
	if s == nil {
		return nil
	}
	return s.loop
}

// past reports whether the variable leads elsewhere by now.
func (s *spot) past() bool { return s != nil && s.kind == gone }

// within reports whether s is all of t or a part of it.
func (s *spot) within(t *spot) bool {
	for ; s != nil; s = s.of {
		if s == t {
			return true
		}
	}
	return false
}

// apart reports whether a spot that was read and one that is written, of one variable, have
// nothing in common. It is not known of what has none.
func (in *Info) apart(read, written *spot) bool {
	if read == nil || written == nil {
		return false
	}
	r, w := read.base(), written.base()
	switch {
	case r.kind == gone:
		return written.bounded()
	case r.kind == earlier && w.kind == mine && r.loop == w.loop:
		return in.missed(r.loop, r.n, w.n)
	case r.kind == w.kind && r.loop == w.loop && (r.kind < earlier):
		return !read.within(written) && !written.within(read)
	}
	return false
}

// overwritten forgets what was needed of the place a, which has got a new value: that its old
// value is recorded where it is still needed gives it back to all that read it before. What was
// read through another variable stays needed, for it may lie elsewhere.
func (s *state) overwritten(a access) {
	if a.at == nil || a.at.base().kind == inside {
		return
	}
	for e := range s.via[a.via] {
		if e.at.within(a.at) {
			s.remove(e)
		}
	}
}
