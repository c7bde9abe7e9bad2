package ir

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
)

// describe is the text of e for a message; it copes with malformed nodes.
func describe(e Expr) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("a malformed %T", e)
		}
	}()
	return Format(e)
}

// expr checks e and returns its type, nil if e is at fault.
func (v *verifier) expr(e Expr) types.Type {
	if e == nil {
		v.faultf("an expression is nil")
		return nil
	}
	before := len(v.errs)
	v.node(e)
	if len(v.errs) > before {
		return nil
	}
	t := e.Type()
	switch {
	case t == nil:
		v.faultf("%s has no type", describe(e))
	case isUntyped(t):
		v.faultf("%s has the untyped type %s", describe(e), t)
	default:
		return t
	}
	return nil
}

// node checks e, operands first; it stops at the first fault of an operand.
func (v *verifier) node(e Expr) {
	switch e := e.(type) {
	case *Const:
		v.constant(e)
	case *Ref:
		v.ref(e)
	case *Global:
		if e.Obj == nil {
			v.faultf("a read of no package variable")
		}
	case *Unary:
		v.unary(e)
	case *Binary:
		v.binary(e)
	case *Index:
		x := v.expr(e.X)
		if x != nil && IsMap(x) {
			v.key(e.I, x)
			return
		}
		v.integer(e.I, "index "+describe(e.I))
		if x != nil && !isIndexable(x) {
			v.faultf("%s is indexed, but it is a %s", describe(e.X), x)
		}
	case *Field:
		v.field(e)
	case *Deref:
		if t := v.expr(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Pointer); !ok {
				v.faultf("* of %s, which is a %s", describe(e.X), t)
			}
		}
	case *SliceOf:
		v.sliceOf(e)
	case *Addr:
		v.addr(e)
	case *Convert:
		if t := v.expr(e.X); t != nil && (e.Typ == nil || !types.ConvertibleTo(t, e.Typ)) {
			v.faultf("conversion of %s from %s to %s", describe(e.X), t, e.Typ)
		}
	case *Len:
		if t := v.expr(e.X); t != nil && !isIndexable(t) && !IsMap(t) {
			v.faultf("len of %s, which is a %s", describe(e.X), t)
		}
	case *Cap:
		if t := v.expr(e.X); t != nil && (!isIndexable(t) || isString(t)) {
			v.faultf("cap of %s, which is a %s", describe(e.X), t)
		}
	case *Math:
		v.math(e)
	case *Has:
		if t := v.expr(e.X); t != nil {
			v.key(e.I, t)
		}
	case *Keys:
		if t := v.expr(e.X); t != nil && isString(t) {
			if !types.Identical(e.Typ, types.NewSlice(intType)) {
				v.faultf("a %s of the positions in a string", e.Typ)
			}
		} else if t != nil && (!IsMap(t) || !types.Identical(e.Typ, types.NewSlice(t.Underlying().(*types.Map).Key()))) {
			v.faultf("a %s of the keys of %s, which is a %s", e.Typ, describe(e.X), t)
		}
	case *Absent:
		if e.Typ == nil {
			v.faultf("an absent element without a type")
		}
	default:
		v.maker(e)
	}
}

// key checks the key of a map of type t.
func (v *verifier) key(e Expr, t types.Type) {
	k := v.expr(e)
	m, ok := t.Underlying().(*types.Map)
	if !ok {
		v.faultf("the key %s of a %s, which is no map", describe(e), t)
	} else if k != nil && !assignable(k, m.Key()) {
		v.faultf("key %s of a map is a %s where a %s is wanted", describe(e), k, m.Key())
	}
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isIndexable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return true
	}
	return isString(t)
}

func (v *verifier) constant(e *Const) {
	if e.Typ == nil {
		v.faultf("a constant has no type")
		return
	}
	b, isBasic := e.Typ.Underlying().(*types.Basic)
	if e.Val == nil {
		if isBasic && b.Kind() != types.UnsafePointer {
			v.faultf("nil of type %s", e.Typ)
		}
		return
	}
	ok := false
	if isBasic {
		switch info := b.Info(); {
		case info&types.IsBoolean != 0:
			ok = e.Val.Kind() == constant.Bool
		case info&types.IsString != 0:
			ok = e.Val.Kind() == constant.String
		case info&types.IsInteger != 0:
			ok = constant.ToInt(e.Val).Kind() == constant.Int
		case info&types.IsFloat != 0:
			ok = constant.ToFloat(e.Val).Kind() == constant.Float
		case info&types.IsComplex != 0:
			ok = constant.ToComplex(e.Val).Kind() == constant.Complex
		}
	}
	if !ok {
		v.faultf("constant %s of type %s", e.Val, e.Typ)
	}
}

func (v *verifier) ref(e *Ref) {
	switch {
	case e.V == nil:
		v.faultf("a reference to no variable")
	case !v.known[e.V]:
		v.faultf("%s is no variable of this function", e.V.Name)
	case !v.inScope(e.V):
		v.faultf("%s is used before its declaration or outside its scope", e.V.Name)
	}
}

func (v *verifier) unary(e *Unary) {
	t := v.expr(e.X)
	if t == nil {
		return
	}
	ok := false
	switch e.Op {
	case token.ADD, token.SUB:
		ok = IsFloat(t) || IsInteger(t)
	case token.XOR:
		ok = IsInteger(t)
	case token.NOT:
		ok = IsBool(t)
	}
	if !ok {
		v.faultf("operator %s on %s, which is a %s", e.Op, describe(e.X), t)
	}
}

func (v *verifier) binary(e *Binary) {
	x, y := v.expr(e.X), v.expr(e.Y)
	if x == nil || y == nil {
		return
	}
	if e.Typ == nil {
		v.faultf("%s has no type", describe(e))
		return
	}
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		v.comparison(e, x, y)
		return
	case token.SHL, token.SHR:
		if !IsInteger(x) || !IsInteger(y) || !types.Identical(e.Typ, x) {
			v.faultf("%s shifts a %s by a %s", describe(e), x, y)
		}
		return
	}
	ok := false
	switch e.Op {
	case token.ADD:
		ok = IsFloat(x) || IsInteger(x) || isString(x)
	case token.SUB, token.MUL, token.QUO:
		ok = IsFloat(x) || IsInteger(x)
	case token.REM, token.AND, token.OR, token.XOR, token.AND_NOT:
		ok = IsInteger(x)
	case token.LAND, token.LOR:
		ok = IsBool(x)
	}
	if !ok || !types.Identical(x, y) || !types.Identical(x, e.Typ) {
		v.faultf("%s: operator %s on a %s and a %s with result %s", describe(e), e.Op, x, y, e.Typ)
	}
}

func (v *verifier) comparison(e *Binary, x, y types.Type) {
	ok := IsBool(e.Typ) && (assignable(x, y) || assignable(y, x))
	switch e.Op {
	case token.EQL, token.NEQ:
		ok = ok && (types.Comparable(x) || isNil(e.X) || isNil(e.Y))
	default:
		ok = ok && (IsReal(x) || IsInteger(x) || isString(x))
	}
	if !ok {
		v.faultf("%s compares a %s and a %s", describe(e), x, y)
	}
}

func isNil(e Expr) bool {
	c, ok := e.(*Const)
	return ok && c.Val == nil
}

func (v *verifier) field(e *Field) {
	t := v.expr(e.X)
	if t == nil {
		return
	}
	st, ok := t.Underlying().(*types.Struct)
	switch {
	case !ok:
		v.faultf("a field of %s, which is a %s", describe(e.X), t)
	case e.I < 0 || e.I >= st.NumFields():
		v.faultf("field %d of %s, which has %d", e.I, describe(e.X), st.NumFields())
	}
}

func (v *verifier) sliceOf(e *SliceOf) {
	t := v.expr(e.X)
	for _, bound := range []Expr{e.Lo, e.Hi, e.Max} {
		if bound != nil {
			v.integer(bound, "bound "+describe(bound))
		}
	}
	if e.Max != nil && e.Hi == nil {
		v.faultf("a slice expression with a third bound and no second")
	}
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Slice:
	case *types.Array:
		v.addressed(e.X)
	default:
		if isString(t) && e.Max == nil {
			return
		}
		v.faultf("a part of %s, which is a %s", describe(e.X), t)
	}
}

func (v *verifier) addr(e *Addr) {
	if v.expr(e.X) == nil {
		return
	}
	if _, ok := e.X.(*Composite); !ok {
		v.addressed(e.X)
	}
}

// addressed checks that the address of e may be taken.
func (v *verifier) addressed(e Expr) {
	if !isPlace(e) {
		v.faultf("the address of %s, which is no place", describe(e))
		return
	}
	if x := Held(e); x != nil && x.Kind == Param && !v.made {
		v.faultf("the address of parameter %s is taken: a copy in a local variable is wanted", x.Name)
	}
}
