package ckpt

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// grid has memory of its own and slices.
type grid struct {
	edge  [3]float64
	u     []float64
	cells []cell
}

type cell struct {
	row  []int
	on   bool
	heat float64
}

func TestProtectRefusesSharedMemory(t *testing.T) {
	flat := make([]float64, 8)
	rows := [][]float64{flat[:3], flat[3:6], flat[2:4]}
	same := [][]float64{flat[:3], flat[3:6], flat[:3]}
	g := grid{cells: []cell{{row: []int{1}}, {row: []int{2, 3}, on: true}}}
	inside := grid{}
	inside.u = inside.edge[1:]
	pair := [2][]float64{flat[:2], flat[1:]}
	flag := true
	for _, c := range []struct {
		name string
		vars []any // protected as a, b
		want string
	}{
		{"part of a slice", []any{&flat, ptr(flat[2:5])}, `"b" shares memory with variable "a": b[0] is a[2]`},
		{"part first", []any{ptr(flat[2:5]), &flat}, `"b" shares memory with variable "a": b[2] is a[0]`},
		{"whole slice", []any{&flat, ptr(flat)}, `"b" shares memory with variable "a": b[0] is a[0]`},
		{"element of a slice", []any{&flat, &flat[7]}, `"b" shares memory with variable "a": b is a[7]`},
		{"row of a matrix", []any{ptr(rows[:2]), ptr(flat[4:5])}, `"b" shares memory with variable "a": b[0] is a[1][1]`},
		{"rows that overlap", []any{&rows}, `"a" shares memory with itself: a[2][0] is a[0][2]`},
		{"equal rows", []any{&same}, `"a" shares memory with itself: a[2][0] is a[0][0]`},
		{"array of slices", []any{&pair}, `"a" shares memory with itself: a[1][0] is a[0][1]`},
		{"slice of its own array", []any{&inside}, `"a" shares memory with itself: a.u[0] is a.edge[1]`},
		{"field", []any{&g, &g.edge}, `"b" shares memory with variable "a": b[0] is a.edge[0]`},
		{"field of an element", []any{&g, &g.cells[1].heat}, `"b" shares memory with variable "a": b is a.cells[1].heat`},
		{"slice in an element", []any{&g, ptr(g.cells[1].row[1:])}, `"b" shares memory with variable "a": b[0] is a.cells[1].row[1]`},
		{"one variable twice", []any{&flag, &flag}, `"b" shares memory with variable "a": b is a`},
	} {
		r := open(t, store.NewMem(), quiet)
		var err error
		for i, v := range c.vars {
			err = r.Protect(string(rune('a'+i)), v)
			if i+1 < len(c.vars) && err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "give each memory of its own") {
			t.Errorf("%s: %v, want %s and a way out", c.name, err, c.want)
		}
		if r.Err() == nil || r.Save(context.Background(), 1) == nil {
			t.Errorf("%s: the run goes on: Err %v", c.name, r.Err())
		}
	}
}

func ptr[T any](x T) *T { return &x }

func TestProtectTakesMemoryThatIsApart(t *testing.T) {
	flat := make([]float64, 9)
	rows := [][]float64{flat[:3], flat[3:6], flat[6:]} // each has capacity over the next
	none, empty := [][]float64{nil, {}, nil}, flat[4:4]
	words, word := []string{"one", "one"}, "one" // text does not change in place
	nothing, zero := struct{}{}, [0]int{}
	g := grid{u: []float64{1}, cells: []cell{{}, {}}}
	r := open(t, store.NewMem(), quiet)
	for name, v := range map[string]any{
		"rows": &rows, "none": &none, "empty": &empty, "words": &words, "word": &word,
		"nothing": &nothing, "zero": &zero, "g": &g,
	} {
		protect(t, r, name, v)
	}
	rows[0], rows[2] = rows[2], rows[0]
	save(t, r, 1)
}

// aliasing is a loop in which b becomes a at a step and, if apart is positive, memory of
// its own again at a later one.
func aliasing(t *testing.T, s store.Store, become, apart, stop int) (float64, *Run) {
	t.Helper()
	r := open(t, s, every(1, 9))
	a, b := []float64{1, 2}, []float64{3, 4}
	protect(t, r, "a", &a)
	protect(t, r, "b", &b)
	for i := range r.Steps(context.Background(), 6) {
		switch i {
		case stop:
			return 0, r
		case become:
			b = a
		case apart:
			b = append([]float64(nil), b...)
		}
		a[0]++
		b[0] *= 2
	}
	return a[0] + b[0], r
}

// A loop that makes two variables one memory is told so at its saves, nothing is saved
// of that time, and what is resumed gives the uninterrupted result.
func TestMemoryThatComesToBeShared(t *testing.T) {
	s := store.NewMem()
	want, r := aliasing(t, s, 2, 4, -1)
	err := r.Err()
	if !errors.Is(err, ErrSave) || !r.Finished() || !strings.Contains(err.Error(), "2 times between steps 3 and 4") ||
		!strings.Contains(err.Error(), `variable "b" shares memory with variable "a": b[0] is a[0]`) {
		t.Fatalf("Err = %v", err)
	}
	if got := listed(t, s); got != "00000001-step-1 00000002-step-2 00000003-step-5 00000004-step-6" {
		t.Fatalf("saved %s", got)
	}
	for stop := range 6 {
		s := store.NewMem()
		aliasing(t, s, 2, 4, stop)
		if got, r := aliasing(t, s, 2, 4, -1); got != want {
			t.Errorf("stopped at step %d: %v, want %v, Err %v", stop, got, want, r.Err())
		}
	}
}

// The older checkpoints of a run that ends with shared memory stay.
func TestSharedMemoryKeepsOlderCheckpoints(t *testing.T) {
	s := store.NewMem()
	want, r := aliasing(t, s, 1, -1, -1)
	if want != 252 || !errors.Is(r.Err(), ErrSave) || !strings.Contains(r.Err().Error(), "5 times") {
		t.Fatalf("%v, Err = %v", want, r.Err())
	}
	if got := listed(t, s); got != "00000001-step-1" {
		t.Fatalf("saved %s", got)
	}
	if got, r := aliasing(t, s, 1, -1, -1); got != want || !errors.Is(r.Err(), ErrSave) {
		t.Errorf("resumed: %v, want %v, Err %v", got, want, r.Err())
	}
}

func TestRestoreRefusesSharedMemory(t *testing.T) {
	mem := store.NewMem()
	x, y := []float64{1, 2}, []float64{3, 4}
	r := open(t, mem, quiet)
	protect(t, r, "x", &x)
	protect(t, r, "y", &y)
	save(t, r, 7)
	y = x
	if _, _, err := r.Restore(context.Background()); err == nil || !strings.Contains(err.Error(), "y[0] is x[0]") || x[0] != 1 {
		t.Errorf("Restore = %v, x %v", err, x)
	}
	for range r.Steps(context.Background(), 9) {
		t.Fatal("a step")
	}
	if r.Err() == nil {
		t.Error("the loop says nothing")
	}
}

func TestSharingAllocatesNothing(t *testing.T) {
	rows := make([][]float64, 50)
	for i := range rows {
		rows[i] = make([]float64, 3)
	}
	u := make([]float64, 1000)
	r := open(t, store.NewMem(), quiet)
	protect(t, r, "rows", &rows)
	protect(t, r, "u", &u)
	n := testing.AllocsPerRun(100, func() {
		if err := r.sharing.check(r.vars); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// gone is a store in which someone else removes a blob just before Delete does.
type gone struct{ store.Store }

func (g gone) Delete(ctx context.Context, name string) error {
	return errors.Join(g.Store.Delete(ctx, name), g.Store.Delete(ctx, name))
}

// Two processes that save under one name remove each other's old checkpoints.
func TestOldCheckpointsThatAreGone(t *testing.T) {
	dir, err := store.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []store.Store{store.NewMem(), dir} {
		r := open(t, gone{s}, every(1, 1))
		x := newSmall(1)
		x.protect(t, r)
		for step := range 4 {
			save(t, r, step)
		}
		if w := r.Warnings(); len(w) > 0 {
			t.Errorf("%T: %q", s, w)
		}
		if got := listed(t, s); got != "00000004-step-3" {
			t.Errorf("%T: kept %s", s, got)
		}
	}
}
