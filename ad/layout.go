package ad

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// opKind says what lies at one place of a type's memory.
type opKind uint8

const (
	opFloat   opKind = iota // n floats of unit bytes; a complex number is two
	opRaw                   // n other scalars of unit bytes
	opWord                  // channel, function, unsafe.Pointer: one pointer, not followed
	opIface                 // interface: two pointers, not followed
	opString                // pointer and length, not followed
	opPointer               // pointer to elem
	opSlice                 // slice of elem
	opArray                 // n times elem in a row
	opMap                   // map of type typ with values of elem
)

// op is one entry of a layout.
type op struct {
	kind opKind
	off  uintptr
	unit uintptr // bytes per scalar of opFloat, opRaw
	n    int     // scalars of opFloat, opRaw; elements of opArray
	per  int     // scalars that are one number: 2 for complex ones, else 1
	elem *layout
	typ  reflect.Type // of opMap
}

// layout is the list of what a type holds, in memory order, padding left out. It is
// what every deep walk in this package follows: unexported fields are like any other.
type layout struct {
	typ  reflect.Type
	size uintptr
	ops  []op

	floats     bool // floats and nothing else, at any depth of arrays
	scalars    bool // no pointer of any kind
	topFloats  bool // some float lies in the value itself, not behind a pointer
	leads      bool // some pointer, slice or map lies in the value itself
	recursive  bool // a walk that enters here can come back here
	raw        int  // bytes of scalars in the value itself
	ptrs       int  // pointers of opWord, opIface, opPointer, opMap in the value itself
	heads      int  // headers of opString, opSlice in the value itself
	words      int  // 8-byte words of a value that is made of them without pointers and gaps, else 0
	inProgress bool // its ops are still being listed
}

// flat returns the one op that covers the whole type without gaps, if that is how the
// type is made, so that many values in a row are many scalars in a row.
func (l *layout) flat() (op, bool) {
	if len(l.ops) != 1 {
		return op{}, false
	}
	o := l.ops[0]
	return o, o.kind <= opRaw && o.unit*uintptr(o.n) == l.size
}

var (
	layouts  sync.Map // reflect.Type to *layout, finished ones only
	building struct {
		sync.Mutex
		m     map[reflect.Type]*layout
		stack []*layout // in progress, outermost first
	}
)

// layoutOf returns the layout of t, from a cache.
func layoutOf(t reflect.Type) *layout {
	if l, ok := layouts.Load(t); ok {
		return l.(*layout)
	}
	building.Lock()
	defer building.Unlock()
	building.m = map[reflect.Type]*layout{}
	l := build(t)
	for t, l := range building.m {
		layouts.Store(t, l)
	}
	building.m = nil
	return l
}

func build(t reflect.Type) *layout {
	if l, ok := layouts.Load(t); ok {
		return l.(*layout)
	}
	if l, ok := building.m[t]; ok {
		if l.inProgress {
			// Everything from l on is on the way from l back to l.
			for _, m := range building.stack[slices.Index(building.stack, l):] {
				m.recursive = true
			}
		}
		return l
	}
	l := &layout{typ: t, size: t.Size(), inProgress: true}
	building.m[t] = l
	building.stack = append(building.stack, l)
	l.add(t, 0)
	building.stack = building.stack[:len(building.stack)-1]
	l.inProgress = false
	l.sum()
	return l
}

// add appends what a value of type t at offset off holds.
func (l *layout) add(t reflect.Type, off uintptr) {
	switch k := t.Kind(); k {
	case reflect.Float32, reflect.Float64:
		l.scalar(opFloat, off, t.Size(), 1, 1)
	case reflect.Complex64, reflect.Complex128:
		l.scalar(opFloat, off, t.Size()/2, 2, 2)
	case reflect.Map:
		l.reference(opMap, off, t.Elem())
		l.ops[len(l.ops)-1].typ = t
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		l.ops = append(l.ops, op{kind: opWord, off: off})
	case reflect.Interface:
		l.ops = append(l.ops, op{kind: opIface, off: off})
	case reflect.String:
		l.ops = append(l.ops, op{kind: opString, off: off})
	case reflect.Pointer:
		l.reference(opPointer, off, t.Elem())
	case reflect.Slice:
		l.reference(opSlice, off, t.Elem())
	case reflect.Array:
		l.array(t, off)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			l.add(f.Type, off+f.Offset)
		}
	default:
		l.scalar(opRaw, off, t.Size(), 1, 1)
	}
}

// reference appends a pointer to, slice of or map with values of elem. The op is there before elem is
// looked at, since elem may be an array of the very type in progress.
func (l *layout) reference(k opKind, off uintptr, elem reflect.Type) {
	i := len(l.ops)
	l.ops = append(l.ops, op{kind: k, off: off})
	l.sum()
	e := build(elem)
	l.ops[i].elem = e
}

// scalar appends n scalars, per of them a number, to the last op if they continue it.
func (l *layout) scalar(k opKind, off, unit uintptr, n, per int) {
	if i := len(l.ops) - 1; i >= 0 {
		if o := &l.ops[i]; o.kind == k && o.unit == unit && o.per == per && o.off+unit*uintptr(o.n) == off {
			o.n += n
			return
		}
	}
	l.ops = append(l.ops, op{kind: k, off: off, unit: unit, n: n, per: per})
}

func (l *layout) array(t reflect.Type, off uintptr) {
	e := build(t.Elem())
	if o, ok := e.flat(); ok {
		if t.Len() > 0 {
			l.scalar(o.kind, off, o.unit, o.n*t.Len(), o.per)
		}
		return
	}
	if len(e.ops) > 0 && t.Len() > 0 {
		l.ops = append(l.ops, op{kind: opArray, off: off, n: t.Len(), elem: e})
	}
}

// sum fills the summary fields.
func (l *layout) sum() {
	l.floats, l.scalars, l.topFloats, l.leads = true, true, false, false
	l.raw, l.ptrs, l.heads = 0, 0, 0
	for _, o := range l.ops {
		l.floats = l.floats && (o.kind == opFloat || o.kind == opArray && o.elem.floats)
		l.scalars = l.scalars && (o.kind <= opRaw || o.kind == opArray && o.elem.scalars)
		l.leads = l.leads || o.kind == opPointer || o.kind == opSlice || o.kind == opMap || o.kind == opArray && o.elem.leads
		switch o.kind {
		case opFloat, opRaw:
			l.raw += int(o.unit) * o.n
			l.topFloats = l.topFloats || o.kind == opFloat
		case opWord, opPointer, opMap:
			l.ptrs++
		case opIface:
			l.ptrs += 2
		case opString, opSlice:
			l.heads++
		case opArray:
			l.raw += o.n * o.elem.raw
			l.ptrs += o.n * o.elem.ptrs
			l.heads += o.n * o.elem.heads
			l.topFloats = l.topFloats || o.elem.topFloats
		}
	}
	l.words = 0
	if l.scalars && l.typ.Align() == 8 && uintptr(l.raw) == l.size {
		l.words = l.raw / 8
	}
}

// recentLayouts are layouts that were asked for, each at a place that the address of its type tells.
type recentLayouts [16]*layout

func (r *recentLayouts) of(t reflect.Type) *layout {
	a := uintptr(address(t))
	at := &r[(a>>5^a>>9)%uintptr(len(r))]
	if l := *at; l != nil && l.typ == t {
		return l
	}
	l := layoutOf(t)
	*at = l
	return l
}

// header is a slice header as the runtime lays it out; a string is its first two words.
type header struct {
	ptr      unsafe.Pointer
	len, cap int
}

// bytesAt views n bytes at p.
func bytesAt(p unsafe.Pointer, n int) []byte { return unsafe.Slice((*byte)(p), n) }

// visit identifies one stretch of memory in a walk over a recursive type.
type visit struct {
	addr uintptr
	lay  *layout
	n    int
}

// address returns the pointer in an interface value that holds a pointer.
func address(ptr any) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&ptr))[1]
}

// pointee returns the layout of T for an interface value that holds a *T.
func pointee(who string, ptr any) *layout {
	t := reflect.TypeOf(ptr)
	if t == nil || t.Kind() != reflect.Pointer {
		panic("ad: " + who + " was given a value that is not a pointer: pass &x for the variable x")
	}
	return layoutOf(t.Elem())
}
