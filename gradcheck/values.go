package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"unsafe"

	"github.com/cairn-ad/cairn/ad"
)

// Flatten returns the floats that pointers lead to, in order: through slices, arrays,
// structs (unexported fields too), pointers and maps, these in the order of their keys.
// A complex number is two floats, its real and its imaginary part. Memory that is
// reached twice counts once. It makes the vector that the checks work on from the
// arguments of any function:
//
//	x, err := gradcheck.Flatten(&solver, &dt)
//
// Maps with floats whose keys have no order, as pointers and interfaces have none, are an
// error.
func Flatten(pointers ...any) ([]float64, error) {
	leaves, err := collect(pointers)
	if err != nil {
		return nil, err
	}
	return values(leaves), nil
}

// Unflatten writes x to the floats that pointers lead to, in the order of [Flatten].
func Unflatten(x []float64, pointers ...any) error {
	leaves, err := collect(pointers)
	if err != nil {
		return err
	}
	if len(leaves) != len(x) {
		return fmt.Errorf("gradcheck: the vector has %d components, the pointers lead to %d floats: they must agree", len(x), len(leaves))
	}
	for i, l := range leaves {
		l.set(x[i])
	}
	return nil
}

// Fill draws every float that the pointers lead to from r, between 0.5 and 1.5: of one
// size, positive, and away from the places where functions of package math have no
// derivative. It brings the empty parts of a value into being where they hold floats:
// nil pointers get a variable, nil slices three elements; only lists, whose elements lead
// to further ones, end where they end. All other values are left as they are, so lengths
// are chosen by making the slices first.
func Fill(r *rand.Rand, pointers ...any) error {
	f := filler{seen: map[visit]bool{}}
	for _, p := range pointers {
		v, err := target(p)
		if err != nil {
			return err
		}
		f.allocate(v)
	}
	leaves, err := collect(pointers)
	if err != nil {
		return err
	}
	for _, l := range leaves {
		l.set(0.5 + r.Float64())
	}
	return nil
}

// fillLength is the length of the slices that Fill makes.
const fillLength = 3

// clone returns a copy of x that shares no memory with it through slices and pointers,
// and shares memory within itself where x does.
func clone[T any](x T) (T, error) {
	y := ad.ZeroLike(x)
	from, err := collect([]any{&x})
	if err != nil {
		return y, err
	}
	to, err := collect([]any{&y})
	if err != nil {
		return y, err
	}
	for i, l := range from {
		to[i].set(l.get())
	}
	return y, nil
}

// leaf is one float: one of the two pointers is set.
type leaf struct {
	double *float64
	single *float32
	name   string // the way to it, from the variable that was walked
	boxed  *boxed // the element of a map that it belongs to, or nil
}

// A place tells floats apart: by the address, or by the map, the key and the offset
// inside the element.
type place struct {
	at  unsafe.Pointer
	key string
}

func (l leaf) place() place {
	at := unsafe.Pointer(l.double)
	if l.single != nil {
		at = unsafe.Pointer(l.single)
	}
	for b := l.boxed; b != nil; b = b.outer {
		if offset, inside := b.offset(at); inside {
			return place{b.in.UnsafePointer(), fmt.Sprintf("%v+%d", b.key, offset)}
		}
	}
	return place{at: at}
}

func (l leaf) get() float64 {
	l.boxed.load()
	if l.single != nil {
		return float64(*l.single)
	}
	return *l.double
}

func (l leaf) set(x float64) {
	l.boxed.load()
	if l.single != nil {
		*l.single = float32(x)
	} else {
		*l.double = x
	}
	l.boxed.store()
}

func values(leaves []leaf) []float64 {
	x := make([]float64, len(leaves))
	for i, l := range leaves {
		x[i] = l.get()
	}
	return x
}

func names(leaves []leaf) []string {
	out := make([]string, len(leaves))
	for i, l := range leaves {
		out[i] = l.name
	}
	return out
}

// target returns the variable that a pointer points to.
func target(pointer any) (reflect.Value, error) {
	v := reflect.ValueOf(pointer)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return v, fmt.Errorf("gradcheck: %T is given where a pointer to a variable is wanted", pointer)
	}
	return v.Elem(), nil
}

// collect lists the floats that pointers lead to, each once.
func collect(pointers []any) ([]leaf, error) {
	return walk(walker{seen: map[place]bool{}, through: map[visit]bool{}}, pointers)
}

// collectAll lists the floats that pointers lead to, as often as they do, so that values
// of one shape give lists of one length whatever memory they share.
func collectAll(pointers []any) ([]leaf, error) {
	return walk(walker{through: map[visit]bool{}}, pointers)
}

func walk(w walker, pointers []any) ([]leaf, error) {
	for _, p := range pointers {
		v, err := target(p)
		if err != nil {
			return nil, err
		}
		w.walk(v, "")
	}
	return w.leaves, w.err
}

// visit is a pointer that was followed.
type visit struct {
	at unsafe.Pointer
	to reflect.Type
}

// walker visits the scalars that a value leads to.
type walker struct {
	leaves  []leaf
	boxed   *boxed                   // the element of a map inside which the walk is, or nil
	seen    map[place]bool           // floats; nil if they are listed as often as they are met
	through map[visit]bool           // pointers on the way, or followed so far where seen counts
	other   func(name, value string) // called for what is no float; may be nil
	err     error
}

func (w *walker) walk(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Float64:
		w.leaf(leaf{name: name, double: (*float64)(v.Addr().UnsafePointer())})
	case reflect.Float32:
		w.leaf(leaf{name: name, single: (*float32)(v.Addr().UnsafePointer())})
	case reflect.Complex128:
		parts := (*[2]float64)(v.Addr().UnsafePointer())
		w.leaf(leaf{name: "real(" + orValue(name) + ")", double: &parts[0]})
		w.leaf(leaf{name: "imag(" + orValue(name) + ")", double: &parts[1]})
	case reflect.Complex64:
		parts := (*[2]float32)(v.Addr().UnsafePointer())
		w.leaf(leaf{name: "real(" + orValue(name) + ")", single: &parts[0]})
		w.leaf(leaf{name: "imag(" + orValue(name) + ")", single: &parts[1]})
	case reflect.Map:
		w.note(name, fmt.Sprintf("of length %d", v.Len()))
		w.entries(v, name)
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(open(v.Field(i)), join(name, v.Type().Field(i).Name))
		}
	case reflect.Slice:
		w.note(name, fmt.Sprintf("of length %d", v.Len()))
		w.elements(v, name)
	case reflect.Array:
		w.elements(v, name)
	case reflect.Pointer:
		w.note(name, map[bool]string{true: "nil", false: "not nil"}[v.IsNil()])
		if k := (visit{v.UnsafePointer(), v.Type()}); !v.IsNil() && !w.through[k] {
			w.through[k] = true
			w.walk(v.Elem(), name)
			w.through[k] = w.seen != nil
		}
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
	default:
		w.note(name, fmt.Sprint(v))
	}
}

// leaf lists l, unless it is listed already.
func (w *walker) leaf(l leaf) {
	l.boxed = w.boxed
	if w.seen[l.place()] {
		return
	}
	if w.seen != nil {
		w.seen[l.place()] = true
	}
	w.leaves = append(w.leaves, l)
}

func (w *walker) elements(v reflect.Value, name string) {
	if w.other == nil && !floats(v.Type().Elem()) {
		return
	}
	for i := range v.Len() {
		w.walk(v.Index(i), fmt.Sprintf("%s[%d]", name, i))
	}
}

func (w *walker) note(name, value string) {
	if w.other != nil {
		w.other(name, value)
	}
}

func join(name, field string) string { return strings.TrimPrefix(name+"."+field, ".") }

func orValue(name string) string {
	if name == "" {
		return "a value"
	}
	return name
}

// open makes an unexported field accessible.
func open(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// floats reports whether values of type t can lead to floats or complex numbers.
func floats(t reflect.Type) bool { return leads(t, map[reflect.Type]bool{}) }

func leads(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return true
	case reflect.Slice, reflect.Array, reflect.Pointer, reflect.Map:
		return leads(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if leads(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

// filler makes what is missing on the way to floats.
type filler struct{ seen map[visit]bool }

func (f filler) allocate(v reflect.Value) {
	if !floats(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.allocate(open(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			if within(v.Type().Elem(), v.Type()) {
				return
			}
			v.Set(reflect.MakeSlice(v.Type(), fillLength, fillLength))
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			f.allocate(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.MapIndex(k))
			f.allocate(e)
			v.SetMapIndex(k, e)
		}
	case reflect.Pointer:
		if v.IsNil() {
			if within(v.Type().Elem(), v.Type()) {
				return // a list ends here
			}
			v.Set(reflect.New(v.Type().Elem()))
		}
		if k := (visit{v.UnsafePointer(), v.Type()}); !f.seen[k] {
			f.seen[k] = true
			f.allocate(v.Elem())
		}
	}
}

// within reports whether values of type t can hold one of type inner, as those of a
// linked list do.
func within(t, inner reflect.Type) bool {
	seen := map[reflect.Type]bool{}
	var look func(t reflect.Type) bool
	look = func(t reflect.Type) bool {
		if t == inner {
			return true
		}
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Slice, reflect.Array, reflect.Pointer, reflect.Map:
			return look(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if look(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	return look(t)
}

// state describes everything that the variable at pointer leads to, a line for each
// scalar, with floats to the bit.
func state(pointer any) ([]string, error) {
	v, err := target(pointer)
	if err != nil {
		return nil, err
	}
	var lines []string
	w := walker{seen: map[place]bool{}, through: map[visit]bool{}}
	w.other = func(name, value string) { lines = append(lines, name+" is "+value) }
	w.walk(v, "")
	for _, l := range w.leaves {
		lines = append(lines, fmt.Sprintf("%s is %v (bits %#x)", l.name, l.get(), math.Float64bits(l.get())))
	}
	return lines, w.err
}
