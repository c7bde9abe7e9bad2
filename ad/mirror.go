package ad

import (
	"fmt"
	"reflect"
	"unsafe"
)

// SameLayout panics if what the pointer mirror leads to has another layout than what the
// pointer of leads to: other fields, by their names, types and offsets, in the values
// themselves or behind pointers and slices in them. Generated code, which looks at one as
// the other where it cannot name the first, asks it when a program starts: a package whose
// types have changed is refused then. It says which generated code has to be made anew.
//
// In a mirror an unsafe.Pointer stands for any pointer, map, channel or function, an array of
// two for an interface, and a slice of struct{} for any slice.
func SameLayout(of, mirror any) {
	c := typePairs{}
	if why := c.differ(reflect.TypeOf(of).Elem(), reflect.TypeOf(mirror).Elem()); why != "" {
		t := reflect.TypeOf(of).Elem()
		panic(fmt.Sprintf("ad: type %v is not what it was when derivatives were made of functions that use it: %s; run cairngen again", t, why))
	}
}

// typePairs are the pairs of types that have been compared, or are being compared.
type typePairs map[[2]reflect.Type]bool

// differ tells how the mirror m of t differs from it, or returns "".
func (c typePairs) differ(t, m reflect.Type) string {
	if t == m || c[[2]reflect.Type{t, m}] {
		return ""
	}
	c[[2]reflect.Type{t, m}] = true
	if t.Size() != m.Size() || t.Align() != m.Align() {
		return fmt.Sprintf("%v has %d bytes, and %v had %d", t, t.Size(), m, m.Size())
	}
	switch {
	case m.Kind() == reflect.UnsafePointer && isOneWord(t.Kind()),
		m == reflect.TypeFor[[2]unsafe.Pointer]() && t.Kind() == reflect.Interface,
		m == reflect.TypeFor[[]struct{}]() && t.Kind() == reflect.Slice:
		return ""
	case t.Kind() != m.Kind():
		return fmt.Sprintf("%v is a %v and was a %v", t, t.Kind(), m.Kind())
	}
	switch t.Kind() {
	case reflect.Struct:
		return c.fields(t, m)
	case reflect.Slice, reflect.Pointer, reflect.Array: // arrays of one size
		return c.differ(t.Elem(), m.Elem())
	case reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		if !t.ConvertibleTo(m) || t.Kind() == reflect.Interface {
			return fmt.Sprintf("%v was %v", t, m)
		}
	}
	return ""
}

// fields is differ for structs.
func (c typePairs) fields(t, m reflect.Type) string {
	if t.NumField() != m.NumField() {
		return fmt.Sprintf("%v has %d fields and had %d", t, t.NumField(), m.NumField())
	}
	for i := range t.NumField() {
		f, g := t.Field(i), m.Field(i)
		if f.Name != g.Name || f.Offset != g.Offset {
			return fmt.Sprintf("field %s of %v was %s", f.Name, t, g.Name)
		}
		if why := c.differ(f.Type, g.Type); why != "" {
			return "field " + f.Name + ": " + why
		}
	}
	return ""
}

// isOneWord reports whether values of the kind are one pointer.
func isOneWord(k reflect.Kind) bool {
	switch k {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}
