package compile

import (
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/emit"
	"github.com/cairn-ad/cairn/internal/ir"
)

// ruleTest returns the test of a rule, or nil if it has no derivative, or one that no
// test can follow: through an interface.
func (u *unit) ruleTest(h *ir.Rule) *emit.Test {
	if h.Mirror || h.Passive {
		return nil
	}
	m := &ruleHeads{how: h}
	m.root = m.head(h.Of)
	t := &emit.Test{Root: m.root, Rule: true}
	g := emit.Group{}
	for i, p := range m.root.Inputs() {
		if types.IsInterface(p.Type) {
			return nil
		}
		if h.In[i] {
			g.Wrt = append(g.Wrt, emit.Place{Var: p})
			if h.Writes[i] {
				g.Of = append(g.Of, emit.Place{Var: p})
			}
		}
	}
	for i, r := range m.root.Results {
		if h.Out[i] {
			g.Of = append(g.Of, emit.Place{Var: r})
		}
	}
	if h.Tangent != nil {
		g.Tangent = m.derivative(h.Tangent, m.dual(h.Tangent, nil), h.Duals)
	}
	if h.Adjoint != nil {
		g.Adjoint = m.derivative(h.Adjoint, m.dual(h.Adjoint, h.Out), nil)
	}
	if h.Reverse != nil {
		t.Kept = m.head(h.Forward)
		params := directive.Inputs(h.Reverse)
		kept := &ir.Var{Name: params[0].Name(), Type: params[0].Type(), Kind: ir.Param}
		g.Adjoint = m.derivative(h.Reverse, append([]*ir.Var{kept}, m.dual(h.Reverse, h.Out)...), nil)
	}
	t.Groups = []emit.Group{g}
	return t
}

// ruleHeads makes the heads of the functions of a rule, with the variables of the
// function that it is for.
type ruleHeads struct {
	how  *ir.Rule
	root *ir.Func
}

// head is f without a body.
func (m *ruleHeads) head(f *types.Func) *ir.Func {
	out := &ir.Func{Name: directive.FuncName(f), Obj: f, Pkg: f.Pkg()}
	names := map[string]bool{}
	variable := func(v *types.Var, kind ir.VarKind, otherwise string) *ir.Var {
		name := v.Name()
		if name == "" || name == "_" || names[name] {
			name = otherwise
		}
		names[name] = true
		return &ir.Var{Name: name, Type: v.Type(), Kind: kind}
	}
	for i, p := range directive.Inputs(f) {
		v := variable(p, ir.Param, "p"+strconv.Itoa(i))
		if i == 0 && f.Signature().Recv() != nil {
			out.Recv = v
		} else {
			out.Params = append(out.Params, v)
		}
	}
	for i := range f.Signature().Results().Len() {
		out.Results = append(out.Results, variable(f.Signature().Results().At(i), ir.Result, "ret"+strconv.Itoa(i)))
	}
	return out
}

// dual lists the inputs, each with its shadow if it has one, and the seeds of the results
// for which there are some.
func (m *ruleHeads) dual(f *types.Func, seeded []bool) []*ir.Var {
	var out []*ir.Var
	shadow := func(v *ir.Var) *ir.Var { return &ir.Var{Name: v.Name + " shadow", Type: v.Type, Kind: ir.Param} }
	for i, p := range m.root.Inputs() {
		out = append(out, p)
		if m.how.In[i] {
			out = append(out, shadow(p))
		}
	}
	for i, r := range m.root.Results {
		if seeded != nil && seeded[i] {
			out = append(out, shadow(r))
		}
	}
	return out
}

// derivative is the head of f with the given inputs, and the results of the root, some
// followed by their shadows.
func (m *ruleHeads) derivative(f *types.Func, inputs []*ir.Var, duals []bool) *ir.Func {
	out := &ir.Func{Name: directive.FuncName(f), Obj: f, Pkg: f.Pkg(), Params: inputs}
	if f.Signature().Recv() != nil {
		out.Recv, out.Params = inputs[0], inputs[1:]
	}
	if f.Signature().Results().Len() == 0 {
		return out
	}
	for i, r := range m.root.Results {
		out.Results = append(out.Results, r)
		if duals != nil && duals[i] {
			out.Results = append(out.Results, &ir.Var{Name: r.Name + " shadow", Type: r.Type, Kind: ir.Result})
		}
	}
	return out
}
