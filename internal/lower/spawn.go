package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// This file finds the loops that run each iteration in a goroutine: derivatives of these may
// do so, too. They then rely on what the Go memory model demands of the program: what one
// goroutine writes, no other one reads or writes before the WaitGroup has been waited for.

// loopBody lowers the body of the loop, and finds out whether it ends by starting a goroutine, and
// before that, and for its arguments, only defines variables of its own.
func (b *builder) loopBody(loop *ir.For, body *ast.BlockStmt) {
	n := len(body.List) - 1
	if n < 0 || !b.startsGoroutine(body.List[n]) || !b.waitsInPlace() {
		b.stmts(body.List)
		return
	}
	b.stmts(body.List[:n])
	before := b.block.Stmts
	b.stmts(body.List[n:])
	p := &prefix{own: map[*ir.Var]bool{}, loop: loop}
	for _, s := range before {
		if !p.defines(s) {
			return
		}
	}
	if s, ok := body.List[n].(*ast.GoStmt); ok {
		for _, a := range s.Call.Args {
			if !b.goArgument(a, loop) {
				return
			}
		}
		if sel, ok := ast.Unparen(s.Call.Fun).(*ast.SelectorExpr); ok && !b.goArgument(sel.X, loop) {
			return
		}
	}
	loop.Go = true
}

// goArgument notes what evaluating e reads. It reports whether that calls no function.
func (b *builder) goArgument(e ast.Expr, loop *ir.For) bool {
	fine := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			id, named := ast.Unparen(n.Fun).(*ast.Ident)
			_, builtin := b.info.Uses[id].(*types.Builtin)
			fine = fine && (b.info.Types[n.Fun].IsType() || named && builtin && (id.Name == "len" || id.Name == "cap" || id.Name == "min" || id.Name == "max"))
		case *ast.UnaryExpr:
			if at, ok := ast.Unparen(n.X).(*ast.IndexExpr); ok && n.Op == token.AND { // only finds the place
				fine = fine && b.goArgument(at.X, loop) && b.goArgument(at.Index, loop)
				return false
			}
			fine = fine && n.Op != token.ARROW
		case *ast.IndexExpr, *ast.StarExpr, *ast.SelectorExpr:
			t := b.info.TypeOf(n.(ast.Expr))
			if t == nil {
				fine = false
				break
			}
			loop.GoReads = true
			loop.GoFloats = loop.GoFloats || !ir.IsRef(t) && ir.HasFloat(t)
		}
		return fine
	})
	return fine
}

// startsGoroutine reports whether s is a go statement, or a call of the method Go of a
// sync.WaitGroup.
func (b *builder) startsGoroutine(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.GoStmt:
		return true
	case *ast.ExprStmt:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		return ok && b.waitGroupGo(call) != nil
	}
	return false
}

// waitsInPlace reports whether every call of Wait stands in the function, or function literal,
// that declares the sync.WaitGroup: then no goroutine waits for another one that it has not
// started.
func (b *builder) waitsInPlace() bool {
	var inside []*ast.BlockStmt // the bodies around what is visited
	right := true
	ast.PreorderStack(b.src.decl, nil, func(n ast.Node, stack []ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !b.isWaitGroup(call, "Wait") {
			return right
		}
		inside = inside[:0]
		for _, around := range stack {
			switch around := around.(type) {
			case *ast.FuncDecl:
				inside = append(inside, around.Body)
			case *ast.FuncLit:
				inside = append(inside, around.Body)
			}
		}
		id, named := ast.Unparen(ast.Unparen(call.Fun).(*ast.SelectorExpr).X).(*ast.Ident)
		if !named {
			right = false
			return false
		}
		v, variable := b.info.Uses[id].(*types.Var)
		home := inside[len(inside)-1]
		right = right && variable && home.Pos() <= v.Pos() && v.Pos() < home.End()
		return right
	})
	return right
}

// prefix is what a loop does before it starts a goroutine.
type prefix struct {
	own  map[*ir.Var]bool // the variables that it defines
	loop *ir.For          // is told what it reads
}

// defines reports whether s does nothing but define variables, and assign to those.
func (p *prefix) defines(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.Decl:
		p.own[s.V] = true
		return true
	case *ir.Assign:
		for i, l := range s.L {
			if !p.plain(s.R[i]) {
				return false
			}
			if l == nil {
				continue
			}
			r, variable := l.(*ir.Ref)
			if !variable || !s.Define && !p.own[r.V] {
				return false
			}
			p.own[r.V] = true
		}
		return true
	case *ir.Call:
		return s.Ext != nil && s.Ext.FullName() == "(*sync.WaitGroup).Add"
	case *ir.If:
		if !p.plain(s.Cond) {
			return false
		}
		for _, b := range ir.Blocks(s) {
			for _, inner := range b.Stmts {
				if !p.defines(inner) {
					return false
				}
			}
		}
		return true
	}
	return false
}

// plain notes what evaluating e reads. It reports whether that makes no memory.
func (p *prefix) plain(e ir.Expr) bool {
	fine := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Append, *ir.Addr, *ir.Make, *ir.New, *ir.Composite, *ir.Keys, *ir.Has:
			fine = false
		case *ir.Index, *ir.Deref, *ir.Field:
			if ir.Held(e) != nil {
				return false // of a variable
			}
			t := e.Type()
			p.loop.GoReads = true
			p.loop.GoFloats = p.loop.GoFloats || !ir.IsRef(t) && ir.HasFloat(t)
			if f, ok := e.(*ir.Field); ok { // the rest of the value is not read
				base := f.X
				for {
					inner, ok := base.(*ir.Field)
					if !ok {
						break
					}
					base = inner.X
				}
				for _, c := range ir.Children(base) {
					fine = fine && p.plain(c)
				}
				return false
			}
		}
		return fine
	})
	return fine
}
