package difftest

import (
	"math"
	"reflect"
	"unsafe"
)

// leaves returns the float leaves of v, two of a complex number, depth first, through slices (up to their
// length) and pointers, as settable values. Memory that is reached twice is
// listed twice; a pointer back to what encloses it is not followed.
func leaves(v reflect.Value) []leaf { return leavesBy(v, sortedKeys) }

// leavesBy is leaves with the keys that are looked up in maps.
func leavesBy(v reflect.Value, keys func(m reflect.Value) []reflect.Value) []leaf {
	var out []leaf
	walk(v, nil, eachLeaf(keys, func(_ string, p leaf) { out = append(out, p) }))
	return out
}

// eachLeaf calls f for the leaves in what it is called with.
func eachLeaf(keys func(m reflect.Value) []reflect.Value, f func(way string, p leaf)) func(string, reflect.Value) {
	return func(way string, v reflect.Value) {
		switch {
		case v.Kind() == reflect.Float64 || v.Kind() == reflect.Float32:
			f(way, v)
		case v.Kind() == reflect.Map && !refers(v.Type().Elem()):
			for _, k := range keys(v) {
				for j := range held(reflect.New(v.Type().Elem()).Elem()) {
					f(way, entryLeaf{v, k, j})
				}
			}
		}
	}
}

// element returns a copy, which has an address, of the value that m has for the key.
func element(m, key reflect.Value) reflect.Value {
	v := reflect.New(m.Type().Elem()).Elem()
	v.Set(m.MapIndex(key))
	return v
}

// walk calls visit for all that v holds, leaves and containers, with the way there, as in
// ".Flow.U[]"; a complex number is its two parts. It does not go into maps but for references in them.
func walk(v reflect.Value, path []uintptr, visit func(way string, v reflect.Value)) {
	walkFrom("", v, path, visit)
}

func walkFrom(way string, v reflect.Value, path []uintptr, visit func(string, reflect.Value)) {
	if v.CanAddr() && !v.CanSet() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	if v.CanComplex() {
		re, im := parts(v)
		visit(way, re)
		visit(way, im)
		return
	}
	visit(way, v)
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walkFrom(way+"[]", v.Index(i), path, visit)
		}
	case reflect.Map:
		if refers(v.Type().Elem()) {
			for _, k := range sortedKeys(v) {
				walkFrom(way+"[]", element(v, k), path, visit)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walkFrom(way+"."+v.Type().Field(i).Name, v.Field(i), path, visit)
		}
	case reflect.Pointer:
		for _, p := range path {
			if p == v.Pointer() {
				return
			}
		}
		if !v.IsNil() {
			walkFrom(way, v.Elem(), append(path[:len(path):len(path)], v.Pointer()), visit)
		}
	}
}

// parts returns the two parts of the complex number v, which is a place, as places.
func parts(v reflect.Value) (re, im reflect.Value) {
	t := reflect.TypeFor[float64]()
	if v.Kind() == reflect.Complex64 {
		t = reflect.TypeFor[float32]()
	}
	p := unsafe.Pointer(v.UnsafeAddr())
	return reflect.NewAt(t, p).Elem(), reflect.NewAt(t, unsafe.Add(p, t.Size())).Elem()
}

// bits describes everything that v holds, floats by their bits.
func bits(vs []reflect.Value) []uint64 {
	var out []uint64
	for _, v := range vs {
		walk(v, nil, func(_ string, v reflect.Value) {
			switch v.Kind() {
			case reflect.Float64, reflect.Float32:
				out = append(out, math.Float64bits(v.Float()))
			case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
				out = append(out, uint64(v.Int()))
			case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
				out = append(out, v.Uint())
			case reflect.Bool:
				out = append(out, map[bool]uint64{true: 1}[v.Bool()])
			case reflect.Slice:
				out = append(out, uint64(v.Len()))
			case reflect.Map:
				out = append(out, bitsOfMap(v)...)
			case reflect.String:
				for _, b := range []byte(v.String()) {
					out = append(out, uint64(b))
				}
			}
		})
	}
	return out
}

// bitsOfMap is bits for the keys and, unless they are references, values of a map.
func bitsOfMap(m reflect.Value) []uint64 {
	out := []uint64{uint64(m.Len())}
	for _, k := range sortedKeys(m) {
		key := reflect.New(k.Type()).Elem()
		key.Set(k)
		out = append(out, bits([]reflect.Value{key})...)
		if !refers(m.Type().Elem()) {
			out = append(out, bits([]reflect.Value{element(m, k)})...)
		}
	}
	return out
}

// holdsFloats reports whether a value of type t can have float leaves.
func holdsFloats(t reflect.Type) bool {
	seen := map[reflect.Type]bool{}
	var holds func(t reflect.Type) bool
	holds = func(t reflect.Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Float64, reflect.Float32, reflect.Complex128, reflect.Complex64:
			return true
		case reflect.Slice, reflect.Array, reflect.Pointer, reflect.Map:
			return holds(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if holds(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	return holds(t)
}

// copyOf returns a copy of v that shares no memory with it, with zero floats.
func copyOf(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Float64, reflect.Float32, reflect.Complex128, reflect.Complex64:
		out.SetZero()
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copyOf(v.Index(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(copyOf(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			from, to := v.Field(i), out.Field(i)
			if !to.CanSet() {
				to = reflect.NewAt(to.Type(), unsafe.Pointer(to.UnsafeAddr())).Elem()
				from = to
			}
			to.Set(copyOf(from))
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for _, k := range v.MapKeys() {
				out.SetMapIndex(k, copyOf(v.MapIndex(k)))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copyOf(v.Elem()))
		}
	}
	return out
}

func floats(ps []leaf) []float64 {
	out := make([]float64, len(ps))
	for i, p := range ps {
		out[i] = p.Float()
	}
	return out
}

// once calls f for each distinct place that use accepts, leaf j of input i, with its
// position in places: shared memory counts once, where it comes first.
func once(places [][]leaf, use func(i, j int) bool, f func(i, j int, p leaf)) {
	seen := map[uintptr]bool{}
	for i, ps := range places {
		for j, p := range ps {
			if !use(i, j) {
				continue
			}
			if a := p.UnsafeAddr(); !seen[a] {
				seen[a] = true
				f(i, j, p)
			}
		}
	}
}

// lengths lists those of the slices in v, and the keys of the maps.
func lengths(v reflect.Value) []int {
	var out []int
	walk(v, nil, func(_ string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			out = append(out, v.Len())
		case reflect.Map:
			for _, b := range bitsOfMap(copyOf(v)) {
				out = append(out, int(b))
			}
		case reflect.Pointer:
			out = append(out, map[bool]int{true: -1}[v.IsNil()])
		}
	})
	return out
}
