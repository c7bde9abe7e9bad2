package ad

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Influence is what is known of one element of a program's state.
type Influence uint8

// The kinds of influence, as in Huang et al., "Scrutinizing Variables for
// Checkpoint Using Automatic Differentiation".
const (
	Critical       Influence = iota // it can influence the result
	Dead                            // it is not read before it is overwritten or the program ends
	DerivativeZero                  // it is read, but the result's derivative by it is zero
)

// A Scrutiny gathers, for every element of the watched variables, how the rest of
// a program accesses it and the derivative of the result by it. Made code fills
// it in.
type Scrutiny struct {
	probe    *Probe
	adjoints map[string][]bool // by variable: is the derivative other than zero
}

// NewScrutiny returns an empty scrutiny.
func NewScrutiny() *Scrutiny {
	return &Scrutiny{probe: NewProbe(), adjoints: map[string][]bool{}}
}

// Probe returns the probe for the run that reports accesses.
func (s *Scrutiny) Probe() *Probe { return s.probe }

// Adjoint records the adjoints at ptr, a pointer to the shadow of the watched
// variable of that name.
func (s *Scrutiny) Adjoint(name string, ptr any) {
	var list []bool
	walkScalars(reflect.ValueOf(ptr).Elem(), func(v reflect.Value) {
		nonzero := true // of what is not a float the derivative says nothing
		switch {
		case v.CanFloat():
			nonzero = v.Float() != 0
		case v.CanComplex():
			nonzero = v.Complex() != 0
		}
		list = append(list, nonzero)
	})
	s.adjoints[name] = list
}

// Variables describes the watched variables.
func (s *Scrutiny) Variables() []Variable { return s.probe.Variables() }

// Shares returns the names of the other watched variables that share memory with the
// variable, in the order of [Scrutiny.Variables].
func (s *Scrutiny) Shares(name string) []string { return s.probe.shares(name) }

// Elements returns the influence of every element of a variable in row-major
// order. An element whose adjoint is not known, an integer say, is critical if it
// is read. A NaN derivative counts as an influence. Memory that several variables
// share has under each name the most that it has under any.
func (s *Scrutiny) Elements(name string) []Influence {
	out := s.alone(name)
	others := s.Shares(name)
	if len(others) == 0 {
		return out
	}
	cells := &s.probe.cells
	most := make([][]uint8, len(cells.blocks)) // the rank of every scalar of the blocks that w has
	w := s.probe.find(name)
	cells.visit(w, func(i, block, scalar int) {
		if most[block] == nil {
			most[block] = make([]uint8, cells.blocks[block].n)
		}
		most[block][scalar] = max(most[block][scalar], out[i].rank())
	})
	for _, other := range others {
		list := s.alone(other)
		cells.visit(s.probe.find(other), func(i, block, scalar int) {
			if most[block] != nil {
				most[block][scalar] = max(most[block][scalar], list[i].rank())
			}
		})
	}
	cells.visit(w, func(i, block, scalar int) { out[i] = byRank[most[block][scalar]] })
	return out
}

// byRank orders the kinds of influence by how much an element is needed.
var byRank = [...]Influence{Dead, DerivativeZero, Critical}

func (k Influence) rank() uint8 {
	for r, b := range byRank {
		if k == b {
			return uint8(r)
		}
	}
	return uint8(len(byRank) - 1)
}

// alone is what is known of the elements of one variable by its own adjoints.
func (s *Scrutiny) alone(name string) []Influence {
	touched := s.probe.Touched(name)
	out := make([]Influence, len(touched))
	adjoints, known := s.adjoints[name]
	if known && len(adjoints) != len(touched) {
		panic(fmt.Sprintf("ad: variable %s has %d elements but its shadow %d", name, len(touched), len(adjoints)))
	}
	for i, a := range touched {
		switch {
		case a != ReadFirst:
			out[i] = Dead
		case known && !adjoints[i]:
			out[i] = DerivativeZero
		}
	}
	return out
}

// walkScalars visits the scalars of v, which has an address, in the order of Probe.Watch.
func walkScalars(v reflect.Value, f func(reflect.Value)) {
	w := &scalarWalk{f: f, seen: map[visit]bool{}}
	if w.enter(v.Addr().UnsafePointer(), v.Type(), 1) {
		w.walk(v)
	}
}

// walkFloats visits the floats of v, which must be a place, two of a complex number.
func walkFloats(v reflect.Value, f func(reflect.Value)) {
	walkScalars(v, func(v reflect.Value) {
		switch {
		case v.CanFloat():
			f(v)
		case v.CanComplex():
			re, im := parts(v)
			f(re)
			f(im)
		}
	})
}

type scalarWalk struct {
	f    func(reflect.Value)
	seen map[visit]bool // memory of recursive types: rings are walked once
	maps bool           // the floats in maps, too
}

// enter reports whether the n values of type t at p are still to be visited.
func (w *scalarWalk) enter(p unsafe.Pointer, t reflect.Type, n int) bool {
	l := layoutOf(t)
	if p == nil || n == 0 {
		return false
	}
	if !l.recursive {
		return true
	}
	at := visit{uintptr(p), l, n}
	again := w.seen[at]
	w.seen[at] = true
	return !again
}

func (w *scalarWalk) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if w.enter(v.UnsafePointer(), v.Type().Elem(), v.Len()) {
			w.elements(v)
		}
	case reflect.Array:
		w.elements(v)
	case reflect.Pointer:
		if w.enter(v.UnsafePointer(), v.Type().Elem(), 1) {
			w.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i))
		}
	case reflect.Map:
		if w.maps {
			w.walkMap(v)
		}
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer:
	default:
		w.f(v)
	}
}

func (w *scalarWalk) elements(v reflect.Value) {
	for i := range v.Len() {
		w.walk(v.Index(i))
	}
}

// Seed fills the floats that ptr leads to with seeds of the reverse sweep: 1 for
// a single float; for several, different numbers between 1 and 2, so that the
// influences on them do not cancel.
func Seed(ptr any) {
	n := 0
	walkFloats(reflect.ValueOf(ptr).Elem(), func(v reflect.Value) {
		// The fractional parts of multiples of the golden ratio never repeat.
		x := 1 + float64(n)*0.6180339887498949
		for x >= 2 {
			x -= float64(int(x) - 1)
		}
		settable(v).SetFloat(x)
		n++
	})
}
