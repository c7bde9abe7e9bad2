package tidy

import (
	"go/token"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Fold puts what a variable holds that is used once in the place where it is used:
//
//	vEb := e * tb
//	…
//	qbUp += e * tb
//
// What is computed late needs no register until then. Only variables that the transforms
// define count, those that are worked out again included; lines of the user stay what they are.
func Fold(f *ir.Func) {
	x := &folder{sharer: sharer{Maker: maker(f), addressed: ir.Addressed(f)}, of: map[ir.Stmt]*definition{}, open: map[*ir.Var]*definition{}, rows: map[*ir.Var]bool{}}
	x.count(f.Body)
	if !x.closures {
		blocks(f.Body, x.block)
	}
}

// Limits of what is folded, in nodes of expressions, and of how far behind the definition
// the use is looked for, in statements.
const (
	largestFolded = 9
	largestWith   = 40
	farthest      = 200
)

// folder is the pass for one function.
type folder struct {
	sharer
	of   map[ir.Stmt]*definition
	open map[*ir.Var]*definition // of the variables in scope, during count
	pos  []int                   // during count, the statement of each list around, outermost first
	rows map[*ir.Var]bool        // made by Rows
}

// definition is what happens to a variable between its definition and the end of its scope.
type definition struct {
	level  int // of the list that it stands in
	uses   int
	at     int  // in that list, the statement that uses it last or has what does
	spoilt bool // it is written to, or defined in a scope within
}

// count looks at the definitions in b and at what becomes of the variables.
func (x *folder) count(b *ir.Block) {
	var mine []*ir.Var
	x.pos = append(x.pos, 0)
	level := len(x.pos) - 1
	for i, s := range b.Stmts {
		x.pos[level] = i
		if l, ok := s.(*ir.For); ok {
			for _, clause := range []*ir.Assign{l.Init, l.Post} {
				if clause != nil {
					x.mentions(clause)
				}
			}
		}
		x.mentions(s)
		for _, v := range ir.Defined(s) {
			d := &definition{level: level}
			if outer := x.open[v]; outer != nil {
				outer.spoilt, d.spoilt = true, true
			}
			x.open[v], x.of[s] = d, d
			mine = append(mine, v)
			if takesRow(s) {
				x.rows[v] = true
			}
		}
		if _, ok := s.(*ir.Closure); ok {
			x.closures = true
		}
		for _, inner := range ir.Blocks(s) {
			x.count(inner)
		}
	}
	for _, v := range mine {
		delete(x.open, v)
	}
	x.pos = x.pos[:level]
}

// mentions counts what stands in s itself.
func (x *folder) mentions(s ir.Stmt) {
	reads, places := ir.Exprs(s)
	for _, p := range places {
		if r, ok := p.(*ir.Ref); ok && x.open[r.V] != nil {
			x.open[r.V].spoilt = true
		}
	}
	for _, es := range [][]ir.Expr{reads, places} {
		for _, e := range es {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok && x.open[r.V] != nil {
					d := x.open[r.V]
					d.uses++
					d.at = x.pos[d.level]
				}
				return true
			})
		}
	}
}

func (x *folder) block(b *ir.Block) {
	gone := map[ir.Stmt]bool{}
	for i, s := range b.Stmts {
		v, e := x.foldable(s)
		if v == nil {
			continue
		}
		if at := x.of[s].at; at-i <= farthest && x.into(b.Stmts[i+1:at+1], v, x.reads(e), e) {
			gone[s] = true
		}
	}
	keep(b, func(_ int, s ir.Stmt) bool { return !gone[s] })
}

// foldable returns v and e if s is v := e of a variable that holds one number, that of e, and
// is used once.
func (x *folder) foldable(s ir.Stmt) (*ir.Var, ir.Expr) {
	a, ok := s.(*ir.Assign)
	if !ok || !a.Define || a.Guard || a.P != token.NoPos || len(a.L) != 1 || a.L[0] == nil {
		return nil, nil
	}
	v, e := a.L[0].(*ir.Ref).V, a.R[0]
	if d := x.of[s]; d == nil || d.uses != 1 || d.spoilt || x.addressed[v] || !sameType(e, v) || !(ir.IsFloat(v.Type) || ir.IsComplex(v.Type)) {
		return nil, nil
	}
	n, ok, varies := 0, true, false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		n++
		switch e := e.(type) {
		case *ir.Ref:
			varies = true
			ok = ok && !x.rows[e.V] // read in each iteration, it needs no check of its bounds
		case *ir.Const, *ir.Unary, *ir.Binary, *ir.Index, *ir.Field, *ir.Deref, *ir.Convert:
		default:
			ok = false
		}
		return ok
	})
	if !ok || !varies || n > largestFolded { // constants would be worked out by the compiler of Go, exactly
		return nil, nil
	}
	return v, e
}

// into puts e, which depends on r, in the place of v in the last of the statements, or in a
// branch of it, and reports whether that is possible. v stands nowhere else.
func (x *folder) into(stmts []ir.Stmt, v *ir.Var, r dependency, e ir.Expr) bool {
	last := len(stmts) - 1
	for _, s := range stmts[:last] {
		if !r.keptBy(s) {
			return false
		}
	}
	s := stmts[last]
	if mentions(s, v) {
		return size(s)+largestFolded <= largestWith && substitute(s, v, e)
	}
	if _, ok := s.(*ir.If); !ok {
		return false
	}
	for _, b := range ir.Blocks(s) {
		for i, s := range b.Stmts[:min(len(b.Stmts), farthest)] {
			if ir.Vars([]ir.Stmt{s})[v] {
				return x.into(b.Stmts[:i+1], v, r, e)
			}
		}
	}
	return false
}

// mentions reports whether v stands in s itself, not in the statements in it.
func mentions(s ir.Stmt, v *ir.Var) bool {
	reads, places := ir.Exprs(s)
	for _, es := range [][]ir.Expr{reads, places} {
		for _, e := range es {
			if e != nil && ir.Mentions(e, v) {
				return true
			}
		}
	}
	return false
}

// size counts the nodes of the expressions of s itself.
func size(s ir.Stmt) int {
	n := 0
	reads, places := ir.Exprs(s)
	for _, es := range [][]ir.Expr{reads, places} {
		for _, e := range es {
			ir.WalkExpr(e, func(ir.Expr) bool { n++; return true })
		}
	}
	return n
}

// substitute puts e in the place of v in what s reads before it does anything else.
func substitute(s ir.Stmt, v *ir.Var, e ir.Expr) bool {
	switch s := s.(type) {
	case *ir.Assign:
		for i := range s.R {
			s.R[i] = ir.Substitute(s.R[i], v, e)
		}
	case *ir.If:
		s.Cond = ir.Substitute(s.Cond, v, e)
	default:
		return false
	}
	return !mentions(s, v)
}
