package ad

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"unsafe"
)

// ZeroLike returns a shadow of x: a value of the same shape, deep through slices,
// pointers, maps, arrays and structs, unexported fields included, with every float 0 and
// every other scalar copied. Nil slices, pointers and maps stay nil; strings, channels,
// functions, interfaces and maps without floats are copied as they are. Slices keep their
// capacity.
//
// The shadow mirrors the aliasing inside x: where two slices or pointers of x share
// memory, those of the shadow share memory at the same places. It panics if memory is
// shared in a way that only package unsafe can bring about.
func ZeroLike[T any](x T) T {
	var z T
	switch p := any(&x).(type) {
	case *[]float64:
		if *p != nil {
			*any(&z).(*[]float64) = make([]float64, len(*p), cap(*p))
		}
		return z
	case *float64:
		return z
	}
	zeroLike(unsafe.Pointer(&z), unsafe.Pointer(&x), layoutOf(reflect.TypeFor[T]()))
	return z
}

// zeroLike makes the value at z, which is zero, a shadow of the one at x.
func zeroLike(z, x unsafe.Pointer, l *layout) {
	var s shadow
	s.collect(x, l)
	s.allocate()
	s.fill(z, x, l)
	for _, r := range s.spans {
		to := s.image(r)
		for i := range r.len {
			off := uintptr(i) * r.lay.size
			s.fill(unsafe.Add(to, off), unsafe.Add(r.ptr, off), r.lay)
		}
	}
	s.fillMaps()
}

// span is memory that a pointer (len and cap 1) or a slice of the primal refers to.
type span struct {
	ptr      unsafe.Pointer
	lay      *layout
	len, cap int
}

func (r span) lo() uintptr { return uintptr(r.ptr) }
func (r span) hi() uintptr { return r.lo() + uintptr(r.cap)*r.lay.size }

// region is a stretch of the primal's memory with nothing shared across its borders,
// and its image in the shadow.
type region struct {
	lo, hi uintptr
	image  unsafe.Pointer
}

// shadow is a shadow under construction.
type shadow struct {
	spans   []span
	seen    map[span]struct{}
	regions []region // ascending, disjoint
	maps    map[unsafe.Pointer]*mapImage
}

// collect lists the spans reachable from the value at p.
func (s *shadow) collect(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opPointer:
			if to := *(*unsafe.Pointer)(q); to != nil {
				s.reach(span{to, o.elem, 1, 1})
			}
		case opSlice:
			if h := *(*header)(q); h.ptr != nil {
				s.reach(span{h.ptr, o.elem, h.len, h.cap})
			}
		case opMap:
			s.collectMap(q, o)
		case opArray:
			for k := range o.n {
				s.collect(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

func (s *shadow) reach(r span) {
	if _, ok := s.seen[r]; ok {
		return
	}
	if s.seen == nil {
		s.seen = map[span]struct{}{}
	}
	s.seen[r] = struct{}{}
	s.spans = append(s.spans, r)
	if r.lay.scalars {
		return
	}
	for i := range r.len {
		s.collect(unsafe.Add(r.ptr, uintptr(i)*r.lay.size), r.lay)
	}
}

// allocate groups the spans that share memory and makes the image of every group.
func (s *shadow) allocate() {
	byAddress := slices.Clone(s.spans)
	slices.SortFunc(byAddress, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.lo(), b.lo()), cmp.Compare(b.hi(), a.hi()))
	})
	for len(byAddress) > 0 {
		hi := byAddress[0].hi()
		n := 1
		for n < len(byAddress) && byAddress[n].lo() < hi {
			hi = max(hi, byAddress[n].hi())
			n++
		}
		if group := byAddress[:n]; hi > group[0].lo() {
			s.regions = append(s.regions, region{group[0].lo(), hi, image(group, hi)})
		}
		byAddress = byAddress[n:]
	}
}

// image allocates zeroed memory for spans that cover everything from the first one's
// start up to hi.
func image(group []span, hi uintptr) unsafe.Pointer {
	lo := group[0].lo()
	widest := group[0]
	for _, r := range group {
		if r.lo() == lo && r.hi() == hi {
			return zeroed(r.lay.typ, r.cap)
		}
		if r.lay.size > widest.lay.size {
			widest = r
		}
	}
	// No span holds all the others: slices of one array that overlap in part.
	size := widest.lay.size
	for _, r := range group {
		if r.lay.size == size && (r.lay != widest.lay || (r.lo()-lo)%size != 0) || (hi-lo)%size != 0 {
			panic(fmt.Sprintf("ad: ZeroLike cannot mirror memory shared as %v and as %v: give the shadow by hand", r.lay.typ, widest.lay.typ))
		}
	}
	return zeroed(widest.lay.typ, int((hi-lo)/size))
}

func zeroed(t reflect.Type, n int) unsafe.Pointer {
	return reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer()
}

// image returns where the shadow has what the primal has at r.
func (s *shadow) image(r span) unsafe.Pointer {
	if r.lo() == r.hi() {
		return zeroed(r.lay.typ, 0)
	}
	i := sort.Search(len(s.regions), func(i int) bool { return s.regions[i].hi > r.lo() })
	return unsafe.Add(s.regions[i].image, r.lo()-s.regions[i].lo)
}

// fill sets the value at z, all zero, to the shadow of the value at x.
func (s *shadow) fill(z, x unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		zq, xq := unsafe.Add(z, o.off), unsafe.Add(x, o.off)
		switch o.kind {
		case opRaw:
			n := int(o.unit) * o.n
			copy(bytesAt(zq, n), bytesAt(xq, n))
		case opWord:
			*(*unsafe.Pointer)(zq) = *(*unsafe.Pointer)(xq)
		case opMap:
			s.fillMap(zq, xq, o)
		case opIface:
			*(*[2]unsafe.Pointer)(zq) = *(*[2]unsafe.Pointer)(xq)
		case opString:
			*(*string)(zq) = *(*string)(xq)
		case opPointer:
			if to := *(*unsafe.Pointer)(xq); to != nil {
				*(*unsafe.Pointer)(zq) = s.image(span{to, o.elem, 1, 1})
			}
		case opSlice:
			if h := *(*header)(xq); h.ptr != nil {
				*(*header)(zq) = header{s.image(span{h.ptr, o.elem, h.len, h.cap}), h.len, h.cap}
			}
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				s.fill(unsafe.Add(zq, off), unsafe.Add(xq, off), o.elem)
			}
		}
	}
}
