package directive

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// signatures compares the functions of a rule with what is wanted, and finds out which
// inputs have shadows and which results have seeds.
func (m *ruleResolver) signatures() {
	h := m.how
	first := true
	note := func(key string, g *types.Func, got *pairing) {
		if got == nil {
			return
		}
		if first {
			h.In, h.Out = got.in, got.out
			first = false
		} else if !slices.Equal(h.In, got.in) || !slices.Equal(h.Out, got.out) {
			m.fail(key, "give both functions shadows for the same parameters and results", "%s differentiates with respect to other parameters, or other results, than the adjoint", g.Name())
		}
	}
	if h.Adjoint != nil {
		note("adjoint", h.Adjoint, m.adjoint("adjoint", h.Adjoint, nil))
	}
	if h.Forward != nil && m.forward() {
		note("reverse", h.Reverse, m.adjoint("reverse", h.Reverse, h.Kept()))
	}
	if h.Tangent != nil {
		note("tangent", h.Tangent, m.tangent(h.Tangent))
	}
	if !h.Mirror && !first && !slices.Contains(h.In, true) {
		m.fail("of", "follow a parameter by its shadow", "no parameter has a shadow, so the derivative is zero; mark the function //cairn:passive if that is meant")
	}
}

// pairing tells which inputs are followed by their shadows and which results have seeds.
type pairing struct{ in, out []bool }

// shadowable reports whether a parameter of type t may have a shadow.
func shadowable(t types.Type) bool {
	if i, ok := t.Underlying().(*types.Interface); ok {
		return i.NumMethods() > 0 && !types.Identical(t, types.Universe.Lookup("error").Type())
	}
	return ir.HasFloat(t)
}

// shadowOf is the type of the shadow of a parameter of type t.
func shadowOf(t types.Type, byPointer bool) types.Type {
	if byPointer && !ir.IsRef(t) && !types.IsInterface(t) {
		return types.NewPointer(t)
	}
	return t
}

// walk compares the first parameters of a derivative with the inputs of the function,
// a parameter followed by one whose name has the suffix added being followed by its
// shadow; rest are the parameters behind.
func (m *ruleResolver) walk(params []*types.Var, suffix string) (in []bool, rest []*types.Var, ok bool) {
	for _, p := range Inputs(m.how.Of) {
		if len(params) == 0 || !types.Identical(params[0].Type(), p.Type()) {
			return nil, nil, false
		}
		name := params[0].Name()
		params = params[1:]
		has := len(params) > 0 && name != "" && params[0].Name() == name+suffix && shadowable(p.Type()) &&
			types.Identical(params[0].Type(), shadowOf(p.Type(), suffix == "b"))
		if has {
			params = params[1:]
		}
		in = append(in, has)
	}
	return in, params, true
}

// adjoint reads the signature of an adjoint g; kept is the type of its first parameter,
// for the half that goes back.
func (m *ruleResolver) adjoint(key string, g *types.Func, kept types.Type) *pairing {
	params := Inputs(g)
	ok := !g.Signature().Variadic() && g.Signature().TypeParams().Len() == 0
	if kept != nil {
		if ok = ok && len(params) > 0 && types.Identical(params[0].Type(), kept); ok {
			params = params[1:]
		}
	}
	got := &pairing{}
	if ok {
		got.in, params, ok = m.walk(params, "b")
	}
	if ok {
		got.out, ok = m.seeds(params)
	}
	res := g.Signature().Results()
	if !ok || res.Len() > 0 && (kept != nil || !sameTypes(res, m.how.Of.Signature().Results())) {
		m.mismatch(key, g, m.wantedAdjoint(kept))
		return nil
	}
	return got
}

// seeds pairs the last parameters with the results: one at least of those with floats
// has a seed.
func (m *ruleResolver) seeds(params []*types.Var) (out []bool, ok bool) {
	res := slices.Collect(m.how.Of.Signature().Results().Variables())
	var floats []int
	for i, r := range res {
		if ir.HasFloat(r.Type()) && m.how.Same[i] < 0 {
			floats = append(floats, i)
		}
	}
	out = make([]bool, len(res))
	all := len(params) == len(floats)
	for _, i := range floats {
		if len(params) == 0 {
			break
		}
		if !all && params[0].Name() != resultName(res, i)+"b" {
			continue
		}
		if !types.Identical(params[0].Type(), res[i].Type()) {
			return nil, false
		}
		out[i], params = true, params[1:]
	}
	return out, len(params) == 0 && (len(floats) == 0 || slices.Contains(out, true))
}

// resultName is what the i-th result is called, or would be.
func resultName(res []*types.Var, i int) string {
	switch {
	case !blank(res[i].Name()):
		return res[i].Name()
	case len(res) == 1:
		return "ret"
	}
	return fmt.Sprint("ret", i)
}

func sameTypes(a, b *types.Tuple) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !types.Identical(a.At(i).Type(), b.At(i).Type()) {
			return false
		}
	}
	return true
}

// forward checks the half that runs the function.
func (m *ruleResolver) forward() bool {
	of, h := m.how.Of.Signature(), m.how.Forward
	var want, got []types.Type
	for _, v := range Inputs(m.how.Of) {
		want = append(want, v.Type())
	}
	for _, v := range Inputs(h) {
		got = append(got, v.Type())
	}
	n := of.Results().Len()
	ok := slices.EqualFunc(want, got, types.Identical) && !h.Signature().Variadic() && h.Signature().TypeParams().Len() == 0 && h.Signature().Results().Len() == n+1
	for i := range n {
		ok = ok && types.Identical(of.Results().At(i).Type(), h.Signature().Results().At(i).Type())
	}
	if !ok {
		results := append(m.typesOf(of.Results()), "kept K")
		m.mismatch("forward", h, "func("+strings.Join(m.paramTexts("", false), ", ")+") ("+strings.Join(results, ", ")+"), with any type K")
	}
	return ok
}

// tangent reads the signature of a tangent f.
func (m *ruleResolver) tangent(f *types.Func) *pairing {
	res := slices.Collect(m.how.Of.Signature().Results().Variables())
	got := &pairing{out: make([]bool, len(res))}
	duals := make([]bool, len(res))
	var params []*types.Var
	ok := !f.Signature().Variadic() && f.Signature().TypeParams().Len() == 0
	if ok {
		got.in, params, ok = m.walk(Inputs(f), "d")
		ok = ok && len(params) == 0
	}
	list := slices.Collect(f.Signature().Results().Variables())
	extra := len(list) - len(res)
	floats := 0
	for _, r := range res {
		if ir.HasFloat(r.Type()) {
			floats++
		}
	}
	for i, r := range res {
		if !ok || len(list) == 0 || !types.Identical(list[0].Type(), r.Type()) {
			ok = false
			break
		}
		name := list[0].Name()
		list = list[1:]
		if !ir.HasFloat(r.Type()) || len(list) == 0 || !types.Identical(list[0].Type(), r.Type()) ||
			extra != floats && (name == "" || list[0].Name() != name+"d") {
			continue
		}
		list = list[1:]
		duals[i], got.out[i] = true, m.how.Same[i] < 0
	}
	if !ok || len(list) > 0 || floats > 0 && !slices.Contains(duals, true) {
		m.mismatch("tangent", f, m.wantedTangent())
		return nil
	}
	m.how.Duals = duals
	return got
}

func (m *ruleResolver) mismatch(key string, g *types.Func, want string) {
	m.fail(key, "write "+want+", without the shadows of what has no derivative",
		"%s is %s", g.Name(), types.TypeString(g.Type(), m.qualify))
}

func (m *ruleResolver) qualify(p *types.Package) string {
	if m.info.Scopes[m.rule.file].Parent() == p.Scope() {
		return ""
	}
	return p.Name()
}

func (m *ruleResolver) typesOf(t *types.Tuple) []string {
	var out []string
	for i, v := range slices.Collect(t.Variables()) {
		out = append(out, resultName(slices.Collect(t.Variables()), i)+" "+types.TypeString(v.Type(), m.qualify))
	}
	return out
}

// paramTexts lists the inputs, each followed by its shadow if there is a suffix.
func (m *ruleResolver) paramTexts(suffix string, byPointer bool) []string {
	var out []string
	for i, v := range Inputs(m.how.Of) {
		name := v.Name()
		if blank(name) {
			name = fmt.Sprint("p", i)
		}
		out = append(out, name+" "+types.TypeString(v.Type(), m.qualify))
		if suffix != "" && shadowable(v.Type()) {
			out = append(out, name+suffix+" "+types.TypeString(shadowOf(v.Type(), byPointer), m.qualify))
		}
	}
	return out
}

func (m *ruleResolver) wantedAdjoint(kept types.Type) string {
	list := m.paramTexts("b", true)
	if kept != nil {
		list = append([]string{"kept " + types.TypeString(kept, m.qualify)}, list...)
	}
	res := slices.Collect(m.how.Of.Signature().Results().Variables())
	for i, r := range res {
		if ir.HasFloat(r.Type()) && m.how.Same[i] < 0 {
			list = append(list, resultName(res, i)+"b "+types.TypeString(r.Type(), m.qualify))
		}
	}
	out := "func(" + strings.Join(list, ", ") + ")"
	if kept == nil {
		out += tuple(m.typesOf(m.how.Of.Signature().Results()))
	}
	return out
}

func (m *ruleResolver) wantedTangent() string {
	res := slices.Collect(m.how.Of.Signature().Results().Variables())
	var list []string
	for i, r := range res {
		t := types.TypeString(r.Type(), m.qualify)
		list = append(list, resultName(res, i)+" "+t)
		if ir.HasFloat(r.Type()) {
			list = append(list, resultName(res, i)+"d "+t)
		}
	}
	return "func(" + strings.Join(m.paramTexts("d", false), ", ") + ")" + tuple(list)
}

func tuple(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}
