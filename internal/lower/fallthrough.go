package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// numbered lowers a switch with fallthrough in two parts: a chain of ifs finds
// the number, in the order of the source, of the clause that the switch enters;
// then each clause runs if it is that one or is reached from it. No statement
// stands twice, however many clauses lead to it.
func (b *builder) numbered(s *ast.SwitchStmt, all, clauses []*ast.CaseClause, def *ast.CaseClause, tag ir.Expr) {
	number := map[*ast.CaseClause]int{nil: len(all)}
	for i, c := range all {
		number[c] = i
	}
	entry := &ir.Var{Name: b.names.made("entry"), Type: types.Typ[types.Int], Kind: ir.Temp, Pos: s.Pos()}
	b.fn.Locals = append(b.fn.Locals, entry)
	b.define(s.Pos(), entry, ir.Int(number[def]))
	b.chain(clauses, tag, func(c *ast.CaseClause) {
		b.emit(&ir.Assign{At: ir.At{P: c.Pos()}, L: []ir.Expr{&ir.Ref{V: entry}}, R: []ir.Expr{ir.Int(number[c])}})
	}, nil)
	b.groups(all, 0, entry, def != nil)
}

// groups emits the clauses from first on; those that fall through to each other
// form a group.
func (b *builder) groups(all []*ast.CaseClause, first int, entry *ir.Var, complete bool) {
	last := first
	for fallsThrough(all[last]) {
		last++
	}
	group := func() {
		for i := first; i < last; i++ {
			b.ifAtMost(all[i], entry, i, func() { b.stmts(caseBody(all[i])) })
		}
		b.stmts(caseBody(all[last]))
	}
	if last+1 == len(all) && complete {
		group()
		return
	}
	out := b.ifAtMost(all[first], entry, last, group)
	if last+1 < len(all) {
		out.Else = b.capture(all[last+1].Pos(), func() { b.groups(all, last+1, entry, complete) })
	}
}

// ifAtMost emits if entry <= n { body }.
func (b *builder) ifAtMost(c *ast.CaseClause, entry *ir.Var, n int, body func()) *ir.If {
	out := &ir.If{
		At:   ir.At{P: c.Pos()},
		Cond: &ir.Binary{Op: token.LEQ, X: &ir.Ref{V: entry}, Y: ir.Int(n), Typ: types.Typ[types.Bool]},
	}
	out.Then = b.capture(c.Pos(), body)
	b.emit(out)
	return out
}
