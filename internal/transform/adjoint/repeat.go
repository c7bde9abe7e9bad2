package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// rerun is a scheduled loop whose iterations the reverse sweep records again, each
// just before it is reversed. What such a recording computes is of use only as far
// as the iteration's own reverse reads it: the state after the iteration is known
// to nobody else, since a snapshot is restored next.
type rerun struct {
	loop            *ir.For
	record, reverse *ir.Var // closures
}

// repeatLess gives the reverse sweep a recording of its own, without statements
// whose results the iteration's reverse does not read. It runs when all functions
// are made and it is known which calls record.
func (g *generator) repeatLess(body *ir.Block) {
	for _, r := range g.again {
		record, calls := g.find(body, r)
		if record == nil {
			continue
		}
		kept, dropped := g.useful(r.loop, record.Body.Stmts)
		if !dropped {
			continue
		}
		if r.loop.IsFixed() { // the recording serves the reverse sweep only
			record.Body.Stmts = kept
			continue
		}
		again := &ir.Closure{
			At: record.At, V: g.closure("recordAgain"), Params: record.Params, Result: record.Result,
			Body: &ir.Block{At: record.Body.At, Stmts: kept},
		}
		calls.Args[1] = &ir.Ref{V: again.V}
		insertBefore(body, calls, again)
	}
}

// find returns the closure that records and the call of Loop.Reverse that uses it
// with the given closure for the reverse.
func (g *generator) find(body *ir.Block, r rerun) (record *ir.Closure, call *ir.Call) {
	ir.WalkStmts(body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Closure:
			if s.V == r.record {
				record = s
			}
		case *ir.Call:
			if s.Name == "Reverse" && s.On != nil {
				for _, a := range s.Args {
					if f, ok := a.(*ir.Ref); ok && f.V == r.reverse {
						call = s
					}
				}
			}
		}
	})
	if call == nil {
		return nil, nil
	}
	return record, call
}

func insertBefore(b *ir.Block, at, s ir.Stmt) {
	for i, c := range b.Stmts {
		if c == at {
			b.Stmts = append(b.Stmts[:i:i], append([]ir.Stmt{s}, b.Stmts[i:]...)...)
			return
		}
		for _, inner := range ir.Blocks(c) {
			insertBefore(inner, at, s)
		}
	}
}

// useful leaves out the statements of a recording that neither push, nor move
// shadows, nor compute what the iteration's reverse or a kept statement reads.
func (g *generator) useful(l *ir.For, stmts []ir.Stmt) (kept []ir.Stmt, dropped bool) {
	turn := g.t.tbr.Turn(l)
	used := map[*ir.Var]bool{} // in what is kept
	for _, s := range slices.Backward(stmts) {
		if _, ok := s.(*ir.Comment); ok {
			kept = append(kept, s)
			continue
		}
		declares := slices.ContainsFunc(ir.Defined(s), func(v *ir.Var) bool { return used[v] })
		if !declares && !g.effective(s) && !turn.Useful(s) {
			dropped = true
			continue
		}
		turn.Keep(s)
		kept = append(kept, s)
		ir.AddVars(used, s)
	}
	slices.Reverse(kept)
	return kept, dropped
}

// effective reports whether s does more than write primal memory: it pushes, it
// touches shadows, it ends the closure, or it is foreign.
func (g *generator) effective(s ir.Stmt) bool {
	found := refers(g.st, []ir.Stmt{s})
	ir.WalkStmt(s, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Yield, *ir.Closure, *ir.Panic:
			found = true
		case *ir.Call:
			found = found || s.Fn == nil || s.Fn.Obj == nil
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok && g.sh.Primal(r.V) != nil {
					found = true
				}
				return !found
			})
		}
	})
	return found
}
