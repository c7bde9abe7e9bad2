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

// Elements returns the influence of every element of a variable in row-major
// order. An element whose adjoint is not known, an integer say, is critical if it
// is read. A NaN derivative counts as an influence.
func (s *Scrutiny) Elements(name string) []Influence {
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

// walkScalars visits the scalars of v in the order of Probe.Watch.
func walkScalars(v reflect.Value, visit func(reflect.Value)) {
	(&scalarWalk{visit: visit, seen: map[unsafe.Pointer]bool{}}).walk(v)
}

// walkFloats visits the floats of v, which must be a place, two of a complex number.
func walkFloats(v reflect.Value, visit func(reflect.Value)) {
	walkScalars(v, func(v reflect.Value) {
		switch {
		case v.CanFloat():
			visit(v)
		case v.CanComplex():
			re, im := parts(v)
			visit(re)
			visit(im)
		}
	})
}

type scalarWalk struct {
	visit func(reflect.Value)
	seen  map[unsafe.Pointer]bool // pointers followed, for rings
}

func (w *scalarWalk) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	case reflect.Pointer:
		if p := v.UnsafePointer(); p != nil && !w.seen[p] {
			w.seen[p] = true
			w.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i))
		}
	case reflect.Map, reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer:
	default:
		w.visit(v)
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
