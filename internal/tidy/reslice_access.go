package tidy

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A reached is what a loop reaches: the accesses to one slice with one distance from the counter.
type reached struct {
	key    string
	slice  ir.Expr
	offset ir.Expr // in front of the counter; nil for none
	below  int     // how far behind the counter
	window bool    // the loop gets a slice of its own
}

// groups lists what is to be asked for before the loop, in the order of the accesses.
func (r *reslicer) groups(c *counted) []*reached {
	var out []*reached
	seen := map[string]bool{}
	ahead := map[string]bool{} // slices that are asked for up to the counter
	r.certain(c.loop.Body.Stmts, func(x *ir.Index) {
		key, offset, ok := r.access(c, x)
		if !ok || seen[key] {
			return
		}
		seen[key] = true
		g := r.group(c, x.X, offset)
		if g == nil {
			return
		}
		g.key = key
		if g.below == 0 {
			ahead[ir.Format(x.X)] = true
		}
		out = append(out, g)
	})
	kept := out[:0]
	for _, g := range out {
		if g.below == 0 || c.down && !ahead[ir.Format(g.slice)] {
			kept = append(kept, g)
		}
	}
	return kept
}

// group tells how to ask for the accesses slice[offset+i]; nil if that is not necessary,
// or impossible.
func (r *reslicer) group(c *counted, slice, offset ir.Expr) *reached {
	g := &reached{slice: slice}
	_, isVar := slice.(*ir.Ref)
	g.window = !isVar
	n, isNumber := 0, true
	if offset != nil {
		n, isNumber = number(offset)
	}
	switch {
	case c.from == nil && (offset != nil || g.window):
		return nil
	case isNumber && n+*orZero(c.from) < 0:
		return nil // out of range
	case isNumber && r.known(c, slice, n):
		return nil
	case isNumber && n < 0:
		g.below = -n
		if g.window {
			return nil
		}
	case offset != nil:
		if !isNumber && *c.from != 0 { // slice[offset:] might panic
			return nil
		}
		g.window, g.offset = true, offset
	}
	return g
}

func orZero(n *int) *int {
	if n == nil {
		return new(int)
	}
	return n
}

// known reports whether the compiler of Go sees by itself that slice[i+n] is in range.
func (r *reslicer) known(c *counted, slice ir.Expr, n int) bool {
	end := sumOf(c.end, ir.Int(n)) // what the length is to be
	if ir.Equal(end, &ir.Len{X: slice}) {
		return true
	}
	if n < 0 && ir.Equal(c.end, &ir.Len{X: slice}) {
		return true
	}
	v, ok := slice.(*ir.Ref)
	if !ok {
		return false
	}
	var length ir.Expr
	switch x := r.once[v.V].(type) {
	case *ir.Make:
		if x.In == nil {
			length = x.Len
		}
	case *ir.SliceOf:
		if x.Lo == nil {
			length = x.Hi
		}
	}
	return length != nil && n <= 0 && ir.Equal(length, c.end) && r.fixed(length)
}

// fixed reports whether the variables in e have one value in the function.
func (r *reslicer) fixed(e ir.Expr) bool {
	fine := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if v, ok := e.(*ir.Ref); ok {
			fine = fine && (r.once[v.V] != nil || v.V.Kind == ir.Param && !r.assigned(v.V))
		}
		return fine
	})
	return fine
}

// assigned reports whether the function sets the parameter v.
func (r *reslicer) assigned(v *ir.Var) bool {
	set := r.addressed[v]
	ir.WalkStmts(r.F.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, p := range places {
			set = set || ir.Held(p) == v
		}
	})
	return set
}

// access takes x[i+offset] apart, if x is a slice that stays the same in the loop. The key
// is that of its group. A nil offset is zero.
func (r *reslicer) access(c *counted, x *ir.Index) (key string, offset ir.Expr, ok bool) {
	if _, isSlice := x.X.Type().Underlying().(*types.Slice); !isSlice || !isInt(x.I.Type()) {
		return "", nil, false
	}
	offset, ok = distance(x.I, c.i)
	if !ok || !r.stable(c, x.X) || ir.Root(x.X) == nil || offset != nil && !r.stable(c, offset) {
		return "", nil, false
	}
	key = ir.Format(x.X) + "["
	if offset != nil {
		key += ir.Format(offset)
	}
	return key, offset, true
}

// distance returns e - i; nil for zero.
func distance(e ir.Expr, i *ir.Var) (ir.Expr, bool) {
	if isVar(e, i) {
		return nil, true
	}
	b, ok := e.(*ir.Binary)
	if !ok {
		return nil, false
	}
	switch {
	case b.Op == token.ADD && !ir.Mentions(b.Y, i):
		d, ok := distance(b.X, i)
		return sumOf(d, b.Y), ok
	case b.Op == token.ADD && !ir.Mentions(b.X, i):
		d, ok := distance(b.Y, i)
		return sumOf(b.X, d), ok
	case b.Op == token.SUB && !ir.Mentions(b.Y, i):
		d, ok := distance(b.X, i)
		if d == nil {
			if n, isNumber := number(b.Y); isNumber {
				return ir.Int(-n), ok
			}
			return ir.Neg(b.Y), ok
		}
		return ir.Sub(d, b.Y), ok
	}
	return nil, false
}

// sumOf is x + y, where nil is zero.
func sumOf(x, y ir.Expr) ir.Expr {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	n, ok := number(y)
	if b, isSum := x.(*ir.Binary); ok && isSum {
		if m, ok := number(b.Y); ok && b.Op == token.SUB {
			return minus(b.X, m-n)
		} else if ok && b.Op == token.ADD {
			return minus(b.X, -m-n)
		}
	}
	if ok {
		return minus(x, -n)
	}
	return ir.Add(x, y)
}

// minus is x - n.
func minus(x ir.Expr, n int) ir.Expr {
	if m, ok := number(x); ok {
		return ir.Int(m - n)
	}
	if n < 0 {
		return ir.Add(x, ir.Int(-n))
	}
	return ir.Sub(x, ir.Int(n))
}

// certain calls f for the accesses that each run of the statements makes.
func (r *reslicer) certain(stmts []ir.Stmt, f func(*ir.Index)) {
	var look func(e ir.Expr) bool
	look = func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Index:
			f(e)
		case *ir.Binary:
			if e.Op == token.LAND || e.Op == token.LOR {
				ir.WalkExpr(e.X, look)
				return false
			}
		}
		return true
	}
	for _, s := range stmts {
		switch s := s.(type) {
		case *ir.Block:
			r.certain(s.Stmts, f)
			continue
		case *ir.For: // its own iterations are not certain
			continue
		}
		reads, places := ir.Exprs(s)
		for _, e := range reads {
			ir.WalkExpr(e, look)
		}
		for _, e := range places {
			ir.WalkExpr(e, look)
		}
	}
}

// temp makes the variable of a window.
func (r *reslicer) temp(g *reached) *ir.Var {
	base := "part"
	root := ir.Root(g.slice)
	if root != nil {
		base = root.Name
	}
	v := r.Var(base, g.slice.Type())
	if root != nil && root.Shadow != ir.NoShadow {
		v.Shadow = ir.ShadowValue
	}
	return v
}
