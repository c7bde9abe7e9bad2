package compile

import (
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// unhide renames variables of made functions that would hide something of package
// level, a type of the user called st, say, or something predeclared, as max, that their
// function mentions. It reports declarations of package level that hide something
// predeclared.
func unhide(fset *token.FileSet, pkg *types.Package, funcs []*ir.Func) diag.List {
	hidden := map[string]bool{}
	used := map[string]bool{} // by any variable
	vars := make([]map[*ir.Var]bool, len(funcs))
	for i, f := range funcs {
		vars[i] = variables(f)
		for v := range vars[i] {
			used[v.Name] = true
		}
	}
	renamed := map[*ir.Var]bool{}
	for i, f := range funcs {
		m := &mentions{pkg: pkg, names: map[string]bool{}, predeclared: map[string]bool{}, seen: map[types.Type]bool{}}
		m.function(f, vars[i])
		for name := range m.predeclared {
			hidden[name] = pkg.Scope().Lookup(name) != nil
		}
		for _, v := range inOrder(f, vars[i]) {
			if !m.names[v.Name] || renamed[v] {
				continue
			}
			old := v.Name
			for n := 1; used[v.Name] || pkg.Scope().Lookup(v.Name) != nil; n++ {
				v.Name = old + strconv.Itoa(n)
			}
			used[v.Name], renamed[v] = true, true
		}
	}
	var diags diag.List
	for _, name := range slices.Sorted(maps.Keys(hidden)) {
		if hidden[name] {
			diags.Add(fset, pkg.Scope().Lookup(name).Pos(), name, "it hides what Go declares under this name, which generated code needs", "rename it")
		}
	}
	return diags
}

// variables are those that f declares or uses.
func variables(f *ir.Func) map[*ir.Var]bool {
	out := ir.Vars(f.Body.Stmts)
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results} {
		for _, v := range vs {
			out[v] = true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Decl:
			out[s.V] = true
		case *ir.Closure:
			out[s.V] = true
			for _, p := range s.Params {
				out[p] = true
			}
		}
	})
	return out
}

// inOrder lists the variables in the order in which f introduces them.
func inOrder(f *ir.Func, vars map[*ir.Var]bool) []*ir.Var {
	var out []*ir.Var
	seen := map[*ir.Var]bool{}
	add := func(v *ir.Var) {
		if vars[v] && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results} {
		for _, v := range vs {
			add(v)
		}
	}
	note := func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			add(r.V)
		}
		return true
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Decl:
			add(s.V)
		case *ir.Closure:
			add(s.V)
			for _, p := range s.Params {
				add(p)
			}
		case *ir.Call:
			add(s.On)
		case *ir.For:
			add(s.Stop)
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, note)
		}
	})
	return out
}

// mentions collects the names of package level that the text of a function has.
type mentions struct {
	pkg   *types.Package
	names map[string]bool
	seen  map[types.Type]bool

	predeclared map[string]bool // names that stand for what Go declares
}

func (m *mentions) builtin(name string) { m.names[name], m.predeclared[name] = true, true }

func (m *mentions) function(f *ir.Func, vars map[*ir.Var]bool) {
	for v := range vars {
		m.typ(v.Type)
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Call:
			m.call(s)
		case *ir.Copy:
			m.builtin("copy")
		case *ir.Panic:
			m.builtin("panic")
		case *ir.Closure:
			m.typ(s.Result)
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool { m.expr(e); return true })
		}
	})
}

func (m *mentions) call(c *ir.Call) {
	switch {
	case c.Fn != nil:
		m.names[c.Fn.Name] = true
	case c.Ext != nil:
		m.object(c.Ext)
	case c.On == nil && !strings.Contains(c.Name, "."):
		m.builtin(c.Name) // clear
	}
	for _, t := range c.TArgs {
		m.typ(t)
	}
	m.typ(c.Conv)
}

func (m *mentions) expr(e ir.Expr) {
	switch e := e.(type) {
	case *ir.Const:
		for _, word := range strings.FieldsFunc(e.Text, func(r rune) bool { return !token.IsIdentifier(string(r)) && (r < '0' || r > '9') }) {
			m.names[word] = true
		}
		switch {
		case e.Val == nil:
			m.builtin("nil")
		case e.Val.Kind() == constant.Bool && e.Text == "":
			m.builtin(e.Val.String())
		}
		m.typ(e.Typ)
	case *ir.Math:
		if !strings.Contains(e.Fn, ".") {
			m.builtin(e.Fn)
		}
		m.typ(e.Typ)
	case *ir.Len:
		m.builtin("len")
	case *ir.Cap:
		m.builtin("cap")
	case *ir.Make:
		m.builtin("make")
		m.typ(e.Typ)
	case *ir.New:
		m.builtin("new")
		m.typ(e.Typ)
	case *ir.Append:
		m.builtin("append")
	case *ir.Global:
		m.object(e.Obj)
	default:
		if t := e.Type(); t != nil {
			m.typ(t)
		}
	}
}

func (m *mentions) object(obj types.Object) {
	if obj.Pkg() == nil || obj.Pkg() == m.pkg {
		m.names[obj.Name()] = true
	}
}

// typ takes the names that t is written with.
func (m *mentions) typ(t types.Type) {
	if t == nil || m.seen[t] {
		return
	}
	m.seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		m.object(t.Obj())
		for a := range t.TypeArgs().Types() {
			m.typ(a)
		}
	case *types.Alias:
		m.object(t.Obj())
	case *types.Basic:
		m.names[t.Name()] = true
	case *types.Slice:
		m.typ(t.Elem())
	case *types.Array:
		m.typ(t.Elem())
	case *types.Pointer:
		m.typ(t.Elem())
	case *types.Map:
		m.typ(t.Key())
		m.typ(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			m.typ(f.Type())
		}
	case *types.Tuple:
		for v := range t.Variables() {
			m.typ(v.Type())
		}
	case *types.Signature:
		m.typ(t.Params())
		m.typ(t.Results())
	case *types.Interface:
		for f := range t.Methods() {
			m.typ(f.Type())
		}
	}
}
