package lower

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A defer statement in a loop runs any number of times. A list tells in which order the
// statements have run, and each thing that a call needs has a list of its values:
//
//	for … { t = x; order = append(order, 1); ts = append(ts, t) }
//	…
//	n := len(ts)
//	for k := len(order) - 1; k >= 0; k-- {
//		if order[k] == 1 { n--; t = ts[n]; f(t) }
//	}

// A deferList is that order.
type deferList struct{ order *ir.Var }

// lateLoop emits the loop over the list, and where the statements stand what puts calls on
// it. It returns the variables to declare before.
func (b *builder) lateLoop(pos token.Pos, all *deferList, slots []*deferSlot, rest *ir.Block) []*ir.Var {
	at := ir.At{P: pos}
	vars := []*ir.Var{all.order}
	inside := map[*ir.Var]bool{} // declared in the statements that are left by then
	ir.WalkStmts(rest, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			inside[v] = true
		}
	})
	var calls []ir.Stmt
	k := b.newVar("k", intType, ir.Local, pos)
	code := 0
	for _, slot := range slots {
		for i, call := range slot.calls {
			code++
			body := b.capture(pos, call)
			needed := slot.kept
			for _, v := range mentionedOf(body, inside) {
				if !b.sameInIteration(v) {
					b.diags.Add(b.l.in.Fset, slot.at[i].P, "deferred call in a loop that uses the variable "+v.Name, "it may have changed when the call is made, and there is one for each iteration", "pass its value as an argument")
				}
				needed = append(needed[:len(needed):len(needed)], v)
			}
			fetch, lists := b.listed(pos, slot.at[i], all, code, needed)
			vars = append(vars, lists...)
			calls = append(calls, &ir.If{
				At:   at,
				Cond: &ir.Binary{Op: token.EQL, X: element(&ir.Ref{V: all.order}, k), Y: ir.Int(code), Typ: types.Typ[types.Bool]},
				Then: &ir.Block{At: at, Stmts: append(fetch, body.Stmts...)},
			})
		}
	}
	b.emit(&ir.For{
		At:   at,
		Init: &ir.Assign{At: at, L: refs(k), R: []ir.Expr{ir.Sub(&ir.Len{X: &ir.Ref{V: all.order}}, ir.Int(1))}, Define: true},
		Cond: &ir.Binary{Op: token.GEQ, X: &ir.Ref{V: k}, Y: ir.Int(0), Typ: types.Typ[types.Bool]},
		Post: step(pos, &ir.Ref{V: k}, token.SUB),
		Body: &ir.Block{At: at, Stmts: calls},
	})
	return vars
}

// sameInIteration reports whether nothing changes a variable that is declared in a loop, or
// in its head, before the end of an iteration.
func (b *builder) sameInIteration(v *ir.Var) bool {
	if b.steady[v] || v.Kind == ir.Temp {
		return true
	}
	for obj, w := range b.vars {
		if w == v {
			return b.use.stepped[obj] && len(b.use.writes[obj]) == 1 && !b.use.addr[obj]
		}
	}
	return false
}

// listed fills the block where a defer statement stands with what puts the call with the
// given code, and the values of the variables it needs, on lists. It returns what takes the
// values from the lists again, and the lists.
func (b *builder) listed(pos token.Pos, at *ir.Block, all *deferList, code int, needed []*ir.Var) (fetch []ir.Stmt, lists []*ir.Var) {
	put := b.capture(pos, func() {
		b.set(pos, all.order, &ir.Append{X: &ir.Ref{V: all.order}, Elems: []ir.Expr{ir.Int(code)}})
		for _, v := range needed {
			t := types.NewSlice(v.Type)
			list := b.newVar(v.Name+"s", t, ir.Local, pos)
			lists = append(lists, list)
			grown := ir.Expr(&ir.Append{X: &ir.Ref{V: list}, Elems: []ir.Expr{&ir.Ref{V: v}}})
			if ir.HasFloat(v.Type) {
				grown = b.writtenOut(pos, t, grown.(*ir.Append))
			}
			b.set(pos, list, grown)
			last := ir.Sub(&ir.Len{X: &ir.Ref{V: list}}, ir.Int(1))
			fetch = append(fetch,
				&ir.Assign{At: ir.At{P: pos}, L: refs(v), R: []ir.Expr{&ir.Index{X: &ir.Ref{V: list}, I: last}}},
				&ir.Assign{At: ir.At{P: pos}, L: refs(list), R: []ir.Expr{&ir.SliceOf{X: &ir.Ref{V: list}, Hi: clone(last)}}})
		}
	})
	at.Stmts = put.Stmts
	return fetch, lists
}

// mentionedOf lists those of the given variables that the statements mention.
func mentionedOf(b *ir.Block, of map[*ir.Var]bool) (list []*ir.Var) {
	for v := range ir.Vars(b.Stmts) {
		if of[v] {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(x, y *ir.Var) int { return int(x.Pos - y.Pos) })
	return list
}
