package ad

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unsafe"
)

// The shadow of a struct of which a derivative was asked for by some fields only has other
// fields, too, that the derivative may use as work space. A part of a struct is named by the
// way to it, as in "Flow.U": field names, with pointers followed.

// An Aside keeps floats that were taken out of a shadow.
type Aside struct {
	walk   pairing
	taken  []taken
	single []float32
	double []float64
}

// taken is a stretch of floats, of which dst and src are the same, and where they are kept;
// nothing is kept of zeros.
type taken struct {
	from pair
	at   int // -1 for zeros
}

var asides = sync.Pool{New: func() any { return new(Aside) }}

// SetAside takes the floats out of the parts of *ptr, a struct, and leaves zeros. Parts to
// which a nil pointer leads have none. A map is not looked into.
func SetAside(ptr any, parts ...string) *Aside {
	a := asides.Get().(*Aside)
	a.walk.parts(ptr, parts)
	a.walk.once(func(p pair) {
		at := -1
		if p.unit == 4 {
			a.single, at = take(a.single, p.singles())
		} else {
			a.double, at = take(a.double, p.doubles())
		}
		a.taken = append(a.taken, taken{p, at})
	})
	return a
}

// take appends what x holds, unless that is zeros, leaves zeros, and returns where it is.
func take[T float32 | float64](kept, x []T) ([]T, int) {
	for _, v := range x {
		if v != 0 {
			at := len(kept)
			kept = append(kept, x...)
			clear(x)
			return kept, at
		}
	}
	return kept, -1
}

// PutBack brings the floats back in place of what is there now. It ends a.
func PutBack(a *Aside) {
	for _, t := range a.taken {
		putBack(t.from.singles(), a.single, t.at)
		putBack(t.from.doubles(), a.double, t.at)
	}
	a.release()
}

func putBack[T float32 | float64](x, kept []T, at int) {
	if at < 0 {
		clear(x)
	} else if len(x) > 0 {
		copy(x, kept[at:])
	}
}

// AddBack adds the floats to what is there now. It ends a.
func AddBack(a *Aside) {
	for _, t := range a.taken {
		if t.at >= 0 && t.from.unit == 4 {
			x := t.from.singles()
			Add(x, a.single[t.at:t.at+len(x)])
		} else if t.at >= 0 {
			x := t.from.doubles()
			Add(x, a.double[t.at:t.at+len(x)])
		}
	}
	a.release()
}

func (a *Aside) release() {
	clear(a.taken)
	a.walk.reset()
	*a = Aside{a.walk, a.taken[:0], a.single[:0], a.double[:0]}
	asides.Put(a)
}

// ClearParts sets the floats in parts of *ptr to zero.
func ClearParts(ptr any, parts ...string) {
	eachStretch(ptr, parts, func(p pair) {
		clear(p.singles())
		clear(p.doubles())
	})
}

// singles is the stretch as float32 numbers, none if it has others.
func (a pair) singles() []float32 {
	if a.unit != 4 {
		return nil
	}
	return unsafe.Slice((*float32)(a.dst), a.bytes/4)
}

// doubles is the stretch as float64 numbers, none if it has others.
func (a pair) doubles() []float64 {
	if a.unit == 4 {
		return nil
	}
	return unsafe.Slice((*float64)(a.dst), a.bytes/8)
}

// eachStretch calls f for all stretches of floats in parts of *ptr, for each once.
func eachStretch(ptr any, parts []string, f func(pair)) {
	p := pairings.Get().(*pairing)
	p.parts(ptr, parts)
	p.once(f)
	p.release()
}

// parts lists the stretches of parts of *ptr.
func (p *pairing) parts(ptr any, parts []string) {
	for _, part := range parts {
		if at, l := wayTo(ptr, part).follow(ptr); at != nil {
			p.walk(at, at, l)
		}
	}
}

// ApartParts panics if the first of the parts of *ptr, the argument called name, shares
// memory with one of the others. Made code for a derivative by some fields of a struct takes
// them for memory of their own; this is the check.
func ApartParts(fn, name string, ptr any, parts ...string) {
	first := partStretches(ptr, parts[0])
	for _, part := range parts[1:] {
		other := partStretches(ptr, part)
		if meet(first.stretches, other.stretches) {
			panic(fmt.Sprintf("ad: %s: %[2]s.%[3]s and %[2]s.%[4]s share memory, and wrt= or of= names fields of %[2]s: its derivatives are made for fields that are apart; name %[2]s as a whole, or give one of them memory of its own",
				fn, name, parts[0], part))
		}
		other.release()
	}
	first.release()
}

// partStretches lists the memory that a part of *ptr leads to, or is if it is no slice,
// pointer or map, in order.
func partStretches(ptr any, part string) *stretchCollector {
	c := newCollector(false)
	at, l := wayTo(ptr, part).follow(ptr)
	if at == nil {
		return c
	}
	if l.floats && l.size > 0 {
		c.stretches = append(c.stretches, stretch{uintptr(at), uintptr(at) + l.size})
		return c
	}
	switch l.typ.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
	default:
		c.stretches = append(c.stretches, stretch{uintptr(at), uintptr(at) + l.size})
	}
	c.walk(at, l)
	c.stretches = inOrder(c.stretches)
	return c
}

// A way leads from a struct to a part of it: an offset, then for each further one the pointer
// that is there and an offset behind it.
type way struct {
	offsets []uintptr
	layout  *layout
}

var ways sync.Map // wayKey to way

type wayKey struct {
	typ  reflect.Type // of the pointer to the struct
	part string
}

func wayTo(ptr any, part string) way {
	key := wayKey{reflect.TypeOf(ptr), part}
	if w, ok := ways.Load(key); ok {
		return w.(way)
	}
	w := way{offsets: []uintptr{0}}
	t := key.typ.Elem()
	for name := range strings.SplitSeq(part, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
			w.offsets = append(w.offsets, 0)
		}
		f, ok := t.FieldByName(name)
		if !ok || len(f.Index) != 1 {
			panic(fmt.Sprintf("ad: %v has no field %s: generate the derivatives anew", t, name))
		}
		w.offsets[len(w.offsets)-1] += f.Offset
		t = f.Type
	}
	w.layout = layoutOf(t)
	ways.Store(key, w)
	return w
}

// follow returns the part and its layout; nil if a nil pointer is on the way.
func (w way) follow(ptr any) (unsafe.Pointer, *layout) {
	at := address(ptr)
	for i, off := range w.offsets {
		if i > 0 {
			at = *(*unsafe.Pointer)(at)
		}
		if at == nil {
			return nil, w.layout
		}
		at = unsafe.Add(at, off)
	}
	return at, w.layout
}
