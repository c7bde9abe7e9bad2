package adjoint

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// This file decides which loops over goroutines have goroutines again in their sweeps. A program
// without data races has no other iteration at an element that an iteration writes. So the
// adjoint of such an element belongs to that iteration, and is left where it is. An element that
// is only read may be read by several: what they add to its adjoint, they add to copies of their
// own, which are added up in the order of the iterations. What has to be known is that the two
// kinds of elements lie apart: in different memory, or the ones that are written and read are
// read where the iteration writes.

// parallel is what is known of one loop over goroutines.
type parallel struct {
	why    string            // the loop stays sequential; empty if not
	shared alias.Set         // what has adjoints and iterations only read
	mixed  alias.Set         // what some iterations write and some read
	own    alias.Set         // what iterations write of what can be reached from outside the loop
	names  []string          // of the variables to whose adjoints several iterations add, for people
	direct map[string]bool   // names of shadows that need no copies
	shadow map[string]string // by name of a variable, that of its shadow
	loop   *ir.For
	pieces []piece
}

// parallelOf decides for the loop l of f.
func (t *transform) parallelOf(f *ir.Func, l *ir.For) *parallel {
	if known := t.parallels[l]; known != nil {
		return known
	}
	p := &parallel{shared: alias.Set{}, mixed: alias.Set{}, own: alias.Set{}, loop: l, direct: map[string]bool{}, shadow: map[string]string{}}
	if t.parallels == nil {
		t.parallels = map[*ir.For]*parallel{}
	}
	t.parallels[l] = p
	p.why = t.decideParallel(f, l, p)
	return p
}

func (t *transform) decideParallel(f *ir.Func, l *ir.For, p *parallel) (why string) {
	if t.without(optim.Parallel) {
		return "it is left out"
	}
	if t.rec.Counted(l) == nil || l.Stop != nil {
		return "the number of iterations is not known at its start"
	}
	around := loopstate.Around(f, l)
	writes := t.eff.Writes(l)
	outside := alias.Set{}
	for _, v := range around {
		at := alias.Set{{Obj: t.mem.VarObject(v)}: true}
		if t.mem.OverlapAny(at, writes) && !isWaitGroup(v.Type) {
			return v.Name + " gets a value in it"
		}
		outside.Add(t.eff.Reach(at))
	}
	outside.Add(t.eff.Reach(t.mem.Lasting()))
	for w := range writes {
		one := alias.Set{w: true}
		if !t.mem.OverlapAny(one, outside) || isWaitGroup(w.Obj.Type) {
			continue
		}
		p.own[w] = true
		if ir.HasRef(t.mem.TypeAt(w)) {
			return "it stores slices or pointers that outlive an iteration"
		}
		if w.Obj.Entries() {
			return "it changes a map"
		}
	}
	for r := range t.eff.Reads(l) {
		one := alias.Set{r: true}
		if !t.mem.OverlapAny(one, outside) {
			continue
		}
		if l.GoFloats && t.mem.OverlapAny(one, p.own) {
			return "floats are read before a goroutine starts, or for its arguments, and it is not known that none of them is changed"
		}
		active := t.anyActive(r)
		if r.Obj.Entries() && active {
			return "it reads active values of a map"
		}
		switch {
		case t.mem.OverlapAny(one, p.own):
			p.mixed[r] = true
		case active || t.act.ShadowedObject(r.Obj) && !ir.IsRef(t.mem.TypeAt(r)):
			p.shared[r] = true
		}
	}
	p.pieces = t.within(l)
	for _, fn := range p.pieces {
		if why := t.parallelBody(fn, p); why != "" {
			return why
		}
	}
	return ""
}

// anyActive reports whether there may be an adjoint at the location or in it.
func (t *transform) anyActive(l alias.Loc) bool {
	for _, leaf := range alias.Leaves(t.mem.TypeAt(l)) {
		if ir.IsFloat(leaf.Type) && t.act.Active(alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}) {
			return true
		}
	}
	return false
}

// piece is a body of code that the iterations of a loop run: that of the loop (f is nil) or of a function.
type piece struct {
	f    *ir.Func
	body *ir.Block
}

// within lists the code that the loop runs, that of functions included.
func (t *transform) within(l *ir.For) []piece {
	out := []piece{{nil, l.Body}}
	var called []*ir.Func
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok && c.Fn != nil {
			called = append(called, c.Fn)
		}
	})
	reached := flow.Reach(called, ir.Callees)
	for _, f := range t.prog.Funcs { // in a fixed order
		if reached[f] {
			out = append(out, piece{f, f.Body})
		}
	}
	return out
}

// parallelBody looks for what must not run at the same time, and for reads of elements that other
// iterations may write.
func (t *transform) parallelBody(code piece, p *parallel) (why string) {
	b := code.body
	refuse := func(reason string) {
		if why == "" {
			why = reason
		}
	}
	t.keepsShared(b, p, refuse)
	ir.WalkStmts(b, func(s ir.Stmt) {
		for _, inner := range ir.Blocks(s) {
			t.keepsShared(inner, p, refuse)
		}
		switch s := s.(type) {
		case *ir.For:
			if s.Checkpoint != nil {
				refuse("a directive tells how a loop in it is reversed")
			}
			t.keepsVars(s, ir.Defined(initOf(s)), p, refuse)
		case *ir.Call:
			switch {
			case s.Fn == nil && !countsOnly(s):
				refuse("it calls a function whose source is not known")
			case s.Fn == nil:
			case s.Fn.Rule != nil || s.Fn.Derivative != nil:
				refuse("it calls " + s.Fn.Name + ", which has a derivative by hand")
			case t.joint(s) && t.client.generatorFor(s).snapshots(s):
				refuse("it needs snapshots for the joint call of " + s.Fn.Name)
			}
		}
		if t.isFused(s) && code.f == nil {
			refuse("a loop or call in it is reversed where it runs")
		}
		_, places := ir.Exprs(s)
		for i, e := range places {
			if e != nil && t.tbr.Saves(s, i) && ir.HasRef(e.Type()) && t.leadsToShared(e, p) {
				refuse("the old value of " + ir.Format(e) + ", which leads to what several iterations read, is recorded")
			}
		}
		if c, ok := s.(*ir.Copy); ok && t.tbr.SavesCopy(c) && ir.HasRef(c.Dst.Type().Underlying()) && t.leadsToShared(c.Dst, p) {
			if elem := elemRefs(c.Dst); elem {
				refuse("slices that lead to what several iterations read are recorded")
			}
		}
	})
	if why == "" && len(p.mixed) > 0 {
		t.mixedReads(code, b, p, refuse)
	}
	return why
}

func initOf(l *ir.For) ir.Stmt {
	if l.Init == nil {
		return &ir.Block{}
	}
	return l.Init
}

// elemRefs reports whether the elements of the slice hold references.
func elemRefs(slice ir.Expr) bool { return ir.HasRef((&ir.Index{X: slice, I: ir.Int(0)}).Type()) }

// isWaitGroup reports whether t is sync.WaitGroup, which goroutines may use at the same time.
func isWaitGroup(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && named.Obj().Name() == "WaitGroup"
}

// countsOnly reports whether the foreign call counts goroutines.
func countsOnly(c *ir.Call) bool {
	if c.Ext == nil {
		return false
	}
	name := c.Ext.FullName()
	return name == "(*sync.WaitGroup).Done" || name == "(*sync.WaitGroup).Add"
}

// keepsShared refuses to record, at the end of the block, variables that lead to what is copied:
// the reverse sweep would get the shadows that are not.
func (t *transform) keepsShared(b *ir.Block, p *parallel, refuse func(string)) {
	t.keepsVars(b, declared(b), p, refuse)
}

func (t *transform) keepsVars(scope ir.Stmt, vars []*ir.Var, p *parallel, refuse func(string)) {
	for _, v := range vars {
		if ir.HasRef(v.Type) && t.tbr.Exit(scope, v) && t.leadsToShared(&ir.Ref{V: v}, p) {
			refuse(v.Name + ", which leads to what several iterations read, is recorded")
		}
	}
}

// leadsToShared reports whether references in the value lead to what is copied.
func (t *transform) leadsToShared(e ir.Expr, p *parallel) bool {
	for _, s := range t.mem.Refs(e) {
		if t.mem.OverlapAny(t.eff.Reach(s), p.shared) {
			return true
		}
	}
	return false
}

// mixedReads refuses reads of memory that iterations write, but for elements that the iteration
// itself writes: by the same statement, or by one beside it, at an index that has the same value.
func (t *transform) mixedReads(code piece, b *ir.Block, p *parallel, refuse func(string)) {
	set := assignedIn(b)
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			t.mixedReads(code, inner, p, refuse)
		}
		if l, ok := s.(*ir.For); ok {
			head := &ir.Block{}
			for _, part := range []*ir.Assign{l.Init, l.Post} {
				if part != nil {
					head.Stmts = append(head.Stmts, part)
				}
			}
			t.mixedReads(code, head, p, refuse)
		}
		if c, ok := s.(*ir.Copy); ok && t.mem.OverlapAny(t.mem.PointsTo(c.Src), p.mixed) {
			refuse("it copies from memory that it writes")
		}
		reads, _ := ir.Exprs(s)
		for _, e := range reads {
			t.eachRead(e, func(at ir.Expr) {
				if !t.act.ActivePlace(at) || !t.mem.OverlapAny(t.mem.Places(at), p.mixed) || t.readsThrough(code, at, p) {
					return
				}
				if !ir.IsFloat(at.Type()) || !steady(at, set) || !writesIn(b, at) {
					refuse("it reads " + ir.Format(at) + " and writes to the same memory, and it is not known that these elements lie apart")
				}
			})
		}
	}
}

// readsThrough reports whether the element at is read through a slice behind which the loop writes
// nothing, so that goroutines get copies of its shadow.
func (t *transform) readsThrough(code piece, at ir.Expr, p *parallel) bool {
	v := alias.Via(at)
	return v != nil && t.onlyRead(code, v, p)
}

// onlyRead reports whether v is a slice declared outside the loop, behind which the loop writes
// nothing; or a parameter that is given parts of such slices in all calls that the loop makes.
func (t *transform) onlyRead(code piece, v *ir.Var, p *parallel) bool {
	if s, ok := v.Type.Underlying().(*types.Slice); !ok || ir.HasRef(s.Elem()) {
		return false
	}
	if code.f == nil {
		inside := false
		ir.WalkStmt(p.loop, func(s ir.Stmt) { inside = inside || slices.Contains(ir.Defined(s), v) })
		return !inside && t.writesNothing(code.body, v)
	}
	i := slices.Index(code.f.Inputs(), v)
	if i < 0 || t.mem.Recursive(code.f) || assignedIn(code.body)[v] > 0 || !t.writesNothing(code.body, v) {
		return false
	}
	right := true
	for _, from := range p.pieces {
		ir.WalkStmts(from.body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn == code.f && right {
				root := sliced(c.Args[i])
				right = root != nil && t.onlyRead(from, root, p)
			}
		})
	}
	return right
}

// sliced returns the slice variable of which e is a part, or all; nil if it is something else.
func sliced(e ir.Expr) *ir.Var {
	for {
		switch x := e.(type) {
		case *ir.SliceOf:
			e = x.X
		case *ir.Ref:
			return x.V
		default:
			return nil
		}
	}
}

// writesNothing reports whether nothing in b writes to the elements of the slice v.
func (t *transform) writesNothing(b *ir.Block, v *ir.Var) bool {
	target := t.mem.PointsTo(&ir.Ref{V: v})
	nothing := true
	ir.WalkStmts(b, func(s ir.Stmt) {
		if len(ir.Blocks(s)) > 0 || !nothing || !t.mem.OverlapAny(t.eff.Writes(s), target) {
			return
		}
		c, call := s.(*ir.Call)
		if !call || c.Fn == nil || t.mem.Recursive(c.Fn) {
			_, places := ir.Exprs(s)
			_, assign := s.(*ir.Assign)
			nothing = assign && t.placesApart(places, v, target)
			return
		}
		nothing = t.placesApart(c.L, v, target)
		for i, a := range c.Args {
			if !ir.HasRef(a.Type()) || !t.reaches(a, target) {
				continue
			}
			root := sliced(a)
			param := c.Fn.Inputs()[i]
			switch {
			case root == nil:
				nothing = false
			case t.mem.Disjoint(root, v):
			case root != v || !t.writesNothing(c.Fn.Body, param):
				nothing = false
			}
		}
	})
	return nothing
}

// reaches reports whether references in the value lead to the memory.
func (t *transform) reaches(e ir.Expr, target alias.Set) bool {
	for _, s := range t.mem.Refs(e) {
		if t.mem.OverlapAny(t.eff.Reach(s), target) {
			return true
		}
	}
	return false
}

// placesApart reports whether none of the places may be an element of v, which target are.
func (t *transform) placesApart(places []ir.Expr, v *ir.Var, target alias.Set) bool {
	return !slices.ContainsFunc(places, func(l ir.Expr) bool {
		if l == nil || !t.mem.OverlapAny(t.mem.Places(l), target) {
			return false
		}
		via := alias.Via(l)
		return via == nil || !t.mem.Disjoint(via, v)
	})
}

// eachRead calls f for the places of memory that evaluating e reads.
func (t *transform) eachRead(e ir.Expr, f func(ir.Expr)) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.Addr: // only finds the place
			t.addressReads(x.X, f)
			return false
		case *ir.SliceOf:
			if _, array := x.X.Type().Underlying().(interface{ Len() int64 }); array {
				t.addressReads(x.X, f)
				for _, c := range []ir.Expr{x.Lo, x.Hi, x.Max} {
					if c != nil {
						t.eachRead(c, f)
					}
				}
				return false
			}
		case *ir.Index, *ir.Deref, *ir.Field:
			if ir.Held(e) == nil {
				f(e)
				t.addressReads(e, f)
				return false
			}
		}
		return true
	})
}

// addressReads is eachRead for what finding the place e reads.
func (t *transform) addressReads(e ir.Expr, f func(ir.Expr)) {
	switch x := e.(type) {
	case *ir.Field:
		t.addressReads(x.X, f)
	case *ir.Index:
		t.eachRead(x.I, f)
		if _, array := x.X.Type().Underlying().(interface{ Len() int64 }); array {
			t.addressReads(x.X, f)
			return
		}
		t.eachRead(x.X, f)
	case *ir.Deref:
		t.eachRead(x.X, f)
	}
}

// assignedIn counts how often variables get values in b, statements in it included.
func assignedIn(b *ir.Block) map[*ir.Var]int {
	out := map[*ir.Var]int{}
	ir.WalkStmts(b, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, e := range places {
			if e != nil {
				if v := ir.Held(e); v != nil {
					out[v]++
				}
			}
		}
		if d, ok := s.(*ir.Decl); ok {
			out[d.V]++
		}
	})
	return out
}

// steady reports whether the place at is found with variables that have one value in the
// block: assigned to once, where they are defined.
func steady(at ir.Expr, set map[*ir.Var]int) bool {
	same := true
	ir.WalkExpr(at, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			same = same && set[r.V] <= 1
		}
		return same
	})
	return same
}

// writesIn reports whether a statement of b itself writes to the place, each time that b runs.
func writesIn(b *ir.Block, at ir.Expr) bool {
	return slices.ContainsFunc(b.Stmts, func(s ir.Stmt) bool {
		a, ok := s.(*ir.Assign)
		return ok && slices.ContainsFunc(a.L, func(l ir.Expr) bool { return l != nil && ir.Equal(l, at) })
	})
}

// spawn is what a made loop gets that is a sweep of l, or runs it without recording; nil if it
// stays sequential.
func (g *generator) spawn(l *ir.For, sweep ir.Sweep, body *ir.Block) *ir.Spawn {
	if !l.Go || g.t.tbr == nil {
		return nil
	}
	p := g.t.parallelOf(g.f, l)
	if p.why != "" {
		return nil
	}
	out := &ir.Spawn{Of: l, Sweep: sweep, Why: &p.why, Direct: p.direct}
	if sweep != ir.ReverseSweep {
		return out
	}
	inside := map[*ir.Var]bool{}
	ir.WalkStmts(body, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			inside[v] = true
		}
	})
	for b := range ir.Vars(body.Stmts) {
		v := g.sh.Primal(b)
		if v == nil || inside[b] {
			continue
		}
		at := g.t.eff.Reach(alias.Set{{Obj: g.mem.VarObject(v)}: true})
		direct := true
		if !g.t.onlyRead(p.pieces[0], v, p) {
			for r := range at {
				if !g.t.anyActive(r) {
					continue
				}
				one := alias.Set{r: true}
				direct = direct && !g.mem.OverlapAny(one, p.shared)
			}
			for r := range at {
				if !direct && g.t.anyActive(r) && g.mem.OverlapAny(alias.Set{r: true}, p.own) {
					p.why = v.Name + " leads both to what iterations write and to what they only read"
					return nil
				}
			}
		} else {
			direct = !g.mem.OverlapAny(at, p.shared) && !g.mem.OverlapAny(at, p.mixed)
		}
		if direct {
			continue
		}
		out.Private = append(out.Private, b)
		if !slices.Contains(p.names, v.Name) {
			p.names = append(p.names, v.Name)
			p.shadow[v.Name] = b.Name
		}
	}
	slices.SortFunc(out.Private, func(a, b *ir.Var) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(p.names)
	return out
}
