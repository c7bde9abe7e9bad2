package difftest

import (
	"fmt"
	"reflect"
	"sort"
	"sync"
)

// A leaf is a place that holds a float.
type leaf interface {
	Float() float64
	SetFloat(x float64)
	UnsafeAddr() uintptr
}

// entryLeaf is the j-th float in the value that the map m has for a key. It has no address of
// its own, since a map may move its values.
type entryLeaf struct {
	m, key reflect.Value
	j      int
}

// value returns a copy of the element, zero if there is none, and the float in it.
func (l entryLeaf) value() (element, float reflect.Value) {
	element = reflect.New(l.m.Type().Elem()).Elem()
	if v := l.m.MapIndex(l.key); v.IsValid() {
		element.Set(v)
	}
	return element, held(element)[l.j]
}

func (l entryLeaf) Float() float64 {
	_, x := l.value()
	return x.Float()
}

func (l entryLeaf) SetFloat(x float64) {
	element, float := l.value()
	float.SetFloat(x)
	l.m.SetMapIndex(l.key, element)
}

var addresses struct {
	sync.Mutex
	of map[string]uintptr
}

// UnsafeAddr returns a number that stands for the place and for no other.
func (l entryLeaf) UnsafeAddr() uintptr {
	addresses.Lock()
	defer addresses.Unlock()
	if addresses.of == nil {
		addresses.of = map[string]uintptr{}
	}
	name := fmt.Sprintf("%x %#v %d", l.m.Pointer(), l.key.Interface(), l.j)
	if addresses.of[name] == 0 {
		addresses.of[name] = uintptr(len(addresses.of) + 1) // no object lies so low
	}
	return addresses.of[name]
}

// held lists the floats that lie in v itself.
func held(v reflect.Value) []reflect.Value {
	var out []reflect.Value
	walk(v, nil, func(_ string, v reflect.Value) {
		if v.Kind() == reflect.Float64 || v.Kind() == reflect.Float32 {
			out = append(out, v)
		}
	})
	return out
}

// sortedKeys lists the keys of a map in a fixed order.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.CanInt() {
			return a.Int() < b.Int()
		}
		return fmt.Sprint(a) < fmt.Sprint(b)
	})
	return keys
}

// leavesAs is leaves of v with the keys of maps that like has. Where maps of like are not
// of numbers, arrays or structs v has its own.
func leavesAs(v, like reflect.Value) []leaf {
	mine, theirs := maps(v), maps(like)
	if len(mine) != len(theirs) {
		return leaves(v)
	}
	keys := map[uintptr]reflect.Value{}
	for i, m := range mine {
		if !m.IsNil() {
			keys[m.Pointer()] = theirs[i]
		}
	}
	return leavesBy(v, func(m reflect.Value) []reflect.Value {
		if m.IsNil() {
			return nil
		}
		return sortedKeys(keys[m.Pointer()])
	})
}

// maps lists the maps in v whose elements hold no references.
func maps(v reflect.Value) []reflect.Value {
	var out []reflect.Value
	walk(v, nil, func(_ string, v reflect.Value) {
		if v.Kind() == reflect.Map && !refers(v.Type().Elem()) {
			out = append(out, v)
		}
	})
	return out
}

// refers reports whether values of type t are references, behind which floats have places.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		return true
	}
	return false
}
