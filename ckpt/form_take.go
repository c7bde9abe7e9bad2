package ckpt

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"unsafe"
)

// at is the value of type t at p.
func at(t reflect.Type, p unsafe.Pointer) reflect.Value { return reflect.NewAt(t, p).Elem() }

// take makes v.p the plain form of what the variable is now. It is a new one, so an older
// one stays as it was, apart from the memory that both share with the variable. The error
// says what of the variable cannot be saved.
func (v *variable) take() error {
	if !v.node.opaque {
		return nil
	}
	form := reflect.New(v.node.rtype).UnsafePointer()
	if err := take(v.node, v.user, form); err != nil {
		return placed(err, v.name)
	}
	v.p = form
	return nil
}

// blank is the plain form into which a restore reads: slices are new and as long as in the
// program, maps have no entries, and nothing is the program's memory.
func (v *variable) blank() unsafe.Pointer {
	form := reflect.New(v.node.rtype).UnsafePointer()
	blank(v.node, v.user, form)
	return form
}

// located is an error about a part of a variable.
type located struct {
	path string
	err  error
}

func (e *located) Error() string { return e.path + ": " + e.err.Error() }
func (e *located) Unwrap() error { return e.err }

// within says that an error is about a part with the path.
func placed(err error, path string) error {
	if err == nil {
		return nil
	}
	var l *located
	if errors.As(err, &l) && error(l) == err {
		l.path = path + l.path
		return l
	}
	return &located{path, err}
}

// take makes the plain form, at form, of the value of type n.user at p.
func take(n *node, p, form unsafe.Pointer) error {
	switch {
	case !n.opaque:
		at(n.rtype, form).Set(at(n.rtype, p))
		return nil
	case n.as == asMarshal:
		data, err := n.codec.bytes(n.user, p)
		if err == nil {
			*(*string)(form) = string(data)
		}
		return err
	case n.as == asEntries:
		return takeMap(n, at(n.user, p), form)
	case n.as == asSlice:
		target := *(*unsafe.Pointer)(p)
		switch {
		case target == nil:
			return nil
		case !n.elem.opaque:
			at(n.rtype, form).Set(reflect.SliceAt(n.elem.rtype, target, 1))
			return nil
		}
		return take(n.elem, target, makeSlice(n, form, 1))
	case n.kind == reflect.Slice:
		h := (*header)(p)
		return takeAll(n.elem, h.data, makeSlice(n, form, h.len), h.len)
	case n.kind == reflect.Array:
		return takeAll(n.elem, p, form, n.count)
	}
	for _, f := range n.fields {
		if err := take(f.node, unsafe.Add(p, f.user), unsafe.Add(form, f.offset)); err != nil {
			return placed(err, "."+f.name)
		}
	}
	return nil
}

// makeSlice makes the slice of type n.rtype at form count long and returns its elements.
func makeSlice(n *node, form unsafe.Pointer, count int) unsafe.Pointer {
	made := reflect.MakeSlice(n.rtype, count, count)
	at(n.rtype, form).Set(made)
	return made.UnsafePointer()
}

func takeAll(elem *node, p, form unsafe.Pointer, count int) error {
	for i := range uintptr(count) {
		if err := take(elem, unsafe.Add(p, i*elem.user.Size()), unsafe.Add(form, i*elem.size)); err != nil {
			return placed(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

// takeMap makes the form of a map: its entries in order of the keys.
func takeMap(n *node, m reflect.Value, form unsafe.Pointer) error {
	*(*bool)(form) = m.IsNil()
	list := n.fields[1]
	entry := list.node.elem
	key, value := entry.fields[0], entry.fields[1]
	base := makeSlice(list.node, unsafe.Add(form, list.offset), m.Len())
	i := uintptr(0)
	for it := m.MapRange(); it.Next(); i++ {
		e := unsafe.Add(base, i*entry.size)
		at(key.node.user, e).SetIterKey(it)
		if hasNaN(key.node, e) {
			return placed(errors.New("a key is NaN: no look-up finds it, so it cannot be saved; use keys that are equal to themselves"), fmt.Sprintf("[%v]", it.Key()))
		}
		if !value.node.opaque {
			at(value.node.user, unsafe.Add(e, value.offset)).SetIterValue(it)
			continue
		}
		x := reflect.New(value.node.user)
		x.Elem().SetIterValue(it)
		if err := take(value.node, x.UnsafePointer(), unsafe.Add(e, value.offset)); err != nil {
			return placed(err, keyText(it.Key()))
		}
	}
	entries := at(list.node.rtype, unsafe.Add(form, list.offset)).Interface()
	swap := reflect.Swapper(entries)
	sort.Sort(byKey{key.node, base, entry.size, m.Len(), swap})
	return nil
}

// keyText is the index with a key.
func keyText(k reflect.Value) string {
	if k.Kind() == reflect.String {
		return fmt.Sprintf("[%q]", k)
	}
	return fmt.Sprintf("[%v]", k)
}

// byKey sorts entries, which begin with their key.
type byKey struct {
	key  *node
	base unsafe.Pointer
	size uintptr
	n    int
	swap func(i, j int)
}

func (s byKey) Len() int      { return s.n }
func (s byKey) Swap(i, j int) { s.swap(i, j) }
func (s byKey) Less(i, j int) bool {
	return compareKeys(s.key, unsafe.Add(s.base, uintptr(i)*s.size), unsafe.Add(s.base, uintptr(j)*s.size)) < 0
}

// compareKeys orders keys: numbers by their value, strings by their bytes, false before
// true, arrays and structs by their first part that differs.
func compareKeys(n *node, p, q unsafe.Pointer) int {
	switch n.kind {
	case reflect.Array:
		for i := range uintptr(n.count) {
			if c := compareKeys(n.elem, unsafe.Add(p, i*n.elem.size), unsafe.Add(q, i*n.elem.size)); c != 0 {
				return c
			}
		}
		return 0
	case reflect.Struct:
		for _, f := range n.fields {
			if c := compareKeys(f.node, unsafe.Add(p, f.offset), unsafe.Add(q, f.offset)); c != 0 && f.name != "_" {
				return c
			}
		}
		return 0
	}
	return comparers[n.kind](p, q)
}

// comparers compare the keys of a kind.
var comparers = [...]func(p, q unsafe.Pointer) int{
	reflect.Bool: compareAs[uint8], reflect.String: compareAs[string],
	reflect.Int: compareAs[int], reflect.Int8: compareAs[int8], reflect.Int16: compareAs[int16],
	reflect.Int32: compareAs[int32], reflect.Int64: compareAs[int64],
	reflect.Uint: compareAs[uint], reflect.Uint8: compareAs[uint8], reflect.Uint16: compareAs[uint16],
	reflect.Uint32: compareAs[uint32], reflect.Uint64: compareAs[uint64],
	reflect.Float32: compareAs[float32], reflect.Float64: compareAs[float64],
	reflect.Complex64: compareParts[float32], reflect.Complex128: compareParts[float64],
}

func compareAs[T cmp.Ordered](p, q unsafe.Pointer) int { return cmp.Compare(*(*T)(p), *(*T)(q)) }

// compareParts compares the real parts of complex numbers, then the imaginary ones.
func compareParts[T cmp.Ordered](p, q unsafe.Pointer) int {
	x, y := (*[2]T)(p), (*[2]T)(q)
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
}

// hasNaN reports whether a key is not equal to itself.
func hasNaN(n *node, p unsafe.Pointer) bool {
	switch n.kind {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.Array, reflect.Struct:
		v := at(n.rtype, p)
		return !v.Equal(v)
	}
	return false
}

// blank makes lengths only; see variable.blank.
func blank(n *node, p, form unsafe.Pointer) {
	switch {
	case n.fixed || n.kind == reflect.String || n.as == asMarshal || n.as == asEntries:
	case n.as == asSlice:
		if target := *(*unsafe.Pointer)(p); target != nil {
			blank(n.elem, target, makeSlice(n, form, 1))
		}
	case n.kind == reflect.Slice:
		if h := (*header)(p); h.len > 0 {
			blankAll(n.elem, h.data, makeSlice(n, form, h.len), h.len)
		}
	case n.kind == reflect.Array:
		blankAll(n.elem, p, form, n.count)
	default:
		for _, f := range n.fields {
			blank(f.node, unsafe.Add(p, f.user), unsafe.Add(form, f.offset))
		}
	}
}

func blankAll(elem *node, p, form unsafe.Pointer, count int) {
	if elem.fixed {
		return
	}
	for i := range uintptr(count) {
		blank(elem, unsafe.Add(p, i*elem.user.Size()), unsafe.Add(form, i*elem.size))
	}
}
