package gradcheck

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// boxed is a variable that holds one element of a map: elements of maps have no
// address.
type boxed struct {
	in      reflect.Value
	key     reflect.Value
	element reflect.Value
	outer   *boxed // the element of a map that in is a part of, or nil
}

// load brings the variable up to date.
func (b *boxed) load() {
	if b == nil {
		return
	}
	b.outer.load()
	if e := b.in.MapIndex(b.key); e.IsValid() {
		b.element.Set(e)
	} else {
		b.element.SetZero()
	}
}

// offset returns where in the variable the address lies.
func (b *boxed) offset(at unsafe.Pointer) (bytes uintptr, inside bool) {
	start := uintptr(b.element.Addr().UnsafePointer())
	bytes = uintptr(at) - start
	return bytes, uintptr(at) >= start && bytes < b.element.Type().Size()
}

// store writes the variable to the map.
func (b *boxed) store() {
	if b == nil {
		return
	}
	b.in.SetMapIndex(b.key, b.element)
	b.outer.store()
}

// entries walks the elements of a map in the order of their keys.
func (w *walker) entries(v reflect.Value, name string) {
	if k := (visit{v.UnsafePointer(), v.Type()}); v.IsNil() || w.through[k] {
		return
	} else {
		w.through[k] = true
		defer func() { w.through[k] = w.seen != nil }()
	}
	if w.other == nil && !floats(v.Type().Elem()) {
		return
	}
	if !ordered(v.Type().Key()) {
		if w.err == nil && floats(v.Type().Elem()) {
			w.err = fmt.Errorf("gradcheck: %s is of type %v: its keys have no order, so its floats cannot be flattened; give them in a slice", orValue(name), v.Type())
		}
		return
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	outer := w.boxed
	for _, k := range keys {
		w.boxed = &boxed{v, k, reflect.New(v.Type().Elem()).Elem(), outer}
		w.boxed.load()
		w.walk(w.boxed.element, fmt.Sprintf("%s[%v]", name, k))
	}
	w.boxed = outer
}

// ordered reports whether compareKeys compares values of type t.
func ordered(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return ordered(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !ordered(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}

// compareKeys orders two keys of one map.
func compareKeys(a, b reflect.Value) int {
	switch a.Kind() {
	case reflect.Bool:
		return cmp.Compare(fmt.Sprint(a.Bool()), fmt.Sprint(b.Bool()))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
		return 0
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
		return 0
	}
	if a.CanInt() {
		return cmp.Compare(a.Int(), b.Int())
	}
	return cmp.Compare(a.Uint(), b.Uint())
}
