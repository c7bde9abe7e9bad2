package ad

import "testing"

// Arguments that something is appended to must be apart up to their capacity.
func TestApartRoom(t *testing.T) {
	type list struct{ u [][]float64 }
	base := []float64{1, 2, 3, 4}
	head, tail := base[:1], base[1:]
	rows := [][]float64{base[:1:1], tail}
	a, b := list{rows[:1]}, list{[][]float64{base[2:]}}
	Apart("F", "a", &a, "b", &b)
	panics(t, "the arguments a and b share memory", func() { ApartRoom("F", "a", &a, "b", &b) })
	a.u = a.u[:1:1]
	ApartRoom("F", "a", &a, "b", &b)
	ApartSlices("F", "x", head, "y", tail)
	panics(t, "the arguments x and y share memory", func() { ApartSlices("F", "x", head[:cap(head)], "y", tail) })
}
