package tidy

import (
	"go/token"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Shrink applies the clean-ups that make the code shorter without changing what
// it computes, signs of zero apart.
func Shrink(f *ir.Func) {
	withValue(f)
	blocks(f.Body, emptyThen)
	firstUse(f)
	clearedFirst(f)
	deadClears(f)
	defineWhereSet(f, sink(f))
	copies(f)
	firstUse(f)
	blocks(f.Body, bareComments)
	blocks(f.Body, emptyThen)
	blocks(f.Body, emptyIfs)
}

// emptyIfs drops ifs without statements; conditions have no effect.
func emptyIfs(b *ir.Block) {
	keep(b, func(_ int, s ir.Stmt) bool {
		f, ok := s.(*ir.If)
		return !ok || len(f.Then.Stmts) > 0 || f.Else != nil
	})
}

// bareComments drops the primal statements whose reverse has gone.
func bareComments(b *ir.Block) {
	stmts := b.Stmts
	keep(b, func(i int, s ir.Stmt) bool {
		c, ok := s.(*ir.Comment)
		if !ok || c.Text == "" {
			return true
		}
		if i+1 == len(stmts) {
			return false
		}
		if strings.HasSuffix(c.Text, "sweep.") {
			return true
		}
		_, next := stmts[i+1].(*ir.Comment)
		return !next
	})
}

// blocks applies a pass to every statement list, inner ones first.
func blocks(b *ir.Block, pass func(b *ir.Block)) {
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			blocks(inner, pass)
		}
	}
	pass(b)
}

// keep drops the statements of b that are not to be kept, by position. It makes a new list
// if there are any.
func keep(b *ir.Block, kept func(i int, s ir.Stmt) bool) {
	var out []ir.Stmt
	dropped := false
	for i, s := range b.Stmts {
		if kept(i, s) {
			if dropped {
				out = append(out, s)
			}
		} else if !dropped {
			dropped = true
			out = append(out, b.Stmts[:i]...)
		}
	}
	if dropped {
		b.Stmts = out
	}
}

// emptyThen turns if c {} else { … } into if !c { … }.
func emptyThen(b *ir.Block) {
	for i, s := range b.Stmts {
		f, ok := s.(*ir.If)
		if !ok {
			continue
		}
		if f.Else != nil && len(f.Else.Stmts) == 0 {
			f.Else = nil
		}
		if len(f.Then.Stmts) == 0 && f.Else != nil {
			b.Stmts[i] = &ir.If{At: f.At, Cond: ir.Not(f.Cond), Then: f.Else}
		}
	}
}

// firstUse turns var v T … v += e, or v = e, into v := e.
func firstUse(f *ir.Func) {
	made := map[*ir.Var]bool{}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if d, ok := s.(*ir.Decl); ok && d.V.Made {
			made[d.V] = true
		}
	})
	if len(made) == 0 {
		return
	}
	x := newIndex(f.Body, made)
	blocks(f.Body, func(b *ir.Block) {
		drop := map[int]bool{}
		for i, s := range b.Stmts {
			d, ok := s.(*ir.Decl)
			if !ok || !d.V.Made {
				continue
			}
			j := x.first(d.V, b, i+1)
			if j < 0 {
				continue
			}
			if x := gives(b.Stmts[j], d.V); x != nil && sameType(x, d.V) {
				drop[i] = true
				b.Stmts[j] = &ir.Assign{L: []ir.Expr{&ir.Ref{V: d.V}}, R: []ir.Expr{x}, Define: true}
			}
		}
		keep(b, func(i int, _ ir.Stmt) bool { return !drop[i] })
	})
}

func sameType(x ir.Expr, v *ir.Var) bool { return x.Type().String() == v.Type.String() }

// gives returns e if s is v += e or v = e with e free of v.
func gives(s ir.Stmt, v *ir.Var) ir.Expr {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 {
		return nil
	}
	if r, ok := a.L[0].(*ir.Ref); !ok || r.V != v {
		return nil
	}
	x := a.R[0]
	if b, ok := x.(*ir.Binary); ok && ir.Equal(b.X, a.L[0]) {
		switch b.Op {
		case token.ADD:
			x = b.Y
		case token.SUB:
			x = ir.Neg(b.Y)
		}
	}
	if ir.Mentions(x, v) {
		return nil
	}
	return x
}

// clearedFirst turns p = 0 … p += e into p = e where nothing between the two
// has to do with p.
func clearedFirst(f *ir.Func) {
	roots := map[*ir.Var]bool{}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if v := clearedRoot(s); v != nil {
			roots[v] = true
		}
	})
	if len(roots) == 0 {
		return
	}
	taken := ir.Addressed(f) // to these there are pointers
	x := newIndex(f.Body, roots)
	blocks(f.Body, func(b *ir.Block) {
		drop := map[int]bool{}
		for i, s := range b.Stmts {
			v := clearedRoot(s)
			if v == nil {
				continue
			}
			p := cleared(s)
			j := x.first(v, b, i+1)
			if _, plain := p.(*ir.Ref); !plain || taken[v] {
				j = nextStatement(b.Stmts, i+1) // memory may have other names
			}
			if j < 0 || x.leaves(x.at[b][i], x.at[b][j]) {
				continue
			}
			if set := added(b.Stmts[j], p, v); set != nil {
				drop[i] = true
				b.Stmts[j] = set
			}
		}
		keep(b, func(i int, _ ir.Stmt) bool { return !drop[i] })
	})
}

// clearedRoot returns the variable in which s sets a float to zero if it is a made one, or
// nil: the user's own statements stay as they are.
func clearedRoot(s ir.Stmt) *ir.Var {
	p := cleared(s)
	if p == nil {
		return nil
	}
	if v := ir.Root(p); v != nil && v.Made {
		return v
	}
	return nil
}

// added returns p = e, or p = -e, if s is p += e, or p -= e, and e has nothing to do with
// v, in which p lies; else nil.
func added(s ir.Stmt, p ir.Expr, v *ir.Var) ir.Stmt {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 || !ir.Equal(a.L[0], p) {
		return nil
	}
	b, ok := a.R[0].(*ir.Binary)
	if !ok || !ir.Equal(b.X, p) || ir.Mentions(b.Y, v) {
		return nil
	}
	switch b.Op {
	case token.ADD:
		return ir.Set(p, b.Y)
	case token.SUB:
		return ir.Set(p, ir.Neg(b.Y))
	}
	return nil
}

// cleared returns the float place that s sets to zero, or nil.
func cleared(s ir.Stmt) ir.Expr {
	a, ok := s.(*ir.Assign)
	if !ok || a.Define || len(a.L) != 1 || a.L[0] == nil || !ir.IsFloat(a.L[0].Type()) || !ir.IsConst(a.R[0], 0) {
		return nil
	}
	return a.L[0]
}

func nextStatement(stmts []ir.Stmt, from int) int {
	for i := from; i < len(stmts); i++ {
		if _, ok := stmts[i].(*ir.Comment); !ok {
			return i
		}
	}
	return -1
}

// deadClears removes x = 0 where x is a plain variable that is not read again.
func deadClears(f *ir.Func) {
	clears := map[*ir.Var]bool{}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if v := clearedVar(s); v != nil {
			clears[v] = true
		}
	})
	if len(clears) == 0 {
		return
	}
	always := ir.Addressed(f)
	for _, r := range f.Results {
		always[r] = true
	}
	x := newIndex(f.Body, clears)
	for v := range x.enclosed {
		always[v] = true
	}
	removeDead(f.Body, x, &later{block: f.Body}, always)
}

// clearedVar returns the made variable that s sets to zero, or nil.
func clearedVar(s ir.Stmt) *ir.Var {
	if r, ok := cleared(s).(*ir.Ref); ok && r.V.Made {
		return r.V
	}
	return nil
}

// later is what runs after a statement of a block: the rest of the block, the next
// iterations if it is the body of a loop, and what runs after the statement around it.
type later struct {
	around  *later
	block   *ir.Block
	after   int              // the number of what comes next in the block
	loop    int              // the number of the loop, or 0
	defined map[*ir.Var]bool // in the list that is a loop's body: new each time round
}

// reads reports whether v may be read then.
func (l *later) reads(v *ir.Var, x *index) bool {
	for ; l != nil; l = l.around {
		at := x.at[l.block]
		end := at[len(at)-1]
		if x.readIn(v, l.after, end) {
			return true
		}
		if l.defined == nil {
			continue
		}
		if l.defined[v] {
			return false
		}
		if x.readIn(v, l.loop, end) {
			return true
		}
	}
	return false
}

// removeDead removes the clears of variables that are not read later.
func removeDead(b *ir.Block, x *index, l *later, always map[*ir.Var]bool) {
	at := x.at[b]
	keep(b, func(i int, s ir.Stmt) bool {
		l.after = at[i+1]
		if v := clearedVar(s); v != nil && !always[v] && !l.reads(v, x) {
			return false
		}
		for _, inner := range ir.Blocks(s) {
			in := &later{around: l, block: inner}
			if _, loop := s.(*ir.For); loop {
				in.loop, in.defined = at[i], map[*ir.Var]bool{}
				for _, s := range inner.Stmts {
					for _, v := range ir.Defined(s) {
						if x.of[v] {
							in.defined[v] = true
						}
					}
				}
			}
			removeDead(inner, x, in, always)
		}
		return true
	})
}
