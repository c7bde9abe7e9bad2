package irinterp

import (
	"fmt"
	"reflect"
	"sort"
	"unsafe"
)

// FromGo returns the values of Go variables. What they share stays shared:
// slices of one array become slices of one array, two pointers to one struct
// (also to an element of one of the slices) point to one Value. The error names
// a type that is outside the subset.
func FromGo(vars ...reflect.Value) (out []Value, err error) {
	defer trap(&err)
	im := &importer{}
	for _, v := range vars {
		im.scan(v)
	}
	im.merge()
	for _, v := range vars {
		out = append(out, im.value(v))
	}
	return out, nil
}

// region is a stretch of Go memory that holds n elements of one type.
type region struct {
	elem  reflect.Type
	lo    uintptr
	n     int
	elems []Value
	done  []bool // elements converted already
}

func (r *region) size() uintptr { return max(r.elem.Size(), 1) }

func (r *region) end() uintptr { return r.lo + uintptr(r.n)*r.size() }

type importer struct {
	regions []*region
}

type scanned struct {
	elem reflect.Type
	lo   uintptr
	n    int
}

// scan notes all memory that v refers to.
func (im *importer) scan(v reflect.Value) {
	seen := map[scanned]bool{}
	var walk func(v reflect.Value)
	note := func(elem reflect.Type, lo uintptr, n int) bool {
		key := scanned{elem, lo, n}
		if seen[key] {
			return false
		}
		seen[key] = true
		im.regions = append(im.regions, &region{elem: elem, lo: lo, n: n})
		return true
	}
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			if v.IsNil() || !note(v.Type().Elem(), v.Pointer(), v.Cap()) || !hasRef(v.Type().Elem()) {
				return
			}
			full := v.Slice(0, v.Cap())
			for i := range full.Len() {
				walk(full.Index(i))
			}
		case reflect.Pointer:
			if !v.IsNil() && note(v.Type().Elem(), v.Pointer(), 1) {
				walk(v.Elem())
			}
		case reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		}
	}
	walk(v)
}

func hasRef(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return true
	case reflect.Array:
		return hasRef(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasRef(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// merge joins the regions of one type that overlap or touch inside one array.
func (im *importer) merge() {
	sort.SliceStable(im.regions, func(i, j int) bool { return im.regions[i].lo < im.regions[j].lo })
	var out []*region
	last := map[reflect.Type]*region{}
	for _, r := range im.regions {
		if l := last[r.elem]; l != nil && r.lo < l.end() && (r.lo-l.lo)%l.size() == 0 {
			if r.end() > l.end() {
				l.n = int((r.end() - l.lo) / l.size())
			}
			continue
		}
		out = append(out, r)
		last[r.elem] = r
	}
	for _, r := range out {
		r.elems = make([]Value, r.n)
		r.done = make([]bool, r.n)
	}
	im.regions = out
}

// find returns the region with the element of type elem at address p, and the
// element's index.
func (im *importer) find(elem reflect.Type, p uintptr) (*region, int) {
	for _, r := range im.regions {
		if r.elem == elem && r.lo <= p && p < r.end() {
			return r, int((p - r.lo) / r.size())
		}
	}
	panic(fault("memory of type %s was not seen", elem))
}

func (im *importer) value(v reflect.Value) Value {
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		return Float64(v.Float())
	case reflect.Complex128, reflect.Complex64:
		return Complex128(v.Complex())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int64(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Uint64(v.Uint())
	case reflect.Bool:
		return BoolOf(v.Bool())
	case reflect.String:
		return StringOf(v.String())
	case reflect.Slice:
		return im.slice(v)
	case reflect.Pointer:
		if v.IsNil() {
			return PointerTo(nil)
		}
		r, i := im.find(v.Type().Elem(), v.Pointer())
		im.fill(r, i, v.Elem())
		return PointerTo(&r.elems[i])
	case reflect.Array:
		e := make([]Value, v.Len())
		for i := range e {
			e[i] = im.value(v.Index(i))
		}
		return ArrayOf(e)
	case reflect.Struct:
		e := make([]Value, v.NumField())
		for i := range e {
			e[i] = im.value(v.Field(i))
		}
		return StructOf(e...)
	}
	panic(fault("a Go value of type %s cannot be interpreted", v.Type()))
}

func (im *importer) slice(v reflect.Value) Value {
	if v.IsNil() {
		return Value{kind: Slice}
	}
	if v.Cap() == 0 {
		return SliceOf([]Value{})
	}
	r, i := im.find(v.Type().Elem(), v.Pointer())
	full := v.Slice(0, v.Cap())
	for k := range full.Len() {
		im.fill(r, i+k, full.Index(k))
	}
	return SliceOf(r.elems[i : i+v.Len() : i+v.Cap()])
}

func (im *importer) fill(r *region, i int, v reflect.Value) {
	if !r.done[i] {
		r.done[i] = true
		r.elems[i] = im.value(v)
	}
}

// ToGo returns v as a Go value of type t, in fresh memory. Two pointers to one
// Value become two pointers to one variable; slices become separate slices.
func ToGo(v Value, t reflect.Type) (out reflect.Value, err error) {
	defer trap(&err)
	out = reflect.New(t).Elem()
	(&exporter{made: map[*Value]reflect.Value{}}).set(out, v)
	return out, nil
}

type exporter struct {
	made map[*Value]reflect.Value // pointers
}

func (ex *exporter) set(dst reflect.Value, v Value) {
	if !dst.CanSet() { // an unexported field
		dst = reflect.NewAt(dst.Type(), unsafe.Pointer(dst.UnsafeAddr())).Elem()
	}
	switch k := dst.Kind(); {
	case v.kind == Float && dst.CanFloat():
		dst.SetFloat(v.Float())
	case v.kind == Complex && dst.CanComplex():
		dst.SetComplex(v.Complex())
	case v.kind == Int && dst.CanInt():
		dst.SetInt(v.Int())
	case v.kind == Uint && dst.CanUint():
		dst.SetUint(v.Uint())
	case v.kind == Bool && k == reflect.Bool:
		dst.SetBool(v.Bool())
	case v.kind == String && k == reflect.String:
		dst.SetString(v.Str())
	case v.kind == Slice && k == reflect.Slice:
		if v.elems != nil {
			dst.Set(reflect.MakeSlice(dst.Type(), len(v.elems), len(v.elems)))
		}
		ex.setAll(dst, v)
	case v.kind == Array && k == reflect.Array && dst.Len() == len(v.elems):
		ex.setAll(dst, v)
	case v.kind == Struct && k == reflect.Struct && dst.NumField() == len(v.elems):
		for i := range v.elems {
			ex.set(dst.Field(i), v.elems[i])
		}
	case v.kind == Pointer && k == reflect.Pointer:
		ex.setPointer(dst, v.Deref())
	default:
		panic(failure{fmt.Errorf("irinterp: a %s value does not fit the Go type %s", v.kind, dst.Type())})
	}
}

func (ex *exporter) setAll(dst reflect.Value, v Value) {
	for i := range v.elems {
		ex.set(dst.Index(i), v.elems[i])
	}
}

func (ex *exporter) setPointer(dst reflect.Value, p *Value) {
	if p == nil {
		return
	}
	if made, ok := ex.made[p]; ok && made.Type() == dst.Type() {
		dst.Set(made)
		return
	}
	made := reflect.New(dst.Type().Elem())
	ex.made[p] = made
	dst.Set(made)
	ex.set(made.Elem(), *p)
}
