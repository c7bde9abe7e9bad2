package tbr

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Each iteration of a counted loop has elements of its own, x[i+c], and may have a block of its
// own, b := x[i*d:(i+1)*d]. What is needed of those of one iteration is not overwritten by another
// that writes to its own. So spots know the loop: in an iteration they are of this one, at
// its end they become those of earlier ones, and after the loop they are any.

// mine returns the spot of the element x[e] in the running iteration of a loop, or nil: e is the
// counter with a constant added. Constants are small enough that no sum of them and a counter
// can lead round to another element.
func (in *Info) mine(e ir.Expr) *spot {
	const limit = 1 << 20
	n := int64(0)
	if b, ok := e.(*ir.Binary); ok {
		c, constant := constantIndex(b.Y)
		switch {
		case constant && b.Op == token.ADD:
			e, n = b.X, c
		case constant && b.Op == token.SUB:
			e, n = b.X, -c
		}
	}
	r, ok := e.(*ir.Ref)
	if !ok || n < -limit || n > limit || !types.Identical(r.V.Type.Underlying(), types.Typ[types.Int]) {
		return nil
	}
	if l := in.turns[r.V]; l != nil {
		return in.one(spot{kind: mine, n: n, loop: l})
	}
	return nil
}

// earlier returns what s, of the running iteration, is in the next one.
func (in *Info) earlier(s *spot) *spot {
	switch {
	case s.of != nil:
		return in.one(spot{of: in.earlier(s.of), kind: s.kind, n: s.n, loop: s.loop})
	case s.kind == mine:
		return in.one(spot{kind: earlier, n: s.n, loop: s.loop})
	}
	return s
}

// missed reports whether the element at n from the counter is none of those that were at m
// from it in earlier iterations.
func (in *Info) missed(l *ir.For, m, n int64) bool {
	step := int64(in.rec.Counted(l).Step)
	ahead := m - n // how far the earlier ones looked ahead
	if step < 0 {
		step, ahead = -step, -ahead
	}
	return ahead < step || ahead%step != 0
}

// enterLoop makes the counter of l and the blocks of its iterations known.
func (in *Info) enterLoop(l *ir.For, c *recompute.Counted, s *state) {
	if !in.places {
		return
	}
	in.turns[c.Index] = l
	for _, v := range in.blocks(l, c) {
		s.blocks[v] = in.one(spot{kind: gone, loop: l})
	}
}

// nextIteration goes over to the next iteration of l.
func (in *Info) nextIteration(l *ir.For, s *state) {
	for e := range s.dated[l] {
		if at := in.earlier(e.at); at != e.at {
			s.remove(e)
			s.add(entry{e.loc, access{e.via, at}})
		}
	}
}

// leaveLoop forgets which iteration of l needs what.
func (in *Info) leaveLoop(l *ir.For, c *recompute.Counted, s *state) {
	delete(in.turns, c.Index)
	for _, v := range in.ofBlocks[l] {
		delete(s.blocks, v)
	}
	for e := range s.dated[l] {
		s.remove(e)
		if e.at.kind == gone {
			s.add(entry{loc: e.loc})
		} else {
			s.add(entry{e.loc, access{e.via, in.one(spot{kind: inside})}})
		}
	}
}

// blocks lists the variables that lead, in each iteration of l, to a part of a slice that no
// other iteration's leads to: one begins where that before it ends. That holds of x[a:b] if b is
// a with the next counter in it, for Go sees to a ≤ b in each iteration.
func (in *Info) blocks(l *ir.For, c *recompute.Counted) []*ir.Var {
	if known, ok := in.ofBlocks[l]; ok {
		return known
	}
	var out []*ir.Var
	if c.Step == 1 || c.Step == -1 {
		fixed := func(v *ir.Var) bool {
			return in.keeps(v) && !in.eff.Writes(l)[alias.Loc{Obj: in.mem.VarObject(v)}]
		}
		for _, s := range l.Body.Stmts { // those that each iteration comes to
			a, ok := s.(*ir.Assign)
			if !ok || !a.Define {
				continue
			}
			for i, r := range a.R {
				v := a.L[i].(*ir.Ref).V
				if part, ok := r.(*ir.SliceOf); ok && in.rec.AssignedOnce(v) && in.successive(part, &polynomials{counter: c.Index, fixed: fixed, ids: map[*ir.Var]int{}}) {
					out = append(out, v)
				}
			}
		}
	}
	in.ofBlocks[l] = out
	return out
}

// successive reports whether the parts follow one another as the counter of p does.
func (in *Info) successive(part *ir.SliceOf, p *polynomials) bool {
	x, ok := part.X.(*ir.Ref)
	if !ok || !isSlice(x) || !p.fixed(x.V) || part.Lo == nil || part.Hi == nil {
		return false
	}
	lo, ok1 := p.of(part.Lo, true)
	hi, ok2 := p.of(part.Hi, false)
	return ok1 && ok2 && lo.equal(hi)
}

// keeps reports whether v has one value as long as it is in scope.
func (in *Info) keeps(v *ir.Var) bool { return in.rec.AssignedOnce(v) || in.rec.Steady(v) }

func isSlice(e ir.Expr) bool {
	_, ok := e.Type().Underlying().(*types.Slice)
	return ok
}

// owner returns the parameter that v is a part of for as long as it is in scope, v itself if it
// is one, or nil.
func (in *Info) owner(v *ir.Var) *ir.Var {
	for range 16 { // far deeper than anybody slices
		if v == nil || v.Kind == ir.Param {
			break
		}
		v = in.partOf[v]
	}
	if v == nil || v.Kind != ir.Param || !in.rec.Steady(v) {
		return nil
	}
	return v
}

// findParts notes the variables v := x[lo:] in partOf: they have no element that x has not.
func (in *Info) findParts() {
	in.partOf = map[*ir.Var]*ir.Var{}
	in.assigns(func(l, r ir.Expr) {
		v, ok1 := l.(*ir.Ref)
		part, ok2 := r.(*ir.SliceOf)
		if !ok1 || !ok2 || part.Hi != nil || !in.rec.AssignedOnce(v.V) {
			return
		}
		if x, ok := part.X.(*ir.Ref); ok && isSlice(x) && in.keeps(x.V) {
			in.partOf[v.V] = x.V
		}
	})
}

// leavesAlone reports whether the call st writes nothing of loc but what the slice v has now.
func (in *Info) leavesAlone(st *ir.Call, loc alias.Loc, v *ir.Var) bool {
	w := in.writtenBy(st.Fn)
	if w == nil || w.other {
		return false
	}
	for i, p := range st.Fn.Inputs() {
		if !w.formals[p] {
			continue
		}
		a, plain := st.Args[i].(*ir.Ref)
		if plain && a.V == v && !w.beyond[p] {
			continue
		}
		if !ir.IsRef(st.Args[i].Type()) || in.mem.OverlapAny(alias.Set{loc: true}, in.mem.PointsTo(st.Args[i])) {
			return false
		}
	}
	return true
}
