package ir

import (
	"go/types"
	"strings"
)

// math checks a Math node against package math's declarations.
func (v *verifier) math(e *Math) {
	var given []types.Type
	for _, a := range e.Args {
		t := v.expr(a)
		if t == nil {
			return
		}
		given = append(given, t)
	}
	if e.Typ == nil {
		v.faultf("%s has no type", describe(e))
		return
	}
	if e.Fn == "min" || e.Fn == "max" {
		if len(given) != 2 || !types.Identical(given[0], given[1]) || !types.Identical(given[0], e.Typ) ||
			!IsReal(e.Typ) && !IsInteger(e.Typ) && !isString(e.Typ) {
			v.faultf("%s: two arguments and a result of one ordered type are wanted", describe(e))
		}
		return
	}
	if isComplexBuiltin(e.Fn) {
		v.complexBuiltin(e, given)
		return
	}
	if e.Fn == "ad.Room" {
		if len(given) != 2 || !isSlice(given[0]) || !IsInteger(given[1]) || !types.Identical(e.Typ, intType) {
			v.faultf("%s: a slice and a number are wanted", describe(e))
		}
		return
	}
	if e.Fn == "ad.WithValue" {
		if len(given) != 2 || !types.Identical(given[0], e.Typ) || !types.Identical(given[1], e.Typ) || !IsFloat(e.Typ) {
			v.faultf("%s: two numbers of the result's type are wanted", describe(e))
		}
		return
	}
	sig := mathSignature(e.Fn)
	if sig == nil {
		v.faultf("unknown function %s", e.Fn)
		return
	}
	ok := sig.Params().Len() == len(given) && types.Identical(sig.Results().At(0).Type(), e.Typ)
	for i := 0; ok && i < len(given); i++ {
		ok = assignable(given[i], sig.Params().At(i).Type())
	}
	if !ok {
		v.faultf("%s does not agree with %s%s", describe(e), e.Fn, strings.TrimPrefix(sig.String(), "func"))
	}
}

func isSlice(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// mathSignature returns the signature of "math.F", "cmplx.F" or "ad.F", nil if there is
// none.
func mathSignature(fn string) *types.Signature {
	of, name, _ := strings.Cut(fn, ".")
	find := mathPackages[of]
	if find == nil {
		return nil
	}
	pkg, err := find()
	if err != nil {
		return nil
	}
	f, ok := pkg.Scope().Lookup(name).(*types.Func)
	if !ok {
		return nil
	}
	return f.Signature()
}

// maker checks the expressions that make new memory.
func (v *verifier) maker(e Expr) {
	switch e := e.(type) {
	case *Composite:
		v.composite(e)
	case *Make:
		if e.Typ != nil && IsMap(e.Typ) {
			if e.Len != nil {
				v.integer(e.Len, "size of a make")
			}
			return
		}
		if _, ok := underlying(e.Typ).(*types.Slice); !ok {
			v.faultf("make of a %s", e.Typ)
		}
		v.integer(e.Len, "length of a make")
		if e.Cap != nil {
			v.integer(e.Cap, "capacity of a make")
		}
	case *New:
		if _, ok := underlying(e.Typ).(*types.Pointer); !ok {
			v.faultf("new with result %s", e.Typ)
		}
	case *Append:
		v.appendExpr(e)
	default:
		v.faultf("unknown expression %T", e)
	}
}

func (v *verifier) composite(e *Composite) {
	most := len(e.Elems)
	var field func(int) types.Type
	switch t := underlying(e.Typ).(type) {
	case *types.Slice:
		field = func(int) types.Type { return t.Elem() }
	case *types.Array:
		most = int(t.Len())
		field = func(int) types.Type { return t.Elem() }
	case *types.Struct:
		most = t.NumFields()
		field = func(i int) types.Type { return t.Field(i).Type() }
	default:
		v.faultf("a literal of type %s", e.Typ)
		return
	}
	if len(e.Elems) > most {
		v.faultf("%d elements in a literal of type %s", len(e.Elems), e.Typ)
		return
	}
	for i, x := range e.Elems {
		if x == nil {
			continue
		}
		if t := v.expr(x); t != nil && !assignable(t, field(i)) {
			v.faultf("element %d of a literal of type %s is a %s", i, e.Typ, t)
		}
	}
}

func (v *verifier) appendExpr(e *Append) {
	t := v.expr(e.X)
	if t == nil {
		return
	}
	sl, ok := t.Underlying().(*types.Slice)
	if !ok {
		v.faultf("append to %s, which is a %s", describe(e.X), t)
		return
	}
	if e.Spread && len(e.Elems) != 1 {
		v.faultf("append of %d slices", len(e.Elems))
		return
	}
	for _, x := range e.Elems {
		xt := v.expr(x)
		if xt == nil {
			continue
		}
		more, isSlice := xt.Underlying().(*types.Slice)
		if e.Spread && !(isSlice && types.Identical(more.Elem(), sl.Elem())) || !e.Spread && !assignable(xt, sl.Elem()) {
			v.faultf("append of %s, a %s, to a %s", describe(x), xt, t)
		}
	}
}
