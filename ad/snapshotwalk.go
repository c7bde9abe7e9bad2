package ad

import "unsafe"

// walker is a deep walk over one variable of a snapshot. Saving and restoring visit
// the same memory in the same order: restoring writes a pointer or header before it
// follows it, so it follows the saved one.
type walker struct {
	*Snapshot
	reach
}

// elements returns how many elements of a slice are kept.
func (w walker) elements(h header) int {
	if w.room {
		return h.cap
	}
	return h.len
}

func (w walker) save(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat:
			if !w.headers {
				w.data.putRaw(q, int(o.unit)*o.n)
			}
		case opRaw:
			w.data.putRaw(q, int(o.unit)*o.n)
		case opWord:
			w.data.ptrs = append(w.data.ptrs, *(*unsafe.Pointer)(q))
		case opMap:
			w.saveMap(q, o)
		case opIface:
			v := (*[2]unsafe.Pointer)(q)
			w.data.ptrs = append(w.data.ptrs, v[0], v[1])
		case opString:
			w.data.heads = append(w.data.heads, stringHeader(q))
		case opPointer:
			to := *(*unsafe.Pointer)(q)
			w.data.ptrs = append(w.data.ptrs, to)
			if to != nil {
				w.saveMany(to, o.elem, 1)
			}
		case opSlice:
			h := *(*header)(q)
			w.data.heads = append(w.data.heads, h)
			w.saveMany(h.ptr, o.elem, w.elements(h))
		case opArray:
			for k := range o.n {
				w.save(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

// saveMany saves n values in a row.
func (w walker) saveMany(p unsafe.Pointer, l *layout, n int) {
	if w.skip(p, l, n) {
		return
	}
	if _, ok := l.flat(); ok {
		w.data.putRaw(p, n*l.raw)
		return
	}
	for k := range n {
		w.save(unsafe.Add(p, uintptr(k)*l.size), l)
	}
}

func (w walker) restore(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat:
			if !w.headers {
				w.readRaw(q, int(o.unit)*o.n)
			}
		case opRaw:
			w.readRaw(q, int(o.unit)*o.n)
		case opWord:
			*(*unsafe.Pointer)(q) = w.readPointer()
		case opMap:
			w.restoreMap(q, o)
		case opIface:
			*(*[2]unsafe.Pointer)(q) = [2]unsafe.Pointer{w.readPointer(), w.readPointer()}
		case opString:
			setString(q, w.readHeader())
		case opPointer:
			to := w.readPointer()
			*(*unsafe.Pointer)(q) = to
			if to != nil {
				w.restoreMany(to, o.elem, 1)
			}
		case opSlice:
			h := w.readHeader()
			*(*header)(q) = h
			w.restoreMany(h.ptr, o.elem, w.elements(h))
		case opArray:
			for k := range o.n {
				w.restore(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

// restoreMany restores n values in a row.
func (w walker) restoreMany(p unsafe.Pointer, l *layout, n int) {
	if w.skip(p, l, n) {
		return
	}
	if _, ok := l.flat(); ok {
		w.readRaw(p, n*l.raw)
		return
	}
	for k := range n {
		w.restore(unsafe.Add(p, uintptr(k)*l.size), l)
	}
}

// skip reports whether there is nothing to do for these values: nothing in them, only floats in
// a walk that leaves floats out, or values of a recursive type that were visited before.
func (w walker) skip(p unsafe.Pointer, l *layout, n int) bool {
	if n == 0 || len(l.ops) == 0 || w.headers && l.floats {
		return true
	}
	if !l.recursive {
		return false
	}
	v := visit{uintptr(p), l, n}
	if _, ok := w.seen[v]; ok {
		return true
	}
	if w.seen == nil {
		w.seen = map[visit]struct{}{}
	}
	w.seen[v] = struct{}{}
	return false
}
