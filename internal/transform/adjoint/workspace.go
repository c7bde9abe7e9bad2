package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/lifetime"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// Slices that made functions make for themselves, the primal's locals and their shadows, are
// memory of the run-time stack if nobody can have them when it is taken back. A joint
// function has a stack of its own, which ends with it. A forward sweep marks the stack with
// Enter, and its reverse sweep ends with Leave.
//
// What a loop or a forward sweep makes anew each time would add up, where the garbage
// collector may take it away at once. So there it is done only for slices that the stack
// keeps for the reverse sweep anyway, or that the elements of another slice keep, one for each
// iteration of a loop that runs once.

// outliving is the memory that may outlive the run of a function: what is in primal for what
// the primal makes, what is in shadow for the shadows.
type outliving struct{ primal, shadow map[*alias.Object]bool }

// useWorkspace replaces make where that is possible, when all functions are made.
func (t *transform) useWorkspace() {
	if t.without(optim.Workspace) {
		return
	}
	byFn := map[*ir.Func]*variant{}
	for _, v := range t.order {
		byFn[v.fn] = v
	}
	sweeps := func(f *ir.Func) []*ir.Func { // that f gives its stack
		var out []*ir.Func
		for _, c := range ir.Callees(f) {
			if w := byFn[c]; w != nil && w.kind != jointKind {
				out = append(out, c)
			}
		}
		return out
	}
	var again []*ir.Func // forward sweeps that are run without their reverse, or more often
	for _, v := range t.order {
		if v.dropped || t.hasFixed(v.sig.fn) {
			again = append(again, v.fn)
		}
	}
	repeated := flow.Reach(again, sweeps)
	last := map[*ir.Func]outliving{}
	for _, v := range t.order {
		if v.kind == reverseKind || v.kind == forwardKind && !v.wanted {
			continue
		}
		l := t.outliving(v)
		for f := range flow.Reach([]*ir.Func{v.fn}, sweeps) {
			last[f] = last[f].with(l)
		}
	}
	for _, v := range t.order {
		l, known := last[v.fn]
		if !known || v.kind == reverseKind || v.kind == forwardKind && repeated[v.fn] || v.sig.fn.Derivative != nil {
			continue
		}
		(&workspace{t: t, v: v, outliving: l}).use()
	}
}

// hasFixed reports whether f has a loop to a fixed point.
func (t *transform) hasFixed(f *ir.Func) bool {
	found := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		l, ok := s.(*ir.For)
		found = found || ok && l.IsFixed()
	})
	return found
}

// with is all that is in l or in m.
func (l outliving) with(m outliving) outliving {
	if l.primal == nil {
		l = outliving{map[*alias.Object]bool{}, map[*alias.Object]bool{}}
	}
	for o := range m.primal {
		l.primal[o] = true
	}
	for o := range m.shadow {
		l.shadow[o] = true
	}
	return l
}

// outliving finds what may outlive a run of v, which has a stack of its own or gets one from
// the user.
func (t *transform) outliving(v *variant) outliving {
	f := v.sig.fn
	out := outliving{primal: lifetime.Outliving(t.mem, t.eff, f, f.Results)}
	out.shadow = out.primal
	if v.kind == jointKind { // which returns no shadows
		out.shadow = lifetime.Outliving(t.mem, t.eff, f, nil)
	}
	return out
}

// workspace changes one function.
type workspace struct {
	t *transform
	v *variant
	outliving
	used bool
}

func (w *workspace) use() {
	body := ir.CopyBlock(w.v.fn.Body, nil) // statements are shared with other functions
	w.replace(body)
	if !w.used {
		return
	}
	st := w.v.st
	if w.v.kind == jointKind {
		w.v.fn.Body = body
		if !hasStack(body) {
			w.v.ownStack()
		}
		return
	}
	back := w.t.variants[w.v.sig.key()+"/"+reverseKind.suffix()]
	if back == nil || !takesStack(back) {
		return
	}
	w.v.fn.Body = body
	body.Stmts = append([]ir.Stmt{&ir.Call{Name: "Enter", On: st}}, body.Stmts...)
	back.fn.Body.Stmts = append(back.fn.Body.Stmts, &ir.Call{Name: "Leave", On: back.st})
}

const newStack = "ad.NewStack"

// hasStack reports whether the body makes a stack.
func hasStack(body *ir.Block) bool {
	for _, s := range body.Stmts {
		if c, ok := s.(*ir.Call); ok && c.Name == newStack {
			return true
		}
	}
	return false
}

// ownStack gives the body of v a stack, from where its forward sweep begins.
func (v *variant) ownStack() {
	body := v.fn.Body
	made := &ir.Call{L: []ir.Expr{&ir.Ref{V: v.st}}, Define: true, Name: newStack}
	at := 0
	for i, s := range body.Stmts {
		if c, ok := s.(*ir.Comment); ok && c.Text == forwardSweep {
			at = i
			break
		}
	}
	stmts := append([]ir.Stmt{}, body.Stmts[:at]...)
	stmts = append(append(stmts, made), body.Stmts[at:]...)
	body.Stmts = append(stmts, &ir.Call{Name: "Release", On: v.st})
}

// replace replaces make in the body.
func (w *workspace) replace(body *ir.Block) {
	for _, at := range lifetime.Sites(body, w.v.kind == jointKind) {
		if m := at.Make(); w.ends(at) && (w.kept(at.In, at.Place()) || at.Single()) {
			at.To.R[at.I] = &ir.Make{Typ: m.Typ, Len: m.Len, Cap: m.Cap, In: &ir.Ref{V: w.v.st}}
			w.t.pooled[w.t.mem.Site(m)] = true
			w.used = true
		}
	}
}

// ends reports whether nobody has what is made there when the stack takes it back.
func (w *workspace) ends(at lifetime.Site) bool {
	o := w.t.mem.Site(at.Make())
	others := w.primal
	if w.v.g.sh.IsShadow(at.Place()) {
		others = w.shadow
	}
	return o != nil && !others[o]
}

// kept reports whether b pushes the slice at l or its counterpart, or what either replaces.
func (w *workspace) kept(b *ir.Block, l ir.Expr) bool {
	var other ir.Expr
	if sh := w.v.g.sh; sh.IsShadow(l) {
		other = sh.PrimalOf(l)
	} else if w.t.act.ShadowedRefs(l) {
		other = sh.Place(l)
	}
	for _, s := range b.Stmts {
		if c, ok := s.(*ir.Call); ok && c.Name == "ad.Push" && len(c.Args) == 2 {
			if ir.Equal(c.Args[1], l) || other != nil && ir.Equal(c.Args[1], other) {
				return true
			}
		}
	}
	return false
}
