// Package memory tells whether arguments share elements.
//
// In: where the elements of vectors and matrices lie. Out: whether two of them have
// elements in common. The derivatives of a routine that writes to one argument and reads
// another are wrong if these overlap in a way that the routine itself does not allow, so
// the rules ask first.
package memory

import (
	"fmt"
	"unsafe"
)

// An Area is the elements of a matrix in a slice: rows of cols elements, stride apart.
// Part leaves out those of one side of the diagonal.
type Area struct {
	data               []float64
	rows, cols, stride int
	part               Part
}

// Part says which elements of an Area count.
type Part int

// The parts of a matrix.
const (
	All   Part = iota
	Upper      // on and above the diagonal
	Lower      // on and below the diagonal
)

// Slice is all of x.
func Slice(x []float64) Area { return Area{data: x, rows: 1, cols: len(x), stride: len(x)} }

// Strided is n elements of x, inc apart; a negative inc walks the same elements.
func Strided(n, inc int, x []float64) Area {
	if inc < 0 {
		inc = -inc
	}
	if inc == 0 || n <= 0 || len(x) <= (n-1)*inc {
		return Area{} // the routine itself reports it
	}
	return Area{data: x, rows: n, cols: 1, stride: inc}
}

// Rows is a matrix in rows, or the part of it.
func Rows(rows, cols, stride int, x []float64, part Part) Area {
	if rows <= 0 || cols <= 0 || stride < cols || len(x) < (rows-1)*stride+cols {
		return Area{}
	}
	return Area{data: x, rows: rows, cols: cols, stride: stride, part: part}
}

// Same reports whether a and b are the same elements in the same arrangement.
func Same(a, b Area) bool {
	if a.rows != b.rows || a.cols != b.cols || a.part != b.part {
		return false
	}
	if a.empty() {
		return true
	}
	return first(a.data) == first(b.data) && (a.rows == 1 || a.stride == b.stride)
}

// Disjoint reports whether a and b have no element in common.
func Disjoint(a, b Area) bool {
	if a.empty() || b.empty() || a.end() <= first(b.data) || b.end() <= first(a.data) {
		return true
	}
	if a.rows*a.cols > b.rows*b.cols {
		a, b = b, a
	}
	for i := range a.rows {
		for j := range a.cols {
			if a.counts(i, j) && b.contains(first(a.data)+uintptr(i*a.stride+j)*size) {
				return false
			}
		}
	}
	return true
}

// Apart panics unless a and b are disjoint.
func Apart(fn, aName string, a Area, bName string, b Area) {
	if !Disjoint(a, b) {
		panic(fmt.Sprintf("%s: %s and %s overlap, and one of them is written to", fn, aName, bName))
	}
}

// SameOrApart panics if a and b overlap without being the same.
func SameOrApart(fn, aName string, a Area, bName string, b Area) {
	if !Same(a, b) {
		Apart(fn, aName, a, bName, b)
	}
}

const size = unsafe.Sizeof(float64(0))

func first(x []float64) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(x))) }

func (a Area) empty() bool { return a.rows == 0 || a.cols == 0 }

// end is the address behind the last element.
func (a Area) end() uintptr {
	return first(a.data) + uintptr((a.rows-1)*a.stride+a.cols)*size
}

func (a Area) counts(i, j int) bool {
	return a.part == All || a.part == Upper && i <= j || a.part == Lower && i >= j
}

// contains reports whether one of the elements of a lies at an address.
func (a Area) contains(at uintptr) bool {
	if at < first(a.data) || at >= a.end() {
		return false
	}
	k := int((at - first(a.data)) / size)
	if a.rows == 1 {
		return k < a.cols
	}
	i, j := k/a.stride, k%a.stride
	return j < a.cols && a.counts(i, j)
}
