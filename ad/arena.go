package ad

import (
	"reflect"
	"unsafe"
)

// arena keeps values of any type without boxing them: scalars as bytes, pointers and
// headers in slices of their own, where the garbage collector finds them.
type arena struct {
	raw   []byte
	ptrs  []unsafe.Pointer
	heads []header
	maps  [][]reflect.Value // of each map the keys
}

// extent is a length of every part of an arena.
type extent struct{ raw, ptrs, heads, maps int }

func (a *arena) extent() extent {
	return extent{len(a.raw), len(a.ptrs), len(a.heads), len(a.maps)}
}

func (e extent) bytes() int64 { return int64(e.raw) + 8*int64(e.ptrs) + 24*int64(e.heads) }

func (e extent) max(f extent) extent {
	return extent{max(e.raw, f.raw), max(e.ptrs, f.ptrs), max(e.heads, f.heads), max(e.maps, f.maps)}
}

// truncate drops everything beyond e. The dropped pointers stay where they are until
// they are overwritten or forgotten.
func (a *arena) truncate(e extent) {
	a.raw, a.ptrs, a.heads, a.maps = a.raw[:e.raw], a.ptrs[:e.ptrs], a.heads[:e.heads], a.maps[:e.maps]
}

// forget clears the pointers within e, so that they keep no memory alive.
func (a *arena) forget(e extent) {
	clear(a.ptrs[:e.ptrs])
	clear(a.heads[:e.heads])
	clear(a.maps[:e.maps])
}

func (a *arena) putRaw(p unsafe.Pointer, n int) { a.raw = append(a.raw, bytesAt(p, n)...) }

// put appends the value of layout l at p; what its pointers point to is not copied.
func (a *arena) put(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat, opRaw:
			a.putRaw(q, int(o.unit)*o.n)
		case opWord, opPointer, opMap:
			a.ptrs = append(a.ptrs, *(*unsafe.Pointer)(q))
		case opIface:
			w := (*[2]unsafe.Pointer)(q)
			a.ptrs = append(a.ptrs, w[0], w[1])
		case opString:
			a.heads = append(a.heads, stringHeader(q))
		case opSlice:
			a.heads = append(a.heads, *(*header)(q))
		case opArray:
			for k := range o.n {
				a.put(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

// get copies the value that put stored at e to p and returns where the next one is.
func (a *arena) get(p unsafe.Pointer, l *layout, e extent) extent {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat, opRaw:
			e.raw += copy(bytesAt(q, int(o.unit)*o.n), a.raw[e.raw:])
		case opWord, opPointer, opMap:
			*(*unsafe.Pointer)(q) = a.ptrs[e.ptrs]
			e.ptrs++
		case opIface:
			*(*[2]unsafe.Pointer)(q) = [2]unsafe.Pointer{a.ptrs[e.ptrs], a.ptrs[e.ptrs+1]}
			e.ptrs += 2
		case opString:
			setString(q, a.heads[e.heads])
			e.heads++
		case opSlice:
			*(*header)(q) = a.heads[e.heads]
			e.heads++
		case opArray:
			for k := range o.n {
				e = a.get(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem, e)
			}
		}
	}
	return e
}

// stringHeader reads the string at q as a header without capacity.
func stringHeader(q unsafe.Pointer) header {
	s := *(*string)(q)
	return header{ptr: unsafe.Pointer(unsafe.StringData(s)), len: len(s)}
}

func setString(q unsafe.Pointer, h header) {
	*(*string)(q) = unsafe.String((*byte)(h.ptr), h.len)
}
