package slices_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	instead "github.com/cairn-ad/cairn/internal/load/instead/slices"
)

// run calls f for slices of base as i, j, ... say, and returns the result, all of base after
// it and whether f panics.
func run(f func(s []int, i, j int, v ...int) []int, from, to, limit, i, j, vFrom, vTo int, own bool) (out, base []int, panics bool) {
	base = make([]int, 12)
	for k := range base {
		base[k] = k + 1
	}
	v := []int{-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12}[vFrom:vTo]
	if own { // a part of the memory that is written to
		v = base[vFrom:vTo]
	}
	defer func() { panics = recover() != nil }()
	return f(base[from:to:limit], i, j, v...), base, false
}

// TestReplace compares Replace and Insert with the library's in random calls, many of which
// insert a part of what moves, and some of which panic.
func TestReplace(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	insert := func(f func([]int, int, ...int) []int) func(s []int, i, j int, v ...int) []int {
		return func(s []int, i, j int, v ...int) []int { return f(s, i, v...) }
	}
	for _, c := range []struct {
		name      string
		got, want func(s []int, i, j int, v ...int) []int
	}{
		{"Replace", instead.Replace[[]int], slices.Replace[[]int]},
		{"Insert", insert(instead.Insert[[]int]), insert(slices.Insert[[]int])},
	} {
		panics := 0
		for range 20000 {
			from := rnd.IntN(5)
			to := from + rnd.IntN(8)
			limit := to + rnd.IntN(13-to)
			n := to - from
			i, j := rnd.IntN(n+2)-rnd.IntN(2), rnd.IntN(n+2)
			vFrom := rnd.IntN(12)
			vTo := vFrom + rnd.IntN(13-vFrom)
			own := rnd.IntN(2) == 0
			got, gotBase, gotPanic := run(c.got, from, to, limit, i, j, vFrom, vTo, own)
			want, wantBase, wantPanic := run(c.want, from, to, limit, i, j, vFrom, vTo, own)
			if gotPanic != wantPanic {
				t.Fatalf("%s of [%d:%d:%d] at %d, %d: panics: %v, want %v", c.name, from, to, limit, i, j, gotPanic, wantPanic)
			}
			if gotPanic {
				panics++
				continue
			}
			if !slices.Equal(got, want) || !slices.Equal(gotBase, wantBase) || cap(got) != cap(want) {
				t.Fatalf("%s of [%d:%d:%d] at %d, %d, %d values from %d (own %v): %v in %v, cap %d; want %v in %v, cap %d",
					c.name, from, to, limit, i, j, vTo-vFrom, vFrom, own, got, gotBase, cap(got), want, wantBase, cap(want))
			}
		}
		if panics == 0 || panics > 15000 {
			t.Errorf("%s: %d panics in 20000 calls", c.name, panics)
		}
	}
	if instead.Insert([]int(nil), 0) != nil || instead.Replace([]int(nil), 0, 0) != nil {
		t.Error("nil becomes another slice")
	}
}
