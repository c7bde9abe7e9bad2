package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// written is what is known of how a function writes memory.
type written struct {
	formals map[*ir.Var]bool // parameters whose elements it writes
	other   bool             // it may write other memory, too
}

// writtenThrough lists the variables through which a call writes memory; ok is
// false if it may write in any other way.
func (in *Info) writtenThrough(c *ir.Call) (vias []*ir.Var, ok bool) {
	if in.through == nil {
		in.findWritten()
	}
	w := in.through[c.Fn]
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

// findWritten looks at all functions until nothing is added: at first nobody
// writes anything. That is sound for recursion, too: after as many rounds as
// calls nest, what these calls write has been seen, and there is nothing to be
// added for deeper ones when a round adds nothing.
func (in *Info) findWritten() {
	in.through = map[*ir.Func]*written{}
	for _, f := range in.prog.Funcs {
		in.through[f] = &written{formals: map[*ir.Var]bool{}}
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
	known, other := len(w.formals), w.other
	param := map[*ir.Var]bool{}
	for _, p := range f.Inputs() {
		param[p] = true
	}
	through := func(v *ir.Var) {
		if v == nil || !param[v] {
			w.other = true
		} else {
			w.formals[v] = true
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
				w.other = w.other || len(in.eff.Writes(s)) > len(s.L)
				return
			}
			vias, ok := in.writtenThrough(s)
			w.other = w.other || !ok
			for _, v := range vias {
				through(v)
			}
		}
	})
	return len(w.formals) > known || w.other != other
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
