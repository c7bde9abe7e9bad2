package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// written is what is known of how a function writes memory.
type written struct {
	formals map[*ir.Var]bool // parameters whose elements it writes
	beyond  map[*ir.Var]bool // those of them behind whose length it may write, too
	other   bool             // it may write other memory, too
}

// writtenThrough lists the variables through which a call writes memory; ok is
// false if it may write in any other way.
func (in *Info) writtenThrough(c *ir.Call) (vias []*ir.Var, ok bool) {
	w := in.writtenBy(c.Fn)
	if w == nil || w.other { // made code, or more than was asked for
		return nil, false
	}
	for i, p := range c.Fn.Inputs() {
		if !w.formals[p] {
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

// writtenBy returns what is known of f, nil for made code.
func (in *Info) writtenBy(f *ir.Func) *written {
	if in.through == nil {
		in.findWritten()
	}
	return in.through[f]
}

// findWritten looks at all functions until nothing is added: at first nobody
// writes anything. That is sound for recursion, too: after as many rounds as
// calls nest, what these calls write has been seen, and there is nothing to be
// added for deeper ones when a round adds nothing.
func (in *Info) findWritten() {
	in.through = map[*ir.Func]*written{}
	for _, f := range in.prog.Funcs {
		in.through[f] = &written{formals: map[*ir.Var]bool{}, beyond: map[*ir.Var]bool{}}
	}
	flow.Stable(func() bool {
		changed := false
		for _, f := range in.prog.Funcs {
			changed = in.addWritten(f) || changed
		}
		return changed
	})
}

// addWritten adds to what is known of f and reports whether that is more.
func (in *Info) addWritten(f *ir.Func) bool {
	w := in.through[f]
	known, beyond, other := len(w.formals), len(w.beyond), w.other
	byHand := f.Rule != nil || f.Derivative != nil // the body stands for one that is not seen
	through := func(v *ir.Var, within bool) {
		p := v
		if o := in.owner(v); o != nil {
			p = o
		}
		if p == nil || p.Kind != ir.Param || !in.rec.Steady(p) {
			w.other = true
			return
		}
		w.formals[p] = true
		if !within || byHand {
			w.beyond[p] = true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, l := range places {
			if in.heapPlace(l) {
				through(alias.Via(l), in.access(l).at.bounded())
			}
		}
		switch s := s.(type) {
		case *ir.Assign:
			w.other = w.other || ir.Appends(s.R) // behind the length of a slice
		case *ir.Copy:
			_, plain := s.Dst.(*ir.Ref)
			through(alias.Reference(s.Dst), plain)
		case *ir.Call:
			in.addCalled(w, s, through)
		}
	})
	return len(w.formals) > known || len(w.beyond) > beyond || w.other != other
}

// addCalled adds what the call s writes to what is known of the function that it is in.
func (in *Info) addCalled(w *written, s *ir.Call, through func(v *ir.Var, within bool)) {
	if s.Fn == nil {
		places := alias.Set{}
		for _, l := range s.L {
			if l != nil {
				places.Add(in.mem.Places(l))
			}
		}
		for l := range in.eff.Writes(s) {
			w.other = w.other || !places[l]
		}
		return
	}
	called := in.through[s.Fn]
	if called == nil || called.other {
		w.other = true
		return
	}
	for i, p := range s.Fn.Inputs() {
		if called.formals[p] {
			_, plain := s.Args[i].(*ir.Ref)
			through(alias.Reference(s.Args[i]), plain && !called.beyond[p])
		}
	}
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
