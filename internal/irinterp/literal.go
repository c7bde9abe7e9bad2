package irinterp

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// ParseValue reads a Go literal as a value of type t: a number, bool, string,
// nil, T{…}, &T{…}, new(x), with signs, a sum of two parts, nested, keyed or not, element types left out or
// not. The types that the text names are not looked at; t decides.
func ParseValue(src string, t types.Type) (v Value, err error) {
	defer trap(&err)
	e, err := parser.ParseExpr(src)
	if err != nil {
		return Value{}, fault("%q is no Go literal: %v", src, err).err
	}
	return literal(e, t), nil
}

func literal(e ast.Expr, t types.Type) Value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return literal(e.X, t)
	case *ast.CompositeLit:
		return compositeLiteral(e, t)
	case *ast.UnaryExpr:
		if p, ok := t.Underlying().(*types.Pointer); ok && e.Op == token.AND {
			v := literal(e.X, p.Elem())
			return PointerTo(&v)
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			if id, ok := e.Args[0].(*ast.Ident); ok && id.Name == "nil" { // T(nil)
				return zero(t)
			}
		}
		p, ok := t.Underlying().(*types.Pointer)
		if id, isNew := e.Fun.(*ast.Ident); ok && isNew && id.Name == "new" && len(e.Args) == 1 {
			v := literal(e.Args[0], p.Elem())
			return PointerTo(&v)
		}
	case *ast.Ident:
		if e.Name == "nil" {
			return zero(t)
		}
	}
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		panic(fault("a literal of type %s is wanted", t))
	}
	val := number(e)
	if !fits(val, b) {
		panic(fault("%s is no constant of type %s", val, t))
	}
	return constValue(&ir.Const{Val: val, Typ: t})
}

func fits(val constant.Value, b *types.Basic) bool {
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return val.Kind() == constant.Bool
	case info&types.IsString != 0:
		return val.Kind() == constant.String
	case info&types.IsFloat != 0:
		return constant.ToFloat(val).Kind() == constant.Float
	case info&types.IsComplex != 0:
		return constant.ToComplex(val).Kind() == constant.Complex
	case info&types.IsInteger != 0:
		i := constant.ToInt(val)
		if i.Kind() != constant.Int {
			return false
		}
		return constant.Compare(constant.ToInt(constValueExact(i, b)), token.EQL, i)
	}
	return false
}

// constValueExact is i after a conversion to b.
func constValueExact(i constant.Value, b *types.Basic) constant.Value {
	bits, ok := constant.Uint64Val(i)
	if !ok {
		n, exact := constant.Int64Val(i)
		if !exact {
			return constant.MakeUnknown()
		}
		bits = uint64(n)
	}
	if w := wrap(b, bits); w.kind == Int {
		return constant.MakeInt64(w.Int())
	} else {
		return constant.MakeUint64(w.Uint())
	}
}

func number(e ast.Expr) constant.Value {
	switch e := e.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0)
	case *ast.ParenExpr:
		return number(e.X)
	case *ast.UnaryExpr:
		if x := number(e.X); (e.Op == token.SUB || e.Op == token.ADD) && isNumber(x) {
			return constant.UnaryOp(e.Op, x, 0)
		}
	case *ast.BinaryExpr:
		if x, y := number(e.X), number(e.Y); (e.Op == token.SUB || e.Op == token.ADD) && isNumber(x) && isNumber(y) {
			return constant.BinaryOp(x, e.Op, y)
		}
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return constant.MakeBool(e.Name == "true")
		}
	}
	panic(fault("only literals can be given as values"))
}

func isNumber(v constant.Value) bool {
	switch v.Kind() {
	case constant.Int, constant.Float, constant.Complex:
		return true
	}
	return false
}

// maxLiteral bounds the length that an index in a slice literal may ask for.
const maxLiteral = 1 << 20

func compositeLiteral(e *ast.CompositeLit, t types.Type) Value {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		var elems []Value
		eachElement(e, maxLiteral, func(i int, x ast.Expr) {
			for len(elems) <= i {
				elems = append(elems, zero(u.Elem()))
			}
			elems[i] = literal(x, u.Elem())
		})
		if elems == nil {
			elems = []Value{}
		}
		return SliceOf(slices.Clip(elems)) // Go's has no room for more
	case *types.Array:
		v := zero(u)
		eachElement(e, len(v.elems), func(i int, x ast.Expr) { v.elems[i] = literal(x, u.Elem()) })
		return v
	case *types.Struct:
		return structLiteral(e, u)
	case *types.Map:
		return mapLiteral(e, u)
	case *types.Pointer: // &T left out inside a slice of pointers
		v := compositeLiteral(e, u.Elem())
		return PointerTo(&v)
	}
	panic(fault("a composite literal is no value of type %s", t))
}

func eachElement(e *ast.CompositeLit, limit int, f func(i int, x ast.Expr)) {
	next := 0
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			i, exact := constant.Int64Val(constant.ToInt(number(kv.Key)))
			if !exact || i < 0 || i >= int64(limit) {
				panic(fault("index in a literal out of range"))
			}
			next, x = int(i), kv.Value
		}
		if next >= limit {
			panic(fault("too many elements in a literal: at most %d fit", limit))
		}
		f(next, x)
		next++
	}
}

func structLiteral(e *ast.CompositeLit, t *types.Struct) Value {
	v := zero(t)
	for i, x := range e.Elts {
		kv, keyed := x.(*ast.KeyValueExpr)
		if keyed {
			x = kv.Value
			i = fieldIndex(t, kv.Key)
		} else if len(e.Elts) != t.NumFields() {
			panic(fault("%d values for a struct of %d fields", len(e.Elts), t.NumFields()))
		}
		v.elems[i] = literal(x, t.Field(i).Type())
	}
	return v
}

func fieldIndex(t *types.Struct, key ast.Expr) int {
	if id, ok := key.(*ast.Ident); ok {
		for i := range t.NumFields() {
			if t.Field(i).Name() == id.Name {
				return i
			}
		}
		panic(fault("no field %s", id.Name))
	}
	panic(fault("a field name is wanted before the colon"))
}
