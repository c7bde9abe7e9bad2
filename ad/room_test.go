package ad

import "testing"

// TestRoom: append itself leaves the same room, whatever the element, the length and
// the capacity before.
func TestRoom(t *testing.T) {
	sameRoom[float64](t, "float64")
	sameRoom[float32](t, "float32")
	sameRoom[complex128](t, "complex128")
	sameRoom[[3]float64](t, "[3]float64")
	sameRoom[*float64](t, "*float64")
	sameRoom[struct {
		X float64
		P []float64
		B bool
	}](t, "struct")
}

var escaped any // what is kept here is made on the heap

func sameRoom[E any](t *testing.T, name string) {
	for _, size := range []int{0, 1, 2, 3, 5, 8, 17, 31, 100, 255, 256, 257, 511, 1000, 3000} {
		for _, length := range []int{0, size / 2, size} {
			for _, more := range []int{1, 2, 7, 300} {
				n := length + more
				if n <= size {
					continue
				}
				x := make([]E, length, size)
				grown := append(x, make([]E, more)...)
				escaped = grown
				if got := Room(x, n); got != cap(grown) {
					t.Errorf("%s: %d elements of %d grow by %d: Room is %d, append's %d", name, length, size, more, got, cap(grown))
				}
			}
		}
	}
	var null []E
	one := append(null, *new(E))
	escaped = one
	if got := Room(null, 1); got != cap(one) {
		t.Errorf("%s: Room of nil is %d, append's %d", name, got, cap(one))
	}
}
