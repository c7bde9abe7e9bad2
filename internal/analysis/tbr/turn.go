package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A Turn walks the body of a scheduled loop from its end and knows at every point
// which values are of use to the reverse of the same iteration: those that it
// reads, and those that a statement of use reads.
type Turn struct {
	in   *Info
	live *state
}

// Turn starts a walk at the end of an iteration of l.
func (in *Info) Turn(l *ir.For) *Turn {
	t := &Turn{in: in, live: newState(in.turn[l])}
	if l.Stop != nil {
		t.live.add(entry{loc: alias.Loc{Obj: in.mem.VarObject(l.Stop)}})
	}
	return t
}

// Useful reports whether s may write a value of use.
func (t *Turn) Useful(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.Assign:
		for _, l := range s.L {
			if l != nil && t.in.hits(t.live, t.in.mem.Places(l), alias.Via(l)) {
				return true
			}
		}
		return t.in.hits(t.live, t.allocated(s), nil)
	case *ir.Call:
		if s.Fn != nil && len(s.L) == 0 {
			if vias, ok := t.in.writtenThrough(s); ok {
				for _, v := range vias {
					if t.in.hits(t.live, t.in.mem.PointsTo(&ir.Ref{V: v}), v) {
						return true
					}
				}
				return false
			}
		}
	}
	return t.in.hits(t.live, t.in.eff.Writes(s), nil)
}

// allocated is what the right sides of s write: new memory, and behind appends.
func (t *Turn) allocated(s *ir.Assign) alias.Set {
	out := alias.Set{}
	for w := range t.in.eff.Writes(s) {
		out[w] = true
	}
	for _, l := range s.L {
		if l != nil {
			for p := range t.in.mem.Places(l) {
				delete(out, p)
			}
		}
	}
	return out
}

// Keep goes on before s, which is kept: what it reads is of use.
func (t *Turn) Keep(s ir.Stmt) {
	if a, ok := s.(*ir.Assign); ok {
		if alias.IsSwap(a) {
			t.live.rename(&ir.Assign{L: a.R, R: a.L}, t.in)
			return
		}
		read := set{}
		for _, e := range a.R {
			t.in.reads(e, into(read))
		}
		for _, l := range a.L {
			if l != nil {
				t.in.address(l, into(read))
			}
		}
		t.live.join(read)
		return
	}
	for l := range t.in.eff.Reads(s) {
		t.live.add(entry{loc: l})
	}
}
