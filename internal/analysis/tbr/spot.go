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
	n    int64 // which field or element
}

type stepKind uint8

const (
	pointee stepKind = iota
	field
	element
)

// access is how the place e is reached.
func (in *Info) access(e ir.Expr) access {
	a := access{via: alias.Via(e)}
	if v := a.via; v != nil && in.places && (in.rec.AssignedOnce(v) || in.rec.Steady(v)) {
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
			return in.one(spot{of, field, int64(e.I)})
		}
	case *ir.Index:
		n, ok := constantIndex(e.I)
		if !ok {
			return nil
		}
		switch e.X.Type().Underlying().(type) {
		case *types.Array:
			if of := in.spot(e.X); of != nil {
				return in.one(spot{of, element, n})
			}
		case *types.Slice:
			if _, plain := e.X.(*ir.Ref); plain {
				return in.one(spot{nil, element, n})
			}
		}
	}
	return nil
}

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

// within reports whether s is all of t or a part of it.
func (s *spot) within(t *spot) bool {
	for ; s != nil; s = s.of {
		if s == t {
			return true
		}
	}
	return false
}

// apart reports whether two spots of one variable have nothing in common. It is not known of
// what has none.
func (s *spot) apart(t *spot) bool {
	return s != nil && t != nil && !s.within(t) && !t.within(s)
}

// overwritten forgets what was needed of the place a, which has got a new value: that its old
// value is recorded where it is still needed gives it back to all that read it before. What was
// read through another variable stays needed, for it may lie elsewhere.
func (s *state) overwritten(a access) {
	if a.at == nil {
		return
	}
	for e := range s.via[a.via] {
		if e.at.within(a.at) {
			s.remove(e)
		}
	}
}
