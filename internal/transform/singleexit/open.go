package singleexit

import (
	"go/token"
	"go/types"
	"math"

	"github.com/cairn-ad/cairn/internal/ir"
)

// open gives a checkpointed loop whose length nobody knows a counter of its own:
//
//	for init; cond; post { body }
//
// becomes
//
//	init
//	for trip := 0; trip < math.MaxInt; trip++ {
//		if trip > 0 { post }
//		if !cond { break }
//		body
//	}
//
// so that an iteration has a number and the end of the loop is a break like others.
func (r *rewriter) open(s *ir.For) []ir.Stmt {
	trip := r.flag("trip")
	trip.Type = types.Typ[types.Int]
	count := &ir.Ref{V: trip}
	compare := func(op token.Token, n int64) ir.Expr {
		return &ir.Binary{Op: op, X: count, Y: ir.Number(n, trip.Type), Typ: types.Typ[types.Bool]}
	}
	var body []ir.Stmt
	if s.Post != nil {
		body = append(body, &ir.If{At: s.At, Cond: compare(token.GTR, 0), Then: &ir.Block{At: s.At, Stmts: []ir.Stmt{s.Post}}})
	}
	if s.Cond != nil {
		leave := &ir.Block{At: s.At, Stmts: []ir.Stmt{&ir.Break{At: s.At, Target: s}}}
		body = append(body, &ir.If{At: s.At, Cond: &ir.Unary{Op: token.NOT, X: s.Cond}, Then: leave})
	}
	counted := &ir.For{
		At: s.At, Init: ir.Define(trip, ir.Int(0)), Cond: compare(token.LSS, math.MaxInt), Post: ir.Set(count, ir.Add(count, ir.Int(1))),
		Body: &ir.Block{At: s.Body.At, Stmts: append(body, s.Body.Stmts...)}, Checkpoint: s.Checkpoint,
	}
	var out []ir.Stmt
	if s.Init != nil {
		out = r.steadyAssign(s.Init)
	}
	return append(out, r.loop(s, counted)...)
}
