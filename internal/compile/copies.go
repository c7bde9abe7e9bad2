package compile

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// copies gives the functions of other packages that made code calls as they are
// and cannot name, since they are not exported, or since they take or return what it has
// mirrors of, a copy in this package.
type copies struct {
	u    *unit
	prog *ir.Program
	made map[string]*ir.Func // by the name of the original
	list []*ir.Func
}

// withCopies returns funcs, whose bodies are changed to call copies, and the copies.
func (u *unit) withCopies(prog *ir.Program, funcs []*ir.Func) []*ir.Func {
	c := &copies{u: u, prog: prog, made: map[string]*ir.Func{}}
	for _, f := range funcs {
		c.redirect(f)
	}
	return append(funcs, c.list...)
}

func (c *copies) redirect(f *ir.Func) {
	if len(c.prog.Tables) > 0 {
		f.Body = ir.CopyBlockWith(f.Body, c.table)
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if call, ok := s.(*ir.Call); ok && c.unnamed(call.Fn) {
			call.Fn = c.of(call.Fn)
		}
	})
}

func (c *copies) unnamed(f *ir.Func) bool {
	root := c.u.pkg.Types
	if f == nil || f.Obj == nil {
		return false
	}
	if f.Made {
		return true
	}
	mirrored := slices.ContainsFunc(f.TArgs, func(t types.Type) bool { return ir.Mirrored(root, t) })
	return !ir.Nameable(root, f.Obj) || f.Rule == nil && (mirrored || ir.MirroredFunc(root, f.Obj))
}

// of returns the copy of f. It is made of the lowered function: transforms have a
// form of their own.
func (c *copies) of(f *ir.Func) *ir.Func {
	if g := c.made[f.Name]; g != nil {
		return g
	}
	src := c.prog.Func(f.Name)
	name := src.Name[:1] + strings.ReplaceAll(src.Name[1:], ".", "")
	free := name
	for i := 2; c.u.pkg.Types.Scope().Lookup(free) != nil; i++ {
		free = fmt.Sprint(name, i)
	}
	g := &ir.Func{
		Name: free, Pkg: c.u.pkg.Types, Pos: src.Pos,
		Params: src.Inputs(), Results: src.Results, Locals: src.Locals,
		Doc: copyDoc(src, free, c.u.pkg.Types),
	}
	c.made[f.Name] = g
	g.Body = ir.CopyBlock(src.Body, nil)
	c.list = append(c.list, g)
	c.redirect(g)
	return g
}

func copyDoc(src *ir.Func, name string, pkg *types.Package) string {
	if src.Made {
		return fmt.Sprintf("%s is %s for tagged values.", name, src.Title(pkg))
	}
	return fmt.Sprintf("%s is a copy of %s of package %s.", name, src.Title(pkg), src.Pkg.Name())
}

// table replaces a variable that made code cannot name by its copy.
func (c *copies) table(e ir.Expr) ir.Expr {
	g, ok := e.(*ir.Global)
	if !ok || ir.Nameable(c.u.pkg.Types, g.Obj) {
		return nil
	}
	return &ir.Global{Obj: c.u.tables.of(g.Obj, c)}
}

// tables are the copies of package-level variables that all roots of a package share.
type tables struct {
	made  map[*types.Var]*ir.PackageVar // by original
	order []*ir.PackageVar
	known map[string]bool // names of copies
}

// of returns the copy of a variable.
func (t *tables) of(v *types.Var, c *copies) *types.Var {
	if m := t.made[v]; m != nil {
		return m.Obj
	}
	name := v.Pkg().Name() + strings.ToUpper(v.Name()[:1]) + v.Name()[1:]
	free := name
	for i := 2; t.known[free] || c.u.pkg.Types.Scope().Lookup(free) != nil; i++ {
		free = fmt.Sprint(name, i)
	}
	t.known[free] = true
	m := &ir.PackageVar{
		Obj: types.NewVar(v.Pos(), c.u.pkg.Types, free, c.u.mirrors.typ(v.Type())),
		Doc: fmt.Sprintf("%s is a copy of %s of package %s.", free, v.Name(), v.Pkg().Name()),
	}
	t.made[v] = m
	if x := c.prog.Tables[v]; x != nil {
		r := &reflection{u: c.u, m: c.u.mirrors}
		m.Init = ir.Rewrite(ir.Rewrite(x, c.table), r.look)
	}
	t.order = append(t.order, m)
	return m.Obj
}
