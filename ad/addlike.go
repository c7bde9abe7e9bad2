package ad

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// AddLike adds the floats reachable from src to those at the same places of dst, deep
// through slices, arrays, pointers and structs. T is a slice, a pointer, or a struct
// or array of those. Memory that several slices or pointers share, in the same way in
// dst and in src, is added once.
//
// A map of dst gets the keys that src has and it has not.
//
// It panics if the shapes differ (lengths, nil against not nil), and if T itself holds
// floats, which would be added to a copy: pass a pointer then.
func AddLike[T any](dst, src T) {
	if d, ok := any(&dst).(*[]float64); ok { // a pointer, since boxing a header allocates
		s := *any(&src).(*[]float64)
		if len(*d) != len(s) {
			mismatch(layoutOf(reflect.TypeFor[float64]()), len(*d), len(s))
		}
		Add(*d, s)
		return
	}
	addDeep(dst, src)
}

// addDeep is AddLike for any type. It is no part of that since its variables escape.
func addDeep[T any](dst, src T) {
	l := layoutOf(reflect.TypeFor[T]())
	if l.topFloats {
		panic(fmt.Sprintf("ad: AddLike of %v by value: the sum would go to a copy; pass pointers", l.typ))
	}
	p := pairings.Get().(*pairing)
	p.walk(unsafe.Pointer(&dst), unsafe.Pointer(&src), l)
	p.add()
	p.release()
}

// pair is a stretch of floats of unit bytes in dst and the one in src that goes there.
type pair struct {
	dst, src unsafe.Pointer
	unit     uintptr
	bytes    uintptr
}

// pairing is the list of stretches to be added.
type pairing struct {
	pairs []pair
	seen  map[[2]visit]struct{}
}

// pairings are used again, with their memory.
var pairings = sync.Pool{New: func() any { return new(pairing) }}

func (p *pairing) release() {
	p.reset()
	pairings.Put(p)
}

// reset forgets the list.
func (p *pairing) reset() {
	clear(p.seen)
	clear(p.pairs)
	p.pairs = p.pairs[:0]
}

func (p *pairing) walk(d, s unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opFloat:
			p.pairs = append(p.pairs, pair{dq, sq, o.unit, o.unit * uintptr(o.n)})
		case opPointer:
			dp, sp := *(*unsafe.Pointer)(dq), *(*unsafe.Pointer)(sq)
			if (dp == nil) != (sp == nil) {
				panic(fmt.Sprintf("ad: AddLike of different shapes: of the two *%v one is nil (dst %v, src %v)", o.elem.typ, dp == nil, sp == nil))
			}
			if dp != nil {
				p.many(dp, sp, o.elem, 1)
			}
		case opSlice:
			dh, sh := *(*header)(dq), *(*header)(sq)
			if dh.len != sh.len {
				mismatch(o.elem, dh.len, sh.len)
			}
			p.many(dh.ptr, sh.ptr, o.elem, dh.len)
		case opMap:
			p.addMap(dq, sq, o)
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				p.walk(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}

func mismatch(elem *layout, dst, src int) {
	panic(fmt.Sprintf("ad: AddLike of different shapes: dst has a []%v of length %d where src has one of length %d", elem.typ, dst, src))
}

// many walks n values in a row, once.
func (p *pairing) many(d, s unsafe.Pointer, l *layout, n int) {
	if n == 0 {
		return
	}
	if o, ok := l.flat(); ok {
		if o.kind == opFloat {
			p.pairs = append(p.pairs, pair{d, s, o.unit, uintptr(n) * l.size})
		}
		return
	}
	v := [2]visit{{uintptr(d), l, n}, {uintptr(s), l, n}}
	if _, ok := p.seen[v]; ok {
		return
	}
	if p.seen == nil {
		p.seen = map[[2]visit]struct{}{}
	}
	p.seen[v] = struct{}{}
	for k := range n {
		off := uintptr(k) * l.size
		p.walk(unsafe.Add(d, off), unsafe.Add(s, off), l)
	}
}

// add does the additions.
func (p *pairing) add() {
	p.once(pair.add)
}

// once calls f for the stretches. Those that overlap with the same distance between dst
// and src are the same memory reached in several ways, which f gets once.
func (p *pairing) once(f func(pair)) {
	distance := func(a pair) uintptr { return uintptr(a.src) - uintptr(a.dst) }
	slices.SortFunc(p.pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), cmp.Compare(uintptr(a.dst), uintptr(b.dst)))
	})
	var done pair // the stretch added last, with bytes up to the end of all before
	for _, a := range p.pairs {
		if distance(a) == distance(done) && uintptr(a.dst) < uintptr(done.dst)+done.bytes {
			skip := min(a.bytes, uintptr(done.dst)+done.bytes-uintptr(a.dst))
			a.bytes -= skip
			if a.bytes == 0 {
				continue
			}
			a.dst, a.src = unsafe.Add(a.dst, skip), unsafe.Add(a.src, skip)
		}
		f(a)
		done = a
	}
}

func (a pair) add() {
	n := int(a.bytes / a.unit)
	if a.unit == 4 {
		Add(unsafe.Slice((*float32)(a.dst), n), unsafe.Slice((*float32)(a.src), n))
		return
	}
	Add(unsafe.Slice((*float64)(a.dst), n), unsafe.Slice((*float64)(a.src), n))
}
