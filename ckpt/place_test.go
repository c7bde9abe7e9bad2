package ckpt

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// vectors is a state of which some parts are put where they belong while the file is read.
type vectors struct {
	x      []float64
	a      [400_000]float32
	pairs  []struct{ A, B int32 }
	coded  []float64
	masked []float64
	grown  []int64 // is nil before the restore
	small  []int16
	bits   []bool
}

func newVectors(at float64) *vectors {
	const n = 300_000
	v := &vectors{
		x: make([]float64, 1_000_000), pairs: make([]struct{ A, B int32 }, n), coded: make([]float64, n),
		masked: make([]float64, n), grown: make([]int64, n), small: make([]int16, 1000), bits: make([]bool, 2*n*4),
	}
	for i := range v.x {
		v.x[i] = at + float64(i)
	}
	for i := range v.a {
		v.a[i] = float32(at) - float32(i)
	}
	for i := range n {
		v.pairs[i] = struct{ A, B int32 }{int32(at), int32(i)}
		v.coded[i], v.masked[i], v.grown[i] = at, at+float64(i), int64(i)
	}
	for i := range v.small {
		v.small[i] = int16(at) + int16(i)
	}
	for i := range v.bits {
		v.bits[i] = i%3 == int(at)
	}
	return v
}

func (v *vectors) protect(t *testing.T, r *Run) {
	t.Helper()
	mask, err := scrutiny.Parse("masked", "", []int{len(v.masked)}, "299999C1D")
	if err != nil {
		t.Fatal(err)
	}
	protect(t, r, "x", &v.x)
	protect(t, r, "a", &v.a)
	protect(t, r, "pairs", &v.pairs)
	protect(t, r, "coded", &v.coded, Compressed(rle{}))
	protect(t, r, "masked", &v.masked, Masked(mask))
	protect(t, r, "grown", &v.grown)
	protect(t, r, "small", &v.small)
	protect(t, r, "bits", &v.bits)
}

// Elements that are placed while the file is read are those that were saved, and what does not fit
// leaves every variable as it was.
func TestPlacedElements(t *testing.T) {
	s, err := store.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	saved := newVectors(1)
	r := open(t, s, quiet)
	saved.protect(t, r)
	save(t, r, 1)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	got := newVectors(2)
	r = open(t, s, quiet)
	got.protect(t, r)
	protect(t, r, "more", new(int))
	if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrMismatch) {
		t.Errorf("with one more variable: %v", err)
	}
	if !reflect.DeepEqual(got, newVectors(2)) {
		t.Error("a restore that has failed has changed variables")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	r = open(t, s, quiet)
	got.grown = nil
	last := got.masked[len(got.masked)-1]
	got.protect(t, r)
	in, size, err := s.Get(context.Background(), "run-00000001-step-1.ckpt")
	if err != nil {
		t.Fatal(err)
	}
	into := &placing{vars: r.vars}
	f, err := decodeInto(context.Background(), s, "run-00000001-step-1.ckpt", in, size, 0, into)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, rec := range f.records {
		if rec.placed {
			names = append(names, rec.Name)
		}
	}
	if want := []string{"x", "a", "pairs", "coded"}; !reflect.DeepEqual(names, want) {
		t.Errorf("placed are %v, want %v", names, want)
	}
	into.undo()
	if err := errors.Join(f.release(), in.Close()); err != nil {
		t.Fatal(err)
	}
	restore(t, r, 1)
	saved.masked[len(saved.masked)-1] = last
	if !reflect.DeepEqual(got, saved) {
		t.Error("another state was restored")
	}
}

// What was exchanged twice has its first contents again.
func TestUndoTwice(t *testing.T) {
	memory, p := []byte("abcd"), &placing{}
	p.exchange(memory, []byte("1234"))
	p.exchange(memory[1:3], []byte("xy"))
	if string(memory) != "1xy4" {
		t.Fatalf("exchanged: %s", memory)
	}
	p.undo()
	if string(memory) != "abcd" {
		t.Errorf("undone: %s", memory)
	}
}
