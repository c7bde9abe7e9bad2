package schedule

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// driven is what a driver of b executes when the state before step i takes size(i) bytes.
func driven(b *Bytes, size func(int64) int64) []Action {
	var list []Action
	for a, ok := b.Next(); ok; a, ok = b.Next() {
		if a.Kind == Save && !b.Saved(size(a.From)) {
			continue
		}
		list = append(list, a)
	}
	return list
}

// With states of one size it is the binomial schedule, action by action.
func TestBytesOfOneSize(t *testing.T) {
	for n := int64(0); n <= 80; n++ {
		for s := 1; s <= 8; s++ {
			b, err := NewBytes(n, int64(s)*10+3, 10)
			if err != nil {
				t.Fatal(err)
			}
			got := driven(b, func(int64) int64 { return 10 })
			want := slices.Collect(Binomial(n, s))
			if !slices.Equal(got, want) {
				t.Fatalf("n=%d slots=%d:\n got %v\nwant %v", n, s, got, want)
			}
			if err := b.Reset(n, int64(s)*10, 10); err != nil {
				t.Fatal(err)
			}
			if got := slices.Collect(All(b)); !slices.Equal(got, want) {
				t.Fatalf("n=%d slots=%d, sizes not told:\n got %v\nwant %v", n, s, got, want)
			}
		}
	}
}

// Whatever the sizes, the schedule is valid and within its budget, and with the largest
// size known before it would not have been much better.
func TestBytesOfAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var steps, fixed int64
	for range 3000 {
		n := 1 + r.Int64N(300)
		least, spread := 1+r.Int64N(50), 1+r.Int64N(50)
		sizes := make([]int64, n)
		for i := range sizes {
			sizes[i] = least + r.Int64N(spread)
		}
		budget := least + spread + r.Int64N(1000)
		b, err := NewBytes(n, budget, 1+r.Int64N(100))
		if err != nil {
			t.Fatal(err)
		}
		size := func(i int64) int64 { return sizes[i] }
		list := driven(b, size)
		c, err := Simulate(slices.Values(list), n, Limits{Slots: []int{-1}, Tape: 1, Shared: &Shared{Budget: budget, State: size}})
		if err != nil {
			t.Fatalf("n=%d budget=%d sizes=%v: %v", n, budget, sizes, err)
		}
		slots := budget / slices.Max(sizes)
		steps += c.ForwardSteps
		fixed += ForwardSteps(n, int(slots))
	}
	if steps > fixed {
		t.Errorf("%d forward steps in all; slots of the largest size need %d", steps, fixed)
	}
	t.Logf("%d forward steps in all; slots of the largest size need %d", steps, fixed)
}

func TestBytesStops(t *testing.T) {
	size := func(i int64) int64 { return 5 + i*i%7 }
	for n := int64(1); n <= 25; n++ {
		for done := int64(0); done <= n; done++ {
			for budget := int64(12); budget <= 60; budget += 12 {
				b, _ := NewBytes(n, budget, 8)
				var list []Action
				if done == 0 {
					b.Stop(0, false)
				}
				left := done
				for a, ok := b.Next(); ok; a, ok = b.Next() {
					if a.Kind == Save && !b.Saved(size(a.From)) {
						continue
					}
					if left > 0 && a.From < left && left <= a.To && (a.Kind == Advance || a.Kind == Record) {
						a.To = left
						b.Stop(left, a.Kind == Record)
						left = -1
					}
					list = append(list, a)
				}
				if _, err := Simulate(slices.Values(list), done, Limits{Slots: []int{-1}, Shared: &Shared{Budget: budget, State: size}}); err != nil {
					t.Errorf("n=%d done=%d budget=%d: %v\n%v", n, done, budget, err, list)
				}
			}
		}
	}
}

func TestBytesErrors(t *testing.T) {
	for _, c := range [][3]int64{{-1, 1, 1}, {1, 0, 1}, {1, 1, 0}} {
		if _, err := NewBytes(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v is accepted", c)
		}
	}
	var b Bytes
	if !b.Saved(3) {
		t.Error("a size out of turn is refused")
	}
}

func TestBySizeIsBinomial(t *testing.T) {
	for n := int64(0); n <= 60; n++ {
		for s := int64(1); s <= 6; s++ {
			sizes := slices.Repeat([]int64{3}, int(n))
			b, err := NewBySize(sizes, 3*s+2)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := b.ForwardSteps(), ForwardSteps(n, int(s)); got != want {
				t.Fatalf("n=%d slots=%d: %d forward steps, binomial %d", n, s, got, want)
			}
		}
	}
}

func TestBySizeIsExecuted(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var known, online int64
	for range 300 {
		sizes := make([]int64, 1+r.IntN(60))
		for i := range sizes {
			sizes[i] = 1 + r.Int64N(9)
		}
		n, budget := int64(len(sizes)), 9+r.Int64N(40)
		b, err := NewBySize(sizes, budget)
		if err != nil {
			t.Fatal(err)
		}
		size := func(i int64) int64 { return sizes[i] }
		want := b.ForwardSteps()
		c, err := Simulate(All(b), n, Limits{Slots: []int{-1}, Tape: 1, Shared: &Shared{Budget: budget, State: size}})
		if err != nil || c.ForwardSteps != want {
			t.Fatalf("sizes=%v budget=%d: %d forward steps (%v), planned %d", sizes, budget, c.ForwardSteps, err, want)
		}
		if low := ForwardSteps(n, int(budget/slices.Min(sizes))); want < low {
			t.Fatalf("sizes=%v budget=%d: %d forward steps, slots of the least size need %d", sizes, budget, want, low)
		}
		known += want
		o, _ := NewBytes(n, budget, 5)
		c, _ = Simulate(slices.Values(driven(o, size)), n, Limits{Slots: []int{-1}})
		if c.ForwardSteps < want {
			t.Fatalf("sizes=%v budget=%d: %d forward steps, %d by the rule that does not know the sizes", sizes, budget, want, c.ForwardSteps)
		}
		online += c.ForwardSteps
	}
	t.Logf("sizes known: %d forward steps in all; as they come: %d", known, online)
}

// leastBySize is Dijkstra's algorithm over all states of the machine; kept says that a
// state is not given up before its step is reversed.
func leastBySize(sizes []int64, budget int64, kept bool) int64 {
	type node struct{ pos, end, held int }
	n := len(sizes)
	fits := func(held int) bool {
		used := int64(0)
		for i, w := range sizes {
			used += w * int64(held>>i&1)
		}
		return used <= budget
	}
	if !fits(1) {
		return -1
	}
	return dijkstra(node{0, n, 1}, func(x node) bool { return x.end == 0 }, func(x node, d int64, to func(int64, node)) {
		reach := func(d int64, y node) {
			if fits(y.held) {
				to(d, y)
			}
		}
		for p := range n {
			if x.held>>p&1 > 0 {
				reach(d, node{p, x.end, x.held})
				if !kept || p >= x.end-1 {
					reach(d, node{x.pos, x.end, x.held &^ (1 << p)})
					reach(d, node{p, x.end, x.held &^ (1 << p)})
				}
			}
		}
		if x.pos < 0 || x.pos >= x.end {
			return
		}
		reach(d, node{x.pos, x.end, x.held | 1<<x.pos})
		reach(d+1, node{x.pos + 1, x.end, x.held})
		if x.pos == x.end-1 {
			reach(d+1, node{-1, x.end - 1, x.held})
		}
	})
}

func TestBySizeIsOptimal(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	worse := 0
	for range 400 {
		sizes := make([]int64, 1+r.IntN(8))
		for i := range sizes {
			sizes[i] = 1 + r.Int64N(5)
		}
		budget := sizes[0] + r.Int64N(10)
		b, err := NewBySize(sizes, budget)
		if err != nil {
			t.Fatal(err)
		}
		if want := leastBySize(sizes, budget, true); b.ForwardSteps() != want {
			t.Fatalf("sizes=%v budget=%d: %d forward steps, the least are %d", sizes, budget, b.ForwardSteps(), want)
		}
		if leastBySize(sizes, budget, false) < b.ForwardSteps() {
			worse++
		}
	}
	t.Logf("in %d of 400 cases giving up a state early would have been better", worse)
}

func TestBySizeErrors(t *testing.T) {
	if _, err := NewBySize([]int64{1, 0}, 3); err == nil {
		t.Error("a size of 0 is accepted")
	}
	if _, err := NewBySize([]int64{4}, 3); err == nil {
		t.Error("a start that does not fit is accepted")
	}
	if _, err := NewBySize(slices.Repeat([]int64{1 << 40}, 1000), 1<<50); err == nil {
		t.Error("a large table is accepted")
	}
}
