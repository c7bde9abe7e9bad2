package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// typ returns t as it is in the instance that is being lowered.
func (b *builder) typ(t types.Type) types.Type {
	if b.inst == nil {
		return t
	}
	return b.inst.sub.typ(t)
}

// generic reports whether an instance of a generic function is being lowered.
func (b *builder) generic() bool { return b.inst != nil && len(b.inst.targs) > 0 }

// typeArgs returns the type arguments of the generic function or type that id
// names, written or inferred.
func (b *builder) typeArgs(id *ast.Ident) []types.Type {
	var out []types.Type
	for a := range b.info.Instances[id].TypeArgs.Types() {
		out = append(out, b.typ(a))
	}
	return out
}

// declaredFunc returns the function that id names, of a generic one the instance;
// nil for anything else.
func (b *builder) declaredFunc(id *ast.Ident) *types.Func {
	obj, ok := b.info.Uses[id].(*types.Func)
	if !ok {
		return nil
	}
	if args := b.typeArgs(id); len(args) > 0 {
		return b.l.instance(obj, args)
	}
	return b.l.withTags(obj)
}

// selected returns the method that a selector names and the embedded fields on the
// way to it. A method of a type parameter is that of the type argument.
func (b *builder) selected(f *ast.SelectorExpr, sel *types.Selection) (*types.Func, []int) {
	obj, index := sel.Obj().(*types.Func), sel.Index()
	if _, ok := types.Unalias(sel.Recv()).(*types.TypeParam); ok {
		m, at, _ := types.LookupFieldOrMethod(b.typeOf(f.X), true, b.src.pkg.Types, f.Sel.Name)
		if m, ok := m.(*types.Func); ok {
			obj, index = m, at
		}
	}
	return b.methodOf(obj), index[:len(index)-1]
}

// methodOf returns the instance of a method of a generic type, other methods as
// they are.
func (b *builder) methodOf(obj *types.Func) *types.Func {
	t := receiverType(obj)
	if t == nil || isInterface(t) {
		return obj
	}
	if t.TypeArgs().Len() == 0 {
		return b.l.withTags(obj)
	}
	var args []types.Type
	for a := range t.TypeArgs().Types() {
		args = append(args, b.typ(a))
	}
	return b.l.instance(obj.Origin(), args)
}

// static returns the declared function or method that fun names, or nil.
func (b *builder) static(fun ast.Expr) *types.Func {
	if f, ok := fun.(*ast.SelectorExpr); ok {
		if sel := b.info.Selections[f]; sel != nil {
			if _, isMethod := sel.Obj().(*types.Func); !isMethod {
				return nil
			}
			obj, _ := b.selected(f, sel)
			return obj
		}
	}
	return b.declaredFunc(calleeName(fun))
}

// constantTo is the conversion of a constant to a type parameter, whose outcome is
// no constant in Go. gc gives the constant its default type first, so a float32
// may have been rounded twice.
func (b *builder) constantTo(c *ir.Const, e ast.Expr, t types.Type) ir.Expr {
	out := &ir.Const{Val: c.Val, Typ: t}
	switch {
	case ir.IsInteger(t):
		out.Val = constant.ToInt(c.Val)
		return out
	case ir.IsFloat(c.Typ):
		exact := b.info.Types[e].Value
		f, _ := constant.Float64Val(exact)
		once, _ := constant.Float32Val(exact)
		if isSingle(c.Typ) {
			f = float64(once)
		}
		if isSingle(t) && float32(f) != once || !untyped(b.constantOf(e)) {
			out.Val = constant.MakeFloat64(f)
			return out
		}
	}
	if untyped(b.constantOf(e)) {
		out.Text = c.Text
	}
	return out
}

// needless reports whether an instance can do without the conversion of x to t,
// which for other type arguments may be one. That of a sum or product stays, for
// it keeps Go from fusing operations.
func (b *builder) needless(x ir.Expr, t types.Type) bool {
	if !b.generic() || !types.Identical(x.Type(), t) {
		return false
	}
	switch x.(type) {
	case *ir.Binary, *ir.Unary:
		return false
	}
	return true
}

// rounded gives a constant that was written for a type parameter the form that it
// has in the type t; the type checker does that for other types.
func (b *builder) rounded(v constant.Value, t types.Type) constant.Value {
	if !b.generic() || v.Kind() != constant.Int && v.Kind() != constant.Float {
		return v
	}
	switch {
	case ir.IsInteger(t):
		return constant.ToInt(v)
	case isSingle(t):
		f, _ := constant.Float32Val(v)
		return constant.MakeFloat64(float64(f))
	case ir.IsFloat(t):
		f, _ := constant.Float64Val(v)
		return constant.MakeFloat64(f)
	}
	return v
}

func isSingle(t types.Type) bool { return t.Underlying() == types.Typ[types.Float32] }

func untyped(c *types.Const) bool {
	if c == nil {
		return false
	}
	b, ok := c.Type().(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// runtime keeps Go from taking the expression around x for a constant: T(0) is
// none in a generic function, so -T(0) is the negative zero.
func (b *builder) runtime(e ast.Expr, x ir.Expr) ir.Expr {
	if c, ok := x.(*ir.Const); ok && c.Val != nil && b.info.Types[e].Value == nil {
		return b.save(e.Pos(), x)
	}
	return x
}

// localType returns the first declaration of a type in the function, or nil.
func localType(decl *ast.FuncDecl) (found ast.Node) {
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.TYPE && found == nil {
			found = d
		}
		return found == nil
	})
	return found
}
