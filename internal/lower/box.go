package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A function with a rule may return a view in an interface, whose dynamic type is not
// known: its variable has a box for a type, see [ir.NewBox]. Only functions with rules
// take it.

// boxed returns the box for t if t is an interface with methods and a name, else t.
func (l *lowerer) boxed(t types.Type) types.Type {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !methodSet(t) || n.TypeArgs().Len() > 0 {
		return t
	}
	if l.boxes[n] == nil {
		l.boxes[n] = ir.NewBox(n.Obj())
	}
	return l.boxes[n]
}

// unbox gives the variables that a call under a rule gives its results the types of
// these, and refuses arguments that the rule cannot take.
func (b *builder) unbox(call *ir.Call) {
	at := &position{call.Pos()}
	f := call.Fn
	for i, p := range f.Inputs() {
		if ir.HasFloat(p.Type) && !ir.IsRef(p.Type) && isInterface(inputType(f.Obj, i)) {
			b.fail(at, "call of "+funcName(f.Obj), "a "+p.Type.String()+" in an interface has no shadow of its own", "pass a pointer")
		}
		if f.Rule.In[i] && isInterface(p.Type) && !isNil(call.Args[i]) {
			b.fail(at, "call of "+funcName(f.Obj), "the type of the value in the interface "+p.Name+" is not known", "give it to a variable that has one value")
		}
		if ir.IsBox(p.Type) && f.Rule.Writes[i] {
			b.fail(at, "call of "+funcName(f.Obj), "it writes to a value in an interface, whose type is not known", "use the concrete type")
		}
	}
	for i, l := range call.L {
		r := f.Results[i]
		if l == nil || !ir.IsBox(r.Type) {
			continue
		}
		v, ok := l.(*ir.Ref)
		if !ok || v.V.Kind != ir.Temp && !(call.Define && b.steady[v.V]) || !isInterface(v.V.Type) {
			b.fail(at, "result of "+funcName(f.Obj)+" kept in an interface", "what is in it must be known when the derivative is made",
				"give it to a variable that has one value")
			continue
		}
		v.V.Type = r.Type
	}
}

// inputType is the type of the i-th input of f as it is declared.
func inputType(f *types.Func, i int) types.Type {
	if r := f.Signature().Recv(); r != nil {
		if i == 0 {
			return r.Type()
		}
		i--
	}
	return f.Signature().Params().At(i).Type()
}

// position is a place in the source, for diagnostics.
type position struct{ pos token.Pos }

func (p *position) Pos() token.Pos { return p.pos }
func (p *position) End() token.Pos { return p.pos }

// boxOf is the box that e is, or that it calls a function for; nil if e is none.
func (b *builder) boxOf(e ast.Expr) ir.Expr {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok {
		call, c := b.functionCall(call)
		if call == nil || c.rule == nil || !c.rule.Mirror || c.fn.Signature().Results().Len() != 1 {
			return nil
		}
		if x := b.callTemps(call, c)[0]; ir.IsBox(x.Type()) {
			return x
		}
		return nil
	}
	if ir.IsBox(b.concrete(e)) {
		return b.expr(e)
	}
	return nil
}

// unboxed is x.(t) for a box x.
func (b *builder) unboxed(e ast.Expr, x ir.Expr, t types.Type) ir.Expr {
	sig := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(token.NoPos, nil, "v", types.NewInterfaceType(nil, nil))),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	as := types.NewFunc(token.NoPos, ir.RunTime, "As", sig)
	call := &ir.Call{At: ir.At{P: e.Pos()}, Args: []ir.Expr{x}, Fn: &ir.Func{
		Name: b.l.name(as), Pkg: ir.RunTime, Obj: as, Pos: e.Pos(), TArgs: []types.Type{t},
		Rule: &ir.Rule{
			Of: as, Mirror: true, In: []bool{true}, Out: []bool{false}, Same: []int{-1},
			Writes: []bool{false}, Moves: []bool{false}, Pos: e.Pos(),
		},
	}}
	return b.intoTemps(call, sig, e.Pos())[0]
}
