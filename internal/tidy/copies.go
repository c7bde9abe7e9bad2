package tidy

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// copies replaces made temporaries that hold the value of a variable by the variable,
// where that keeps its value as long as the temporary is used.
func copies(f *ir.Func) {
	c := &copyFinder{writes: map[*ir.Var][]int{}, last: map[*ir.Var]int{}, count: map[*ir.Var]int{}, at: map[*ir.Block]span{}, to: map[*ir.Var]*ir.Var{}}
	c.block(f.Body, 0)
	taken := ir.Addressed(f)
	gone := map[ir.Stmt]bool{}
	blocks(f.Body, func(b *ir.Block) {
		for i, s := range b.Stmts {
			t, v := copied(s)
			for c.to[v] != nil { // a copy of a copy
				v = c.to[v]
			}
			if t == nil || taken[t] || taken[v] || c.count[t] != 1 || c.shut[t] || c.shut[v] || !c.keeps(b, i, t, v) {
				continue
			}
			c.to[t] = v
			c.last[v] = max(c.last[v], c.last[t])
			gone[s] = true
		}
	})
	if len(gone) == 0 {
		return
	}
	blocks(f.Body, func(b *ir.Block) { keep(b, func(_ int, s ir.Stmt) bool { return !gone[s] }) })
	rewriteAll(f.Body, func(e ir.Expr) ir.Expr {
		r, ok := e.(*ir.Ref)
		if !ok || c.to[r.V] == nil {
			return nil
		}
		v := c.to[r.V]
		for c.to[v] != nil {
			v = c.to[v]
		}
		return &ir.Ref{V: v}
	})
}

// copied returns t and v if s is t := v for a made t that holds a number.
func copied(s ir.Stmt) (t, v *ir.Var) {
	a, ok := s.(*ir.Assign)
	if !ok || !a.Define || len(a.L) != 1 || a.L[0] == nil {
		return nil, nil
	}
	to, from := a.L[0].(*ir.Ref).V, a.R[0]
	r, ok := from.(*ir.Ref)
	if !ok || !to.Made || !ir.IsFloat(to.Type) || !sameType(r, to) || r.V.Global != nil {
		return nil, nil
	}
	return to, r.V
}

// copyFinder knows where variables are written and last mentioned, by the numbers of the
// statements in the order of the text.
type copyFinder struct {
	next   int
	at     map[*ir.Block]span
	writes map[*ir.Var][]int
	last   map[*ir.Var]int
	count  map[*ir.Var]int // of writes
	shut   map[*ir.Var]bool
	to     map[*ir.Var]*ir.Var
}

func (c *copyFinder) block(b *ir.Block, closures int) {
	at := make(span, 0, len(b.Stmts)+1)
	for _, s := range b.Stmts {
		at = append(at, c.next)
		c.stmt(s, closures)
		if l, ok := s.(*ir.For); ok {
			if l.Init != nil {
				c.stmt(l.Init, closures)
			}
			if l.Post != nil {
				c.stmt(l.Post, closures)
			}
		}
		c.next++
		inside := closures
		if _, ok := s.(*ir.Closure); ok {
			inside++
		}
		for _, inner := range ir.Blocks(s) {
			c.block(inner, inside)
		}
	}
	c.at[b] = append(at, c.next)
}

func (c *copyFinder) stmt(s ir.Stmt, closures int) {
	see := func(v *ir.Var) {
		if v == nil {
			return
		}
		c.last[v] = c.next
		if closures > 0 {
			if c.shut == nil {
				c.shut = map[*ir.Var]bool{}
			}
			c.shut[v] = true
		}
	}
	write := func(v *ir.Var) {
		if v != nil {
			c.writes[v] = append(c.writes[v], c.next)
			c.count[v]++
		}
	}
	switch s := s.(type) {
	case *ir.Decl:
		write(s.V)
	case *ir.Call:
		see(s.On)
		write(s.On)
	case *ir.For:
		see(s.Stop)
	}
	reads, places := ir.Exprs(s)
	for _, es := range [][]ir.Expr{reads, places} {
		for _, e := range es {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok {
					see(r.V)
				}
				return true
			})
		}
	}
	for _, p := range places {
		write(ir.Root(p))
	}
}

// keeps reports whether v is not written after statement i of b as long as t is mentioned.
func (c *copyFinder) keeps(b *ir.Block, i int, t, v *ir.Var) bool {
	at, last := c.at[b], c.last[t]
	if last <= at[i] {
		return false
	}
	j, found := slices.BinarySearch(at, last)
	if !found {
		j-- // the statement that holds the last mention
	}
	end := at[j+1]
	if _, loop := b.Stmts[j].(*ir.For); end == last+1 && !loop {
		end = last // what the statement itself writes comes after what it reads
	}
	from, _ := slices.BinarySearch(c.writes[v], at[i]+1)
	return from == len(c.writes[v]) || c.writes[v][from] >= end
}
