package lower

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A promise is a derivative that a directive asks for, and that other code may call.
type promise struct {
	of     *types.Func
	line   *directive.Derivative
	suffix string // "Adjoint"
}

// promised returns the promise that obj stands for, or nil.
func (l *lowerer) promised(obj *types.Func) *promise {
	pkg := obj.Pkg()
	if !l.own[pkg] {
		return nil
	}
	if l.promises == nil {
		l.promises = map[*types.Package]map[string]*promise{}
		for _, p := range append([]*Package{l.in.Root}, l.in.Deps...) {
			l.promises[p.Types] = promises(p)
		}
	}
	return l.promises[pkg][qualified(obj, obj.Name())]
}

func promises(p *Package) map[string]*promise {
	out := map[string]*promise{}
	if p.Directives == nil {
		return out
	}
	for _, d := range p.Directives.Sorted() {
		of, ok := p.Info.Defs[d.Decl.Name].(*types.Func)
		if !ok {
			continue
		}
		for _, name := range d.Generated() {
			line, suffix := d.Promise(name)
			out[qualified(of, name)] = &promise{of, line, suffix}
		}
	}
	return out
}

// qualified is the name of a function, or of a method behind that of its type.
func qualified(obj *types.Func, name string) string {
	if t := receiverType(obj); t != nil {
		return t.Obj().Name() + "." + name
	}
	return name
}

var derivativeKinds = map[string]ir.DerivativeKind{"Tangent": ir.TangentOf, "Adjoint": ir.AdjointOf, "Hessian": ir.HessianOf}

// derivative lowers a call of a derivative: the function that it calls is one of the
// program, whose body will be made from that of the function that it is a derivative of.
func (b *builder) derivative(e ast.Node, c *callee, p *promise) {
	refuse := func(why, do string) {
		b.fail(e, "call of "+c.fn.Name(), why, do)
		c.kind = refusedCall
	}
	kind, ok := derivativeKinds[p.suffix]
	switch {
	case !ok:
		refuse("half of a derivative, or a scrutiny, cannot be differentiated", "call "+p.of.Name()+"Adjoint")
		return
	case !b.l.nameable(c.fn):
		refuse("generated code stands in package "+b.l.in.Root.Types.Name()+" and cannot call it", "put the directive into this package, or export the function")
		return
	}
	if r := b.l.results[c.origin]; r != nil {
		c.ir = r.fn
		b.calls[r.fn] = r
		return
	}
	of := b.l.function(p.of)
	switch {
	case slices.ContainsFunc(p.line.Wrt, func(n directive.Name) bool { return len(n.Path) > 0 }):
		refuse(p.of.Name()+" is differentiated by a part of a parameter only", "name the whole parameter in its wrt=")
		return
	case of == nil || of.outside:
		refuse(p.of.Name()+" has no source that can be differentiated", "write it in this module")
		return
	case of.busy:
		refuse("the function that calls it is a part of "+p.of.Name()+": its derivative would be one of itself", "call the derivative of another function")
		return
	}
	r := &lowered{calls: map[*ir.Func]*lowered{of.fn: of}}
	r.fn = &ir.Func{
		Name: b.l.name(c.fn), Pkg: c.fn.Pkg(), Obj: c.fn, Pos: of.fn.Pos,
		Derivative: &ir.Derivative{Pos: e.Pos(), Kind: kind, Fn: of.fn, Wrt: named(of.fn, p.line.Wrt), Of: named(of.fn, p.line.Of)},
	}
	d := r.fn.Derivative
	d.Params = ir.NewParams(of.fn, d.Wrt, d.Of, kind)
	r.fn.Params, r.fn.Results = d.Params.Inputs, d.Params.Results
	if c.fn.Signature().Recv() != nil {
		r.fn.Recv, r.fn.Params = r.fn.Params[0], r.fn.Params[1:]
	}
	b.l.results[c.origin] = r
	b.l.order = append(b.l.order, r)
	c.ir = r.fn
	b.calls[r.fn] = r
}

// named lists the variables of f that the names mean.
func named(f *ir.Func, names []directive.Name) []*ir.Var {
	var out []*ir.Var
	seen := map[*ir.Var]bool{}
	for _, n := range names {
		v := f.Recv
		switch n.Role {
		case directive.Param:
			v = f.Params[n.Index]
		case directive.Result:
			v = f.Results[n.Index]
		}
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
