package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// checkGlobals makes sure that the package-level variables that prog reads stay
// as they are while it runs: neither the functions called as they are nor a
// write through a slice or pointer taken from such a variable may change them.
func (l *lowerer) checkGlobals(prog *ir.Program) diag.List {
	c := &globals{l: l, taint: map[*ir.Var]*types.Var{}}
	c.outsideWrites(prog)
	for c.changed = true; c.changed; {
		c.changed = false
		for _, f := range prog.Funcs {
			ir.WalkStmts(f.Body, c.flow)
		}
	}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, c.check)
	}
	return c.diags
}

type globals struct {
	l       *lowerer
	writers map[*types.Var]*types.Func // functions outside the program that write a variable
	taint   map[*ir.Var]*types.Var     // variables that may refer into a package-level one
	changed bool
	diags   diag.List
}

// outsideWrites finds the package-level variables that functions called as they
// are, and what these call in turn, write or take the address of.
func (c *globals) outsideWrites(prog *ir.Program) {
	c.writers = map[*types.Var]*types.Func{}
	seen := map[*types.Func]bool{}
	var visit func(f *types.Func)
	visit = func(f *types.Func) {
		src := c.l.sources[f]
		if src == nil || seen[f] {
			return
		}
		seen[f] = true
		info := src.pkg.Info
		write := func(e ast.Expr) {
			if v := globalRoot(info, e); v != nil && c.writers[v] == nil {
				c.writers[v] = f
			}
		}
		ast.Inspect(src.decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, e := range n.Lhs {
					write(e)
				}
			case *ast.IncDecStmt:
				write(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					write(n.X)
				}
			case *ast.Ident:
				if g, ok := info.Uses[n].(*types.Func); ok {
					visit(g.Origin())
				}
			}
			return true
		})
	}
	for _, f := range prog.Funcs {
		if f.Rule != nil {
			visit(f.Obj)
			continue
		}
		for _, ext := range c.l.results[f.Obj].exts {
			visit(ext)
		}
	}
	for _, f := range c.l.foreignFuncs() { // whatever may run, since not all that calls them is read
		visit(f)
	}
}

// globalRoot returns the package-level variable that the place e belongs to.
func globalRoot(info *types.Info, e ast.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return packageVar(info.Uses[x])
		case *ast.SelectorExpr:
			if info.Selections[x] == nil {
				return packageVar(info.Uses[x.Sel])
			}
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func packageVar(obj types.Object) *types.Var {
	v, ok := obj.(*types.Var)
	if !ok || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return nil
	}
	return v
}

func (c *globals) mark(v *ir.Var, g *types.Var) {
	if v != nil && g != nil && c.taint[v] == nil {
		c.taint[v] = g
		c.changed = true
	}
}

// flow spreads the taint over s, in the direction of assignments.
func (c *globals) flow(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l != nil {
				c.mark(ir.Root(l), c.refers(s.R[i]))
			}
		}
	case *ir.Call:
		if s.Fn == nil {
			return
		}
		for i, p := range s.Fn.Inputs() {
			c.mark(p, c.refers(s.Args[i]))
		}
		for i, l := range s.L {
			if r, ok := l.(*ir.Ref); ok {
				c.mark(r.V, c.taint[s.Fn.Results[i]])
			}
		}
	}
}

// refers returns a package-level variable into whose memory a slice or pointer
// in the value of e may lead, or nil.
func (c *globals) refers(e ir.Expr) *types.Var {
	if e == nil || !ir.HasRef(e.Type()) {
		return nil
	}
	if a, ok := e.(*ir.Addr); ok {
		return c.behind(a.X)
	}
	return c.behind(e)
}

func (c *globals) behind(e ir.Expr) *types.Var {
	switch e := e.(type) {
	case *ir.Global:
		return e.Obj
	case *ir.Ref:
		return c.taint[e.V]
	case *ir.Field:
		return c.behind(e.X)
	case *ir.Index:
		return c.behind(e.X)
	case *ir.Deref:
		return c.behind(e.X)
	case *ir.SliceOf:
		return c.behind(e.X)
	case *ir.Convert:
		return c.behind(e.X)
	case *ir.Composite:
		for _, x := range e.Elems {
			if g := c.refers(x); g != nil {
				return g
			}
		}
	case *ir.Append:
		for _, x := range append([]ir.Expr{e.X}, e.Elems...) {
			if g := c.refers(x); g != nil {
				return g
			}
		}
	}
	return nil
}

const keepParam = "pass the memory as a parameter instead of a package-level variable"

// check reports reads of variables that outside functions write, writes into
// package-level memory, and references to it that are stored in memory.
func (c *globals) check(s ir.Stmt) {
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, func(x ir.Expr) bool {
			if g, ok := x.(*ir.Global); ok && c.writers[g.Obj] != nil {
				c.fail(s, "read of "+g.Obj.Name(), c.writers[g.Obj].Name()+", which is called as it is, changes this package-level variable", keepParam)
			}
			return true
		})
	}
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l == nil || !throughRef(l) {
				continue
			}
			if g := c.behind(l); g != nil {
				c.written(s, g)
			} else if g := c.refers(s.R[i]); g != nil {
				c.fail(s, "store of "+g.Name(), "a reference to a package-level variable in memory cannot be followed", keepParam)
			}
		}
	case *ir.Copy:
		if g := c.behind(s.Dst); g != nil {
			c.written(s, g)
		} else if g := c.refers(s.Src); g != nil && ir.HasRef(s.Src.Type().Underlying().(*types.Slice).Elem()) {
			c.fail(s, "copy of "+g.Name(), "references to a package-level variable in memory cannot be followed", keepParam)
		}
	}
}

func (c *globals) written(s ir.Stmt, g *types.Var) {
	c.fail(s, "write to "+g.Name(), "it is a package-level variable, which the reverse sweep takes to be constant", keepParam)
}

func (c *globals) fail(s ir.Stmt, what, why, do string) {
	c.diags.Add(c.l.in.Fset, s.Pos(), what, why, do)
}
