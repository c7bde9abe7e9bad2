package scrutiny

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
)

// Limits on what a mask may describe. They keep every element count inside an
// int64 with room to spare and every decoder's work proportional to its input.
const (
	MaxElements = 1 << 48 // elements of one variable
	MaxDims     = 32      // dimensions of one variable
	MaxName     = 4096    // bytes of a name or a type
)

// Mask gives every element of one variable a [Class]. Elements are numbered from 0
// in row-major order; the last dimension varies fastest.
//
// Masks are made by [New], [Uniform], [Parse] or JSON and do not change afterwards;
// a Mask may be read by several goroutines at once.
type Mask struct {
	Name  string // the variable, as in the source
	Type  string // its Go type, as in the source
	Shape []int  // length of each dimension; empty for a scalar
	// Shares names the other variables of the report that share memory with this one.
	// Memory has the same class under all its names.
	Shares []string

	runs []run
}

// run is a stretch of equal class that ends before element end. Runs cover the
// elements without gaps, are never empty, and neighbours differ in class.
type run struct {
	end   int
	class Class
}

// Run is a maximal stretch of elements of equal class: Start ≤ i < Start+Len.
type Run struct {
	Start, Len int
	Class      Class
}

// New makes a mask from one class per element. It returns an error if len(classes)
// is not the product of the shape, if a class is unknown, or if a limit is exceeded.
func New(name, typ string, shape []int, classes []Class) (*Mask, error) {
	m, n, err := blank(name, typ, shape)
	if err != nil {
		return nil, err
	}
	if len(classes) != n {
		return nil, fmt.Errorf("scrutiny: mask of %q: %d classes for the %d elements of shape %v; give one class per element", name, len(classes), n, shape)
	}
	for i, c := range classes {
		if c > DerivativeZero {
			return nil, fmt.Errorf("scrutiny: mask of %q: element %d has unknown class %d; use Critical, Dead or DerivativeZero", name, i, c)
		}
		m.push(1, c)
	}
	m.runs = slices.Clip(m.runs)
	return m, nil
}

// Uniform makes a mask in which every element has class c.
func Uniform(name, typ string, shape []int, c Class) (*Mask, error) {
	m, n, err := blank(name, typ, shape)
	if err != nil {
		return nil, err
	}
	if c > DerivativeZero {
		return nil, fmt.Errorf("scrutiny: mask of %q: unknown class %d; use Critical, Dead or DerivativeZero", name, c)
	}
	m.push(n, c)
	return m, nil
}

// blank returns a mask without runs and the number of elements of its shape.
func blank(name, typ string, shape []int) (*Mask, int, error) {
	if name == "" {
		return nil, 0, errors.New("scrutiny: a mask needs the name of its variable")
	}
	if len(name) > MaxName || len(typ) > MaxName {
		return nil, 0, fmt.Errorf("scrutiny: name or type longer than %d bytes", MaxName)
	}
	n, err := product(shape)
	if err != nil {
		return nil, 0, fmt.Errorf("scrutiny: mask of %q: %w", name, err)
	}
	return &Mask{Name: name, Type: typ, Shape: slices.Clone(shape)}, n, nil
}

// product returns the number of elements of a shape, 1 for a scalar.
func product(shape []int) (int, error) {
	if len(shape) > MaxDims {
		return 0, fmt.Errorf("shape has %d dimensions; at most %d are allowed", len(shape), MaxDims)
	}
	n, empty := int64(1), false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		case d == 0:
			empty = true
		case int64(d) > MaxElements/n:
			return 0, fmt.Errorf("shape %v has more than %d elements", shape, int64(MaxElements))
		default:
			n *= int64(d)
		}
	}
	if empty {
		return 0, nil
	}
	if int64(int(n)) != n {
		return 0, fmt.Errorf("shape %v has more elements than an int counts on this machine", shape)
	}
	return int(n), nil
}

// push appends n elements of class c.
func (m *Mask) push(n int, c Class) {
	if n == 0 {
		return
	}
	end := m.Len() + n
	if k := len(m.runs); k > 0 && m.runs[k-1].class == c {
		m.runs[k-1].end = end
		return
	}
	m.runs = append(m.runs, run{end, c})
}

// Len returns the number of elements.
func (m *Mask) Len() int {
	if len(m.runs) == 0 {
		return 0
	}
	return m.runs[len(m.runs)-1].end
}

// At returns the class of element i. It takes time logarithmic in the number of
// runs; walk [Mask.Runs] to visit all elements. Like a slice it panics if i is out
// of range.
func (m *Mask) At(i int) Class {
	if i < 0 || i >= m.Len() {
		panic(fmt.Sprintf("scrutiny: element %d of the mask of %q, which has %d elements", i, m.Name, m.Len()))
	}
	return m.runs[sort.Search(len(m.runs), func(k int) bool { return i < m.runs[k].end })].class
}

// Keep reports whether element i must be saved: whether it is critical. It panics
// if i is out of range.
func (m *Mask) Keep(i int) bool { return m.At(i) == Critical }

// Runs yields the maximal stretches of equal class in element order.
func (m *Mask) Runs() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		start := 0
		for _, r := range m.runs {
			if !yield(Run{start, r.end - start, r.class}) {
				return
			}
			start = r.end
		}
	}
}

// NumRuns returns the number of stretches that [Mask.Runs] yields.
func (m *Mask) NumRuns() int { return len(m.runs) }

// Stats counts the elements of a mask by class.
type Stats struct {
	Elements       int
	Critical       int
	Dead           int
	DerivativeZero int
}

// Stats counts the elements by class.
func (m *Mask) Stats() Stats {
	var count [classes]int
	for r := range m.Runs() {
		count[r.Class] += r.Len
	}
	return Stats{m.Len(), count[Critical], count[Dead], count[DerivativeZero]}
}
