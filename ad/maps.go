package ad

import (
	"reflect"
	"sync"
	"unsafe"
)

// This file is what made code does with maps. An entry of a map is recorded with the
// fact whether it is there, and so the reverse sweep brings back the keys that the map
// had. A shadow has adjoints for the keys of its primal only.

// PushEntry records what m has for the key k, and whether it has anything.
func PushEntry[M ~map[K]V, K comparable, V any](s *Stack, m M, k K) {
	v, ok := m[k]
	Push(s, v)
	s.PushBool(ok)
}

// PopEntry gives m what [PushEntry] recorded for the key k, or takes the key away.
func PopEntry[M ~map[K]V, K comparable, V any](s *Stack, m M, k K) {
	ok := s.PopBool()
	if v := Pop[V](s); ok {
		m[k] = v
	} else {
		delete(m, k)
	}
}

// AddEntry adds v to the adjoint that mb has for the key k, if the primal has the key:
// what is read for one that is not there is a constant.
func AddEntry[M ~map[K]V, K comparable, V any](there bool, mb M, k K, v V) {
	if !there {
		return
	}
	sum := mb[k]
	switch p := any(&sum).(type) {
	case *float64:
		*p += any(v).(float64)
	case *complex128:
		*p += any(v).(complex128)
	default:
		var p2 pairing
		p2.walk(unsafe.Pointer(&sum), unsafe.Pointer(&v), layoutOf(reflect.TypeFor[V]()))
		p2.add()
	}
	mb[k] = sum
}

// TakeEntry returns the adjoint that mb has for the key k, which an assignment has
// overwritten, and sets it to zero; if the primal did not have the key before, mb has it no more.
func TakeEntry[M ~map[K]V, K comparable, V any](there bool, mb M, k K) V {
	v := mb[k]
	if there {
		var zero V
		mb[k] = zero
	} else {
		delete(mb, k)
	}
	return v
}

// mapAt returns the map of type t at p.
func mapAt(p unsafe.Pointer, t reflect.Type) reflect.Value {
	m := new(unsafe.Pointer) // so that what p points to need not be on the heap
	*m = *(*unsafe.Pointer)(p)
	return reflect.NewAt(t, unsafe.Pointer(m)).Elem()
}

// plainMap is the map v, which a field that is not exported may hold.
func plainMap(v reflect.Value) reflect.Value {
	at := v.UnsafePointer()
	return mapAt(unsafe.Pointer(&at), v.Type())
}

// boxed returns a copy of v that has an address.
func boxed(v reflect.Value) reflect.Value {
	b := reflect.New(v.Type()).Elem()
	b.Set(v)
	return b
}

// carries reports whether the values of the map o hold floats or lead to some: only
// then has it a shadow.
func (o *op) carries() bool { return holdsFloats(o.elem.typ) }

var holding sync.Map // reflect.Type to bool

// holdsFloats reports whether values of type t hold floats, or lead to some through
// slices, pointers and maps.
func holdsFloats(t reflect.Type) bool {
	if known, ok := holding.Load(t); ok {
		return known.(bool)
	}
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type) bool
	visit = func(t reflect.Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
			return true
		case reflect.Slice, reflect.Pointer, reflect.Array, reflect.Map:
			return visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if visit(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	found := visit(t)
	holding.Store(t, found)
	return found
}

// mapImage is the shadow of a map in the making: the values of the primal, where they
// have addresses, by their keys.
type mapImage struct {
	shadow       reflect.Value
	keys, values []reflect.Value
}

// collectMap notes the map at q and lists what its values lead to.
func (s *shadow) collectMap(q unsafe.Pointer, o *op) {
	m := mapAt(q, o.typ)
	at := m.UnsafePointer()
	if at == nil || !o.carries() || s.maps[at] != nil {
		return
	}
	if s.maps == nil {
		s.maps = map[unsafe.Pointer]*mapImage{}
	}
	image := &mapImage{shadow: reflect.MakeMapWithSize(o.typ, m.Len())}
	s.maps[at] = image
	for it := m.MapRange(); it.Next(); {
		v := boxed(it.Value())
		image.keys, image.values = append(image.keys, it.Key()), append(image.values, v)
		s.collect(v.Addr().UnsafePointer(), o.elem)
	}
}

// fillMaps gives the shadows of maps their entries.
func (s *shadow) fillMaps() {
	for _, image := range s.maps {
		for i, k := range image.keys {
			v := image.values[i]
			z := reflect.New(v.Type()).Elem()
			s.fill(z.Addr().UnsafePointer(), v.Addr().UnsafePointer(), layoutOf(v.Type()))
			image.shadow.SetMapIndex(k, z)
		}
	}
}

// fillMap sets the map at z to the shadow of the one at x.
func (s *shadow) fillMap(z, x unsafe.Pointer, o *op) {
	at := *(*unsafe.Pointer)(x)
	if image := s.maps[at]; image != nil {
		at = image.shadow.UnsafePointer()
	}
	*(*unsafe.Pointer)(z) = at
}

// addMap adds the entries of the map at s to those of the one at d, which gets those
// that it lacks.
func (p *pairing) addMap(d, s unsafe.Pointer, o *op) {
	from, to := mapAt(s, o.typ), mapAt(d, o.typ)
	at := [2]visit{{uintptr(to.UnsafePointer()), o.elem, -1}, {uintptr(from.UnsafePointer()), o.elem, -1}}
	if _, ok := p.seen[at]; ok || !o.carries() || from.Len() == 0 {
		return
	}
	if p.seen == nil {
		p.seen = map[[2]visit]struct{}{}
	}
	p.seen[at] = struct{}{}
	if to.IsNil() {
		panic("ad: AddLike of different shapes: dst has a nil " + o.typ.String() + " where src has one with entries")
	}
	for it := from.MapRange(); it.Next(); {
		v := boxed(it.Value())
		sum := reflect.New(o.elem.typ).Elem()
		if old := to.MapIndex(it.Key()); old.IsValid() {
			sum.Set(old)
		} else {
			zeroLike(sum.Addr().UnsafePointer(), v.Addr().UnsafePointer(), o.elem)
		}
		if !o.elem.topFloats {
			p.walk(sum.Addr().UnsafePointer(), v.Addr().UnsafePointer(), o.elem)
		} else {
			var now pairing
			now.walk(sum.Addr().UnsafePointer(), v.Addr().UnsafePointer(), o.elem)
			now.add()
		}
		to.SetMapIndex(it.Key(), sum)
	}
}

// saveMap saves the map at q with its entries. Of a shadow whose floats must stay, and
// that holds nothing else, only the identity is kept.
func (w walker) saveMap(q unsafe.Pointer, o *op) {
	m := mapAt(q, o.typ)
	w.data.ptrs = append(w.data.ptrs, m.UnsafePointer())
	if m.IsNil() || w.skip(m.UnsafePointer(), o.elem, 1) {
		return
	}
	keys := m.MapKeys()
	w.data.maps = append(w.data.maps, keys)
	for _, k := range keys {
		w.save(boxed(m.MapIndex(k)).Addr().UnsafePointer(), o.elem)
	}
}

func (w walker) restoreMap(q unsafe.Pointer, o *op) {
	*(*unsafe.Pointer)(q) = w.readPointer()
	m := mapAt(q, o.typ)
	if m.IsNil() || w.skip(m.UnsafePointer(), o.elem, 1) {
		return
	}
	keys := w.data.maps[w.read.maps]
	w.read.maps++
	m.Clear()
	for _, k := range keys {
		v := reflect.New(o.elem.typ).Elem()
		w.restore(v.Addr().UnsafePointer(), o.elem)
		m.SetMapIndex(k, v)
	}
}

// walkMap visits the floats in the values of a map.
func (w *scalarWalk) walkMap(m reflect.Value) {
	if !holdsFloats(m.Type()) || !w.enter(m.UnsafePointer(), m.Type().Elem(), 1) {
		return
	}
	m = plainMap(m)
	for _, k := range m.MapKeys() {
		v := boxed(m.MapIndex(k))
		w.walk(v)
		m.SetMapIndex(k, v)
	}
}

// carryMap is what carrier.refs does with maps.
func (c *carrier) carryMap(h, n reflect.Value) {
	if h.UnsafePointer() == n.UnsafePointer() || !holdsFloats(n.Type()) || n.IsNil() {
		return
	}
	h, n = plainMap(h), plainMap(n)
	for _, k := range n.MapKeys() {
		if was := h.MapIndex(k); !was.IsValid() && !layoutOf(n.Type().Elem()).leads {
			n.SetMapIndex(k, reflect.Value{})
		}
	}
	for it := h.MapRange(); it.Next(); {
		if now := n.MapIndex(it.Key()); layoutOf(n.Type().Elem()).leads && now.IsValid() {
			c.refs(it.Value(), now)
		} else {
			n.SetMapIndex(it.Key(), it.Value())
		}
	}
}
