package effects

import "testing"

// TestRoom: an append that is written out asks for the capacity of what it appends to.
func TestRoom(t *testing.T) {
	prog := parse(t, `
func f(x []float64, y []float64, ks []int) (r float64) {
	var z []float64
	if len(x) + 1 <= cap(x) {
		z = x[:len(x) + 1]
	} else {
		z = make([]float64, len(x) + 1, 2 * cap(x))
	}
	z[len(x)] = y[0]
	r = z[cap(ks)]
	return
}
`)
	if got, want := names(analyze(prog).Room(prog.Funcs)), "x[]"; got != want {
		t.Errorf("room of %q, want %q", got, want)
	}
}
