package tidy

import (
	"go/types"
	"slices"

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
	blocks(f.Body, rower{newReslicer(f), stackUses{}}.block)
}

type rower struct {
	*reslicer
	stacks stackUses
}

func (x rower) block(b *ir.Block) {
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
func (x rower) loop(s *ir.For) ir.Stmt {
	if s.Spawn != nil {
		return nil
	}
	each, st := x.onlyFloat(s.Body)
	if st == nil {
		return nil
	}
	c := x.counted(s)
	if c == nil || c.outer || c.from == nil || c.down != each.pop {
		return nil
	}
	trips := minus(c.end, *c.from)
	if n, ok := number(trips); ok && n < leastTrips {
		return nil
	}
	row := x.Var("row", types.NewSlice(types.Typ[types.Float64]))
	place := &ir.Index{X: &ir.Ref{V: row}, I: minus(&ir.Ref{V: c.i}, *c.from)}
	at := each.at[0]
	s.Body.Stmts = slices.Replace(s.Body.Stmts, at, at+1, inPlace(s.Body.Stmts[at:at+1], each, func(int) ir.Expr { return place })...)
	ask := &ir.Call{At: s.At, L: []ir.Expr{&ir.Ref{V: row}}, Define: true, Name: "Row", On: st, Args: []ir.Expr{trips}}
	if each.pop {
		ask.Name = "TakeRow"
	}
	return answered(ask, row, s.Body.Stmts)
}

// onlyFloat finds the float that a body pushes or pops each time it runs, and the stack; a nil
// stack if the body does more to one. Several floats are left to Bundle.
func (x rower) onlyFloat(b *ir.Block) (r run, st *ir.Var) {
	for i, s := range b.Stmts {
		on, pop := floatOnStack(s)
		switch {
		case on != nil && st == nil:
			r, st = run{at: []int{i}, pop: pop}, on
		case on != nil || x.stacks.in(s):
			return run{}, nil
		}
	}
	return r, st
}

// takesRow reports whether s takes a row from the stack.
func takesRow(s ir.Stmt) bool {
	c, ok := s.(*ir.Call)
	return ok && c.Name == "TakeRow" && c.On != nil && isStack(c.On.Type)
}
