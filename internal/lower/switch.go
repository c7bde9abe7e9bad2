package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// switchStmt lowers a switch to a chain of ifs, in a block if break leaves it.
func (b *builder) switchStmt(s *ast.SwitchStmt, label string) {
	block := &ir.Block{At: ir.At{P: s.Pos()}}
	t := &target{label: label, leave: block}
	inner := b.capture(s.Pos(), func() {
		if s.Init != nil {
			b.stmt(s.Init)
		}
		var tag ir.Expr
		if s.Tag != nil {
			tag = b.tag(s.Tag)
		}
		b.push(t)
		b.cases(s, tag)
		b.pop()
	})
	if t.used {
		block.Stmts = inner.Stmts
		b.emit(block)
		return
	}
	for _, stmt := range inner.Stmts {
		b.emit(stmt)
	}
}

// tag evaluates the tag once.
func (b *builder) tag(e ast.Expr) ir.Expr {
	x := b.expr(e)
	switch x := x.(type) {
	case *ir.Const:
		return x
	case *ir.Ref:
		if id, ok := ast.Unparen(e).(*ast.Ident); !ok || !b.use.addr[b.info.Uses[id]] {
			return x
		}
	}
	return b.save(e.Pos(), x)
}

// cases emits the chain; the default clause stands last in it, wherever it
// stands in the source.
func (b *builder) cases(s *ast.SwitchStmt, tag ir.Expr) {
	clauses, def := clausesOf(s.Body)
	var all []*ast.CaseClause
	falls := false
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		all = append(all, c)
		falls = falls || fallsThrough(c)
	}
	if falls {
		b.numbered(s, all, clauses, def, tag)
		return
	}
	b.chain(clauses, tag, func(c *ast.CaseClause) { b.stmts(caseBody(c)) }, def)
}

// clausesOf returns the clauses of a switch, and apart from them the default clause, or nil.
func clausesOf(body *ast.BlockStmt) (clauses []*ast.CaseClause, def *ast.CaseClause) {
	for _, c := range body.List {
		if c := c.(*ast.CaseClause); c.List == nil {
			def = c
		} else {
			clauses = append(clauses, c)
		}
	}
	return clauses, def
}

// chain emits an if for each clause in turn, with body in it; def, which may be
// nil, is run if none matches.
func (b *builder) chain(clauses []*ast.CaseClause, tag ir.Expr, body func(*ast.CaseClause), def *ast.CaseClause) {
	if len(clauses) == 0 {
		if def != nil {
			body(def)
		}
		return
	}
	c := clauses[0]
	out := &ir.If{At: ir.At{P: c.Pos()}, Cond: b.anyOf(c.List, tag)}
	out.Then = b.capture(c.Pos(), func() { body(c) })
	rest := b.capture(c.Pos(), func() { b.chain(clauses[1:], tag, body, def) })
	if len(rest.Stmts) > 0 {
		out.Else = rest
	}
	b.emit(out)
}

// anyOf is tag == list[0] || tag == list[1] …; a call in a later entry runs
// only if the entries before it do not match.
func (b *builder) anyOf(list []ast.Expr, tag ir.Expr) ir.Expr {
	first := b.match(list[0], tag)
	for _, e := range list[1:] {
		var next ir.Expr
		calls := b.capture(e.Pos(), func() { next = b.match(e, tag) })
		if len(calls.Stmts) == 0 {
			first = &ir.Binary{Op: token.LOR, X: first, Y: next, Typ: first.Type()}
			continue
		}
		t := b.save(e.Pos(), first)
		calls.Stmts = append(calls.Stmts, &ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{clone(t)}, R: []ir.Expr{next}})
		b.emit(&ir.If{At: ir.At{P: e.Pos()}, Cond: not(t), Then: calls})
		first = t
	}
	return first
}

func (b *builder) match(e ast.Expr, tag ir.Expr) ir.Expr {
	x := b.expr(e)
	if tag == nil && !ir.IsBool(x.Type()) {
		b.fail(e, "case of type "+x.Type().String(), "a switch without a tag compares it with true", "write a bool")
		return &ir.Const{Val: constant.MakeBool(false), Typ: types.Typ[types.Bool]}
	}
	if tag == nil {
		return x
	}
	return b.compare(e, token.EQL, clone(tag), x, types.Typ[types.Bool])
}

// caseBody is the body of c without a break or fallthrough at its end.
func caseBody(c *ast.CaseClause) []ast.Stmt {
	if br := lastBranch(c); br != nil && br.Label == nil && br.Tok != token.CONTINUE {
		return c.Body[:len(c.Body)-1]
	}
	return c.Body
}

// fallsThrough reports whether the clause after c runs when c has run to its end.
func fallsThrough(c *ast.CaseClause) bool {
	br := lastBranch(c)
	return br != nil && br.Tok == token.FALLTHROUGH
}

// lastBranch returns the statement at the end of c if it is a branch, else nil.
func lastBranch(c *ast.CaseClause) *ast.BranchStmt {
	if len(c.Body) == 0 {
		return nil
	}
	br, _ := c.Body[len(c.Body)-1].(*ast.BranchStmt)
	return br
}
