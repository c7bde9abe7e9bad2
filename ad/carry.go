package ad

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Carry copies the floats that *held leads to into what *now leads to, where the
// two are different memory; both are pointers to shadows of one type and shape.
//
// A checkpointed loop whose body makes new memory for its state makes a new shadow
// too each time an iteration is run again. Carry hands on what the reverse sweep
// has gathered so far. Floats held by value stay as they are. Carry panics if the
// shapes differ.
func Carry(held, now any) {
	switch h := held.(type) {
	case *[]float64:
		carrySlice(*h, *now.(*[]float64))
		return
	case *[]float32:
		carrySlice(*h, *now.(*[]float32))
		return
	case *[]complex128:
		carrySlice(*h, *now.(*[]complex128))
		return
	}
	c := &carrier{done: map[heldKey]bool{}}
	c.refs(reflect.ValueOf(held).Elem(), reflect.ValueOf(now).Elem())
}

func carrySlice[T any](held, now []T) {
	if len(held) == 0 {
		return
	}
	if len(held) != len(now) {
		panic(fmt.Sprintf("ad: the state of a checkpointed loop had length %d and has length %d when its iteration is run again: the loop is not the same each time", len(held), len(now)))
	}
	if &held[0] != &now[0] {
		copy(now, held)
	}
}

type carrier struct{ done map[heldKey]bool }

// enter reports whether the n values of type t at p are still to be carried. Two
// slices may begin at one place, and a struct and its first field do.
func (c *carrier) enter(p unsafe.Pointer, n int, t reflect.Type) bool {
	key := heldKey{p, n, t}
	again := c.done[key]
	c.done[key] = true
	return !again
}

// refs follows the references in the values h and n.
func (c *carrier) refs(h, n reflect.Value) {
	switch h.Kind() {
	case reflect.Slice:
		if h.Len() != n.Len() {
			carrySlice(make([]struct{}, h.Len()), make([]struct{}, n.Len()))
		}
		if h.Len() == 0 || !c.enter(n.UnsafePointer(), n.Len(), n.Type()) {
			return
		}
		same := h.UnsafePointer() == n.UnsafePointer()
		for i := range h.Len() {
			c.content(h.Index(i), n.Index(i), same)
		}
	case reflect.Pointer:
		if h.IsNil() || n.IsNil() || !c.enter(n.UnsafePointer(), 1, n.Type()) {
			return
		}
		c.content(h.Elem(), n.Elem(), h.UnsafePointer() == n.UnsafePointer())
	case reflect.Map:
		c.carryMap(h, n)
	case reflect.Struct:
		for i := range h.NumField() {
			c.refs(h.Field(i), n.Field(i))
		}
	case reflect.Array:
		for i := range h.Len() {
			c.refs(h.Index(i), n.Index(i))
		}
	}
}

// content copies the floats of one element unless it is the same memory, and
// follows its references.
func (c *carrier) content(h, n reflect.Value, same bool) {
	switch h.Kind() {
	case reflect.Float32, reflect.Float64:
		if !same {
			settable(n).SetFloat(h.Float())
		}
	case reflect.Complex64, reflect.Complex128:
		if !same {
			settable(n).SetComplex(h.Complex())
		}
	case reflect.Struct:
		for i := range h.NumField() {
			c.content(h.Field(i), n.Field(i), same)
		}
	case reflect.Array:
		for i := range h.Len() {
			c.content(h.Index(i), n.Index(i), same)
		}
	case reflect.Slice, reflect.Pointer, reflect.Map:
		c.refs(h, n)
	}
}

// settable makes a field settable that is not exported.
func settable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

// Hold makes *held lead to the floats that *now leads to, by slices and pointers of
// its own: it still does when the slices and pointers inside *now have got other
// values. Both are pointers to variables of one type.
func Hold(held, now any) {
	h := &holder{done: map[heldKey]reflect.Value{}}
	reflect.ValueOf(held).Elem().Set(h.value(reflect.ValueOf(now).Elem()))
}

type heldKey struct {
	ptr unsafe.Pointer
	n   int
	typ reflect.Type
}

type holder struct{ done map[heldKey]reflect.Value }

// value copies v and, of what it leads to, all that holds references. Memory with
// numbers only is shared.
func (h *holder) value(v reflect.Value) reflect.Value {
	v = settable(v)
	if !layoutOf(v.Type()).leads {
		return v
	}
	switch v.Kind() {
	case reflect.Map:
		if v.IsNil() || !layoutOf(v.Type().Elem()).leads {
			return v
		}
		key := heldKey{v.UnsafePointer(), 0, v.Type()}
		if known, ok := h.done[key]; ok {
			return known
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		h.done[key] = out
		for it := v.MapRange(); it.Next(); {
			out.SetMapIndex(it.Key(), h.value(boxed(it.Value())))
		}
		return out
	case reflect.Slice:
		if v.IsNil() || !layoutOf(v.Type().Elem()).leads {
			return v
		}
		key := heldKey{v.UnsafePointer(), v.Len(), v.Type()}
		if known, ok := h.done[key]; ok {
			return known
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		h.done[key] = out
		for i := range v.Len() {
			out.Index(i).Set(h.value(v.Index(i)))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() || !layoutOf(v.Type().Elem()).leads {
			return v
		}
		key := heldKey{v.UnsafePointer(), 0, v.Type()}
		if known, ok := h.done[key]; ok {
			return known
		}
		out := reflect.New(v.Type().Elem()).Convert(v.Type())
		h.done[key] = out
		out.Elem().Set(h.value(v.Elem()))
		return out
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			settable(out.Field(i)).Set(h.value(v.Field(i)))
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(h.value(v.Index(i)))
		}
	}
	return out
}

// ClearLike sets every float that *ptr leads to, and holds, to zero.
func ClearLike(ptr any) {
	v := reflect.ValueOf(ptr).Elem()
	w := &scalarWalk{seen: map[visit]bool{}, maps: true, f: func(v reflect.Value) {
		switch {
		case v.CanFloat():
			settable(v).SetFloat(0)
		case v.CanComplex():
			settable(v).SetComplex(0)
		}
	}}
	if w.enter(v.Addr().UnsafePointer(), v.Type(), 1) {
		w.walk(v)
	}
}
