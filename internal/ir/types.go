package ir

import "go/types"

var intType = types.Typ[types.Int]

// Type returns the constant's type.
func (e *Const) Type() types.Type { return e.Typ }

// Type returns the variable's type.
func (e *Ref) Type() types.Type { return e.V.Type }

// Type returns the variable's type.
func (e *Global) Type() types.Type { return e.Obj.Type() }

// Type returns the operand's type.
func (e *Unary) Type() types.Type { return e.X.Type() }

// Type returns the result's type.
func (e *Binary) Type() types.Type { return e.Typ }

// Type returns the element type.
func (e *Index) Type() types.Type {
	switch t := e.X.Type().Underlying().(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	}
	return types.Typ[types.Uint8] // an element of a string
}

// Var returns the field's object.
func (e *Field) Var() *types.Var {
	return e.X.Type().Underlying().(*types.Struct).Field(e.I)
}

// Type returns the field's type.
func (e *Field) Type() types.Type { return e.Var().Type() }

// Type returns the pointee's type.
func (e *Deref) Type() types.Type { return e.X.Type().Underlying().(*types.Pointer).Elem() }

// Type returns the slice's type.
func (e *SliceOf) Type() types.Type {
	if a, ok := e.X.Type().Underlying().(*types.Array); ok {
		return types.NewSlice(a.Elem())
	}
	return e.X.Type()
}

// Type returns the pointer type.
func (e *Addr) Type() types.Type { return types.NewPointer(e.X.Type()) }

// Type returns the target type.
func (e *Convert) Type() types.Type { return e.Typ }

// Type returns int.
func (e *Len) Type() types.Type { return intType }

// Type returns int.
func (e *Cap) Type() types.Type { return intType }

// Type returns the result's type.
func (e *Math) Type() types.Type { return e.Typ }

// Type returns the literal's type.
func (e *Composite) Type() types.Type { return e.Typ }

// Type returns the slice type.
func (e *Make) Type() types.Type { return e.Typ }

// Type returns the pointer type.
func (e *New) Type() types.Type { return e.Typ }

// Type returns the slice type.
func (e *Append) Type() types.Type { return e.X.Type() }

// Type returns bool.
func (e *Has) Type() types.Type { return types.Typ[types.Bool] }

// Type returns the slice type.
func (e *Keys) Type() types.Type { return e.Typ }

// Type returns the type of the element.
func (e *Absent) Type() types.Type { return e.Typ }

// IsFloat reports whether t is a floating-point or complex type, or has one
// underneath: whether a single value of it can carry a derivative. A complex number
// is two floats.
func IsFloat(t types.Type) bool { return IsReal(t) || IsComplex(t) }

// IsReal reports whether t is float64, float32 or a type with one of them
// underneath.
func IsReal(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// IsComplex reports whether t is complex128, complex64 or a type with one of them
// underneath.
func IsComplex(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsComplex != 0
}

// IsInteger reports whether t is an integer type.
func IsInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// IsBool reports whether t is a boolean type.
func IsBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// HasFloat reports whether a value of type t holds a float or refers to one; a
// complex number is two.
func HasFloat(t types.Type) bool { return hasFloat(t, nil) }

func hasFloat(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if types.Identical(s, t) {
			return false
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return IsFloat(u)
	case *types.Slice:
		return hasFloat(u.Elem(), append(seen, t))
	case *types.Array:
		return hasFloat(u.Elem(), append(seen, t))
	case *types.Pointer:
		return hasFloat(u.Elem(), append(seen, t))
	case *types.Map:
		return hasFloat(u.Elem(), append(seen, t))
	case *types.Struct:
		for i := range u.NumFields() {
			if hasFloat(u.Field(i).Type(), append(seen, t)) {
				return true
			}
		}
	}
	return false
}

// IsMap reports whether t is a map type.
func IsMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// IsEntry reports whether e is an element of a map.
func IsEntry(e Expr) bool {
	i, ok := e.(*Index)
	return ok && IsMap(i.X.Type())
}

// Makes reports whether e makes a slice of bytes or runes of a string.
func Makes(e Expr) bool {
	c, ok := e.(*Convert)
	if !ok || !isString(c.X.Type()) {
		return false
	}
	_, slice := c.Typ.Underlying().(*types.Slice)
	return slice
}

// Whole returns the map of which e asks for its length, its keys or whether it has
// one, or the slice that e makes a string of: what depends on all that is written to
// its elements; else nil.
func Whole(e Expr) Expr {
	switch e := e.(type) {
	case *Has:
		return e.X
	case *Keys:
		if IsMap(e.X.Type()) {
			return e.X
		}
	case *Len:
		if IsMap(e.X.Type()) {
			return e.X
		}
	case *Convert:
		if _, ok := e.X.Type().Underlying().(*types.Slice); ok && isString(e.Typ) {
			return e.X
		}
	}
	return nil
}

// IsRef reports whether values of type t are references: a slice, a pointer or a map.
func IsRef(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Pointer, *types.Map:
		return true
	}
	return false
}

// HasRef reports whether a value of type t is or contains a slice, pointer or map.
func HasRef(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Pointer, *types.Map:
		return true
	case *types.Array:
		return HasRef(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if HasRef(u.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}
