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
	live state
}

// Turn starts a walk at the end of an iteration of l.
func (in *Info) Turn(l *ir.For) *Turn {
	t := &Turn{in: in, live: in.turn[l].Clone()}
	if l.Stop != nil {
		t.live[entry{loc: alias.Loc{Obj: in.mem.VarObject(l.Stop)}}] = true
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
		for _, e := range a.R {
			t.in.reads(e, t.live)
		}
		for _, l := range a.L {
			if l != nil {
				t.in.address(l, t.live)
			}
		}
		return
	}
	for l := range t.in.eff.Reads(s) {
		t.live[entry{loc: l}] = true
	}
}

// writtenThrough lists the variables through which a call writes memory; ok is
// false if it may write in any other way.
func (in *Info) writtenThrough(c *ir.Call) (vias []*ir.Var, ok bool) {
	formals, ok := in.writtenFormals(c.Fn)
	if !ok {
		return nil, false
	}
	for i, p := range c.Fn.Inputs() {
		if !formals[p] {
			continue
		}
		v := alias.Reference(c.Args[i])
		if v == nil {
			return nil, false
		}
		vias = append(vias, v)
	}
	return vias, true
}

// writtenFormals lists the parameters whose elements f writes, if it writes no
// other memory.
func (in *Info) writtenFormals(f *ir.Func) (formals map[*ir.Var]bool, ok bool) {
	formals, ok = map[*ir.Var]bool{}, true
	param := map[*ir.Var]bool{}
	for _, p := range f.Inputs() {
		param[p] = true
	}
	through := func(v *ir.Var) {
		if v == nil || !param[v] {
			ok = false
		} else {
			formals[v] = true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for _, l := range s.L {
				if l != nil && in.heapPlace(l) {
					through(alias.Via(l))
				}
			}
		case *ir.Copy:
			through(alias.Reference(s.Dst))
		case *ir.Call:
			if s.Fn == nil {
				ok = ok && len(in.eff.Writes(s)) <= len(s.L)
				return
			}
			vias, known := in.writtenThrough(s)
			ok = ok && known
			for _, v := range vias {
				through(v)
			}
		}
	})
	return formals, ok
}

// heapPlace reports whether l may be memory that is not a variable of its own
// function.
func (in *Info) heapPlace(l ir.Expr) bool {
	for p := range in.mem.Places(l) {
		if p.Obj.Heap() {
			return true
		}
	}
	return alias.Via(l) != nil
}
