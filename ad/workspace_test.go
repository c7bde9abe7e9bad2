package ad

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

type pointed struct {
	x float64
	p *float64
}

// TestMake: slices are zero, as long as asked for, apart from each other and cannot be
// appended to in place, after other use of the memory too.
func TestMake(t *testing.T) {
	st := NewStack()
	defer st.Release()
	for round := range 3 {
		st.Enter()
		var all [][]float64
		for n := range 200 {
			x := Make[[]float64](st, n*n)
			if len(x) != n*n || cap(x) != n*n || x == nil {
				t.Fatalf("length %d, capacity %d of %d", len(x), cap(x), n*n)
			}
			for i := range x {
				if x[i] != 0 {
					t.Fatalf("round %d: element %d of %d is %g", round, i, n*n, x[i])
				}
				x[i] = float64(n + 1)
			}
			all = append(all, x)
			_ = append(x, -1)
			b := MakeCap[[]bool](st, n/2, n)
			if len(b) != n/2 || cap(b) != n || slices.Contains(b[:n], true) {
				t.Fatalf("%d of %d booleans: %v", len(b), cap(b), b[:n])
			}
			for i := range b[:n] {
				b[:n][i] = true
			}
			q := Make[[]pointed](st, n)
			for i := range q {
				if q[i] != (pointed{}) {
					t.Fatalf("round %d: %v", round, q[i])
				}
				q[i] = pointed{x: 1, p: new(float64)}
			}
			h := MakeCap[[][]float64](st, n, 2*n)
			for i := range h[:2*n] {
				if h[:2*n][i] != nil {
					t.Fatalf("round %d: a slice that is not nil", round)
				}
				h[:2*n][i] = x
			}
		}
		for n, x := range all {
			for _, v := range x {
				if v != float64(n+1) {
					t.Fatalf("round %d: slice %d holds %g", round, n, v)
				}
			}
		}
		st.Leave()
	}
}

// TestMakeRefused: what make refuses is refused.
func TestMakeRefused(t *testing.T) {
	st := NewStack()
	defer st.Release()
	for _, c := range [][2]int{{-1, -1}, {2, 1}, {0, -1}, {math.MaxInt, math.MaxInt}, {0, math.MaxInt / 2}} {
		func() {
			defer func() {
				if _, ok := recover().(runtime.Error); !ok {
					t.Errorf("%d of %d elements are made", c[0], c[1])
				}
			}()
			MakeCap[[]float64](st, c[0], c[1])
		}()
	}
	if x := Make[[]struct{}](st, 7); len(x) != 7 {
		t.Errorf("%d of 7 values of no size", len(x))
	}
	if x := Make[[]*int](st, 0); x == nil {
		t.Error("an empty slice is nil")
	}
}

// TestMakeNested: what an inner sweep has made is taken back by its Leave, and nothing else.
func TestMakeNested(t *testing.T) {
	st := NewStack()
	defer st.Release()
	st.Enter()
	a, s := Make[[]float64](st, 100), Make[[]*float64](st, 100)
	s[99] = &a[99]
	for i := range 1000 {
		st.Enter()
		b, q := Make[[]float64](st, 1000+i), Make[[]*float64](st, 1000+i)
		for k := range b {
			b[k], q[k] = 1, &a[0]
		}
		st.Leave()
	}
	if s[98] != nil || s[99] != &a[99] || a[0] != 0 {
		t.Error("memory that is in use was given out")
	}
	if got, want := st.Bytes(), int64(8); got != want { // of Enter
		t.Errorf("%d bytes on the stack, not %d", got, want)
	}
	st.Leave()
	if n := len(st.work.words.chunks); n > 16 {
		t.Errorf("%d chunks", n)
	}
}

// TestMakeForgets: pointers in memory that is not used keep nothing alive.
func TestMakeForgets(t *testing.T) {
	st := new(Stack)
	freed := make(chan bool, 1)
	func() {
		x := new([1 << 10]float64)
		runtime.AddCleanup(x, func(c chan bool) { c <- true }, freed)
		for range 2 {
			st.Enter()
			Make[[]*[1 << 10]float64](st, 100)[57] = x
			st.Leave()
		}
	}()
	st.work.forget()
	for range 10 {
		runtime.GC()
		select {
		case <-freed:
			runtime.KeepAlive(st)
			return
		default:
		}
	}
	t.Error("a pointer that was given out once keeps its memory alive")
}

// TestMakeAllocates: not in the second run.
func TestMakeAllocates(t *testing.T) {
	st := new(Stack)
	run := func() {
		st.Enter()
		for n := range 50 {
			Make[[]float64](st, 17*n)
			Make[[]bool](st, n)
			Make[[][]float64](st, n)
		}
		st.Leave()
	}
	run()
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// TestPeakBytes: of a stack with known contents, of nested ones the larger, of a loop the
// snapshots.
func TestPeakBytes(t *testing.T) {
	tape := func(n int) {
		st := NewStack()
		st.Enter()
		Make[[]float64](st, n)
		st.Enter()
		Make[[]*int](st, 3*n)
		st.Leave()
		Make[[]float64](st, n)
		for range n {
			st.PushFloat(1)
			st.PushBool(true)
		}
		for range n {
			st.PopBool()
			st.PopFloat()
		}
		st.Leave()
		st.Release()
	}
	// Enter pushes an integer; the second one is popped before n floats and booleans.
	const record, made = 9*100 + 2*8, 8*100 + int64(unsafe.Sizeof(new(int)))*300
	if got := PeakBytes(func() { tape(100) }); got != record+made {
		t.Errorf("%d bytes, not %d", got, record+made)
	}
	var seen []TapeStats
	stop := ObserveTapes(func(s TapeStats) { seen = append(seen, s) })
	if got := PeakBytes(func() { tape(10); tape(100); tape(20) }); got != record+made {
		t.Errorf("%d bytes of three, not %d", got, record+made)
	}
	stop()
	tape(1)
	if len(seen) != 3 || seen[1] != (TapeStats{record, made}) {
		t.Errorf("observed %v", seen)
	}
	loop := func() {
		x := make([]float64, 50)
		step := func(int) bool { x[0]++; return true }
		save := func(s *Snapshot) { s.Save(&x) }
		l := NewBinomialLoop(10, 3)
		l.Forward(step, step, save)
		l.Reverse(step, step, func(int) {}, save, func(s *Snapshot) { s.Restore(&x) })
		l.Release()
	}
	if got, want := PeakBytes(loop), int64(3*(50*8+24)); got != want {
		t.Errorf("%d bytes of snapshots, not %d", got, want)
	}
	if got := PeakBytes(func() {}); got != 0 {
		t.Errorf("%d bytes of nothing", got)
	}
}
