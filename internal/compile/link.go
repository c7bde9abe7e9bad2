package compile

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/tangent"
)

// linker gives derivatives that the program calls a body. That of a tangent is the tangent.
// An adjoint is not written in the IR; its body tells the analyses what it reads and
// writes, and its description how the transforms differentiate a call of it.
//
// Every derivative is a tangent, or the adjoint of a function in the IR: of one of the
// user, or of a tangent. The tangent of the adjoint of f is the adjoint of the tangent of f,
// so that this is closed: derivatives can be nested to any depth.
type linker struct {
	prog  *ir.Program
	names map[string]bool
	done  map[*ir.Func]bool // linked, or made so
	diags diag.List
}

// link links the derivatives that prog calls.
func (u *unit) link(prog *ir.Program) diag.List {
	l := &linker{prog: prog, names: map[string]bool{}, done: map[*ir.Func]bool{}}
	for _, f := range prog.Funcs {
		l.names[f.Name] = true
	}
	for _, name := range u.pkg.Types.Scope().Names() {
		l.names[name] = true
	}
	for _, d := range u.pkg.Directives.Sorted() {
		for _, name := range d.Generated() {
			l.names[prefix(funcOf(prog, u.pkg.Info.Defs[d.Decl.Name]))+name] = true
		}
	}
	for _, f := range slices.Clone(prog.Funcs) {
		l.link(f)
	}
	return l.diags
}

func (l *linker) fail(f *ir.Func, why, do string) {
	l.diags.Add(l.prog.Fset, f.Derivative.Pos, "call of "+base(f.Name)+" in a function that is differentiated", why, do)
}

func (l *linker) link(f *ir.Func) {
	d := f.Derivative
	if d == nil || l.done[f] {
		return
	}
	l.done[f] = true
	needed := flow.Reach([]*ir.Func{d.Fn}, calleesAndDuals)
	if needed[f] {
		l.fail(f, base(d.Fn.Name)+" needs it itself", "call the derivative of another function")
		return
	}
	if !l.simple(f, d) {
		return
	}
	for _, g := range slices.Clone(l.prog.Funcs) { // tangents by hand may call derivatives, too
		if needed[g] {
			l.link(g)
		}
	}
	along := l.tangent(d.Fn, d.Wrt, d.Of)
	if along == nil {
		return
	}
	switch d.Kind {
	case ir.TangentOf:
		l.tangentBody(f, along)
	case ir.AdjointOf:
		l.adjoint(f, along, d.Params)
	case ir.HessianOf:
		p := d.Params
		l.insert(f, along.Prog.Funcs)
		d.Fn, d.Wrt, d.Of = along.Root, both(along, d.Wrt), both(along, d.Of)
		q := ir.Params{Inputs: p.Inputs, Results: p.Results, Args: map[*ir.Var]*ir.Var{}, Bars: map[*ir.Var]*ir.Var{}}
		for v, a := range p.Args {
			q.Args[along.Var[v]] = a
			if dot := along.Dot[along.Var[v]]; dot != nil && p.Dots[v] != nil {
				q.Args[dot] = p.Dots[v]
			}
		}
		for v, b := range p.Bars { // second derivatives are symmetric: see unit.hessian
			q.Bars[along.Var[v]], q.Bars[along.Dot[along.Var[v]]] = p.BarDots[v], b
		}
		if again := l.tangent(d.Fn, d.Wrt, d.Of); again != nil {
			l.adjoint(f, again, q)
		}
	}
}

// calleesAndDuals lists what f calls, and the tangents by hand of functions with rules.
func calleesAndDuals(f *ir.Func) []*ir.Func {
	if f.Dual != nil {
		return append(slices.Clone(ir.Callees(f)), f.Dual)
	}
	return ir.Callees(f)
}

// simple refuses adjoints whose calls cannot be differentiated: those of functions that
// return references, or write to memory of the caller.
func (l *linker) simple(f *ir.Func, d *ir.Derivative) bool {
	if d.Kind == ir.TangentOf {
		return true
	}
	for _, v := range d.Of {
		if !slices.Contains(d.Fn.Results, v) || !ir.IsFloat(v.Type) {
			l.fail(f, "the adjoint of "+v.Name+", which is no number, would have to follow it", "call the derivative of a function that returns numbers")
			return false
		}
	}
	for _, r := range d.Fn.Results {
		if ir.HasRef(r.Type) {
			l.fail(f, base(d.Fn.Name)+" returns slices or pointers", "call the derivative of a function that returns numbers")
			return false
		}
	}
	facts := analyze(reachable(l.prog, d.Fn), []activity.Root{{Fn: d.Fn}}, always)
	written, _ := writtenInputs(facts, d.Fn)
	for _, v := range d.Fn.Inputs() {
		if v.Global != nil {
			l.fail(f, base(d.Fn.Name)+" needs "+v.Global.Name()+", a package-level variable that the program writes", "pass the memory as a parameter")
			return false
		}
		if written[v] {
			l.fail(f, base(d.Fn.Name)+" writes to what "+v.Name+" refers to", "call the derivative of a function that works on a copy")
			return false
		}
	}
	for _, v := range d.Fn.Inputs() {
		if ir.HasFloat(v.Type) && refersToItself(v.Type, nil) {
			l.fail(f, "the type of "+v.Name+" refers to itself", "pass slices")
			return false
		}
	}
	return true
}

// refersToItself reports whether a value of type t can lead to another of a type that it is
// a part of.
func refersToItself(t types.Type, above []types.Type) bool {
	if slices.ContainsFunc(above, func(u types.Type) bool { return types.Identical(t, u) }) {
		return true
	}
	above = append(above[:len(above):len(above)], t)
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return refersToItself(u.Elem(), above)
	case *types.Array:
		return refersToItself(u.Elem(), above)
	case *types.Pointer:
		return refersToItself(u.Elem(), above)
	case *types.Struct:
		for i := range u.NumFields() {
			if ir.HasFloat(u.Field(i).Type()) && refersToItself(u.Field(i).Type(), above) {
				return true
			}
		}
	}
	return false
}

// insert puts functions before f into the program.
func (l *linker) insert(f *ir.Func, list []*ir.Func) {
	var add []*ir.Func
	for _, g := range list {
		if !slices.Contains(l.prog.Funcs, g) {
			add = append(add, g)
		}
	}
	if i := slices.Index(l.prog.Funcs, f); i >= 0 {
		l.prog.Funcs = slices.Insert(l.prog.Funcs, i, add...)
	}
}

// tangent makes the tangent of f, which may be one itself, along some inputs.
func (l *linker) tangent(f *ir.Func, along, of []*ir.Var) *tangent.Again {
	again, ds := wholly(f, along, of).tangent(l.prog, l.names)
	l.diags = append(l.diags, ds...)
	if len(ds) > 0 {
		return nil
	}
	for _, g := range again.Prog.Funcs {
		l.names[g.Name] = true
	}
	return again
}

// tangentBody makes f the tangent.
func (l *linker) tangentBody(f *ir.Func, again *tangent.Again) {
	root := again.Root
	var zeros []ir.Stmt
	for _, z := range again.Zero {
		inputs := root.Inputs()
		code, ok := tangent.ZeroLike(z, inputs[slices.Index(inputs, z)-1])
		if !ok {
			l.fail(f, "the tangent of "+inputs[slices.Index(inputs, z)-1].Name+" would have to mirror memory that is only known at run time",
				"name the parameter in wrt=, or pass the rows one by one")
			return
		}
		zeros = append(zeros, code...)
		z.Kind = ir.Local
		root.Locals = append(root.Locals, z)
		root.Params = slices.DeleteFunc(root.Params, func(p *ir.Var) bool { return p == z })
	}
	root.Body.Stmts = append(zeros, root.Body.Stmts...)
	var others []*ir.Func
	for _, g := range again.Prog.Funcs {
		ir.WalkStmts(g.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn == root {
				c.Fn = f
			}
		})
		if g != root {
			others = append(others, g)
		}
	}
	l.insert(f, others)
	f.Recv, f.Params, f.Results, f.Locals, f.Body, f.Mode = root.Recv, root.Params, root.Results, root.Locals, root.Body, root.Mode
	f.Derivative = nil
}

// adjoint completes f, an adjoint of d.Fn. The tangent of that along the independents is
// again.
func (l *linker) adjoint(f *ir.Func, again *tangent.Again, p ir.Params) {
	d := f.Derivative
	d.Kind = ir.AdjointOf
	l.insert(f, again.Prog.Funcs)
	f.Params, f.Results = p.Inputs, p.Results
	if f.Obj != nil && f.Obj.Signature().Recv() != nil {
		f.Recv, f.Params = f.Params[0], f.Params[1:]
	}
	d.Args, d.Bars = p.Args, p.Bars
	d.Tangent, d.Var, d.Dot, d.Zero = again.Root, again.Var, again.Dot, again.Zero
	for _, v := range d.Fn.Inputs() {
		b := d.Bars[v]
		if b == nil {
			continue
		}
		for _, a := range p.Inputs {
			if a != b && ir.HasRef(a.Type) && !isBar(d, a) && meet(a.Type, b.Type) {
				d.Apart = append(d.Apart, [2]*ir.Var{a, b})
			}
		}
	}
	f.Body = (&model{f: f, d: d}).body()
	made := map[string]*next{}
	d.Next = func(along func(*ir.Var) bool) (*ir.Func, map[*ir.Var]*ir.Var, map[*ir.Var]*ir.Var) {
		var key strings.Builder
		var wrt []*ir.Var
		for _, v := range d.Fn.Inputs() {
			if slices.Contains(d.Wrt, v) || d.Args[v] != nil && ir.HasFloat(v.Type) && along(d.Args[v]) {
				wrt = append(wrt, v)
				key.WriteString(v.Name + " ")
			}
		}
		n := made[key.String()]
		if n == nil {
			n = l.next(f, wrt)
			made[key.String()] = n
		}
		return n.fn, n.same, n.dot
	}
}

func isBar(d *ir.Derivative, p *ir.Var) bool {
	for _, b := range d.Bars {
		if b == p {
			return true
		}
	}
	return false
}

// next is the tangent of a derivative.
type next struct {
	fn        *ir.Func
	same, dot map[*ir.Var]*ir.Var // of parameters and results
}

// next makes the tangent of f, the adjoint of a function g, along some inputs of g: the
// adjoint of the tangent of g. Its parameters are those of f, each followed by its tangent.
func (l *linker) next(f *ir.Func, along []*ir.Var) *next {
	d := f.Derivative
	outer := l.tangent(d.Fn, along, d.Of)
	n := &next{same: map[*ir.Var]*ir.Var{}, dot: map[*ir.Var]*ir.Var{}}
	fn := &ir.Func{Name: l.free(f), Pkg: l.prog.Pkg, Pos: f.Pos}
	n.fn = fn
	l.done[fn] = true
	if outer == nil { // refused
		outer = &tangent.Again{Prog: l.prog, Root: d.Fn}
	}
	fn.Derivative = &ir.Derivative{Pos: d.Pos, Fn: outer.Root, Wrt: both(outer, d.Wrt), Of: both(outer, d.Of)}
	p := ir.Params{Args: map[*ir.Var]*ir.Var{}, Bars: map[*ir.Var]*ir.Var{}}
	names := ir.NewNames()
	copyOf := func(v *ir.Var, name string) *ir.Var {
		c := &ir.Var{Name: names.Take(name), Type: v.Type, Kind: v.Kind}
		return c
	}
	stands := map[*ir.Var]*ir.Var{} // what a parameter of f stands for
	for v, a := range d.Args {
		stands[a] = v
	}
	for v, b := range d.Bars {
		stands[b] = v
	}
	for _, q := range f.Inputs() {
		v := stands[q]
		n.same[q] = copyOf(q, q.Name)
		p.Inputs = append(p.Inputs, n.same[q])
		bar := d.Bars[v] == q
		if !bar && !slices.Contains(along, v) {
			p.Args[outer.Var[v]] = n.same[q]
			continue
		}
		n.dot[q] = copyOf(q, q.Name+"d")
		p.Inputs = append(p.Inputs, n.dot[q])
		if bar {
			p.Bars[outer.Var[v]], p.Bars[outer.Dot[outer.Var[v]]] = n.dot[q], n.same[q]
		} else {
			p.Args[outer.Var[v]], p.Args[outer.Dot[outer.Var[v]]] = n.same[q], n.dot[q]
		}
	}
	for i, r := range f.Results {
		n.same[r] = copyOf(r, r.Name)
		p.Results = append(p.Results, n.same[r])
		if slices.Contains(d.Of, d.Fn.Results[i]) {
			n.dot[r] = copyOf(r, r.Name+"d")
			p.Results = append(p.Results, n.dot[r])
		}
	}
	if again := l.tangent(fn.Derivative.Fn, fn.Derivative.Wrt, fn.Derivative.Of); again != nil {
		l.adjoint(fn, again, p)
	}
	return n
}

// free is a name for the tangent of the derivative f.
func (l *linker) free(f *ir.Func) string {
	name := f.Name + "Tangent"
	if f.Recv != nil || strings.Contains(f.Name, ".") {
		name = strings.ReplaceAll(f.Name, ".", "") + "Tangent"
	}
	if of, ok := strings.CutSuffix(name, "AdjointTangent"); ok {
		name = of + "Hessian"
	}
	try := name
	for i := 2; l.names[try]; i++ {
		try = name + strconv.Itoa(i)
	}
	l.names[try] = true
	return try
}
