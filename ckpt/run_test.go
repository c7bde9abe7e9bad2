package ckpt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

func listed(t *testing.T, s store.Store) string {
	t.Helper()
	infos, err := s.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range infos {
		if name, _, ok := splitDataName(i.Name); ok {
			if !slices.ContainsFunc(infos, func(m store.Info) bool { return m.Name == name }) {
				t.Errorf("%s has no manifest", i.Name)
			}
			continue
		}
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(i.Name, "run-"), ".ckpt"))
	}
	return strings.Join(out, " ")
}

func every(k, keep int) Options {
	o := quiet
	o.Every, o.Keep = k, keep
	return o
}

// sum is a loop with a state that shows every lost or repeated step.
type sum struct {
	x     []float64
	count int
}

func (s *sum) protect(t testing.TB, r *Run) {
	t.Helper()
	protect(t, r, "x", &s.x)
	protect(t, r, "count", &s.count)
}

func (s *sum) step(t int) {
	if s.x == nil {
		s.x = make([]float64, 3)
	}
	for i := range s.x {
		s.x[i] = s.x[i]*0.999 + float64(t*(i+1))/7
	}
	s.count++
}

func uninterrupted(lo, hi int) *sum {
	s := new(sum)
	for t := lo; t < hi; t++ {
		s.step(t)
	}
	return s
}

func TestLoopWithoutInterruption(t *testing.T) {
	for _, c := range []struct {
		lo, hi, every int
		want          string
	}{
		{0, 10, 4, "00000001-step-4 00000002-step-8 00000003-step-10"},
		{0, 8, 4, "00000001-step-4 00000002-step-8"},
		{1, 6, 2, "00000001-step-3 00000002-step-5 00000003-step-6"},
		{-2, 1, 1, "00000001-step--1 00000002-step-0 00000003-step-1"},
		{0, 1, 5, "00000001-step-1"},
		{0, 0, 5, ""},
		{3, 2, 5, ""},
	} {
		s := store.NewMem()
		r := open(t, s, every(c.every, 9))
		x := new(sum)
		x.protect(t, r)
		var steps []int
		for i := range r.Range(context.Background(), c.lo, c.hi) {
			steps = append(steps, i)
			x.step(i)
		}
		if r.Err() != nil || !r.Finished() || len(r.Warnings()) > 0 {
			t.Fatalf("%+v: Err %v, Finished %v", c, r.Err(), r.Finished())
		}
		if len(steps) != max(0, c.hi-c.lo) || len(steps) > 0 && (steps[0] != c.lo || steps[len(steps)-1] != c.hi-1) {
			t.Errorf("%+v: steps %v", c, steps)
		}
		if got := listed(t, s); got != c.want {
			t.Errorf("%+v: saved %s", c, got)
		}
		// A later life has nothing left to do and gets the final state.
		y := new(sum)
		r = open(t, s, every(c.every, 9))
		y.protect(t, r)
		for i := range r.Range(context.Background(), c.lo, c.hi) {
			t.Fatalf("%+v: step %d again", c, i)
		}
		if !reflect.DeepEqual(x, y) || r.Err() != nil || !r.Finished() {
			t.Errorf("%+v: the finished run gives %+v, want %+v, Err %v", c, y, x, r.Err())
		}
	}
}

// A loop that is left at every step and in every way is resumed to the same result.
func TestResumeIsExact(t *testing.T) {
	const lo, hi = 1, 23
	want := uninterrupted(lo, hi)
	for _, way := range []string{"break", "panic", "cancel"} {
		for stop := lo; stop < hi; stop++ {
			for _, k := range []int{1, 2, 5, 100} {
				s := store.NewMem()
				life(t, s, k, lo, hi, func(i int) string {
					if i == stop {
						return way
					}
					return ""
				})
				x, steps, r := life(t, s, k, lo, hi, func(int) string { return "" })
				if !reflect.DeepEqual(x, want) || r.Err() != nil {
					t.Fatalf("%s at %d, every %d: %+v, want %+v, %v", way, stop, k, x, want, r.Err())
				}
				first := hi
				if len(steps) > 0 {
					first = steps[0]
				}
				saved := stop - (stop-lo)%k // a break loses the steps since the last save
				if way == "cancel" {
					saved = stop + 1
				}
				if first != saved {
					t.Fatalf("%s at %d, every %d: resumed at %d, want %d", way, stop, k, first, saved)
				}
			}
		}
	}
}

func life(t *testing.T, s store.Store, k, lo, hi int, do func(int) string) (x *sum, steps []int, r *Run) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer func() {
		if p := recover(); p != nil && p != "killed" {
			panic(p)
		}
	}()
	r = open(t, s, every(k, 2))
	x = new(sum)
	x.protect(t, r)
	for i := range r.Range(ctx, lo, hi) {
		steps = append(steps, i)
		switch do(i) {
		case "break":
			x.x = nil // half a step
			return x, steps, r
		case "panic":
			x.x = nil
			panic("killed")
		case "cancel":
			cancel()
		}
		x.step(i)
	}
	return x, steps, r
}

func TestCancel(t *testing.T) {
	s := store.NewMem()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	r := open(t, s, every(100, 0))
	x := new(sum)
	x.protect(t, r)
	cause := errors.New("the queue wants its node back")
	for i := range r.Steps(ctx, 50) {
		x.step(i)
		if i == 7 {
			cancel(cause)
		}
	}
	if err := r.Err(); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) || errors.Is(err, ErrSave) || !strings.Contains(err.Error(), "step 8") {
		t.Errorf("Err = %v", err)
	}
	if got := listed(t, s); got != "00000001-step-8" || r.Finished() {
		t.Errorf("saved %s, Finished %v", got, r.Finished())
	}

	// Cancelled before the start: nothing is yielded, nothing saved.
	r = open(t, s, every(100, 0))
	x = new(sum)
	x.protect(t, r)
	for range r.Steps(ctx, 50) {
		t.Fatal("a step")
	}
	if !errors.Is(r.Err(), context.Canceled) || listed(t, s) != "00000001-step-8" {
		t.Errorf("Err %v, saved %s", r.Err(), listed(t, s))
	}

	// Cancelled in the last step: the loop is complete.
	ctx2, cancel2 := context.WithCancel(context.Background())
	r = open(t, s, every(100, 0))
	x.protect(t, r)
	for i := range r.Steps(ctx2, 50) {
		x.step(i)
		if i == 49 {
			cancel2()
		}
	}
	cancel2()
	if r.Err() != nil || !r.Finished() || listed(t, s) != "00000001-step-8 00000002-step-50" {
		t.Errorf("Err %v, Finished %v, saved %s", r.Err(), r.Finished(), listed(t, s))
	}
	// Cancelled where a save has just been made: it is not made twice.
	ctx3, cancel3 := context.WithCancel(context.Background())
	s = store.NewMem()
	r = open(t, s, every(2, 0))
	for i := range r.Steps(ctx3, 50) {
		if i == 3 {
			cancel3()
		}
	}
	cancel3()
	if got := listed(t, s); got != "00000001-step-2 00000002-step-4" {
		t.Errorf("saved %s", got)
	}
}

func TestInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			opts Options
			want string
		}{
			{Options{Keep: 9}, "00000001-step-2 00000002-step-4 00000003-step-5"}, // one minute
			{Options{Keep: 9, Interval: 100 * time.Second}, "00000001-step-3 00000002-step-5"},
			{Options{Keep: 9, Every: 4}, "00000001-step-4 00000002-step-5"},
			{Options{Keep: 9, Every: 3, Interval: time.Minute}, "00000001-step-2 00000002-step-4 00000003-step-5"},
		} {
			s := store.NewMem()
			r := open(t, s, c.opts)
			for range r.Steps(context.Background(), 5) {
				time.Sleep(40 * time.Second)
			}
			if got := listed(t, s); got != c.want || r.Err() != nil {
				t.Errorf("%+v: saved %s, want %s, Err %v", c.opts, got, c.want, r.Err())
			}
		}
	})
}

func TestKeep(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, every(1, 0)) // the default is 3
	x := new(sum)
	x.protect(t, r)
	for i := range r.Steps(context.Background(), 6) {
		x.step(i)
	}
	if got := listed(t, s); got != "00000004-step-4 00000005-step-5 00000006-step-6" {
		t.Fatalf("kept %s", got)
	}
	// A damaged one neither counts nor vanishes, and other blobs are not touched.
	damaged := "run-00000006-step-6.ckpt"
	put1(t, s, damaged, []byte("x"))
	for _, other := range []string{"run-7-step-7.ckpt", "run-00000007-step-07.ckpt", "run-2-00000001-step-1.ckpt", "runs", "run-00000001-step-1.txt"} {
		put1(t, s, other, nil)
	}
	r = open(t, s, every(1, 1))
	x.protect(t, r)
	for i := range r.Steps(context.Background(), 8) {
		x.step(i)
	}
	if r.Err() != nil || len(r.Warnings()) != 1 {
		t.Fatalf("Err %v, warnings %q", r.Err(), r.Warnings())
	}
	got := listed(t, s)
	for _, want := range []string{"00000006-step-6", "00000009-step-8", "7-step-7", "00000007-step-07", "2-00000001-step-1", "runs", "00000001-step-1.txt"} {
		if !strings.Contains(" "+got+" ", " "+want+" ") {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	if n := len(strings.Fields(got)); n != 7 {
		t.Errorf("%d blobs: %s", n, got)
	}
}

func TestRunsInOneStoreDoNotMeet(t *testing.T) {
	s := store.NewMem()
	for k, name := range []string{"a", "a-00000001-step-1", "dir/a", "b"} {
		o := every(1, 1)
		o.Name = name
		r := open(t, s, o)
		x := k
		protect(t, r, "x", &x)
		save(t, r, k)
		save(t, r, k)
	}
	for k, name := range []string{"a", "a-00000001-step-1", "dir/a", "b"} {
		o := quiet
		o.Name = name
		r := open(t, s, o)
		x := -1
		protect(t, r, "x", &x)
		restore(t, r, k)
		if x != k {
			t.Errorf("%s: x = %d, want %d", name, x, k)
		}
	}
	if infos, _ := s.List(context.Background(), ""); len(infos) != 8 {
		t.Errorf("%v", infos)
	}
}

func TestNewestIsByOrderOfSavingNotByStep(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, quiet)
	x := 0
	protect(t, r, "x", &x)
	for k, step := range []int{100, 7, -3} {
		x = k
		save(t, r, step)
	}
	restore(t, open2(t, s, &x), -3)
	if x != 2 {
		t.Fatalf("x = %d", x)
	}
}

func open2(t *testing.T, s store.Store, x *int) *Run {
	r := open(t, s, quiet)
	protect(t, r, "x", x)
	return r
}

// A checkpoint that is sound but does not fit is an error that names the variable,
// and changes nothing.
func TestMismatch(t *testing.T) {
	type state struct {
		f  float64
		xs []float64
		yy [][]int
	}
	mask, _ := scrutiny.Parse("xs", "", []int{3}, "2C1D")
	less, _ := scrutiny.Parse("xs", "", []int{3}, "1C2D")
	longer, _ := scrutiny.Parse("xs", "", []int{4}, "3C1D")
	for _, c := range []struct {
		name    string
		protect func(*testing.T, *Run, *state)
		want    string
	}{
		{"missing", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs, Masked(mask))
		}, `variable "yy" is in the checkpoint but not protected`},
		{"extra", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs, Masked(mask))
			protect(t, r, "yy", &s.yy)
			protect(t, r, "new", new(int))
		}, `variable "new" is protected but not in the checkpoint`},
		{"renamed", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "g", &s.f)
			protect(t, r, "xs", &s.xs, Masked(mask))
			protect(t, r, "yy", &s.yy)
		}, `variable "g" is protected but not in the checkpoint: if it is new, protect it with ckpt.Added(), or if it was renamed, with ckpt.RenamedFrom("f"); variable "f" is in the checkpoint but not protected`},
		{"retyped", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", new(float32))
			protect(t, r, "xs", &s.xs, Masked(mask))
			protect(t, r, "yy", &s.yy)
		}, `variable "f" is float32 in the program and float64 in the checkpoint`},
		{"longer", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs, Masked(mask))
			s.yy = [][]int{{0}, {0}, {0}}
			protect(t, r, "yy", &s.yy)
		}, `variable "yy": a slice of type [][]int has 3 elements in the program and 2 in the checkpoint`},
		{"row longer", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs, Masked(mask))
			s.yy = [][]int{{0}, {0}}
			protect(t, r, "yy", &s.yy)
		}, `variable "yy": a slice of type []int has 1 elements in the program and 2 in the checkpoint`},
		{"no mask", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs)
			protect(t, r, "yy", &s.yy)
		}, `element 2 of variable "xs" was not stored`},
		{"mask of another size", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			s.xs = make([]float64, 4)
			protect(t, r, "xs", &s.xs, Masked(longer))
			protect(t, r, "yy", &s.yy)
		}, `variable "xs" has 3 elements in the checkpoint and 4 in its mask`},
		{"masked slice not made", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			s.xs = nil
			protect(t, r, "xs", &s.xs, Masked(mask))
			protect(t, r, "yy", &s.yy)
		}, `with a mask it must be made that long`},
		{"fits", func(t *testing.T, r *Run, s *state) {
			protect(t, r, "f", &s.f)
			protect(t, r, "xs", &s.xs, Masked(less))
			protect(t, r, "yy", &s.yy)
		}, ""},
	} {
		s := store.NewMem()
		saved := state{1, []float64{1, 2, 3}, [][]int{{1}, {2, 3}}}
		r := open(t, s, quiet)
		protect(t, r, "yy", &saved.yy) // the order does not matter
		protect(t, r, "f", &saved.f)
		protect(t, r, "xs", &saved.xs, Masked(mask))
		save(t, r, 5)
		got := state{9, []float64{9, 9, 9}, nil}
		r = open(t, s, quiet)
		c.protect(t, r, &got)
		was := fmt.Sprintf("%+v", got)
		_, ok, err := r.Restore(context.Background())
		if c.want == "" {
			if want := (state{1, []float64{1, 9, 9}, saved.yy}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
			continue
		}
		if ok || !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Restore = %v, %v, want an error with %q", c.name, ok, err, c.want)
		}
		if now := fmt.Sprintf("%+v", got); now != was {
			t.Errorf("%s: the program's %s became %s", c.name, was, now)
		}
		if len(r.Warnings()) > 0 {
			t.Errorf("%s: warnings %q", c.name, r.Warnings())
		}
	}
}

func TestLoopOfAnotherRange(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, every(5, 0))
	x := 0
	protect(t, r, "x", &x)
	for range r.Steps(context.Background(), 20) {
		x++
	}
	for _, c := range [][2]int{{0, 10}, {21, 40}, {30, 20}} {
		y := -1
		r := open2(t, s, &y)
		for range r.Range(context.Background(), c[0], c[1]) {
			t.Fatalf("%v: a step", c)
		}
		if !errors.Is(r.Err(), ErrMismatch) || y != -1 || r.Finished() {
			t.Errorf("%v: Err %v, y %d", c, r.Err(), y)
		}
	}
	y := -1
	r = open2(t, s, &y)
	for range r.Steps(context.Background(), 25) { // a longer loop goes on
		y++
	}
	if r.Err() != nil || y != 25 {
		t.Errorf("Err %v, y %d", r.Err(), y)
	}
}

func TestOneLoopPerRun(t *testing.T) {
	r := open(t, store.NewMem(), quiet)
	for range r.Steps(context.Background(), 2) {
	}
	for range r.Steps(context.Background(), 2) {
		t.Fatal("a second loop")
	}
	if r.Err() == nil || !strings.Contains(r.Err().Error(), "another Name") {
		t.Errorf("Err = %v", r.Err())
	}
}

func TestNothingSaved(t *testing.T) {
	x := 5
	r := open2(t, store.NewMem(), &x)
	if step, ok, err := r.Restore(context.Background()); step != 0 || ok || err != nil || x != 5 {
		t.Fatalf("Restore = %d, %v, %v", step, ok, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, o := range []Options{{Keep: -1}, {Every: -1}, {Interval: -1}, {Name: "../x"}, {Name: strings.Repeat("n", 200)}} {
		if _, err := Open("mem:", o); err == nil {
			t.Errorf("%+v accepted", o)
		}
	}
	if _, err := Open("nowhere", Options{}); err == nil {
		t.Error("a bad URL accepted")
	}
	if _, err := OpenStore(nil, Options{}); err == nil {
		t.Error("a nil store accepted")
	}
}
