package tidy

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// leastTrips is the number of iterations, where it is known, from which on a row costs less than
// a push in each.
const leastTrips = 4

// Rows gives innermost loops that record floats in each iteration, or take them back, a row on
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
	if len(each.at) == 0 {
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
	k := len(each.at)
	row := x.r.made("row", types.NewSlice(types.Typ[types.Float64]))
	x.inRow(s.Body, each, row, minus(&ir.Ref{V: c.i}, *c.from))
	ask := &ir.Call{At: s.At, L: []ir.Expr{&ir.Ref{V: row}}, Define: true, Name: "Row", On: st, Args: []ir.Expr{times(k, trips)}}
	if each.pop {
		ask.Name = "TakeRow"
	}
	return ask
}

// inRow gives the floats of an iteration their places in the row.
func (x *rower) inRow(body *ir.Block, each run, row *ir.Var, iteration ir.Expr) {
	k, first, last := len(each.at), each.at[0], each.at[len(each.at)-1]
	stmts := body.Stmts[first : last+1]
	out := slices.Clone(body.Stmts[:first])
	if k == 1 {
		out = append(out, alone(stmts[0].(*ir.Call), &ir.Index{X: &ir.Ref{V: row}, I: iteration}))
	} else {
		kept := x.r.kept(k)
		from := &ir.SliceOf{X: &ir.Ref{V: row}, Lo: times(k, iteration)}
		out = append(out, ir.Define(kept, &ir.Convert{X: from, Typ: kept.Type}))
		out = append(out, inPlace(stmts, each, &ir.Deref{X: &ir.Ref{V: kept}})...)
	}
	body.Stmts = append(out, body.Stmts[last+1:]...)
}

// alone is the push, or pop, of one float that has a place of its own.
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

func times(k int, x ir.Expr) ir.Expr {
	if n, ok := number(x); ok {
		return ir.Int(k * n)
	}
	return ir.Mul(ir.Int(k), x)
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
	if len(each.at) > mostBundle {
		return run{}, nil
	}
	return each, st
}
