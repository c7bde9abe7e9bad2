package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// checkGlobals finds the package-level variables that prog changes, itself or through
// slices and pointers taken from them, and makes them parameters. The others must stay as
// they are while prog runs: the functions called as they are must not change what it reads.
func (l *lowerer) checkGlobals(prog *ir.Program) diag.List {
	c := &globals{l: l, taint: map[*ir.Var]map[*types.Var]bool{}, hidden: map[*types.Var]bool{}, assigned: map[*types.Var]bool{}}
	c.outsideWrites(prog)
	for c.changed = true; c.changed; {
		c.changed = false
		for _, f := range prog.Funcs {
			ir.WalkStmts(f.Body, c.flow)
		}
	}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, c.check)
		if src := l.sources[f.Obj]; src != nil && src.dir != nil {
			for _, g := range namedGlobals(src.dir) {
				c.hidden[g] = true
			}
		}
	}
	c.neighbours(prog)
	c.byHand(prog)
	if len(c.diags) == 0 {
		l.hide(prog, c.hidden, c.assigned)
	}
	return c.diags
}

// namedGlobals returns the package-level variables that directives name.
func namedGlobals(f *directive.Func) (list []*types.Var) {
	for _, d := range []*directive.Derivative{f.Adjoint, f.Tangent, f.Pattern, f.Scrutinize} {
		if d == nil {
			continue
		}
		for _, n := range append(append([]directive.Name{}, d.Wrt...), d.Of...) {
			if n.Role == directive.Global {
				list = append(list, n.Var)
			}
		}
	}
	return list
}

type globals struct {
	l       *lowerer
	writers map[*types.Var]*types.Func      // functions outside the program that write a variable
	taint   map[*ir.Var]map[*types.Var]bool // variables that may refer into a package-level one
	changed bool
	diags   diag.List

	hidden   map[*types.Var]bool // that prog changes, or keeps references to
	assigned map[*types.Var]bool // slices and pointers that get other values themselves
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
			case *ast.CallExpr:
				if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && info.Types[n.Fun].IsBuiltin() {
					switch id.Name {
					case "copy", "clear", "delete", "append":
						write(n.Args[0])
					}
				}
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
			for _, g := range handwritten(f.Rule) {
				visit(g)
			}
			continue
		}
		for _, ext := range c.l.results[f.Obj].exts {
			visit(ext)
			if r := ext.Signature().Recv(); r != nil && isInterface(r.Type()) { // whichever method it is
				for m := range c.l.sources {
					if m.Name() == ext.Name() && m.Signature().Recv() != nil {
						visit(m)
					}
				}
			}
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

func (c *globals) mark(v *ir.Var, gs []*types.Var) {
	for _, g := range gs {
		if v == nil || c.taint[v][g] {
			continue
		}
		if c.taint[v] == nil {
			c.taint[v] = map[*types.Var]bool{}
		}
		c.taint[v][g] = true
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
		if d := s.Fn.Derivative; d != nil {
			c.derivative(s.Fn, d)
		}
		for i, l := range s.L {
			if l != nil {
				c.mark(ir.Root(l), sortedVars(c.taint[s.Fn.Results[i]]))
			}
		}
	}
}

// derivative spreads the taint through a call of a derivative, which runs its function.
func (c *globals) derivative(f *ir.Func, d *ir.Derivative) {
	for _, params := range []map[*ir.Var]*ir.Var{d.Params.Args, d.Params.Dots} {
		for v, p := range params {
			c.mark(v, sortedVars(c.taint[p]))
		}
	}
	for _, r := range d.Fn.Results {
		for _, to := range f.Results {
			if ir.HasRef(to.Type) {
				c.mark(to, sortedVars(c.taint[r]))
			}
		}
	}
}

// refers returns the package-level variables into whose memory a slice or pointer
// in the value of e may lead.
func (c *globals) refers(e ir.Expr) []*types.Var {
	if e == nil || !ir.HasRef(e.Type()) {
		return nil
	}
	if a, ok := e.(*ir.Addr); ok {
		return c.behind(a.X)
	}
	return c.behind(e)
}

func (c *globals) behind(e ir.Expr) (list []*types.Var) {
	switch e := e.(type) {
	case *ir.Global:
		return []*types.Var{e.Obj}
	case *ir.Ref:
		return sortedVars(c.taint[e.V])
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
			list = append(list, c.refers(x)...)
		}
	case *ir.Append:
		for _, x := range append([]ir.Expr{e.X}, e.Elems...) {
			list = append(list, c.refers(x)...)
		}
	}
	return list
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
	for _, l := range places {
		c.place(s, l)
	}
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if a, ok := e.(*ir.Addr); ok {
				if g := globalOf(a.X); g != nil && !throughRef(a.X) {
					c.written(s, g)
					if _, whole := a.X.(*ir.Global); whole && ir.IsRef(g.Type()) {
						c.assigned[g] = true
					}
				}
			}
			return true
		})
	}
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l == nil || !throughRef(l) && globalOf(l) == nil {
				continue
			}
			c.written(s, c.refers(s.R[i])...)
		}
	case *ir.Call:
		if s.Fn == nil || s.Fn.Derivative == nil {
			return
		}
		for _, params := range []map[*ir.Var]*ir.Var{s.Fn.Derivative.Params.Bars, s.Fn.Derivative.Params.BarDots} {
			for _, p := range params {
				c.written(s, sortedVars(c.taint[p])...)
			}
		}
	case *ir.Copy:
		c.written(s, c.behind(s.Dst)...)
		if src, ok := s.Src.Type().Underlying().(*types.Slice); ok && ir.HasRef(src.Elem()) {
			c.written(s, c.refers(s.Src)...)
		}
	}
}

// place notes what an assignment to l changes.
func (c *globals) place(s ir.Stmt, l ir.Expr) {
	if g, whole := l.(*ir.Global); whole {
		c.written(s, g.Obj)
		c.assigned[g.Obj] = true
		return
	}
	if throughRef(l) || globalOf(l) != nil {
		c.written(s, c.behind(l)...)
	}
}

// written notes that s changes the variables, or keeps references to them.
func (c *globals) written(s ir.Stmt, list ...*types.Var) {
	const why = "it is a package-level variable"
	for _, g := range list {
		switch {
		case !c.l.nameable(g):
			c.fail(s, "write to "+g.Name(), why+" of another package, which generated code has a copy of", keepParam)
		case !passable(g.Type()):
			c.fail(s, "write to "+g.Name(), why+" of type "+g.Type().String(), keepParam)
		}
		c.hidden[g] = true
	}
}

// passable reports whether a package-level variable of type t can be a parameter: the
// analyses follow slices, maps, and pointers to structs, arrays and basic values.
func passable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Basic, *types.Struct, *types.Array, *types.Slice, *types.Pointer, *types.Map:
		return true
	}
	return false
}

// neighbours adds the variables that prog reads and that may share memory with one that it
// changes: then it is not constant either.
func (c *globals) neighbours(prog *ir.Program) {
	for changed := true; changed; {
		changed = false
		kinds := map[types.BasicKind]bool{}
		for g := range c.hidden {
			basicKinds(g.Type(), kinds, nil)
		}
		for _, f := range prog.Funcs {
			walkExprs(f.Body, func(e ir.Expr) {
				g, ok := e.(*ir.Global)
				if !ok || c.hidden[g.Obj] || !ir.HasRef(g.Obj.Type()) || !c.l.nameable(g.Obj) || !passable(g.Obj.Type()) {
					return
				}
				mine := map[types.BasicKind]bool{}
				basicKinds(g.Obj.Type(), mine, nil)
				for k := range mine {
					if kinds[k] && !c.l.apart(g.Obj) {
						c.hidden[g.Obj], changed = true, true
						return
					}
				}
			})
		}
	}
}

// apart reports whether the memory that the variable leads to is its own: it begins as a
// literal, and its package only reads it.
func (l *lowerer) apart(g *types.Var) bool {
	pkg := l.packages[g.Pkg()]
	if pkg == nil {
		return false
	}
	x, known := l.initialValue(pkg, g)
	if !known || !l.reader(pkg).onlyRead(g) {
		return false
	}
	own := true
	ir.WalkExpr(x, func(e ir.Expr) bool {
		if v, ok := e.(*ir.Global); ok && ir.HasRef(v.Obj.Type()) {
			own = false
		}
		if a, ok := e.(*ir.Addr); ok {
			_, literal := a.X.(*ir.Composite)
			own = own && literal
		}
		if s, ok := e.(*ir.SliceOf); ok && ir.FromGlobal(s) {
			own = false
		}
		return own
	})
	return own
}

// basicKinds adds the basic types that a value of type t holds or leads to.
func basicKinds(t types.Type, out map[types.BasicKind]bool, seen []types.Type) {
	for _, s := range seen {
		if types.Identical(s, t) {
			return
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		out[u.Kind()] = true
	case *types.Slice:
		basicKinds(u.Elem(), out, seen)
	case *types.Array:
		basicKinds(u.Elem(), out, seen)
	case *types.Pointer:
		basicKinds(u.Elem(), out, seen)
	case *types.Map:
		basicKinds(u.Elem(), out, seen)
	case *types.Struct:
		for i := range u.NumFields() {
			basicKinds(u.Field(i).Type(), out, seen)
		}
	}
}

func (c *globals) fail(s ir.Stmt, what, why, do string) {
	c.diags.Add(c.l.in.Fset, s.Pos(), what, why, do)
}
