package adjoint

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// This file makes the adjoint of single statements. It takes the primal values
// to be those before the statement; restoring them is the business of reverse.go.

// assignAdjoint returns the adjoint of an assignment; self is the variable whose
// new value the reverse may read, if it read it.
func (g *generator) assignAdjoint(s *ir.Assign) (code []ir.Stmt, self *ir.Var) {
	g.guard = s.Guard
	defer func() { g.guard = false }()
	if alias.IsSwap(s) {
		return g.swapAdjoint(s), nil
	}
	if len(s.L) > 1 {
		return g.parallelAdjoint(s), nil
	}
	l, r := s.L[0], s.R[0]
	switch {
	case l == nil:
	case ir.IsEntry(l):
		return g.entryWritten(l.(*ir.Index), r), nil
	case ir.IsEntry(r):
		return g.entryRead(l, r.(*ir.Index), s.Define), nil
	}
	if l != nil && ir.IsRef(l.Type()) {
		return g.literalAdjoint(l, r), nil
	}
	if l == nil || !g.activeValue(l) {
		return nil, nil
	}
	if !ir.IsFloat(l.Type()) {
		return g.aggregateAdjoint(l, r, s.Define), nil
	}
	d := g.differ()
	if ref, ok := l.(*ir.Ref); ok && s.Define && g.rec.AssignedOnce(ref.V) {
		d.whole, d.self = r, ref.V
	}
	code = g.scalarAdjoint(d, l, r, s.Define)
	if d.used {
		self = d.self
	}
	return code, self
}

// activeValue reports whether a float component of the place l, references
// followed not, carries a derivative.
func (g *generator) activeValue(l ir.Expr) bool { return g.act.ActivePlace(l) }

// scalarAdjoint is the adjoint of l = r for a float l.
func (g *generator) scalarAdjoint(d *differ, l, r ir.Expr, define bool) []ir.Stmt {
	lb := g.sh.Place(l)
	terms, accumulates := accumulation(l, r)
	touched := g.mayTouch(l, terms)
	if _, plain := l.(*ir.Ref); plain && !touched {
		g.revTerms(d, terms, lb)
		code := merge(d.out)
		if !accumulates && !define {
			code = append(code, ir.Set(lb, shadow.Zero(l.Type())))
		}
		return code
	}
	w := g.sh.Temp("tb", l.Type())
	adj := ir.Expr(&ir.Ref{V: w})
	g.revTerms(d, terms, adj)
	code := merge(d.out)
	clear := []ir.Stmt{ir.Set(lb, shadow.Zero(l.Type()))}
	if accumulates {
		clear = nil
	}
	switch n := countReads(code, w); {
	case n == 0:
		return clear
	case n == 1 && !touched || accumulates && !touched && simplePlace(lb):
		for i, s := range code {
			code[i] = substituteStmt(s, w, lb)
		}
		return append(code, clear...)
	case n == 1 && len(code) == 1 && !accumulates:
		if place, x, neg := increment(code[0]); place != nil && !neg && ir.Equal(place, lb) { // x = f(x)
			return []ir.Stmt{ir.Set(lb, ir.Substitute(x, w, lb))}
		}
	}
	return append(append([]ir.Stmt{ir.Define(w, lb)}, clear...), code...)
}

func simplePlace(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref:
		return true
	case *ir.Deref:
		return simplePlace(e.X)
	}
	return false
}

type term struct {
	x   ir.Expr
	neg bool
}

// accumulation splits l + a - b … into its terms without l; otherwise the only
// term is r.
func accumulation(l, r ir.Expr) (terms []term, accumulates bool) {
	var walk func(e ir.Expr) bool
	walk = func(e ir.Expr) bool {
		if ir.Equal(e, l) {
			return true
		}
		b, ok := e.(*ir.Binary)
		if !ok || b.Op != token.ADD && b.Op != token.SUB || !walk(b.X) {
			return false
		}
		terms = append(terms, term{b.Y, b.Op == token.SUB})
		return true
	}
	if walk(r) {
		return terms, true
	}
	if b, ok := r.(*ir.Binary); ok && b.Op == token.ADD && ir.Equal(b.Y, l) {
		return []term{{x: b.X}}, true
	}
	return []term{{x: r}}, false
}

func (g *generator) revTerms(d *differ, terms []term, adj ir.Expr) {
	for _, t := range terms {
		a := adj
		if t.neg {
			a = ir.Neg(adj)
		}
		d.from(t.x, a)
	}
}

// mayTouch reports whether the terms read an active value that may be l.
func (g *generator) mayTouch(l ir.Expr, terms []term) bool {
	at := g.mem.Places(l)
	via := alias.Via(l)
	touch := false
	for _, t := range terms {
		ir.WalkExpr(t.x, func(e ir.Expr) bool {
			switch e.(type) {
			case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
				if ir.IsFloat(e.Type()) {
					other := alias.Via(e)
					if via != nil && other != nil && via != other && g.mem.Disjoint(via, other) {
						return true
					}
					touch = touch || g.mem.OverlapAny(at, g.mem.Places(e))
				}
			}
			return true
		})
	}
	return touch
}

func countReads(stmts []ir.Stmt, v *ir.Var) int {
	n := 0
	for _, s := range stmts {
		ir.WalkStmt(s, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if r, ok := e.(*ir.Ref); ok && r.V == v {
						n++
					}
					return true
				})
			}
		})
	}
	return n
}

func substituteStmt(s ir.Stmt, v *ir.Var, x ir.Expr) ir.Stmt {
	block := func(b *ir.Block) *ir.Block {
		if b == nil {
			return nil
		}
		out := &ir.Block{At: b.At}
		for _, s := range b.Stmts {
			out.Stmts = append(out.Stmts, substituteStmt(s, v, x))
		}
		return out
	}
	switch s := s.(type) {
	case *ir.Assign:
		c := *s
		c.L, c.R = make([]ir.Expr, len(s.L)), make([]ir.Expr, len(s.R))
		for i := range s.L {
			c.L[i], c.R[i] = ir.Substitute(s.L[i], v, x), ir.Substitute(s.R[i], v, x)
		}
		return &c
	case *ir.If:
		return &ir.If{At: s.At, Cond: ir.Substitute(s.Cond, v, x), Then: block(s.Then), Else: block(s.Else)}
	}
	return s
}

// swapAdjoint permutes the variables, and their shadows, back.
func (g *generator) swapAdjoint(s *ir.Assign) []ir.Stmt {
	back := &ir.Assign{At: s.At}
	shadow := &ir.Assign{At: s.At}
	values := false
	for i := range s.L {
		back.L, back.R = append(back.L, s.R[i]), append(back.R, s.L[i])
		if !g.hasShadow(s.L[i]) {
			continue
		}
		values = true
		shadow.L, shadow.R = append(shadow.L, g.sh.Place(s.R[i])), append(shadow.R, g.sh.Place(s.L[i]))
	}
	var code []ir.Stmt
	need := ir.IsRef(s.L[0].Type()) && values
	for _, l := range s.L {
		need = need || g.needed(l.(*ir.Ref).V)
	}
	if need {
		code = append(code, back)
	}
	if values && len(shadow.L) == len(s.L) {
		code = append(code, shadow)
	} else if values { // some carry no derivative: their shadows take part as zeros
		code = append(code, g.parallelValues(s)...)
	}
	return code
}

// parallelAdjoint is the adjoint of a, b = x, y: all adjoints of the left sides
// are taken and cleared before any is passed on.
func (g *generator) parallelAdjoint(s *ir.Assign) []ir.Stmt { return g.parallelValues(s) }

func (g *generator) parallelValues(s *ir.Assign) []ir.Stmt {
	var take, code []ir.Stmt
	// Go assigns from left to right: of two left sides that are one place the
	// last one counts, so its adjoint is taken first and the other finds zero.
	for i := len(s.L) - 1; i >= 0; i-- {
		l := s.L[i]
		if l == nil || !g.activeValue(l) {
			continue
		}
		lb := g.sh.Place(l)
		adj := lb
		if !s.Define { // else nothing that is read here is among the left sides
			w := g.sh.Temp("tb", l.Type())
			take = append(take, ir.Define(w, lb))
			take = append(take, g.clear(lb)...)
			adj = &ir.Ref{V: w}
		}
		var part []ir.Stmt
		if ir.IsFloat(l.Type()) {
			d := g.differ()
			d.from(s.R[i], adj)
			part = merge(d.out)
		} else {
			part = g.aggregateFrom(adj, s.R[i])
		}
		code = append(part, code...)
	}
	return dropUnread(append(take, code...))
}

// literalAdjoint is the adjoint of v := a literal that makes memory: what the
// floats of the new memory were made from gets their adjoints.
func (g *generator) literalAdjoint(l, r ir.Expr) []ir.Stmt {
	if a, ok := r.(*ir.Addr); ok {
		if c, ok := a.X.(*ir.Composite); ok && g.activeLiteral(r) {
			return g.aggregateFrom(&ir.Deref{X: g.sh.Place(l)}, c)
		}
		return nil
	}
	if c, ok := r.(*ir.Composite); ok && g.activeLiteral(r) {
		return g.aggregateFrom(g.sh.Place(l), c)
	}
	return nil
}

// activeLiteral reports whether r makes memory with active floats in it.
func (g *generator) activeLiteral(r ir.Expr) bool {
	c, ok := r.(*ir.Composite)
	if a, isAddr := r.(*ir.Addr); isAddr {
		c, ok = a.X.(*ir.Composite)
	}
	if !ok || !ir.IsRef(r.Type()) {
		return false
	}
	elem := c.Typ
	if t, isSlice := c.Typ.Underlying().(*types.Slice); isSlice {
		elem = t.Elem()
	}
	for target := range g.mem.PointsTo(r) {
		for _, leaf := range alias.Leaves(elem) {
			if ir.IsFloat(leaf.Type) && g.act.Active(alias.Loc{Obj: target.Obj, Path: target.Path + leaf.Path}) {
				return true
			}
		}
	}
	return false
}

// dropUnread removes definitions of temporaries that nothing reads.
func dropUnread(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for i, s := range stmts {
		if a, ok := s.(*ir.Assign); ok && a.Define && len(a.L) == 1 && countReads(stmts[i+1:], a.L[0].(*ir.Ref).V) == 0 {
			continue
		}
		out = append(out, s)
	}
	return out
}

// aggregateAdjoint is the adjoint of l = r for structs and arrays.
func (g *generator) aggregateAdjoint(l, r ir.Expr, define bool) []ir.Stmt {
	lb := g.sh.Place(l)
	if c, ok := r.(*ir.Composite); ok && define {
		return g.aggregateFrom(lb, c)
	}
	w := g.sh.Temp("tb", l.Type())
	code := g.aggregateFrom(&ir.Ref{V: w}, r)
	if countReads(code, w) == 0 {
		if define {
			return nil
		}
		return g.clear(lb)
	}
	if define {
		for i := range code {
			code[i] = substituteDeep(code[i], w, lb)
		}
		return code
	}
	out := []ir.Stmt{ir.Define(w, lb)}
	return append(append(out, g.clear(lb)...), code...)
}

func substituteDeep(s ir.Stmt, v *ir.Var, x ir.Expr) ir.Stmt {
	if l, ok := s.(*ir.For); ok {
		c := *l
		c.Body = &ir.Block{}
		for _, s := range l.Body.Stmts {
			c.Body.Stmts = append(c.Body.Stmts, substituteDeep(s, v, x))
		}
		return &c
	}
	return substituteStmt(s, v, x)
}

// aggregateFrom adds the adjoint adj, a struct or array value, to what r was
// made from.
func (g *generator) aggregateFrom(adj, r ir.Expr) []ir.Stmt {
	switch r := r.(type) {
	case *ir.Composite:
		var code []ir.Stmt
		for i, x := range r.Elems {
			if x == nil {
				continue
			}
			var part ir.Expr
			if _, ok := r.Typ.Underlying().(*types.Struct); ok {
				part = &ir.Field{X: adj, I: i}
			} else {
				part = &ir.Index{X: adj, I: ir.Int(i)}
			}
			if ir.IsFloat(x.Type()) {
				d := g.differ()
				d.from(x, part)
				code = append(code, merge(d.out)...)
			} else if ir.HasFloat(x.Type()) && !ir.IsRef(x.Type()) {
				code = append(code, g.aggregateFrom(part, x)...)
			}
		}
		return code
	case *ir.Convert:
		return g.aggregateFrom(adj, r.X)
	case *ir.Const:
		return nil
	}
	if !g.activeValue(r) {
		return nil
	}
	return g.addParts(g.sh.Place(r), adj)
}

// addParts makes to += from, float by float.
func (g *generator) addParts(to, from ir.Expr) []ir.Stmt {
	t := to.Type()
	if ir.IsFloat(t) {
		return []ir.Stmt{ir.Set(to, &ir.Binary{Op: token.ADD, X: to, Y: from, Typ: t})}
	}
	var code []ir.Stmt
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" {
				continue
			}
			code = append(code, g.addParts(&ir.Field{X: to, I: i}, &ir.Field{X: from, I: i})...)
		}
	case *types.Array:
		if !ir.HasFloat(u.Elem()) || ir.IsRef(u.Elem()) {
			return nil
		}
		i := g.sh.Temp("i", types.Typ[types.Int])
		at := &ir.Ref{V: i}
		code = append(code, countUp(i, ir.Int(int(u.Len())), g.addParts(&ir.Index{X: to, I: at}, &ir.Index{X: from, I: at})))
	}
	return code
}

func countUp(i *ir.Var, n ir.Expr, body []ir.Stmt) ir.Stmt {
	at := &ir.Ref{V: i}
	return &ir.For{
		Init: ir.Define(i, ir.Int(0)),
		Cond: &ir.Binary{Op: token.LSS, X: at, Y: n, Typ: types.Typ[types.Bool]},
		Post: ir.Set(at, &ir.Binary{Op: token.ADD, X: at, Y: ir.Int(1), Typ: i.Type}),
		Body: &ir.Block{Stmts: body},
	}
}

// clear sets the floats of the shadow place to zero; references in it stay.
func (g *generator) clear(lb ir.Expr) []ir.Stmt {
	t := lb.Type()
	if !ir.HasRef(t) {
		return []ir.Stmt{ir.Set(lb, shadow.Zero(t))}
	}
	var code []ir.Stmt
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if ft := u.Field(i).Type(); ir.HasFloat(ft) && !ir.IsRef(ft) && u.Field(i).Name() != "_" {
				code = append(code, g.clear(&ir.Field{X: lb, I: i})...)
			}
		}
	case *types.Array:
		if !ir.HasFloat(u.Elem()) || ir.IsRef(u.Elem()) {
			break
		}
		i := g.sh.Temp("i", types.Typ[types.Int])
		code = append(code, countUp(i, ir.Int(int(u.Len())), g.clear(&ir.Index{X: lb, I: &ir.Ref{V: i}})))
	}
	return code
}

// copyAdjoint is the adjoint of copy(dst, src).
func (g *generator) copyAdjoint(s *ir.Copy) []ir.Stmt {
	elem := s.Dst.Type().Underlying().(*types.Slice).Elem()
	if !g.activeElems(s.Dst) {
		return nil
	}
	move, clear := "ad.CopyAdjoint", "ad.Zero"
	if !ir.IsFloat(elem) {
		move, clear = "ad.CopyStructsAdjoint", "ad.ZeroStructs"
	}
	dst := g.sh.Value(s.Dst)
	if !g.activeElems(s.Src) {
		n := &ir.Math{Fn: "min", Args: []ir.Expr{&ir.Len{X: s.Dst}, &ir.Len{X: s.Src}}, Typ: types.Typ[types.Int]}
		return []ir.Stmt{&ir.Call{Name: clear, Args: []ir.Expr{&ir.SliceOf{X: dst, Hi: n}}}}
	}
	return []ir.Stmt{&ir.Call{Name: move, Args: []ir.Expr{dst, g.sh.Value(s.Src)}}}
}

// activeElems reports whether floats directly in the slice carry derivatives.
func (g *generator) activeElems(e ir.Expr) bool {
	return g.act.ActivePlace(&ir.Index{X: e, I: ir.Int(0)})
}
