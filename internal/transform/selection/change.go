package selection

import (
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// change is what becomes of one loop.
type change struct {
	*pass
	l             *ir.For
	counted       *recompute.Counted
	to            map[*ir.Var]*ir.Var // from what is selected to the variables that the loop has for it
	before, after []ir.Stmt           // what comes to stand around the loop
}

// update takes out one update, whose values follow from the statements kept.
func (c *change) update(u *update, kept []ir.Stmt) {
	here := ir.At{P: c.l.Pos()}
	at := c.made.Var("at", types.Typ[types.Int])
	none, happened := never(c.counted)
	c.before = append(c.before, define(here, at, none))
	c.note(u, at)
	in := c.made.Var("at", at.Type) // has one value only, so that the reverse sweep can ask for it again
	c.after = append(c.after, define(here, in, &ir.Ref{V: at}))
	again, rewrite := c.copy(kept, in)
	var set []ir.Stmt
	for _, s := range u.selected {
		now, of := c.made.Var(s.v.Name, s.v.Type), c.made.Var(s.v.Name, s.v.Type)
		c.to[s.v] = now
		c.l.Selects = append(c.l.Selects, s.v.Name)
		c.before = append(c.before, define(here, now, &ir.Ref{V: s.v}))
		c.after = append(c.after, define(here, of, &ir.Ref{V: s.v}))
		again.Stmts = append(again.Stmts, &ir.Assign{At: u.s.At, L: []ir.Expr{&ir.Ref{V: of}}, R: []ir.Expr{ir.Rewrite(s.x, rewrite)}})
		value := &ir.Math{Fn: "ad.WithValue", Args: []ir.Expr{&ir.Ref{V: of}, &ir.Ref{V: now}}, Typ: s.v.Type}
		set = append(set, &ir.Assign{At: here, L: []ir.Expr{&ir.Ref{V: s.v}}, R: []ir.Expr{value}})
	}
	c.after = append(append(c.after, &ir.If{At: here, Cond: happened(&ir.Ref{V: in}), Then: again}), set...)
}

// never returns an index that the counted loop does not have, and the condition that e is another one.
func never(c *recompute.Counted) (none ir.Expr, other func(e ir.Expr) ir.Expr) {
	least := c.Lo
	switch c.Cmp {
	case token.GEQ:
		least = c.Hi
	case token.GTR:
		least = ir.Add(c.Hi, ir.Int(1))
	}
	if k, ok := least.(*ir.Const); ok && constant.Sign(k.Val) >= 0 {
		return ir.Int(-1), func(e ir.Expr) ir.Expr {
			return &ir.Binary{Op: token.GEQ, X: e, Y: ir.Int(0), Typ: types.Typ[types.Bool]}
		}
	}
	none = &ir.Const{Val: constant.MakeInt64(math.MinInt), Typ: types.Typ[types.Int], Text: "math.MinInt"}
	return none, func(e ir.Expr) ir.Expr {
		return &ir.Binary{Op: token.NEQ, X: e, Y: none, Typ: types.Typ[types.Bool]}
	}
}

func define(at ir.At, v *ir.Var, x ir.Expr) *ir.Assign {
	d := ir.Define(v, x)
	d.At = at
	return d
}

// note puts at = i in front of the update, where the update takes a new value.
func (c *change) note(u *update, at *ir.Var) {
	set := &ir.Assign{At: u.s.At, L: []ir.Expr{&ir.Ref{V: at}}, R: []ir.Expr{&ir.Ref{V: c.counted.Index}}}
	if u.best == nil {
		insert(c.l.Body, u.s, set)
		return
	}
	var before []ir.Stmt
	args, other := slices.Clone(u.best.Args), u.other
	if _, named := args[other].(*ir.Ref); !named {
		t := c.made.Var("t", args[other].Type())
		before = append(before, define(u.s.At, t, args[other]))
		args[other] = &ir.Ref{V: t}
		u.s.R[0] = &ir.Math{Fn: u.best.Fn, Args: args, Typ: u.best.Typ}
	}
	taken := rule.Lookup(u.best.Fn).Condition(args)
	if other == 1 {
		taken = &ir.Unary{Op: token.NOT, X: taken}
	}
	test := &ir.If{At: u.s.At, Cond: taken, Then: &ir.Block{Stmts: []ir.Stmt{set}}}
	insert(c.l.Body, u.s, append(before, test)...)
}

// insert puts statements in front of s, which stands somewhere in b.
func insert(b *ir.Block, s ir.Stmt, before ...ir.Stmt) {
	for i, x := range b.Stmts {
		if x == s {
			b.Stmts = append(append(append([]ir.Stmt{}, b.Stmts[:i]...), before...), b.Stmts[i:]...)
			return
		}
		for _, inner := range ir.Blocks(x) {
			insert(inner, s, before...)
		}
	}
}

// copy returns the statements with variables of their own and for the iteration in, and how
// expressions become those of the copy.
func (c *change) copy(stmts []ir.Stmt, in *ir.Var) (*ir.Block, func(ir.Expr) ir.Expr) {
	b := &ir.Block{At: ir.At{P: c.l.Pos()}, Stmts: stmts}
	to := map[*ir.Var]*ir.Var{}
	for _, s := range stmts {
		ir.WalkStmt(s, func(s ir.Stmt) {
			for _, v := range ir.Defined(s) {
				to[v] = c.made.Var(v.Name, v.Type)
			}
		})
	}
	rewrite := func(e ir.Expr) ir.Expr {
		r, ok := e.(*ir.Ref)
		switch {
		case !ok:
			return nil
		case r.V == c.counted.Index:
			return &ir.Ref{V: in}
		case to[r.V] != nil:
			return &ir.Ref{V: to[r.V]}
		}
		return nil
	}
	b = ir.CopyBlockAll(b, to, rewrite)
	ir.WalkStmts(b, func(s ir.Stmt) {
		if call, ok := s.(*ir.Call); ok {
			call.Again = true
		}
	})
	return b, rewrite
}
