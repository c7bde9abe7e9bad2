package ad

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// Access is what a [Probe] has seen first of an element.
type Access uint8

// The states of an element.
const (
	Untouched    Access = iota // neither read nor written
	ReadFirst                  // its value was used
	WrittenFirst               // its value was replaced before it was used
)

// String returns the name of the state.
func (a Access) String() string {
	switch a {
	case Untouched:
		return "untouched"
	case ReadFirst:
		return "read first"
	case WrittenFirst:
		return "written first"
	}
	return fmt.Sprintf("access(%d)", uint8(a))
}

// Variable describes a watched variable.
type Variable struct {
	Name     string // as given to Watch
	Type     string // Go type
	Shape    []int  // see Watch
	Elements int    // product of Shape
}

// Probe watches variables and notes the first access to every element of theirs, by
// address. The program under watch reports its accesses with [Read], [Write],
// [ReadSlice] and [WriteSlice]; those to memory that is not watched are ignored. Two
// watched variables that share memory both see an access to it.
type Probe struct {
	vars  []watched
	keep  []unsafe.Pointer // what was watched must not be freed and its address reused
	cells cells
	stale bool // cells do not cover all variables yet
}

// watched is a variable and where its elements are, in row-major order.
type watched struct {
	Variable
	runs []run
}

// NewProbe returns a probe that watches nothing.
func NewProbe() *Probe { return new(Probe) }

// Watch watches the variable that ptr points to under a name. Its elements are the
// scalars (numbers, booleans, strings) reachable from it, as it is now, through slices
// up to their length, arrays, struct fields and pointers; a complex number is one.
// Maps, channels, functions and interfaces have none.
//
// The shape of a scalar is empty; slices and arrays of one length at each level have
// their lengths; everything else (ragged slices, structs) has the number of elements.
// Watch panics if ptr is not a pointer or is nil, and if the name is taken.
func (p *Probe) Watch(name string, ptr any) {
	l := pointee("Probe.Watch", ptr)
	at := address(ptr)
	if at == nil {
		panic("ad: Probe.Watch of " + name + " was given a nil pointer: pass &x for the variable x")
	}
	if p.find(name) != nil {
		panic("ad: Probe.Watch of " + name + ": a variable with this name is watched already; give each its own name")
	}
	w := watched{Variable: Variable{Name: name, Type: l.typ.String()}}
	c := collector{probe: p, to: &w}
	c.many(at, l, 1)
	for _, r := range w.runs {
		w.Elements += r.n
	}
	if shape, ok := shapeOf(reflect.ValueOf(ptr).Elem()); ok {
		w.Shape = shape
	} else {
		w.Shape = []int{w.Elements}
	}
	p.vars = append(p.vars, w)
	p.stale = true
}

// Variables returns the watched variables in the order of Watch.
func (p *Probe) Variables() []Variable {
	list := make([]Variable, len(p.vars))
	for i, w := range p.vars {
		list[i] = w.Variable
		list[i].Shape = slices.Clone(w.Shape)
	}
	return list
}

// Touched returns the state of every element of the variable, in row-major order, or
// nil if no variable has this name.
func (p *Probe) Touched(name string) []Access {
	w := p.find(name)
	if w == nil {
		return nil
	}
	p.update()
	list := make([]Access, 0, w.Elements)
	for _, r := range w.runs {
		for i := range r.n {
			list = append(list, p.cells.state(r.lo+uintptr(i)*r.unit))
		}
	}
	return list
}

func (p *Probe) find(name string) *watched {
	for i := range p.vars {
		if p.vars[i].Name == name {
			return &p.vars[i]
		}
	}
	return nil
}

// update makes the cells cover all variables.
func (p *Probe) update() {
	if p.stale {
		p.cells = p.cells.extended(p.vars)
		p.stale = false
	}
}

func (p *Probe) touch(at unsafe.Pointer, size uintptr, how Access) {
	p.update()
	p.cells.touch(uintptr(at), size, how)
}

// Read notes a read of the whole object *x.
func Read[T any](p *Probe, x *T) { p.touch(unsafe.Pointer(x), unsafe.Sizeof(*x), ReadFirst) }

// Write notes a write of the whole object *x.
func Write[T any](p *Probe, x *T) { p.touch(unsafe.Pointer(x), unsafe.Sizeof(*x), WrittenFirst) }

// ReadSlice notes a read of all elements of x.
func ReadSlice[T any](p *Probe, x []T) { touchSlice(p, x, ReadFirst) }

// WriteSlice notes a write of all elements of x.
func WriteSlice[T any](p *Probe, x []T) { touchSlice(p, x, WrittenFirst) }

func touchSlice[T any](p *Probe, x []T, how Access) {
	var e T
	p.touch(unsafe.Pointer(unsafe.SliceData(x)), uintptr(len(x))*unsafe.Sizeof(e), how)
}
