package ad

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// This file writes the references of a snapshot in a form that another process of the
// same program understands: relative to the memory that the loop had when it began,
// which that process allocates again.

// refs visits the references in a snapshot in the order in which they were saved. What
// it visits is in the arena; the memory itself is not looked at.
type refs struct {
	snap  *Snapshot
	visit refVisitor
	fill  *refReader // if not nil, the arena is empty, and grows by what this one, the visitor, sets
	at    extent
	seen  map[visit]struct{}
}

// refVisitor is told of references. Each is a place in the arena.
type refVisitor interface {
	word(p *unsafe.Pointer)                  // not followed
	text(h *header)                          // a string
	pointer(p *unsafe.Pointer, elem *layout) // to one elem
	slice(h *header, elem *layout)
	mapping(p *unsafe.Pointer, keys *[]reflect.Value, o *op) // keys are those saved, nil if none were
}

// walk visits all items and returns the number of raw bytes that belong to them.
func (w *refs) walk() int {
	for _, it := range w.snap.items {
		clear(w.seen)
		w.value(layoutOf(it.typ.Elem()), it.reach)
	}
	return w.at.raw
}

func (w *refs) value(l *layout, r reach) {
	for i := range l.ops {
		o := &l.ops[i]
		switch o.kind {
		case opFloat:
			if !r.headers {
				w.at.raw += int(o.unit) * o.n
			}
		case opRaw:
			w.at.raw += int(o.unit) * o.n
		case opWord:
			w.visit.word(w.ptr())
		case opIface:
			w.visit.word(w.ptr())
			w.visit.word(w.ptr())
		case opString:
			w.visit.text(w.head())
		case opPointer:
			p := w.ptr()
			w.visit.pointer(p, o.elem)
			if to := *p; to != nil {
				w.many(to, o.elem, 1, r)
			}
		case opSlice:
			p := w.head()
			w.visit.slice(p, o.elem)
			w.many(p.ptr, o.elem, walker{reach: r}.elements(*p), r)
		case opMap:
			w.mapped(o, r)
		case opArray:
			for range o.n {
				w.value(o.elem, r)
			}
		}
	}
}

func (w *refs) many(p unsafe.Pointer, l *layout, n int, r reach) {
	if w.skip(p, l, n, r) {
		return
	}
	if _, ok := l.flat(); ok {
		w.at.raw += n * l.raw
		return
	}
	for range n {
		if w.fill != nil && w.fill.err != nil {
			return
		}
		w.value(l, r)
	}
}

func (w *refs) mapped(o *op, r reach) {
	p := w.ptr()
	var keys *[]reflect.Value
	known := w.fill == nil && (*p == nil || w.skip(*p, o.elem, 1, r))
	if !known {
		keys = w.keys()
	}
	w.visit.mapping(p, keys, o)
	if w.fill != nil && (*p == nil || w.skip(*p, o.elem, 1, r)) {
		w.snap.data.maps = w.snap.data.maps[:len(w.snap.data.maps)-1]
		w.at.maps--
		return
	}
	if known {
		return
	}
	for range *keys {
		w.value(o.elem, r)
	}
}

// skip is that of walker.
func (w *refs) skip(p unsafe.Pointer, l *layout, n int, r reach) bool {
	t := Snapshot{seen: w.seen}
	skipped := walker{&t, r}.skip(p, l, n)
	w.seen = t.seen
	return skipped
}

func (w *refs) ptr() *unsafe.Pointer {
	if w.fill != nil {
		w.snap.data.ptrs = append(w.snap.data.ptrs, nil)
	}
	w.at.ptrs++
	return &w.snap.data.ptrs[w.at.ptrs-1]
}

func (w *refs) head() *header {
	if w.fill != nil {
		w.snap.data.heads = append(w.snap.data.heads, header{})
	}
	w.at.heads++
	return &w.snap.data.heads[w.at.heads-1]
}

func (w *refs) keys() *[]reflect.Value {
	if w.fill != nil {
		w.snap.data.maps = append(w.snap.data.maps, nil)
	}
	w.at.maps++
	return &w.snap.data.maps[w.at.maps-1]
}

// object is a stretch of memory that references lead into.
type object struct {
	ptr   unsafe.Pointer
	size  uintptr
	elem  *layout      // what it is made of; nil for a map, or if it is seen as several types
	maps  reflect.Type // of a map
	first int          // number of the reference that led here first
}

func (o *object) end() uintptr { return uintptr(o.ptr) + o.size }

// memoryMap are the objects that the references of some snapshots lead to, in the order in
// which they are come to first: an order that does not depend on addresses.
type memoryMap struct {
	objects []object
	sorted  []int            // their numbers by address
	size    uint64           // sum of theirs
	words   []unsafe.Pointer // references that are not followed
	n       int              // references visited
}

func (m *memoryMap) word(p *unsafe.Pointer) { m.words = append(m.words, *p) }
func (m *memoryMap) text(*header)           {}

func (m *memoryMap) pointer(p *unsafe.Pointer, elem *layout) { m.add(*p, elem.size, elem, nil) }

func (m *memoryMap) slice(h *header, elem *layout) {
	m.add(h.ptr, uintptr(h.cap)*elem.size, elem, nil)
}

func (m *memoryMap) mapping(p *unsafe.Pointer, _ *[]reflect.Value, o *op) {
	m.add(*p, 1, nil, o.typ)
}

func (m *memoryMap) add(p unsafe.Pointer, size uintptr, elem *layout, maps reflect.Type) {
	m.n++
	if p != nil && size > 0 {
		m.objects = append(m.objects, object{p, size, elem, maps, m.n})
	}
}

// settle joins stretches that overlap.
func (m *memoryMap) settle() {
	slices.SortStableFunc(m.objects, func(a, b object) int { return cmp.Compare(uintptr(a.ptr), uintptr(b.ptr)) })
	joined := m.objects[:0]
	for _, o := range m.objects {
		if n := len(joined); n > 0 && uintptr(o.ptr) < joined[n-1].end() {
			last := &joined[n-1]
			if o.elem != last.elem || o.elem != nil && (uintptr(o.ptr)-uintptr(last.ptr))%o.elem.size != 0 {
				last.elem = nil
			}
			last.size = max(last.end(), o.end()) - uintptr(last.ptr)
			last.first = min(last.first, o.first)
			continue
		}
		joined = append(joined, o)
	}
	m.objects = joined
	slices.SortFunc(m.objects, func(a, b object) int { return cmp.Compare(a.first, b.first) })
	m.sorted, m.size = m.sorted[:0], 0
	for i := range m.objects {
		m.sorted = append(m.sorted, i)
		m.size += uint64(m.objects[i].size)
	}
	slices.SortFunc(m.sorted, func(a, b int) int {
		return cmp.Compare(uintptr(m.objects[a].ptr), uintptr(m.objects[b].ptr))
	})
}

// find returns the number of the object that holds size bytes at p.
func (m *memoryMap) find(p unsafe.Pointer, size uintptr) (int, bool) {
	k, ok := slices.BinarySearchFunc(m.sorted, uintptr(p), func(i int, at uintptr) int {
		return cmp.Compare(uintptr(m.objects[i].ptr), at)
	})
	if !ok {
		k--
	}
	if k < 0 {
		return 0, false
	}
	o := &m.objects[m.sorted[k]]
	return m.sorted[k], uintptr(p)+size <= o.end() && uintptr(p) < o.end()
}

// mapOf returns the memory that snapshots lead to.
func mapOf(snaps ...*Snapshot) *memoryMap {
	m := new(memoryMap)
	for _, s := range snaps {
		(&refs{snap: s, visit: m}).walk()
	}
	m.settle()
	return m
}

// How a reference to memory is written.
const (
	refNil   = iota
	refEmpty // to memory without size
	refStart // number of an object of the start, offset
	refNew   // number of an object made in the loop, offset
)

// refWriter writes references.
type refWriter struct {
	start *memoryMap // of the start
	made  *memoryMap // that of the snapshot, as soon as there is a reference to another object
	out   []byte
	err   error
	again bool // made is needed
}

// appendRefs appends the references of s to b.
func (m *memoryMap) appendRefs(b []byte, s *Snapshot) ([]byte, error) {
	w := &refWriter{start: m, out: append(b, 0)}
	(&refs{snap: s, visit: w}).walk()
	if w.again {
		made, err := m.others(s)
		if err != nil {
			return nil, err
		}
		w = &refWriter{start: m, made: made, out: binary.AppendUvarint(b, uint64(len(made.objects)))}
		for _, o := range made.objects {
			w.out = binary.AppendUvarint(w.out, uint64(o.size))
		}
		(&refs{snap: s, visit: w}).walk()
	}
	return w.out, w.err
}

// others returns the memory that s leads to and that is not in m.
func (m *memoryMap) others(s *Snapshot) (*memoryMap, error) {
	all := new(memoryMap)
	(&refs{snap: s, visit: all}).walk()
	all.objects = slices.DeleteFunc(all.objects, func(o object) bool {
		_, ok := m.find(o.ptr, o.size)
		return ok
	})
	all.settle()
	for _, o := range all.objects {
		if o.elem == nil && o.maps == nil {
			return nil, errors.New("memory that the loop has made is seen as two types, or with two shapes; have the loop keep its state in memory that is there before it")
		}
	}
	if all.size > m.room(len(s.data.raw)) {
		return nil, fmt.Errorf("the loop has made memory of %d bytes, most of which holds nothing; have it make less room in advance", all.size)
	}
	return all, nil
}

// spareRoom is how many bytes the loop may have made besides what holds something.
var spareRoom uint64 = 1 << 30

// room returns how many bytes the loop may have made if raw bytes of numbers belong to the
// snapshot: shadows have the size of what they belong to, and their numbers are not in it.
func (m *memoryMap) room(raw int) uint64 { return spareRoom + 64*(m.size+uint64(raw)) }

func (w *refWriter) number(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

func (w *refWriter) word(p *unsafe.Pointer) {
	if *p == nil {
		w.number(0)
		return
	}
	k := slices.Index(w.start.words, *p)
	if k < 0 && w.err == nil {
		w.err = errors.New("the loop changes a function, a channel or a value in an interface, which another process cannot have; keep it as it is in the loop")
	}
	w.number(k + 1)
}

func (w *refWriter) text(h *header) {
	w.number(h.len)
	w.out = append(w.out, bytesAt(h.ptr, h.len)...)
}

func (w *refWriter) pointer(p *unsafe.Pointer, elem *layout) { w.ref(*p, elem.size) }

func (w *refWriter) slice(h *header, elem *layout) {
	w.number(h.len)
	w.number(h.cap)
	w.ref(h.ptr, uintptr(h.cap)*elem.size)
}

func (w *refWriter) mapping(p *unsafe.Pointer, keys *[]reflect.Value, _ *op) {
	w.ref(*p, 1)
	if keys == nil {
		w.number(0)
		return
	}
	w.number(len(*keys))
	for _, k := range *keys {
		var err error
		if w.out, err = appendValue(w.out, k); err != nil && w.err == nil {
			w.err = err
		}
	}
}

func (w *refWriter) ref(p unsafe.Pointer, size uintptr) {
	switch {
	case p == nil:
		w.number(refNil)
		return
	case size == 0:
		w.number(refEmpty)
		return
	}
	if k, ok := w.start.find(p, size); ok {
		w.place(refStart, k, uintptr(p)-uintptr(w.start.objects[k].ptr))
		return
	}
	if w.made == nil {
		w.again = true
		return
	}
	k, _ := w.made.find(p, size)
	w.place(refNew, k, uintptr(p)-uintptr(w.made.objects[k].ptr))
}

func (w *refWriter) place(what, k int, off uintptr) {
	w.number(what)
	w.number(k)
	w.number(int(off))
}

// describe returns the types of the items of s, for comparison.
func describe(s *Snapshot) string {
	var b []byte
	for _, it := range s.items {
		b = fmt.Appendf(b, "%v;", it)
	}
	return string(b)
}
