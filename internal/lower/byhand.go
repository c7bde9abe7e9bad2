package lower

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A call of a function for which there is a rule calls a function of the program
// that belongs to this call alone: what is active elsewhere does not matter here, and a
// parameter of an interface type has the type of the value that is passed. Its body
// stands for the effects of the function.

// byRule looks for a rule for c.fn, called at e, and reports whether it has decided
// how the call is lowered.
func (b *builder) byRule(e ast.Node, c *callee) bool {
	if b.l.in.Rule == nil {
		return false
	}
	origin := b.l.origin(c.fn)
	rule := b.l.in.Rule(origin)
	if rule == nil {
		return false
	}
	c.origin, c.rule = origin, rule
	if f := b.l.nameless(rule); f != nil {
		b.fail(e, "call of "+funcName(c.fn), b.l.cannotName(f)+", which the rule at "+b.l.in.Fset.Position(rule.Pos).String()+" needs", "export it")
		c.kind = refusedCall
		return true
	}
	c.ir = b.l.underRule(c.fn, rule)
	return true
}

// nameless returns a function that a rule needs and generated code cannot name, or nil.
func (l *lowerer) nameless(rule *ir.Rule) *types.Func {
	for _, f := range []*types.Func{rule.Of, rule.Tangent, rule.Adjoint, rule.Forward, rule.Reverse} {
		if f != nil && !l.nameable(f) {
			return f
		}
	}
	return nil
}

func (l *lowerer) cannotName(f *types.Func) string {
	return "generated code stands in package " + l.in.Root.Types.Name() + " and cannot name " + funcName(f)
}

// underRule makes the function that a call of fn under a rule calls, without a body.
func (l *lowerer) underRule(fn *types.Func, rule *ir.Rule) *ir.Func {
	return &ir.Func{Name: l.name(fn), Pkg: fn.Pkg(), Obj: fn, Pos: fn.Pos(), Variadic: fn.Signature().Variadic(), Rule: rule}
}

// keeps reports whether x, passed for a parameter of type t, keeps its own type.
func (c *callee) keeps(t types.Type, x ir.Expr) bool {
	return c.rule != nil && isInterface(t) && !isNil(x) && !isInterface(x.Type())
}

// complete gives the function that a call under a rule calls its variables and its
// body, once the arguments are known.
func (b *builder) complete(call *ir.Call) {
	f := call.Fn
	if f == nil || f.Rule == nil || f.Body != nil {
		return
	}
	m := &effectBody{l: b.l, f: f, rule: f.Rule, names: map[string]bool{}}
	m.signature(call.Args)
	b.unbox(call)
	m.make()
	b.l.order = append(b.l.order, &lowered{fn: f})
}

// effectBody makes the body of a function that stands for its effects.
type effectBody struct {
	l     *lowerer
	f     *ir.Func
	rule  *ir.Rule
	names map[string]bool
}

func (m *effectBody) name(want, otherwise string) string {
	if want == "" || want == "_" {
		want = otherwise
	}
	for m.names[want] {
		want += "_"
	}
	m.names[want] = true
	return want
}

func (m *effectBody) signature(args []ir.Expr) {
	sig := m.f.Obj.Signature()
	add := func(v *types.Var, kind ir.VarKind, otherwise string, arg ir.Expr) *ir.Var {
		t := v.Type()
		if arg != nil && isInterface(t) && !isNil(arg) {
			t = arg.Type()
		}
		return &ir.Var{Name: m.name(v.Name(), otherwise), Type: t, Kind: kind, Pos: v.Pos()}
	}
	if r := sig.Recv(); r != nil {
		m.f.Recv = add(r, ir.Param, "recv", args[0])
		args = args[1:]
	}
	for i := range sig.Params().Len() {
		m.f.Params = append(m.f.Params, add(sig.Params().At(i), ir.Param, "arg", args[i]))
	}
	for i := range sig.Results().Len() {
		r := add(sig.Results().At(i), ir.Result, "ret", nil)
		if m.rule.Mirror {
			r.Type = m.l.boxed(r.Type)
		}
		m.f.Results = append(m.f.Results, r)
	}
}

func (m *effectBody) emit(s ir.Stmt) { m.f.Body.Stmts = append(m.f.Body.Stmts, s) }

// make lets everything that is read flow into everything that is written, as far as
// the rule gives it a derivative.
func (m *effectBody) make() {
	m.f.Body = &ir.Block{At: ir.At{P: m.f.Pos}}
	sum := &ir.Var{Name: m.name("sum", ""), Type: types.Typ[types.Float64], Kind: ir.Local, Pos: m.f.Pos}
	m.f.Locals = append(m.f.Locals, sum)
	m.emit(&ir.Decl{V: sum})
	for i, p := range m.f.Inputs() {
		for _, e := range leaves(&ir.Ref{V: p}, true) {
			m.emit(&ir.Assign{L: []ir.Expr{nil}, R: []ir.Expr{e}})
			if m.rule.In[i] && ir.IsFloat(e.Type()) {
				m.emit(ir.Set(&ir.Ref{V: sum}, ir.Add(&ir.Ref{V: sum}, toFloat64(e))))
			}
		}
	}
	if m.rule.Mirror {
		m.mirror()
		return
	}
	for i, r := range m.f.Results {
		if j := m.rule.Same[i]; j >= 0 {
			m.emit(ir.Set(&ir.Ref{V: r}, &ir.Ref{V: m.f.Inputs()[j]}))
			continue
		}
		m.fresh(&ir.Ref{V: r})
		m.fill(&ir.Ref{V: r}, sum, m.rule.Out[i])
	}
	for i, p := range m.f.Inputs() {
		if !m.rule.Writes[i] {
			continue
		}
		for _, place := range behindAll(&ir.Ref{V: p}) {
			if m.rule.Moves[i] {
				m.fresh(place)
			}
			m.fill(place, sum, m.rule.In[i])
		}
	}
}

// mirror gives the references in the results new memory, or that of arguments.
func (m *effectBody) mirror() {
	var known []ir.Expr
	for _, p := range m.f.Inputs() {
		for _, e := range leaves(&ir.Ref{V: p}, true) {
			if ir.IsRef(e.Type()) {
				known = append(known, e)
			}
		}
	}
	for i, r := range m.f.Results {
		if j := m.rule.Same[i]; j >= 0 {
			m.emit(ir.Set(&ir.Ref{V: r}, &ir.Ref{V: m.f.Inputs()[j]}))
			continue
		}
		m.fresh(&ir.Ref{V: r})
		for _, l := range leaves(&ir.Ref{V: r}, true) {
			for _, e := range known {
				_, pointer := l.Type().Underlying().(*types.Pointer)
				if types.Identical(l.Type().Underlying(), e.Type().Underlying()) && !(pointer && isVar(l)) {
					m.emit(ir.Set(l, convertedTo(e, l.Type())))
				}
			}
		}
	}
}

func isVar(e ir.Expr) bool {
	_, ok := e.(*ir.Ref)
	return ok
}

func convertedTo(e ir.Expr, t types.Type) ir.Expr {
	if types.Identical(e.Type(), t) {
		return e
	}
	return &ir.Convert{X: e, Typ: t}
}

// fresh gives the references in the result e new memory.
func (m *effectBody) fresh(e ir.Expr) {
	for _, l := range leaves(e, false) {
		switch t := l.Type().Underlying().(type) {
		case *types.Slice:
			m.emit(ir.Set(l, &ir.Make{Typ: l.Type(), Len: ir.Int(1)}))
			m.fresh(&ir.Index{X: l, I: ir.Int(0)})
		case *types.Pointer:
			m.emit(ir.Set(l, &ir.New{Typ: types.NewPointer(t.Elem())}))
			m.fresh(&ir.Deref{X: l})
		}
	}
}

// fill writes to all but the references in the place e and behind it.
func (m *effectBody) fill(e ir.Expr, sum *ir.Var, active bool) {
	for _, l := range leaves(e, true) {
		t := l.Type()
		switch {
		case ir.IsFloat(t) && active:
			m.emit(ir.Set(l, fromFloat64(&ir.Ref{V: sum}, t)))
		case isBasic(t):
			m.emit(ir.Set(l, zeroOf(t)))
		}
	}
}

func isBasic(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

func zeroOf(t types.Type) ir.Expr {
	b := t.Underlying().(*types.Basic)
	c := &ir.Const{Typ: t}
	switch {
	case b.Info()&types.IsString != 0:
		c.Val = constant.MakeString("")
	case b.Info()&types.IsBoolean != 0:
		c.Val = constant.MakeBool(false)
	case b.Info()&types.IsNumeric != 0:
		c.Val = constant.MakeInt64(0)
	}
	return c
}

// leaves lists the parts of the value at e that are no structs or arrays, and those of
// the memory that its references lead to, if deep is set.
func leaves(e ir.Expr, deep bool) []ir.Expr {
	switch t := e.Type().Underlying().(type) {
	case *types.Struct:
		var out []ir.Expr
		for i := range t.NumFields() {
			out = append(out, leaves(&ir.Field{X: e, I: i}, deep)...)
		}
		return out
	case *types.Array:
		if t.Len() == 0 {
			return nil
		}
		return leaves(&ir.Index{X: e, I: ir.Int(0)}, deep)
	}
	out := []ir.Expr{e}
	if !deep {
		return out
	}
	for _, p := range behind(e) {
		out = append(out, leaves(p, true)...)
	}
	return out
}

// behind is the memory that the reference e leads to, as a list of at most one place.
func behind(e ir.Expr) []ir.Expr {
	switch e.Type().Underlying().(type) {
	case *types.Slice:
		return []ir.Expr{&ir.Index{X: e, I: ir.Int(0)}}
	case *types.Pointer:
		return []ir.Expr{&ir.Deref{X: e}}
	}
	return nil
}

// behindAll is behind for all references in the value e.
func behindAll(e ir.Expr) []ir.Expr {
	var out []ir.Expr
	for _, l := range leaves(e, false) {
		out = append(out, behind(l)...)
	}
	return out
}

// toFloat64 is the float e as a float64.
func toFloat64(e ir.Expr) ir.Expr {
	t := e.Type()
	if ir.IsComplex(t) {
		part := types.Typ[types.Float64]
		if t.Underlying().(*types.Basic).Kind() == types.Complex64 {
			part = types.Typ[types.Float32]
		}
		e = &ir.Math{Fn: "real", Args: []ir.Expr{e}, Typ: part}
	}
	if types.Identical(e.Type(), types.Typ[types.Float64]) {
		return e
	}
	return &ir.Convert{X: e, Typ: types.Typ[types.Float64]}
}

// fromFloat64 is a float of type t that depends on e.
func fromFloat64(e ir.Expr, t types.Type) ir.Expr {
	if ir.IsComplex(t) {
		part, whole := types.Typ[types.Float64], types.Typ[types.Complex128]
		if t.Underlying().(*types.Basic).Kind() == types.Complex64 {
			part, whole = types.Typ[types.Float32], types.Typ[types.Complex64]
		}
		if part != types.Typ[types.Float64] {
			e = &ir.Convert{X: e, Typ: part}
		}
		e = &ir.Math{Fn: "complex", Args: []ir.Expr{e, &ir.Const{Val: constant.MakeInt64(0), Typ: part}}, Typ: whole}
	}
	if types.Identical(e.Type(), t) {
		return e
	}
	return &ir.Convert{X: e, Typ: t}
}
