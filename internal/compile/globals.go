package compile

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// bare takes from the functions that a directive promises, by their names behind a prefix,
// the parameters that stand for package-level variables: there the variables stand for
// themselves. No other function calls these.
func bare(funcs []*ir.Func, prefix string, promised []string) {
	for _, f := range funcs {
		if isPromised(f, prefix, promised) {
			bareFunc(f)
		}
	}
}

// isPromised reports whether the made function f is one that users call.
func isPromised(f *ir.Func, prefix string, promised []string) bool {
	name, ok := strings.CutPrefix(f.Name, prefix)
	return ok && slices.Contains(promised, name)
}

func bareFunc(f *ir.Func) {
	var gone []*ir.Var
	f.Params = slices.DeleteFunc(slices.Clone(f.Params), func(p *ir.Var) bool {
		if p.Global != nil {
			gone = append(gone, p)
		}
		return p.Global != nil
	})
	if len(gone) == 0 {
		return
	}
	kept := addressed(f.Body, gone)
	is := func(e ir.Expr) *ir.Var {
		if r, ok := e.(*ir.Ref); ok && r.V.Global != nil && slices.Contains(gone, r.V) && !kept[r.V] {
			return r.V
		}
		return nil
	}
	f.Body = ir.CopyBlockWith(f.Body, func(e ir.Expr) ir.Expr {
		if d, ok := e.(*ir.Deref); ok {
			if p := is(d.X); p != nil && isAddress(p) {
				return &ir.Global{Obj: p.Global}
			}
		}
		if p := is(e); p != nil {
			return standsFor(p)
		}
		return nil
	})
	var first []ir.Stmt
	for _, p := range gone {
		if kept[p] {
			p.Kind = ir.Local
			f.Locals = append(f.Locals, p)
			first = append(first, ir.Define(p, standsFor(p)))
		}
	}
	f.Body.Stmts = append(first, f.Body.Stmts...)
}

// standsFor is the value that the parameter has for its variable.
func standsFor(p *ir.Var) ir.Expr {
	g := &ir.Global{Obj: p.Global}
	if isAddress(p) {
		return &ir.Addr{X: g}
	}
	return g
}

// isAddress reports whether the parameter is the address of its variable.
func isAddress(p *ir.Var) bool { return !types.Identical(p.Type, p.Global.Type()) }

// addressed returns those of the parameters, which are addresses, whose own address is
// taken, or that are assigned to: they stay variables.
func addressed(b *ir.Block, params []*ir.Var) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	note := func(e ir.Expr) {
		if r, ok := e.(*ir.Ref); ok && slices.Contains(params, r.V) && isAddress(r.V) {
			out[r.V] = true
		}
	}
	ir.WalkStmts(b, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, l := range places {
			note(l)
		}
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if a, ok := e.(*ir.Addr); ok {
					note(a.X)
				}
				return true
			})
		}
	})
	return out
}
