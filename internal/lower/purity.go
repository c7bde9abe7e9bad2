package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Joint calls and loops under a schedule run code a second time. That is right as long as
// a second run computes what the first has computed. Functions of the program depend on
// nothing but memory that the analyses know; a function that is called as it is may also
// depend on random numbers, the time, a file or a variable of its package.

// markImpure notes at the calls of functions outside the program why a second call may
// give something else, if it may. It looks only where code may run again.
func (l *lowerer) markImpure(prog *ir.Program) {
	if !l.runsAgain(prog) {
		return
	}
	p := &purity{l: l, done: map[*types.Func]string{}, busy: map[*types.Func]bool{}}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Ext != nil {
				c.Impure = p.call(c)
			}
		})
	}
}

// runsAgain reports whether prog has a loop under a schedule, a joint call or a run to be
// scrutinized.
func (l *lowerer) runsAgain(prog *ir.Program) bool {
	again := false
	for _, f := range prog.Funcs {
		src := l.sources[l.origin(f.Obj)]
		again = again || f.Mode == ir.Joint || src != nil && src.dir != nil && src.dir.Scrutinize != nil
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.For:
				again = again || s.Checkpoint != nil
			case *ir.Block:
				again = again || s.Checkpoint != nil
			case *ir.Call:
				again = again || s.Mode == ir.Joint
			}
		})
	}
	return again
}

// purity finds why functions may give different results for the same arguments.
type purity struct {
	l    *lowerer
	done map[*types.Func]string
	busy map[*types.Func]bool
}

// call is the reason for a call; state behind an argument that a snapshot cannot copy is
// one, too.
func (p *purity) call(c *ir.Call) string {
	if why := p.function(c.Ext); why != "" {
		return why
	}
	if purePackage(c.Ext) {
		return ""
	}
	for i, a := range c.Args {
		if _, constant := a.(*ir.Const); !constant && hidesState(a.Type(), nil) && !p.onlyReads(c.Ext, i) {
			return funcName(c.Ext) + " may change what is behind an argument of type " + a.Type().String() + ", which cannot be put back"
		}
	}
	return ""
}

// onlyReads reports whether f leaves what its i-th argument, the receiver included, leads
// to as it is.
func (p *purity) onlyReads(f *types.Func, i int) bool {
	f = p.l.origin(f)
	src := p.l.sources[f]
	if src == nil {
		return false
	}
	sig := f.Signature()
	if sig.Recv() != nil {
		if i == 0 {
			return p.l.reader(src.pkg).onlyRead(sig.Recv())
		}
		i--
	}
	return i < sig.Params().Len() && p.l.reader(src.pkg).onlyRead(sig.Params().At(i))
}

// function returns why f may give something else when it is called again, or "".
func (p *purity) function(f *types.Func) string {
	f = p.l.origin(f)
	if why, ok := p.done[f]; ok || p.busy[f] {
		return why
	}
	p.busy[f] = true
	why := p.judge(f)
	p.busy[f] = false
	p.done[f] = why
	return why
}

func (p *purity) judge(f *types.Func) string {
	if f.Pkg() == nil || purePackage(f) {
		return ""
	}
	if changing(f) {
		return funcName(f) + " gives something else each time"
	}
	src := p.l.sources[f]
	if src == nil {
		src = p.l.outside(f)
	}
	if src == nil {
		return "the source of " + funcName(f) + " is not at hand, so it may give something else each time"
	}
	return p.body(src)
}

// body looks for package-level variables that change, and for calls.
func (p *purity) body(src *source) (why string) {
	info := src.pkg.Info
	note := func(s string) {
		if why == "" {
			why = s
		}
	}
	ast.Inspect(src.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			switch obj := info.Uses[n].(type) {
			case *types.Var:
				if obj.IsField() && isFunc(obj.Type()) {
					note(src.decl.Name.Name + " calls a function in the field " + obj.Name())
				}
				if g := packageVar(obj); g != nil && !p.constant(g) {
					note(src.decl.Name.Name + " depends on the package-level variable " + g.Name() + ", which may have changed")
				}
			case *types.Func:
				if obj.Signature().Recv() != nil && isInterface(obj.Signature().Recv().Type()) && obj.Pkg() != nil {
					note(src.decl.Name.Name + " calls the method " + obj.Name() + " of an interface")
				} else {
					note(p.function(obj))
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				note(src.decl.Name.Name + " receives from a channel")
			}
		case *ast.SelectStmt:
			note(src.decl.Name.Name + " selects among channels")
		case *ast.RangeStmt:
			if t := info.TypeOf(n.X); t != nil {
				switch t.Underlying().(type) {
				case *types.Map:
					note(src.decl.Name.Name + " goes through a map, whose order changes")
				case *types.Chan:
					note(src.decl.Name.Name + " receives from a channel")
				}
			}
		}
		return true
	})
	return why
}

// constant reports whether nothing changes the package-level variable g.
func (p *purity) constant(g *types.Var) bool {
	pkg := p.l.packages[g.Pkg()]
	if pkg == nil {
		return types.Identical(g.Type(), types.Universe.Lookup("error").Type())
	}
	return p.l.reader(pkg).onlyRead(g)
}

// purePackage reports whether f is known to depend on its arguments only, output apart.
func purePackage(f *types.Func) bool {
	if f.Pkg() == nil {
		return true
	}
	name := f.Name()
	switch f.Pkg().Path() {
	case ir.RunTime.Path(), "math", "math/cmplx", "math/bits", "strconv", "errors", "unicode", "unicode/utf8", "cmp", "log":
		return true
	case "strings", "bytes", "sort", "slices":
		return f.Signature().Recv() == nil && !takesFuncs(f.Signature())
	case "time":
		switch name {
		case "Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Reset", "Stop":
			return false
		}
		return true
	case "fmt":
		return !strings.Contains(name, "scan") && !strings.Contains(name, "Scan")
	}
	return false
}

// changing reports whether f belongs to a package of the standard library whose functions
// give something else each time: random numbers, input, the state of the machine.
func changing(f *types.Func) bool {
	path := f.Pkg().Path()
	return opaquePackages[path] || path == "time" || path == "crypto/rand" || strings.HasPrefix(path, "net") || path == "context"
}

// hidesState reports whether a value of type t leads to memory that a snapshot does not
// copy.
func hidesState(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if types.Identical(s, t) {
			return false
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return !types.Identical(t, types.Universe.Lookup("error").Type())
	case *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Pointer:
		return hidesState(u.Elem(), seen)
	case *types.Slice:
		return hidesState(u.Elem(), seen)
	case *types.Array:
		return hidesState(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if hidesState(u.Field(i).Type(), seen) {
				return true
			}
		}
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}
