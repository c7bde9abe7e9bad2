package ad

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/schedule"
)

// loopMaker makes the loop of a test, with slots snapshots or, if slots is 0, store-all.
func loopMaker(slots int) func(steps int) *Loop {
	if slots == 0 {
		return NewStoreAllLoop
	}
	return func(steps int) *Loop { return NewBinomialLoop(steps, slots) }
}

// toy is the program
//
//	for i := 0; i < n; i++ {
//		if i == end { x *= 0.5; break }
//		x += math.Sin(float64(i+1) * x)
//	}
//
// as the generator would reverse it. It returns x, the derivative of x by its start
// value, what the loop cost, and the value of x that RestoreStart gives back.
func toy(x float64, n, end int, newLoop func(int) *Loop) (y, xb float64, cost Stats, start float64) {
	st := NewStack()
	xb = 1
	l := newLoop(n)
	advance := func(i int) bool {
		if i == end {
			x *= 0.5
			return false
		}
		x += math.Sin(float64(i+1) * x)
		return true
	}
	record := func(i int) bool {
		if i == end {
			x *= 0.5
			st.PushBool(true)
			return false
		}
		st.PushFloat(x)
		x += math.Sin(float64(i+1) * x)
		st.PushBool(false)
		return true
	}
	reverse := func(i int) {
		if st.PopBool() {
			xb *= 0.5
			return
		}
		x = st.PopFloat()
		xb += xb * math.Cos(float64(i+1)*x) * float64(i+1)
	}
	save := func(s *Snapshot) { s.Save(&x) }
	restore := func(s *Snapshot) { s.Restore(&x) }
	l.Forward(advance, record, save)
	y = x
	x = math.NaN() // the code after the loop may leave anything here
	l.Reverse(advance, record, reverse, save, restore)
	l.RestoreStart(restore)
	start, cost = x, l.Stats()
	l.Release()
	st.Release()
	return y, xb, cost, start
}

// toyByHand is the same without any of this package.
func toyByHand(x float64, n, end int) (y, xb float64, done int) {
	var xs []float64
	half := false
	for i := 0; i < n; i++ {
		done++
		if i == end {
			x *= 0.5
			half = true
			break
		}
		xs = append(xs, x)
		x += math.Sin(float64(i+1) * x)
	}
	xb = 1
	if half {
		xb *= 0.5
	}
	for i := len(xs) - 1; i >= 0; i-- {
		xb += xb * math.Cos(float64(i+1)*xs[i]) * float64(i+1)
	}
	return x, xb, done
}

func TestLoopAllBreaks(t *testing.T) {
	const x0 = 0.37
	for n := 0; n <= 20; n++ {
		for end := 0; end <= n; end++ { // end == n: no break
			y, xb, done := toyByHand(x0, n, end)
			for slots := 0; slots <= 6; slots++ {
				gy, gxb, cost, start := toy(x0, n, end, loopMaker(slots))
				if math.Float64bits(gy) != math.Float64bits(y) || math.Float64bits(gxb) != math.Float64bits(xb) {
					t.Fatalf("n=%d end=%d slots=%d: %v and %v, want %v and %v", n, end, slots, gy, gxb, y, xb)
				}
				if n > 0 && start != x0 || n == 0 && !math.IsNaN(start) {
					t.Errorf("n=%d end=%d slots=%d: RestoreStart gives %v", n, end, slots, start)
				}
				checkCost(t, cost, n, done, slots)
			}
		}
	}
}

func checkCost(t *testing.T, cost Stats, n, done, slots int) {
	t.Helper()
	if cost.Steps != int64(done) || cost.ForwardSteps != cost.Advances+cost.Steps {
		t.Errorf("n=%d done=%d slots=%d: %+v", n, done, slots, cost)
	}
	if slots > 0 && cost.PeakSnapshots > int64(slots) {
		t.Errorf("n=%d slots=%d: %d snapshots at one time", n, slots, cost.PeakSnapshots)
	}
	if cost.PeakBytes != 8*cost.PeakSnapshots {
		t.Errorf("n=%d slots=%d: %d bytes in %d snapshots of a float64", n, slots, cost.PeakBytes, cost.PeakSnapshots)
	}
	if done < n {
		return
	}
	var want schedule.Counts
	if slots > 0 {
		p, _ := schedule.PlanBinomial(int64(n), slots)
		want = schedule.Counts{ForwardSteps: p.ForwardSteps, Advances: p.Advances, Writes: p.Writes, Reads: p.Reads, Peak: p.Peak}
	} else {
		want.ForwardSteps = int64(n)
		want.Writes, want.Peak = min(1, int64(n)), min(1, int64(n)) // of the start
	}
	got := schedule.Counts{ForwardSteps: cost.ForwardSteps, Advances: cost.Advances, Writes: cost.Saves, Reads: cost.Restores, Peak: cost.PeakSnapshots}
	if got != want {
		t.Errorf("n=%d slots=%d: cost %+v, planned %+v", n, slots, got, want)
	}
}

func TestLoopOfNoSteps(t *testing.T) {
	for _, n := range []int{0, -1, math.MinInt} {
		for slots := range 3 {
			y, xb, cost, _ := toy(2, n, n, loopMaker(slots))
			if y != 2 || xb != 1 || cost != (Stats{}) {
				t.Errorf("n=%d slots=%d: %v %v %+v", n, slots, y, xb, cost)
			}
		}
	}
}

func TestLoopWithoutSlots(t *testing.T) {
	panics(t, "0 snapshots", func() { NewBinomialLoop(3, 0) })
	panics(t, "-1 snapshots", func() { NewBinomialLoop(3, -1) })
}

// nested is u = u + 0.1*sin(u*v) with v advanced in an inner loop that has a schedule
// of its own and is as long as the outer step says.
func nested(n, outer, inner int) (u, v, ub, vb float64) {
	u, v = 0.3, 0.7
	ub, vb = 1, 1
	st := NewStack()
	defer st.Release()
	length := func(i int) int { return i % 4 }

	innerAdvance := func(int) bool { v += 0.1 * math.Sin(u*v); return true }
	innerRecord := func(int) bool { st.PushFloat(v); return innerAdvance(0) }
	innerReverse := func(int) {
		v = st.PopFloat()
		c := 0.1 * math.Cos(u*v) * vb
		ub += c * v
		vb += c * u
	}
	innerSave := func(s *Snapshot) { s.Save(&v) }
	innerRestore := func(s *Snapshot) { s.Restore(&v) }

	advance := func(i int) bool {
		for range length(i) {
			innerAdvance(0)
		}
		u += v * v * 0.01
		return true
	}
	record := func(i int) bool {
		l := loopMaker(inner)(length(i))
		l.Forward(innerAdvance, innerRecord, innerSave)
		Push(st, l)
		st.PushFloat(u)
		u += v * v * 0.01
		return true
	}
	reverse := func(int) {
		u = st.PopFloat()
		vb += 0.02 * v * ub
		l := Pop[*Loop](st)
		l.Reverse(innerAdvance, innerRecord, innerReverse, innerSave, innerRestore)
		l.RestoreStart(innerRestore)
		l.Release()
	}
	save := func(s *Snapshot) { s.Save(&u, &v) }
	restore := func(s *Snapshot) { s.Restore(&u, &v) }

	l := loopMaker(outer)(n)
	l.Forward(advance, record, save)
	uEnd, vEnd := u, v
	l.Reverse(advance, record, reverse, save, restore)
	l.Release()
	return uEnd, vEnd, ub, vb
}

func TestNestedLoops(t *testing.T) {
	for n := range 13 {
		u, v, ub, vb := nested(n, 0, 0)
		for outer := range 4 {
			for inner := range 4 {
				gu, gv, gub, gvb := nested(n, outer, inner)
				if gu != u || gv != v || gub != ub || gvb != vb {
					t.Errorf("n=%d outer=%d inner=%d: %v %v %v %v, want %v %v %v %v", n, outer, inner, gu, gv, gub, gvb, u, v, ub, vb)
				}
			}
		}
	}
	// Against central differences, so that not all schedules agree on nonsense.
	_, _, ub, vb := nested(9, 2, 2)
	dub, dvb := nestedByDifferences(9)
	if math.Abs(ub-dub) > 1e-7 || math.Abs(vb-dvb) > 1e-7 {
		t.Errorf("adjoints %v %v, by differences %v %v", ub, vb, dub, dvb)
	}
}

func nestedByDifferences(n int) (ub, vb float64) {
	f := func(u, v float64) float64 {
		for i := range n {
			for range i % 4 {
				v += 0.1 * math.Sin(u*v)
			}
			u += v * v * 0.01
		}
		return u + v
	}
	const h = 1e-5
	return (f(0.3+h, 0.7) - f(0.3-h, 0.7)) / (2 * h), (f(0.3, 0.7+h) - f(0.3, 0.7-h)) / (2 * h)
}

// heat advances a ring of cells with two buffers that change roles at every step.
func heat(u []float64, n int, newLoop func(int) *Loop) (end, grad []float64) {
	st := NewStack()
	defer st.Release()
	un := make([]float64, len(u))
	ub, unb := ZeroLike(u), ZeroLike(un)
	m := len(u)
	step := func() {
		for j := range m {
			un[j] = u[j] + 0.1*math.Sin(u[j]*u[(j+1)%m])
		}
		u, un = un, u
	}
	advance := func(int) bool { step(); return true }
	record := func(int) bool { PushSlice(st, un); step(); return true }
	reverse := func(int) {
		u, un = un, u
		ub, unb = unb, ub
		PopSlice(st, un)
		for j := m - 1; j >= 0; j-- {
			k := (j + 1) % m
			c := 0.1 * math.Cos(u[j]*u[k]) * unb[j]
			ub[j] += unb[j] + c*u[k]
			ub[k] += c * u[j]
			unb[j] = 0
		}
	}
	save := func(s *Snapshot) { s.Save(&u, &un) }
	restore := func(s *Snapshot) { s.Restore(&u, &un) }
	l := newLoop(n)
	l.Forward(advance, record, save)
	end = slices.Clone(u)
	for j := range ub {
		ub[j] = float64(j + 1)
	}
	l.Reverse(advance, record, reverse, save, restore)
	l.Release()
	return end, ub
}

func TestLoopWithSwap(t *testing.T) {
	start := []float64{0.3, 0.9, 0.5, 0.1}
	for n := range 15 {
		end, grad := heat(slices.Clone(start), n, loopMaker(0))
		for slots := 1; slots <= 5; slots++ {
			ge, gg := heat(slices.Clone(start), n, loopMaker(slots))
			if !slices.Equal(ge, end) || !slices.Equal(gg, grad) {
				t.Errorf("n=%d slots=%d: %v %v, want %v %v", n, slots, ge, gg, end, grad)
			}
		}
	}
	value := func(u []float64) (sum float64) {
		end, _ := heat(u, 7, loopMaker(2))
		for j, x := range end {
			sum += float64(j+1) * x
		}
		return sum
	}
	_, grad := heat(slices.Clone(start), 7, loopMaker(2))
	for j := range start {
		const h = 1e-5
		up, down := slices.Clone(start), slices.Clone(start)
		up[j] += h
		down[j] -= h
		if d := (value(up) - value(down)) / (2 * h); math.Abs(d-grad[j]) > 1e-7 {
			t.Errorf("element %d: %v, by differences %v", j, grad[j], d)
		}
	}
}

func TestLoopAllocatesNothing(t *testing.T) {
	for slots := range 4 {
		noAllocs(t, func() { toy(0.3, 200, 200, loopMakers[slots]) })
	}
	noAllocs(t, func() { nested(40, 3, 2) })
}

// Made once, so that the closures are not counted.
var loopMakers = [...]func(int) *Loop{loopMaker(0), loopMaker(1), loopMaker(2), loopMaker(3)}

func TestObserve(t *testing.T) {
	var first, second []Stats
	stopFirst := Observe(func(s Stats) { first = append(first, s) })
	_, _, cost, _ := toy(0.3, 10, 10, loopMaker(2))
	stopSecond := Observe(func(s Stats) { second = append(second, s) })
	toy(0.3, 3, 3, loopMaker(1))
	stopFirst()
	stopFirst()
	toy(0.3, 4, 4, loopMaker(1))
	stopSecond()
	toy(0.3, 5, 5, loopMaker(1))
	if len(first) != 2 || first[0] != cost || first[1].Steps != 3 {
		t.Errorf("the first observer saw %+v", first)
	}
	if len(second) != 2 || second[0].Steps != 3 || second[1].Steps != 4 {
		t.Errorf("the second observer saw %+v", second)
	}
	if observers.list.Load() != nil {
		t.Error("observers remain")
	}
}

// A loop given back does not keep the memory of the program alive.
func TestReleaseOfLoopForgets(t *testing.T) {
	l := NewBinomialLoop(9, 3)
	x := []float64{1}
	ok := func(int) bool { return true }
	l.Forward(ok, ok, func(s *Snapshot) { s.Save(&x) })
	n := l.levels[0].used
	slots := l.levels[0].slots[:n]
	l.Release()
	if n != 3 {
		t.Fatalf("%d snapshots were taken, want 3", n)
	}
	for i, s := range slots {
		if s.snap.Bytes() != 0 || s.snap.data.heads[:1][0].ptr != nil {
			t.Errorf("snapshot %d is not empty", i)
		}
	}
}

func BenchmarkLoop(b *testing.B) {
	for _, slots := range []int{0, 2, 10} {
		b.Run(fmt.Sprintf("slots=%d", slots), func(b *testing.B) {
			b.ReportAllocs()
			l := loopMaker(slots)
			for b.Loop() {
				toy(0.3, 1000, 1000, l)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/step")
		})
	}
}
