package tidy

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Gather keeps in local variables what the iterations of a loop add to one cell of a
// shadow, and adds it to the cell once. There are three forms of it. The adjoint of a
// scalar is summed up over all iterations. Of a stencil, whose iteration i adds to the cells
// i-1, i and i+1, three variables go along with the loop: each cell takes what it gets when
// the last iteration that adds to it is over; behind the loop come those that were left at
// its end. And what one iteration adds to a cell by several statements becomes one.
//
// With parts, sums over what a stencil reads are summed by parts (byparts.go).
//
// It reorders sums: a cell's former value comes last. So memory may have several names as
// long as the loop does nothing but add to it, which [ir.For.Additive] says.
func Gather(f *ir.Func, parts bool) {
	g := newGatherer(f)
	g.parts = parts
	blocks(f.Body, func(b *ir.Block) {
		var out []ir.Stmt
		for i, s := range b.Stmts {
			code := g.stmt(s)
			if code != nil && out == nil {
				out = append(out, b.Stmts[:i]...)
			}
			if code != nil {
				out = append(out, code...)
			} else if out != nil {
				out = append(out, s)
			}
		}
		if out != nil {
			b.Stmts = out
		}
	})
	g.pointees()
	if g.changed {
		Unused(f) // what named an index, or a part of a sum
		firstUse(f)
	}
}

// newGatherer returns what works on f.
func newGatherer(f *ir.Func) *gatherer {
	return &gatherer{fn: f, names: freeNames(f), addressed: ir.Addressed(f)}
}

const (
	gatherSpan = 4 // cells between the first and the last one that an iteration adds to
	gatherVars = 8 // variables that go along with one loop
)

type gatherer struct {
	fn        *ir.Func
	names     *ir.Names
	addressed map[*ir.Var]bool
	parts     bool // sum by parts
	changed   bool
}

// stmt returns what takes the place of s, nil if it stays as it is.
func (g *gatherer) stmt(s ir.Stmt) []ir.Stmt {
	l, ok := s.(*ir.For)
	if !ok || len(l.Additive) == 0 || l.Spawn != nil { // copies for each goroutine take its place
		return nil
	}
	a := g.affine(l)
	if a == nil {
		return nil
	}
	groups := a.groups()
	if len(groups) == 0 {
		return nil
	}
	g.changed = true
	if g.parts {
		a.byParts(groups)
	}
	a.report(groups)
	return a.rewrite(groups)
}

// report tells whoever wants to know what is gathered.
func (a *affineLoop) report(groups []*group) {
	to := a.loop.Gathered
	if to == nil {
		return
	}
	for _, grp := range groups {
		place := ir.Format(grp.place(0, &ir.Ref{V: a.index}))
		if !slices.Contains(to.Places, place) {
			to.Places = append(to.Places, place)
		}
		to.Parts = to.Parts || grp.scaled != nil
	}
}

// An affineLoop is a loop whose index goes up or down by one and that no statement leaves.
type affineLoop struct {
	*gatherer
	loop   *ir.For
	index  *ir.Var
	up     bool
	first  ir.Expr // the index of the first iteration
	bound  ir.Expr // of Cond
	strict bool    // Cond is < or >
	fixed  map[*ir.Var]bool
	defs   map[*ir.Var]ir.Expr // of the variables to which each iteration gives one value
	named  map[*ir.Var]ir.Expr // indices among them, written in full
}

// affine returns l as an affineLoop, or nil.
func (g *gatherer) affine(l *ir.For) *affineLoop {
	if l.Stop != nil || l.Checkpoint != nil || l.Init == nil || !l.Init.Define || len(l.Init.L) != 1 || l.Post == nil || len(l.Post.L) != 1 {
		return nil
	}
	i := l.Init.L[0].(*ir.Ref).V
	a := &affineLoop{gatherer: g, loop: l, index: i, first: l.Init.R[0]}
	cond, ok := l.Cond.(*ir.Binary)
	if !ok || !isVar(cond.X, i) || !isVar(l.Post.L[0], i) {
		return nil
	}
	step, ok := l.Post.R[0].(*ir.Binary)
	if !ok || !isVar(step.X, i) || !ir.IsConst(step.Y, 1) {
		return nil
	}
	switch {
	case step.Op == token.ADD && (cond.Op == token.LSS || cond.Op == token.LEQ):
		a.up = true
	case step.Op == token.SUB && (cond.Op == token.GTR || cond.Op == token.GEQ):
	default:
		return nil
	}
	a.bound, a.strict = cond.Y, cond.Op == token.LSS || cond.Op == token.GTR
	changed := map[*ir.Var]bool{}
	straight := true
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Return, *ir.Break, *ir.Continue, *ir.Yield, *ir.Closure:
			straight = false
		case *ir.Call: // a closure may change what it sees
			straight = straight && !slices.ContainsFunc(s.Args, isFunc)
		case *ir.For:
			for _, c := range []*ir.Assign{s.Init, s.Post} {
				if c != nil {
					changes(changed, c.L)
				}
			}
		}
		_, places := ir.Exprs(s)
		changes(changed, places)
		for _, v := range ir.Defined(s) {
			changed[v] = true
		}
	})
	if !straight || changed[i] {
		return nil
	}
	changed[i] = true
	a.fixed = map[*ir.Var]bool{}
	for v := range ir.Vars([]ir.Stmt{l}) {
		a.fixed[v] = !changed[v] && !g.addressed[v]
	}
	for _, e := range []ir.Expr{a.first, a.bound} {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok {
				a.fixed[r.V] = !changed[r.V] && !g.addressed[r.V]
			}
			return true
		})
	}
	if !a.invariant(a.first) || !a.invariant(a.bound) {
		return nil
	}
	a.findDefs()
	return a
}

// findDefs finds the variables with one value in each iteration, and those that are names for an index, such as
// k := j*n + i.
func (a *affineLoop) findDefs() {
	a.defs, a.named = map[*ir.Var]ir.Expr{}, map[*ir.Var]ir.Expr{}
	times := map[*ir.Var]int{}
	ir.WalkStmts(a.loop.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, l := range places {
			if v := ir.Held(l); v != nil {
				times[v]++
			}
		}
	})
	for _, s := range a.loop.Body.Stmts {
		if d, ok := s.(*ir.Assign); ok && d.Define && len(d.L) == 1 && d.L[0] != nil {
			if v := d.L[0].(*ir.Ref).V; times[v] == 1 && !a.addressed[v] {
				a.defs[v] = d.R[0]
				if e := a.inFull(d.R[0]); a.unit(e) {
					a.named[v] = e
				}
			}
		}
	}
}

func isFunc(e ir.Expr) bool {
	_, ok := e.Type().Underlying().(*types.Signature)
	return ok
}

func isVar(e ir.Expr, v *ir.Var) bool {
	r, ok := e.(*ir.Ref)
	return ok && r.V == v
}

// changes adds the variables that an assignment to the places changes, in whole or part.
func changes(set map[*ir.Var]bool, places []ir.Expr) {
	for _, p := range places {
		if v := ir.Held(p); v != nil {
			set[v] = true
		}
	}
}

// invariant reports whether the integer e is the same in each iteration, and behind the loop.
func (a *affineLoop) invariant(e ir.Expr) bool {
	same := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			same = same && a.fixed[e.V]
		case *ir.Const, *ir.Unary, *ir.Field, *ir.Convert:
		case *ir.Len:
			_, slice := e.X.Type().Underlying().(*types.Slice)
			same = same && slice
		case *ir.Binary:
			same = same && (e.Op == token.ADD || e.Op == token.SUB || e.Op == token.MUL)
		default:
			same = false
		}
		return same
	})
	return same
}

// An increment is the statement place += e, or -=, of which offset is the constant in the
// index.
type increment struct {
	assign *ir.Assign
	offset int
	always bool // each iteration runs it
}

// A group are the increments of places that differ only by the constant that stands beside
// the loop's index, or are the same if the index is not there.
type group struct {
	root     *ir.Var
	place    func(offset int, at ir.Expr) ir.Expr // the index is at
	moves    bool                                 // it has the loop's index
	pointee  bool                                 // it is *p
	adds     []*increment
	min, max int       // of the offsets
	plain    registers // for all of adds, or for those that scaled leaves
	scaled   *scaled   // what is summed by parts, or nil
}

// groups finds the increments that are worth to be gathered.
func (a *affineLoop) groups() []*group {
	roots := map[*ir.Var]bool{}
	for _, v := range a.loop.Additive {
		roots[v] = a.fixed[v] && simpleRoot(v)
	}
	byKey := map[string]*group{}
	var order []*group
	spoilt := map[*ir.Var]bool{}
	spoil := func(e ir.Expr) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if n, ok := e.(*ir.Len); ok {
				_, plain := n.X.(*ir.Ref)
				return !plain
			}
			if r, ok := e.(*ir.Ref); ok {
				spoilt[r.V] = true
			}
			return true
		})
	}
	always := map[ir.Stmt]bool{}
	for _, s := range a.loop.Body.Stmts {
		always[s] = true
	}
	ir.WalkStmts(a.loop.Body, func(s ir.Stmt) {
		if as, x := increased(s); as != nil && roots[ir.Root(as.L[0])] {
			spoil(x)
			for p := as.L[0]; p != nil; p = inside(p) {
				if at, ok := p.(*ir.Index); ok {
					spoil(at.I)
				}
			}
			if grp, offset := a.group(as.L[0]); grp != nil {
				key := ir.Format(grp.place(0, a.another()))
				if known := byKey[key]; known != nil {
					grp = known
				} else {
					byKey[key] = grp
					order = append(order, grp)
				}
				grp.adds = append(grp.adds, &increment{as, offset, always[s]})
			}
			return
		}
		if c, ok := s.(*ir.Call); ok && c.On != nil {
			spoilt[c.On] = true
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			spoil(e)
		}
	})
	worth := func(grp *group) bool { return !spoilt[grp.root] && grp.worth() && a.there(grp) }
	need := map[*ir.Var]int{}
	for _, grp := range order {
		if worth(grp) {
			need[grp.root] += grp.span()
		}
	}
	vars := 0
	for _, v := range a.loop.Additive { // those for which the registers suffice
		if n := need[v]; vars+n <= gatherVars {
			vars += n
		} else {
			spoilt[v] = true
		}
	}
	var out []*group
	for _, grp := range order {
		if worth(grp) {
			grp.plain.cover(grp.min)
			grp.plain.cover(grp.max)
			out = append(out, grp)
		}
	}
	return out
}

// inside returns the value of which the place p is a part, nil for a variable.
func inside(p ir.Expr) ir.Expr {
	switch p := p.(type) {
	case *ir.Index:
		return p.X
	case *ir.Field:
		return p.X
	case *ir.Deref:
		return p.X
	}
	return nil
}

// simpleRoot reports whether v is a pointer to a float, or a slice or a pointer to an array
// without references in it: one piece of memory, of which places are told apart by indices.
func simpleRoot(v *ir.Var) bool {
	switch t := v.Type.Underlying().(type) {
	case *types.Slice:
		return !ir.HasRef(t.Elem())
	case *types.Pointer:
		return !ir.HasRef(t.Elem())
	}
	return false
}

// increased returns s and e if s is p += e, or p -= e, for a float p, and e does not mention
// the root of p.
func increased(s ir.Stmt) (*ir.Assign, ir.Expr) {
	as, ok := s.(*ir.Assign)
	if !ok || as.Define || as.Guard || len(as.L) != 1 || as.L[0] == nil || !ir.IsReal(as.L[0].Type()) {
		return nil, nil
	}
	b, ok := as.R[0].(*ir.Binary)
	if !ok || b.Op != token.ADD && b.Op != token.SUB || !ir.Equal(b.X, as.L[0]) {
		return nil, nil
	}
	return as, b.Y
}

// onlyAddedTo reports whether b does nothing with v but add to it.
func onlyAddedTo(b *ir.Block, v *ir.Var) bool {
	only := true
	ir.WalkStmts(b, func(s ir.Stmt) {
		if as, e := increased(s); as != nil && isVar(as.L[0], v) {
			only = only && !ir.Mentions(e, v)
		} else {
			only = only && !mentions(s, v)
		}
	})
	return only
}

// group returns the group that the place p belongs to, and its offset there; nil if p is no
// place that moves along with the index or stays.
func (a *affineLoop) group(p ir.Expr) (*group, int) {
	grp := &group{root: ir.Root(p)}
	offset := 0
	// build returns what makes e for an index.
	var build func(e ir.Expr) func(offset int, at ir.Expr) ir.Expr
	build = func(e ir.Expr) func(int, ir.Expr) ir.Expr {
		switch e := e.(type) {
		case *ir.Ref:
			return func(int, ir.Expr) ir.Expr { return e }
		case *ir.Deref:
			if x := build(e.X); x != nil {
				return func(o int, at ir.Expr) ir.Expr { return &ir.Deref{X: x(o, at)} }
			}
		case *ir.Field:
			if x := build(e.X); x != nil {
				return func(o int, at ir.Expr) ir.Expr { return &ir.Field{X: x(o, at), I: e.I} }
			}
		case *ir.Index:
			x := build(e.X)
			if x == nil {
				return nil
			}
			if a.invariant(e.I) {
				return func(o int, at ir.Expr) ir.Expr { return &ir.Index{X: x(o, at), I: e.I} }
			}
			rest, c := withoutConst(e.I)
			full, own := withoutConst(a.inFull(rest))
			if grp.moves || !a.unit(full) {
				return nil
			}
			grp.moves, offset = true, own+c
			return func(o int, at ir.Expr) ir.Expr {
				if isVar(at, a.index) { // as it is written
					return &ir.Index{X: x(o, at), I: plus(rest, o-own)}
				}
				r, n := withoutConst(ir.Substitute(full, a.index, at))
				return &ir.Index{X: x(o, at), I: plus(r, n+o)}
			}
		}
		return nil
	}
	if grp.place = build(p); grp.place == nil {
		return nil, 0
	}
	d, ok := p.(*ir.Deref)
	grp.pointee = ok && isVar(d.X, grp.root)
	return grp, offset
}

// another is an index by which places are compared: they are written in full with it.
func (a *affineLoop) another() ir.Expr {
	return &ir.Ref{V: &ir.Var{Name: a.index.Name, Type: a.index.Type}}
}

// inFull is e with what names of indices stand for.
func (a *affineLoop) inFull(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if r, ok := e.(*ir.Ref); ok && a.named[r.V] != nil {
			return a.named[r.V]
		}
		return nil
	})
}

// unit reports whether e is the loop's index and beside it only what stays the same.
func (a *affineLoop) unit(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref:
		return e.V == a.index
	case *ir.Binary:
		switch e.Op {
		case token.ADD:
			return a.unit(e.X) && a.invariant(e.Y) || a.invariant(e.X) && a.unit(e.Y)
		case token.SUB:
			return a.unit(e.X) && a.invariant(e.Y)
		}
	}
	return false
}

// withoutConst divides an integer sum into what is variable, nil for nothing, and a constant.
func withoutConst(e ir.Expr) (ir.Expr, int) {
	switch e := e.(type) {
	case *ir.Const:
		for _, c := range []int{1, 0, 2, 3, 4, -1, -2, -3, -4} {
			if e.Text == "" && ir.IsConst(e, int64(c)) {
				return nil, c
			}
		}
	case *ir.Binary:
		if e.Op != token.ADD && e.Op != token.SUB {
			break
		}
		x, c := withoutConst(e.X)
		y, d := withoutConst(e.Y)
		switch {
		case e.Op == token.ADD && x == nil:
			return y, c + d
		case e.Op == token.ADD && y == nil:
			return x, c + d
		case e.Op == token.ADD:
			return ir.Add(x, y), c + d
		case y == nil:
			return x, c - d
		case x != nil:
			return ir.Sub(x, y), c - d
		}
	}
	return e, 0
}

// plus is e + c as an index is written.
func plus(e ir.Expr, c int) ir.Expr {
	switch {
	case e == nil:
		return ir.Int(c)
	case c < 0:
		return ir.Sub(e, ir.Number(int64(-c), e.Type()))
	}
	return ir.Add(e, ir.Number(int64(c), e.Type()))
}

// worth reports whether fewer additions to memory are left, and each is one that the loop
// would make, too: a cell may not be there otherwise.
func (grp *group) worth() bool {
	grp.min, grp.max = grp.adds[0].offset, grp.adds[0].offset
	for _, x := range grp.adds {
		grp.min, grp.max = min(grp.min, x.offset), max(grp.max, x.offset)
	}
	first, last := false, false
	for _, x := range grp.adds {
		first = first || x.always && x.offset == grp.min
		last = last || x.always && x.offset == grp.max
	}
	if grp.pointee {
		return true
	}
	return first && last && grp.max-grp.min <= gatherSpan && (!grp.moves || len(grp.adds) > 1)
}

// span is the number of cells from the first to the last one that an iteration adds to.
func (grp *group) span() int { return grp.max - grp.min + 1 }

// sets are the registers that go along with the loop.
func (grp *group) sets() []*registers {
	all := []*registers{&grp.plain}
	if grp.scaled != nil {
		all = append(all, &grp.scaled.registers)
	}
	return slices.DeleteFunc(all, func(r *registers) bool { return !r.any })
}
