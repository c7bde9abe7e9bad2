package tidy

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// leastTrips is the number of iterations, where it is known, from which on a row costs less than
// a push in each.
const leastTrips = 4

// Rows gives innermost loops that record one float in each iteration, or take it back, a row on
// the stack. In front of a counted loop
//
//	for i := 0; i < len(x); i++ {
//		st.PushFloat(y)
//	}
//
// it asks for memory for all iterations, row := st.Row(len(x)), and the loop writes row[i] = y;
// the loop of the reverse sweep, which runs down, reads from st.TakeRow(len(x)). What lies on the
// stack is the same, so that code with and without rows works together.
func Rows(f *ir.Func) {
	blocks(f.Body, (&rower{newReslicer(f)}).block)
}

type rower struct{ r *reslicer }

func (x *rower) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		if loop, ok := s.(*ir.For); ok {
			if row := x.loop(loop); row != nil {
				out = append(out, row)
			}
		}
		out = append(out, s)
	}
	b.Stmts = out
}

// loop rewrites the body of a loop and returns the statement that asks for the row, nil if the
// loop stays as it is.
func (x *rower) loop(s *ir.For) ir.Stmt {
	if s.Spawn != nil {
		return nil
	}
	each, st := eachTime(s.Body)
	if len(each.at) != 1 { // several are a bundle
		return nil
	}
	c := x.r.counted(s)
	if c == nil || c.from == nil || c.down != each.pop {
		return nil
	}
	trips := minus(c.end, *c.from)
	if n, ok := number(trips); ok && n < leastTrips {
		return nil
	}
	row := x.r.made("row", types.NewSlice(types.Typ[types.Float64]))
	place := &ir.Index{X: &ir.Ref{V: row}, I: minus(&ir.Ref{V: c.i}, *c.from)}
	s.Body.Stmts[each.at[0]] = alone(s.Body.Stmts[each.at[0]].(*ir.Call), place)
	ask := &ir.Call{At: s.At, L: []ir.Expr{&ir.Ref{V: row}}, Define: true, Name: "Row", On: st, Args: []ir.Expr{trips}}
	if each.pop {
		ask.Name = "TakeRow"
	}
	return ask
}

// alone is the push, or pop, of a float that has a place of its own.
func alone(c *ir.Call, place ir.Expr) ir.Stmt {
	switch {
	case len(c.L) == 0:
		return &ir.Assign{At: c.At, L: []ir.Expr{place}, R: c.Args}
	case c.L[0] == nil:
		return &ir.Block{At: c.At}
	case c.Conv != nil:
		place = &ir.Convert{X: place, Typ: c.Conv}
	}
	return &ir.Assign{At: c.At, L: c.L, R: []ir.Expr{place}, Define: c.Define}
}

// eachTime finds the pushes of floats, or the pops, that a body makes each time it runs. There are
// none if the body does anything else to a stack.
func eachTime(b *ir.Block) (each run, st *ir.Var) {
	for i, s := range b.Stmts {
		on, pop := floatOnStack(s)
		if on == nil {
			if mayStack(s) {
				return run{}, nil
			}
			continue
		}
		if st != nil && (on != st || pop != each.pop) {
			return run{}, nil
		}
		each.at, each.pop, st = append(each.at, i), pop, on
	}
	return each, st
}

// takesRow reports whether s takes a row from the stack.
func takesRow(s ir.Stmt) bool {
	c, ok := s.(*ir.Call)
	return ok && c.Name == "TakeRow" && c.On != nil && isStack(c.On.Type)
}
