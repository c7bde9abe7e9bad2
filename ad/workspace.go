package ad

import (
	"math"
	"reflect"
	"unsafe"
)

// workspace is the memory of a [Stack] for the slices that generated code makes for
// itself. It is given out from the start of large chunks, and taken back in the opposite
// order: by Leave or Release. Elements without pointers share the chunks of words;
// those with pointers lie in chunks of their own type, where the garbage collector
// looks at them.
type workspace struct {
	words wordRoom
	typed []typedRoom
	given []room // what is given out, in order
	bytes int64  // the size of it
	high  int64  // and the most that has been
}

// room is one slice given out: what the workspace was like before.
type room struct {
	of       int // index in typed, -1 for words
	chunk, n int // place in use
	bytes    int64
}

// wordRoom is memory without pointers.
type wordRoom struct {
	chunks [][]float64
	k, n   int // chunk in use, words of it
}

// typedRoom is memory for elements of one type, with pointers in them.
type typedRoom struct {
	typ    reflect.Type
	clear  func(p unsafe.Pointer, n int)
	chunks []header // len: the elements that may hold something, cap: all
	k, n   int
}

// Chunks have at least so many words or elements, the later ones more.
const (
	leastWords  = 1 << 9
	leastValues = 1 << 5
)

// Make returns a slice of n zero values, like make, in memory of the stack: its owner must
// not use it after the [Stack.Leave] that belongs to the [Stack.Enter] before, or after
// Release. It allocates nothing once the stack has been used so before.
func Make[S ~[]E, E any](s *Stack, n int) S { return MakeCap[S](s, n, n) }

// MakeCap is [Make] with room for c elements.
func MakeCap[S ~[]E, E any](s *Stack, n, c int) S {
	var e E
	size := unsafe.Sizeof(e)
	if n < 0 || c < n || size == 0 || c == 0 || uintptr(c) > maxRoom/size {
		return make(S, n, c) // which panics as it should
	}
	w := &s.work
	var p unsafe.Pointer
	if _, floats := any(&e).(*float64); floats || s.layouts.of(reflect.TypeFor[E]()).scalars {
		p = w.words.make(w, uintptr(c)*size)
	} else {
		t := reflect.TypeFor[E]()
		i := w.find(t)
		if i == len(w.typed) {
			w.typed = append(w.typed, typedRoom{typ: t, clear: clearAll[E]})
		}
		p = w.typed[i].make(w, i, c)
	}
	out := unsafe.Slice((*E)(p), c)
	clear(out)
	return out[:n:c]
}

func clearAll[E any](p unsafe.Pointer, n int) { clear(unsafe.Slice((*E)(p), n)) }

// maxRoom is at least as many bytes as any memory has.
const maxRoom = min(1<<47, math.MaxInt)

// Enter begins a forward sweep that makes slices with [Make].
func (s *Stack) Enter() { s.PushInt(int64(len(s.work.given))) }

// Leave ends the reverse sweep of what began with Enter: the slices that were made since are
// not used again.
func (s *Stack) Leave() { s.work.cut(int(s.PopInt())) }

// find returns the index of the memory for type t, or where it is to be.
func (w *workspace) find(t reflect.Type) int {
	for i := range w.typed {
		if w.typed[i].typ == t {
			return i
		}
	}
	return len(w.typed)
}

func (w *workspace) give(r room) {
	w.given = append(w.given, r)
	w.bytes += r.bytes
	w.high = max(w.high, w.bytes)
}

// make returns memory of the given size.
func (a *wordRoom) make(w *workspace, bytes uintptr) unsafe.Pointer {
	n := int((bytes + 7) / 8)
	w.give(room{-1, a.k, a.n, int64(n) * 8})
	if len(a.chunks) == 0 || n > len(a.chunks[a.k])-a.n {
		a.next(n)
	}
	p := unsafe.Pointer(&a.chunks[a.k][a.n])
	a.n += n
	return p
}

// next goes on to a chunk with at least n words. One that is too small is replaced, so that
// there are never many.
func (a *wordRoom) next(n int) {
	least := max(n, leastWords)
	if len(a.chunks) > 0 {
		least = max(least, 2*len(a.chunks[a.k]))
		a.k++
	}
	a.n = 0
	switch {
	case a.k == len(a.chunks):
		a.chunks = append(a.chunks, make([]float64, least))
	case len(a.chunks[a.k]) < n:
		a.chunks[a.k] = make([]float64, least)
	}
}

// make returns memory for n values; a is number i of w.
func (a *typedRoom) make(w *workspace, i, n int) unsafe.Pointer {
	size := a.typ.Size()
	w.give(room{i, a.k, a.n, int64(n) * int64(size)})
	if len(a.chunks) == 0 || n > a.chunks[a.k].cap-a.n {
		a.next(n)
	}
	c := &a.chunks[a.k]
	p := unsafe.Add(c.ptr, uintptr(a.n)*size)
	a.n += n
	c.len = max(c.len, a.n)
	return p
}

// next is that of words.
func (a *typedRoom) next(n int) {
	least := max(n, leastValues)
	if len(a.chunks) > 0 {
		least = max(least, 2*a.chunks[a.k].cap)
		a.k++
	}
	a.n = 0
	switch {
	case a.k == len(a.chunks):
		a.chunks = append(a.chunks, header{zeroed(a.typ, least), 0, least})
	case a.chunks[a.k].cap < n:
		a.chunks[a.k] = header{zeroed(a.typ, least), 0, least}
	}
}

// cut takes back all but the first n slices.
func (w *workspace) cut(n int) {
	if n == len(w.given) {
		return
	}
	for i := len(w.given) - 1; i >= n; i-- {
		r := &w.given[i]
		w.bytes -= r.bytes
		if r.of < 0 {
			w.words.k, w.words.n = r.chunk, r.n
		} else {
			w.typed[r.of].k, w.typed[r.of].n = r.chunk, r.n
		}
	}
	w.given = w.given[:n]
}

// forget takes back everything and clears the pointers, so that they keep no memory alive.
func (w *workspace) forget() {
	w.cut(0)
	w.high = 0
	for i := range w.typed {
		a := &w.typed[i]
		for k := range a.chunks {
			c := &a.chunks[k]
			if c.len > 0 {
				a.clear(c.ptr, c.len)
				c.len = 0
			}
		}
	}
}
