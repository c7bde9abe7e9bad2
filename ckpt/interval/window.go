package interval

import "slices"

// How many samples the estimates look back.
const (
	medianWindow = 15  // for medians
	tailWindow   = 101 // for the 0.99 quantile
)

// window holds the last samples, in the order of arrival and sorted. It does not
// allocate after it was made.
type window struct {
	ring   []float64
	sorted []float64
	next   int // place in ring of the oldest sample, if it is full
}

func newWindow(size int) window {
	return window{make([]float64, 0, size), make([]float64, 0, size), 0}
}

func (w *window) add(x float64) {
	if len(w.ring) < cap(w.ring) {
		w.ring = append(w.ring, x)
	} else {
		i, _ := slices.BinarySearch(w.sorted, w.ring[w.next])
		w.sorted = slices.Delete(w.sorted, i, i+1)
		w.ring[w.next] = x
		w.next = (w.next + 1) % len(w.ring)
	}
	i, _ := slices.BinarySearch(w.sorted, x)
	w.sorted = slices.Insert(w.sorted, i, x)
}

// quantile returns the smallest sample that at least the share q of them does not
// exceed, or 0 if there are none.
func (w *window) quantile(num, den int) float64 {
	n := len(w.sorted)
	if n == 0 {
		return 0
	}
	return w.sorted[(n*num+den-1)/den-1]
}

func (w *window) median() float64 { return w.quantile(1, 2) }
func (w *window) max() float64    { return w.quantile(1, 1) }
func (w *window) known() bool     { return len(w.ring) > 0 }
