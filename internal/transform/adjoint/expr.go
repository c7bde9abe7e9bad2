package adjoint

import (
	"go/token"
	"go/types"
	"maps"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// differ makes the adjoint of expressions: given the adjoint of a value it adds
// to the adjoints of what the value was computed from.
type differ struct {
	act *activity.Info
	sh  *shadow.Map
	out []ir.Stmt

	whole ir.Expr // the right side that self holds the value of, if any
	self  *ir.Var
	used  bool // self was used
	guard bool // see ir.Assign

	values bool // the derivative of a reciprocal may be written with its value

	bound map[string]*ir.Var // temporaries that hold an expression, by its text
}

// active reports whether the value of e depends on an active place.
func (d *differ) active(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if !ir.IsFloat(e.Type()) {
			return false
		}
		return ir.Root(e) != nil && d.act.ActivePlace(e) // a package-level table is passive
	case *ir.Unary:
		return ir.IsFloat(e.Type()) && d.active(e.X)
	case *ir.Binary:
		return ir.IsFloat(e.Typ) && (d.active(e.X) || d.active(e.Y))
	case *ir.Convert:
		return ir.IsFloat(e.Typ) && ir.IsFloat(e.X.Type()) && d.active(e.X)
	case *ir.Math:
		r := rule.Lookup(e.Fn)
		if r == nil || !ir.IsFloat(e.Typ) {
			return false
		}
		for i, a := range e.Args {
			if (r.Select != "" || r.Partials[i] != "0") && d.active(a) {
				return true
			}
		}
	}
	return false
}

func (d *differ) emit(s ir.Stmt) { d.out = append(d.out, s) }

// add makes place += x, or place -= y for x = -y.
func (d *differ) add(place, x ir.Expr) {
	if u, ok := x.(*ir.Unary); ok && u.Op == token.SUB {
		d.emit(ir.Set(place, &ir.Binary{Op: token.SUB, X: place, Y: u.X, Typ: place.Type()}))
		return
	}
	d.emit(ir.Set(place, &ir.Binary{Op: token.ADD, X: place, Y: x, Typ: place.Type()}))
}

// simple reports whether reading e twice costs nothing.
func simple(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref, *ir.Const:
		return true
	case *ir.Unary:
		return simple(e.X)
	case *ir.Deref:
		return simple(e.X)
	}
	return false
}

// bind returns an expression for e that may be read several times.
func (d *differ) bind(name string, e ir.Expr) ir.Expr {
	if simple(e) {
		return e
	}
	key := ir.Format(e)
	if v := d.bound[key]; v != nil {
		return &ir.Ref{V: v}
	}
	v := d.sh.Temp(name, e.Type())
	d.emit(ir.Define(v, e))
	if d.bound == nil {
		d.bound = map[string]*ir.Var{}
	}
	d.bound[key] = v
	return &ir.Ref{V: v}
}

// from is rev for the whole right side of a statement. A value that the branch that
// was taken does not use has the adjoint 0, which must come to nothing even where
// its partial derivatives are infinite.
func (d *differ) from(e, adj ir.Expr) {
	if !d.guard && !d.singular(e) || !d.active(e) {
		d.rev(e, adj)
		return
	}
	adj = d.bind("tb", adj)
	sub := &differ{act: d.act, sh: d.sh, whole: d.whole, self: d.self, values: d.values, bound: maps.Clone(d.bound)}
	sub.rev(e, adj)
	d.used = d.used || sub.used
	at := adj
	if u, ok := adj.(*ir.Unary); ok && u.Op == token.SUB {
		at = u.X
	}
	cond := &ir.Binary{Op: token.NEQ, X: at, Y: ir.Number(0, at.Type()), Typ: types.Typ[types.Bool]}
	d.emit(&ir.If{Cond: cond, Then: &ir.Block{Stmts: merge(sub.out)}})
}

// singular reports whether a partial derivative of e may be infinite, or no number,
// where e has a value: that of a root at 0, or of a quotient.
func (d *differ) singular(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if !d.active(e) {
			return false
		}
		switch e := e.(type) {
		case *ir.Math:
			found = found || rule.Lookup(e.Fn).Singular
		case *ir.Binary:
			_, constant := e.Y.(*ir.Const)
			found = found || e.Op == token.QUO && !constant
		}
		return !found
	})
	return found
}

// rev adds the adjoint adj of the value e to the adjoints of its operands. The
// adjoint of a complex number has the derivatives with respect to its two parts as
// its parts: a factor passes it on by its conjugate.
func (d *differ) rev(e, adj ir.Expr) {
	if !d.active(e) {
		return
	}
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		d.add(d.sh.Place(e), adj)
	case *ir.Unary:
		if e.Op == token.SUB {
			adj = ir.Neg(adj)
		}
		d.rev(e.X, adj)
	case *ir.Binary:
		d.binary(e, adj)
	case *ir.Convert:
		if !types.Identical(e.Typ, e.X.Type()) {
			adj = &ir.Convert{X: adj, Typ: e.X.Type()}
		}
		d.rev(e.X, adj)
	case *ir.Math:
		d.math(e, adj)
	}
}

func (d *differ) binary(e *ir.Binary, adj ir.Expr) {
	if d.active(e.X) && d.active(e.Y) {
		adj = d.bind("tb", adj)
	}
	switch e.Op {
	case token.ADD:
		d.rev(e.X, adj)
		d.rev(e.Y, adj)
	case token.SUB:
		d.rev(e.X, adj)
		d.rev(e.Y, ir.Neg(adj))
	case token.MUL:
		if ir.Equal(e.X, e.Y) {
			d.rev(e.X, ir.Mul(ir.Mul(ir.Number(2, e.Typ), ir.Conj(e.X)), adj))
			return
		}
		d.rev(e.X, ir.Mul(ir.Conj(e.Y), adj))
		d.rev(e.Y, ir.Mul(ir.Conj(e.X), adj))
	case token.QUO:
		if d.values && ir.Expr(e) == d.whole && d.self != nil && ir.IsConst(e.X, 1) && ir.IsReal(e.Typ) {
			d.used = true
			q := &ir.Ref{V: d.self}
			d.rev(e.Y, ir.Neg(ir.Mul(ir.Mul(q, q), adj)))
			return
		}
		y := e.Y
		if d.active(e.Y) && !place(y) {
			y = d.bind("t", y)
		}
		d.rev(e.X, ir.Quo(adj, ir.Conj(y)))
		d.rev(e.Y, ir.Neg(ir.Quo(ir.Mul(ir.Conj(e.X), adj), ir.Conj(ir.Mul(y, y)))))
	}
}

// place reports whether e is a variable or a component of one.
func place(e ir.Expr) bool {
	switch e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref, *ir.Const:
		return true
	}
	return false
}

func (d *differ) math(e *ir.Math, adj ir.Expr) {
	r := rule.Lookup(e.Fn)
	if r.Select != "" {
		d.choose(r, e, adj)
		return
	}
	n := 0
	usesResult := false
	for i, a := range e.Args {
		if r.Partials[i] != "0" && d.active(a) {
			n++
			usesResult = usesResult || r.UsesResult(i)
		}
	}
	var result ir.Expr
	if usesResult {
		if ir.Expr(e) == d.whole && d.self != nil {
			d.used = true
			result = &ir.Ref{V: d.self}
		} else {
			result = d.bind("t", e)
		}
	}
	if n > 1 {
		adj = d.bind("tb", adj)
	}
	for i, a := range e.Args {
		if d.active(a) {
			if p := r.Partial(i, e.Args, result); p != nil {
				d.rev(a, r.Adjoint(p, adj, a.Type()))
			}
		}
	}
}

// choose makes the adjoint of max and min: it goes to the argument that was
// taken.
func (d *differ) choose(r *rule.Rule, e *ir.Math, adj ir.Expr) {
	adj = d.bind("tb", adj)
	branch := func(x ir.Expr) *ir.Block {
		sub := &differ{act: d.act, sh: d.sh, bound: maps.Clone(d.bound)}
		sub.rev(x, adj)
		return &ir.Block{Stmts: merge(sub.out)}
	}
	first, second := branch(e.Args[0]), branch(e.Args[1])
	cond := r.Condition(e.Args)
	switch {
	case len(second.Stmts) == 0:
		d.emit(&ir.If{Cond: cond, Then: first})
	case len(first.Stmts) == 0:
		d.emit(&ir.If{Cond: &ir.Unary{Op: token.NOT, X: cond}, Then: second})
	default:
		d.emit(&ir.If{Cond: cond, Then: first, Else: second})
	}
}

// merge joins increments of the same place within runs of increments.
func merge(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	run := 0 // where the current run of increments starts in out
	for _, s := range stmts {
		place, x, neg := increment(s)
		if place == nil {
			out = append(out, s)
			run = len(out)
			continue
		}
		merged := false
		for i := run; i < len(out); i++ {
			p, y, n := increment(out[i])
			if ir.Equal(p, place) {
				switch {
				case neg == n && neg:
					out[i] = ir.Set(p, &ir.Binary{Op: token.SUB, X: p, Y: ir.Add(y, x), Typ: p.Type()})
				case neg:
					out[i] = ir.Set(p, &ir.Binary{Op: token.ADD, X: p, Y: ir.Sub(y, x), Typ: p.Type()})
				case n:
					out[i] = ir.Set(p, &ir.Binary{Op: token.ADD, X: p, Y: ir.Sub(x, y), Typ: p.Type()})
				default:
					out[i] = ir.Set(p, &ir.Binary{Op: token.ADD, X: p, Y: ir.Add(y, x), Typ: p.Type()})
				}
				merged = true
				break
			}
		}
		if !merged {
			out = append(out, s)
		}
	}
	return out
}

// increment recognises place += x and place -= x.
func increment(s ir.Stmt) (place, x ir.Expr, neg bool) {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 {
		return nil, nil, false
	}
	b, ok := a.R[0].(*ir.Binary)
	if !ok || (b.Op != token.ADD && b.Op != token.SUB) || !ir.Equal(a.L[0], b.X) {
		return nil, nil, false
	}
	return a.L[0], b.Y, b.Op == token.SUB
}
