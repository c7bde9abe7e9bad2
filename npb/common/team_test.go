package common

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type marks struct{ count []int }

func mark(m *marks, lo, hi int) {
	if lo >= hi {
		panic("a body without a range")
	}
	for i := lo; i < hi; i++ {
		m.count[i]++
	}
}

func total(m *marks, lo, hi int) float64 {
	s := 0.0
	for _, c := range m.count[lo:hi] {
		s += float64(c)
	}
	return s
}

// team is that of n goroutines, for the time of the test.
func team(t testing.TB, n int) *Team {
	t.Helper()
	old := SetProcs(n)
	t.Cleanup(func() { SetProcs(old) })
	return Workers()
}

// Every index of a range is visited once, whatever the sizes of team and range.
func TestForVisitsAll(t *testing.T) {
	for _, procs := range []int{1, 2, 3, 7} {
		tm := team(t, procs)
		if tm.Procs() != procs {
			t.Fatalf("%d goroutines, want %d", tm.Procs(), procs)
		}
		for n := range 20 {
			t.Run(fmt.Sprint(procs, n), func(t *testing.T) {
				m := &marks{make([]int, n+2)}
				want := make([]int, n+2)
				For(tm, m, 1, n+1, mark)
				for i := 1; i <= n; i++ {
					want[i] = 1
				}
				if d := cmp.Diff(want, m.count); d != "" {
					t.Error(d)
				}
				if got := Sum(tm, m, 1, n+1, total); got != float64(n) {
					t.Errorf("sum %v, want %d", got, n)
				}
				For(tm, m, 3, 2, mark)
				if got := Sum(tm, m, 3, 2, total); got != 0 {
					t.Errorf("the sum over an empty range is %v", got)
				}
			})
		}
	}
}

// One team serves loops over different types in turn.
func TestForOverOtherTypes(t *testing.T) {
	tm := team(t, 3)
	m := &marks{make([]int, 10)}
	x := make([]float64, 10)
	for range 3 {
		For(tm, m, 0, 10, mark)
		For(tm, &x, 0, 10, func(x *[]float64, lo, hi int) {
			for i := lo; i < hi; i++ {
				(*x)[i]++
			}
		})
	}
	if got := Sum(tm, m, 0, 10, total); got != 30 || x[9] != 3 {
		t.Errorf("%v and %v, want 30 and 3", got, x[9])
	}
}

func TestLoopsDoNotAllocate(t *testing.T) {
	for _, procs := range []int{1, 2, 4} {
		tm := team(t, procs)
		m := &marks{make([]int, 100)}
		if n := testing.AllocsPerRun(100, func() {
			For(tm, m, 0, 100, mark)
			Sum(tm, m, 0, 100, total)
		}) + testing.AllocsPerRun(100, func() {
			For(tm, *m, 0, 100, func(m marks, lo, hi int) { mark(&m, lo, hi) })
		}); n != 0 {
			t.Errorf("%d goroutines: %v allocations in a loop", procs, n)
		}
	}
}

func TestSetProcsEndsGoroutines(t *testing.T) {
	old := SetProcs(1)
	defer SetProcs(old)
	before := runtime.NumGoroutine()
	SetProcs(5)
	tm := Workers()
	SetProcs(1)
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines remain, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
	m := &marks{make([]int, 3)}
	For(tm, m, 0, 3, mark) // a team from before is the caller alone
	if d := cmp.Diff([]int{1, 1, 1}, m.count); d != "" {
		t.Error(d)
	}
}

// Loops inside loops, and those of several goroutines, do not wait for each other.
func TestForAtTheSameTime(t *testing.T) {
	tm := team(t, 3)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				m := &marks{make([]int, 9)}
				For(tm, m, 0, 3, func(m *marks, lo, hi int) {
					For(tm, m, 3*lo, 3*hi, mark)
				})
				if got := Sum(tm, m, 0, 9, total); got != 9 {
					t.Errorf("sum %v, want 9", got)
				}
			}
		})
	}
	all.Wait()
}

func TestSetProcs(t *testing.T) {
	old := SetProcs(3)
	if got := SetProcs(old); got != 3 {
		t.Errorf("SetProcs gives %d, was 3", got)
	}
	for _, n := range []int{0, -1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("SetProcs(%d) does not panic", n)
				}
			}()
			SetProcs(n)
		}()
	}
}

// BenchmarkFor is what dividing an empty loop costs.
func BenchmarkFor(b *testing.B) {
	for _, procs := range []int{1, 2} {
		b.Run(fmt.Sprint(procs), func(b *testing.B) {
			tm := team(b, procs)
			m := &marks{}
			for b.Loop() {
				For(tm, m, 0, 2, func(*marks, int, int) {})
			}
		})
	}
}

// What derivatives are made of has no team: loops run on their caller, and there is one.
func TestNoTeam(t *testing.T) {
	tm := noWorkers()
	m := &marks{make([]int, 3)}
	For(tm, m, 0, 3, mark)
	if got := Sum(tm, m, 0, 3, total); got != 3 || tm.Procs() != 1 {
		t.Errorf("sum %v, want 3, among %d goroutines", got, tm.Procs())
	}
}
