package ir

import "go/types"

// Generated code stands in one package and works on values of others. A type that it cannot
// name, as an unexported one of another package or one that a function declares, has a
// mirror there: a type of the same layout. So has a struct that it can name and whose fields
// it cannot; its values stay as they are and are looked at through the mirror. The functions
// here tell which types have one.

// Mirrored reports whether a variable of type t needs another type in package root.
func Mirrored(root *types.Package, t types.Type) bool {
	some := func(t types.Type) bool { return Mirrored(root, t) }
	switch t := t.(type) {
	case *types.Named:
		if !Nameable(root, t.Obj()) {
			return true
		}
		for a := range t.TypeArgs().Types() {
			if some(a) {
				return true
			}
		}
	case *types.Alias:
		return !Nameable(root, t.Obj()) || some(types.Unalias(t))
	case *types.Slice:
		return some(t.Elem())
	case *types.Array:
		return some(t.Elem())
	case *types.Pointer:
		return some(t.Elem())
	case *types.Chan:
		return some(t.Elem())
	case *types.Map:
		return some(t.Key()) || some(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !Nameable(root, f) || some(f.Type()) {
				return true
			}
		}
	case *types.Tuple:
		for v := range t.Variables() {
			if some(v.Type()) {
				return true
			}
		}
	case *types.Signature:
		return some(t.Params()) || some(t.Results())
	case *types.Interface:
		for m := range t.Methods() {
			if !Nameable(root, m) || some(m.Signature()) {
				return true
			}
		}
	}
	return false
}

// MirroredFunc reports whether code in package root needs another type for the receiver, a
// parameter or a result of f.
func MirroredFunc(root *types.Package, f *types.Func) bool {
	sig := f.Signature()
	return sig.Recv() != nil && Mirrored(root, sig.Recv().Type()) || Mirrored(root, sig)
}

// HasMirror reports whether a variable of type t can have another type in package root
// where it needs one. Of a struct that is so whatever its fields are: see CanReach.
func HasMirror(root *types.Package, t types.Type) bool { return hasMirror(root, t, nil) }

func hasMirror(root *types.Package, t types.Type, outer []types.Type) bool {
	t = types.Unalias(t)
	if !Mirrored(root, t) {
		return true
	}
	in := func(t types.Type) bool { return hasMirror(root, t, outer) }
	switch u := t.(type) {
	case *types.Named:
		if Nameable(root, u.Obj()) {
			return instantiable(root, u, outer)
		}
		for _, o := range outer {
			if types.Identical(o, t) {
				return true
			}
		}
		return hasMirror(root, u.Underlying(), append(outer, t))
	case *types.Slice:
		return in(u.Elem())
	case *types.Array:
		return in(u.Elem())
	case *types.Pointer:
		return in(u.Elem())
	case *types.Map:
		return in(u.Key()) && in(u.Elem())
	case *types.Struct:
		return true
	}
	return false
}

// instantiable reports whether a generic type takes the mirrors of its arguments.
func instantiable(root *types.Package, t *types.Named, outer []types.Type) bool {
	for i := range t.TypeArgs().Len() {
		a := t.TypeArgs().At(i)
		if !Mirrored(root, a) {
			continue
		}
		constraint, ok := t.Origin().TypeParams().At(i).Constraint().Underlying().(*types.Interface)
		if !ok || constraint.NumMethods() > 0 || !hasMirror(root, a, outer) {
			return false
		}
	}
	return true
}

// Faithful reports whether memory that holds a value of type t can be looked at as one of
// the type that it has in package root. The run-time type of what is in an interface, or
// between the keys of a map, would be another one.
func Faithful(root *types.Package, t types.Type) bool { return faithful(root, t, nil) }

func faithful(root *types.Package, t types.Type, outer []types.Type) bool {
	t = types.Unalias(t)
	if !Mirrored(root, t) {
		return true
	}
	switch u := t.(type) {
	case *types.Named:
		if Nameable(root, u.Obj()) {
			return instantiable(root, u, nil) && allLocal(root, u)
		}
		for _, o := range outer {
			if types.Identical(o, t) {
				return true
			}
		}
		return !types.IsInterface(t) && faithful(root, u.Underlying(), append(outer, t))
	case *types.Slice:
		return faithful(root, u.Elem(), outer)
	case *types.Array:
		return faithful(root, u.Elem(), outer)
	case *types.Pointer:
		return faithful(root, u.Elem(), outer)
	case *types.Struct:
		return true
	}
	return false
}

// allLocal reports whether functions declare all types in t that need a mirror: no other
// code has made the memory.
func allLocal(root *types.Package, t types.Type) bool {
	if !Mirrored(root, t) {
		return true
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if !Nameable(root, t.Obj()) {
			return IsLocal(t.Obj())
		}
		for a := range t.TypeArgs().Types() {
			if !allLocal(root, a) {
				return false
			}
		}
		return true
	case *types.Slice:
		return allLocal(root, t.Elem())
	case *types.Array:
		return allLocal(root, t.Elem())
	case *types.Pointer:
		return allLocal(root, t.Elem())
	}
	return false
}

// CanReach reports whether code in package root has a way to the i-th field of a struct of
// type t. The values of a type that a function declares are made by generated code only.
func CanReach(root *types.Package, t types.Type, i int) bool {
	f := t.Underlying().(*types.Struct).Field(i)
	if LocalType(t) {
		return HasMirror(root, f.Type())
	}
	return Faithful(root, f.Type())
}

// LocalType reports whether t is declared in a function.
func LocalType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && IsLocal(n.Obj())
}

// NeedsMirror reports whether code in package root needs a mirror of the struct type t for
// its i-th field.
func NeedsMirror(root *types.Package, t types.Type, i int) bool {
	f := t.Underlying().(*types.Struct).Field(i)
	return !Nameable(root, f) || Mirrored(root, f.Type())
}

// A Mirror is what generated code has to declare for one type, or one variable, that it
// cannot name.
type Mirror struct {
	Of   types.Type
	Type *types.Named // the mirror of it; Var has none of its own
	View bool         // Of can be named, and its values keep their type
	Doc  string       // behind the name

	// Var is a variable of another package, which can be named, while its type, of which
	// VarType is the mirror, cannot.
	Var     *types.Var
	VarType types.Type

	// Reach is the name of the function that gives a pointer to what is viewed the type of
	// the mirror, or the address of the variable; Value does the same for a value, and Back
	// goes from a pointer to the mirror to what it is a view of. They are empty if nobody
	// needs them.
	Reach, Value, Back string
}
