package tbr

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// block carries the state through a scope and out of it.
func (in *Info) block(b *ir.Block, s *state) {
	for _, st := range b.Stmts {
		in.stmt(st, s)
	}
	for _, st := range b.Stmts {
		switch st := st.(type) {
		case *ir.Decl:
			in.leave(b, st.V, s)
		case *ir.Assign:
			if st.Define {
				for _, l := range st.L {
					in.leave(b, l.(*ir.Ref).V, s)
				}
			}
		case *ir.Call:
			if st.Define {
				for _, l := range st.L {
					if l != nil {
						in.leave(b, l.(*ir.Ref).V, s)
					}
				}
			}
		}
	}
}

// leave ends the scope of v: its last value is kept if it is needed and cannot
// be worked out again.
func (in *Info) leave(scope ir.Stmt, v *ir.Var, s *state) {
	if len(s.of[in.mem.VarObject(v)]) > 0 && in.rec.Local(v) == nil {
		if in.exit[scope] == nil {
			in.exit[scope] = map[*ir.Var]bool{}
		}
		if !in.exit[scope][v] {
			in.exit[scope][v] = true
			in.changed = true
		}
	}
	in.forget(s, v)
}

func (in *Info) stmt(st ir.Stmt, s *state) {
	switch st := st.(type) {
	case *ir.Block:
		in.block(st, s)
	case *ir.Decl:
		in.forget(s, st.V)
	case *ir.Assign:
		in.assign(st, s)
	case *ir.Copy:
		in.copy(st, s)
	case *ir.Call:
		in.call(st, s)
	case *ir.If:
		if in.reverse[st] {
			in.need(s, in.cl.Before(st))
		}
		s.branch(
			func() { in.block(st.Then, s) },
			func() {
				if st.Else != nil {
					in.block(st.Else, s)
				}
			})
	case *ir.For:
		if in.cl.Fused(st) {
			in.fused(st, s)
		} else if st.Scheduled() {
			in.scheduled(st, s)
		} else {
			in.loop(st, s)
		}
	}
}

func (in *Info) assign(st *ir.Assign, s *state) {
	if alias.IsSwap(st) {
		if in.cl.Active(st) {
			in.need(s, in.cl.Before(st))
		}
		s.rename(st, in)
		return
	}
	if in.cl.Active(st) {
		in.need(s, in.cl.Before(st))
	}
	in.appends(st, s)
	if st.Define {
		in.again(st.L, s)
	} else {
		for i, l := range st.L {
			if l != nil {
				in.overwrite(st, i, len(st.L), l, s)
			}
		}
		for i := range st.L {
			if in.Saves(st, i) {
				in.shift(st, i)
			}
		}
	}
	in.killPlaces(st.L, s)
	in.shifted(st, s)
	if in.cl.Active(st) {
		in.need(s, in.cl.After(st))
	}
}

// appends looks for an append that may write over elements that are still needed:
// the spare capacity behind one slice may belong to another.
func (in *Info) appends(st *ir.Assign, s *state) {
	for i, r := range st.R {
		ir.WalkExpr(r, func(e ir.Expr) bool {
			a, ok := e.(*ir.Append)
			if ok && !in.growsOnly(st.L[i], a) && in.hits(s, in.mem.PointsTo(a.X), alias.Reference(a.X)) {
				in.clash[st] = true
			}
			return true
		})
	}
}

// overwrite decides whether the old value of the place l is recorded; if so the
// reverse needs the place's address as well.
func (in *Info) overwrite(st ir.Stmt, i, n int, l ir.Expr, s *state) {
	if in.save[st] == nil {
		in.save[st] = make([]bool, n)
	}
	if !in.save[st][i] && in.hitsAt(s, in.mem.Places(l), in.access(l)) {
		in.save[st][i] = true
		in.changed = true
	}
	if in.save[st][i] {
		add := set{}
		in.address(l, into(add))
		in.noteNeeded(add)
		s.join(add)
	}
}

// killPlaces forgets what was needed of variables that are overwritten whole, and of places: if
// their old values are needed, they are recorded.
func (in *Info) killPlaces(ls []ir.Expr, s *state) {
	for _, l := range ls {
		if r, ok := l.(*ir.Ref); ok {
			in.forget(s, r.V)
		} else if l != nil {
			s.overwritten(in.access(l))
		}
	}
}

func (in *Info) copy(st *ir.Copy, s *state) {
	if in.cl.Active(st) {
		in.need(s, in.cl.Before(st))
	}
	if !in.saveCopy[st] && in.hits(s, in.mem.PointsTo(st.Dst), alias.Reference(st.Dst)) {
		in.saveCopy[st] = true
		in.changed = true
	}
	if in.saveCopy[st] {
		in.need(s, []ir.Expr{st.Dst, &ir.Len{X: st.Src}})
	}
	if st.N != nil {
		in.overwrite(st, 0, 1, st.N, s)
		in.killPlaces([]ir.Expr{st.N}, s)
	}
}

func (in *Info) call(st *ir.Call, s *state) {
	if in.cl.Fused(st) {
		in.lefts(st, s)
		return
	}
	joint := in.cl.Joint(st)
	if st.Fn != nil && in.reverse[st.Fn] || in.cl.Active(st) {
		in.need(s, in.cl.Before(st))
	}
	switch {
	case st.Fn == nil:
		// What was made before at the places of what a fresh call writes is other memory.
		if !st.Fresh && in.hits(s, in.eff.Writes(st), nil) && !onlyLefts(in, st, s) {
			in.clash[st] = true
		}
	case joint:
		if in.cl.Active(st) {
			for l := range in.eff.SharedReads(st.Fn) {
				if in.looksAt(st.Fn, l) {
					s.add(entry{loc: l})
				}
			}
			for l := range in.eff.SharedWrites(st.Fn) {
				if l.Obj.Entries() && in.reverse[st.Fn] { // the adjoint asks which keys were there
					s.add(entry{loc: l})
				}
			}
		}
		writes := in.eff.SharedWrites(st.Fn)
		if !in.snapshot[st] && !in.cl.Undone(st) && in.hits(s, writes, nil) {
			in.snapshot[st] = true
			in.changed = true
		}
		if in.snapshot[st] && !in.values[st] && in.hits(s, in.onlyFloats(writes), nil) {
			in.values[st] = true
			in.changed = true
		}
	default:
		in.enter(st, s)
		actual := in.actuals(st)
		for e := range in.last[st.Fn] {
			s.add(entry{e.loc, in.inCaller(st, e.access, actual)})
		}
	}
	in.lefts(st, s)
	if in.cl.Active(st) {
		in.need(s, in.cl.After(st))
	}
}

// lefts overwrites the left sides of a call.
func (in *Info) lefts(st *ir.Call, s *state) {
	if !st.Define {
		for i, l := range st.L {
			if l != nil {
				in.overwrite(st, i, len(st.L), l, s)
			}
		}
	} else {
		in.again(st.L, s)
	}
	in.killPlaces(st.L, s)
}

// again needs what the variables that are declared are to be worked out from again.
func (in *Info) again(ls []ir.Expr, s *state) {
	for _, l := range ls {
		if l == nil {
			continue
		}
		if v := l.(*ir.Ref).V; in.needed[v] && in.rec.Local(v) != nil {
			in.need(s, []ir.Expr{in.rec.Local(v)})
		}
	}
}

// onlyLefts reports whether a foreign call overwrites nothing but its own left
// sides.
func onlyLefts(in *Info, st *ir.Call, s *state) bool {
	writes := alias.Set{}
	writes.Add(in.eff.Writes(st))
	for _, l := range st.L {
		if l != nil {
			for p := range in.mem.Places(l) {
				delete(writes, p)
			}
		}
	}
	return !in.hits(s, writes, nil)
}

// enter tells the callee what is still needed of the memory that it may write.
func (in *Info) enter(st *ir.Call, s *state) {
	known := in.entry[st.Fn]
	note := func(e entry) {
		if !known[e] {
			known[e] = true
			in.changed = true
		}
	}
	formal := in.formals(st)
	for w := range in.eff.SharedWrites(st.Fn) {
		in.overlapping(s, w, func(loc alias.Loc, ways map[access]bool) bool {
			for way := range ways {
				switch {
				case !way.at.past():
					note(entry{loc, access{via: formal[way.via]}})
				case !in.leavesAlone(st, loc, way.via):
					note(entry{loc: loc})
				}
			}
			return false
		})
	}
}

// formals tells for a variable that is passed for which parameter, if it is the only one.
func (in *Info) formals(st *ir.Call) map[*ir.Var]*ir.Var {
	out := map[*ir.Var]*ir.Var{}
	for i, p := range st.Fn.Inputs() {
		r, ok := st.Args[i].(*ir.Ref)
		if !ok {
			continue
		}
		if _, twice := out[r.V]; twice {
			out[r.V] = nil
		} else {
			out[r.V] = p
		}
	}
	return out
}

// actuals tells for a parameter which variable is passed.
func (in *Info) actuals(st *ir.Call) map[*ir.Var]*ir.Var {
	out := map[*ir.Var]*ir.Var{}
	for i, p := range st.Fn.Inputs() {
		out[p] = alias.Reference(st.Args[i])
	}
	return out
}

// inCaller is how the caller sees what was read through a parameter.
func (in *Info) inCaller(st *ir.Call, a access, actual map[*ir.Var]*ir.Var) access {
	out := access{via: actual[a.via]}
	if out.via == nil || a.at == nil || !in.keeps(out.via) {
		return out
	}
	for i, p := range st.Fn.Inputs() {
		if _, plain := st.Args[i].(*ir.Ref); plain && p == a.via {
			out.at = a.at
		}
	}
	return out
}

func (in *Info) loop(st *ir.For, s *state) {
	counted := in.rec.Counted(st)
	if st.Init != nil {
		in.assign(st.Init, s)
	}
	if counted != nil {
		in.enterLoop(st, counted, s)
	}
	stopped := set{} // a loop that stops early does not come to its post statement
	s.loop(func(start int) {
		in.block(st.Body, s)
		if counted != nil {
			in.nextIteration(st, s)
		}
		if st.Post == nil || counted != nil { // the index runs backwards by itself
			return
		}
		if st.Stop != nil {
			for e, added := range s.since(start) {
				if added {
					stopped[e] = true
				}
			}
		}
		in.assign(st.Post, s)
	})
	s.join(stopped)
	if counted != nil {
		in.leaveLoop(st, counted, s)
	}
	if in.reverse[st] {
		in.need(s, in.cl.Before(st))
	}
	if st.Init != nil && st.Init.Define {
		for _, l := range st.Init.L {
			v := l.(*ir.Ref).V
			if counted != nil {
				in.forget(s, v)
			} else {
				in.leave(st, v, s)
			}
		}
	}
}

// fused is a loop of which each iteration is reversed as soon as it has run. It writes new
// memory, its own variables and sums that nothing before it reads: it overwrites nothing that
// is needed, and its own reverse is over when it ends.
func (in *Info) fused(st *ir.For, s *state) {
	if st.Init != nil {
		in.assign(st.Init, s)
	}
	in.block(st.Body, newState(nil))
}

// scheduled is a loop reversed under a checkpoint schedule. An iteration is
// recorded anew from a snapshot, so within it nothing of what came before needs
// keeping; what came before and is overwritten is restored from the first
// snapshot. Whatever the iterations read must outlive the loop.
func (in *Info) scheduled(st *ir.For, s *state) {
	if !in.reverse[st] {
		in.loop(st, s)
		return
	}
	in.need(s, in.cl.Before(st))
	var counter *ir.Var // nil in a loop to a fixed point
	var index *alias.Object
	if k := in.rec.Counted(st); k != nil && !st.IsFixed() {
		counter, index = k.Index, in.mem.VarObject(k.Index)
	}
	if in.start[st] == nil {
		in.start[st] = alias.Set{}
	}
	writes := in.eff.Writes(st)
	for w := range writes {
		if w.Obj != index && !in.start[st][w] && in.overlapping(s, w, func(alias.Loc, map[access]bool) bool { return true }) {
			in.start[st][w] = true
			in.changed = true
		}
	}
	body := newState(in.headers(st))
	in.block(st.Body, body)
	if in.turn[st] == nil {
		in.turn[st] = set{}
	}
	in.turn[st].Join(body.all())
	if counter != nil {
		in.forget(body, counter)
	}
	s.join(body.all())
	replay := set{}
	for _, c := range st.Body.Stmts {
		for l := range in.eff.Reads(c) {
			if l.Obj != index && !in.mem.OverlapAny(alias.Set{l: true}, writes) { // else a snapshot holds it
				replay[entry{loc: l}] = true
			}
		}
	}
	in.noteNeeded(replay)
	s.join(replay)
	if counter != nil {
		in.forget(s, counter)
	}
	if st.RunAgain() {
		in.carried(st, s)
	}
}

// carried needs what refers to the state at the end of a scheduled loop whose last
// iteration may be run again before it is reversed, and the
// adjoints of the state are handed on to where it then lies.
func (in *Info) carried(st *ir.For, s *state) {
	inside := map[*ir.Var]bool{}
	ir.WalkStmts(st.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Decl:
			inside[s.V] = true
		case *ir.Assign:
			define(inside, s.L, s.Define)
		case *ir.Call:
			define(inside, s.L, s.Define)
		}
	})
	refs := in.headers(st)
	for e := range refs {
		if inside[e.loc.Obj.Var] {
			delete(refs, e)
		}
	}
	in.noteNeeded(refs)
	s.join(refs)
}

// define notes the variables that a statement declares.
func define(set map[*ir.Var]bool, l []ir.Expr, defines bool) {
	for _, e := range l {
		if r, ok := e.(*ir.Ref); ok && defines {
			set[r.V] = true
		}
	}
}

// headers lists the slices and pointers that the scheduled loop gives new values:
// between two reversed iterations the adjoints of the state are handed on by them,
// so the reverse of an iteration must end with the values from its start. Those
// that are only exchanged are exchanged back anyway.
func (in *Info) headers(st *ir.For) set {
	swapped := map[*ir.Var]bool{}
	given := map[*ir.Var]bool{}
	ir.WalkStmts(st.Body, func(s ir.Stmt) {
		a, ok := s.(*ir.Assign)
		swap := ok && alias.IsSwap(a)
		_, places := ir.Exprs(s)
		for _, l := range places {
			if r, ok := l.(*ir.Ref); ok {
				if swap {
					swapped[r.V] = true
				} else {
					given[r.V] = true
				}
			}
		}
	})
	out := set{}
	for w := range in.eff.Writes(st) {
		v := w.Obj.Var
		if v != nil && swapped[v] && !given[v] {
			continue
		}
		for _, leaf := range alias.Leaves(in.mem.TypeAt(w)) {
			if ir.IsRef(leaf.Type) {
				out[entry{loc: alias.Loc{Obj: w.Obj, Path: w.Path + leaf.Path}}] = true
			}
		}
	}
	return out
}
