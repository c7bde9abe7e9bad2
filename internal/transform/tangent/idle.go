package tangent

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// idle reports whether calls of f leave all tangents as they are, and give none: the function itself is
// called then. It may get slices or pointers to what has tangents, as a function of which only
// the value is asked for in a condition.
func (t *transform) idle(f *ir.Func) bool {
	is, known := t.idles[f]
	if !known {
		t.idles[f] = false // if it calls itself
		is = t.changesNone(f)
		t.idles[f] = is
	}
	return is
}

func (t *transform) changesNone(f *ir.Func) bool {
	if f.Rule != nil || f.Derivative != nil {
		return false
	}
	for _, r := range f.Results {
		if t.carries(r) {
			return false
		}
	}
	for _, v := range slices.Concat(f.Inputs(), f.Locals) {
		if t.act.ActivePlace(&ir.Ref{V: v}) || t.act.AddressShadowed(v) {
			return false
		}
	}
	none := true
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		none = none && !ir.Appends(reads)
		for _, l := range places {
			if _, own := l.(*ir.Ref); !own {
				none = none && !t.act.ActivePlace(l) && !t.act.ShadowedRefs(l)
			}
		}
		switch s := s.(type) {
		case *ir.Copy:
			to := &ir.Index{X: s.Dst, I: ir.Int(0)}
			none = none && !t.act.ActivePlace(to) && !t.act.ShadowedRefs(to)
		case *ir.Call:
			none = none && (s.Fn == nil || t.idle(s.Fn))
		}
	})
	return none
}
