package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// maddison is his recursion, every i tried.
func maddison(nmax, smax int) [][]int64 {
	m := make([][]int64, smax+1)
	for s := range m {
		m[s] = make([]int64, nmax+1)
		for n := 1; n <= nmax && s > 0; n++ {
			switch {
			case n <= s+1:
				m[s][n] = int64(n)
			case s == 1:
				m[s][n] = int64(n)*int64(n+1)/2 - 1
			default:
				best := 1 + m[s-1][n-1]
				for i := 2; i < n; i++ {
					best = min(best, int64(i)+m[s][i]+m[s-1][n-i])
				}
				m[s][n] = best
			}
		}
	}
	return m
}

func TestMixedIsMaddisons(t *testing.T) {
	m := maddison(700, 24)
	for s := 1; s <= 24; s++ {
		for n := 0; n <= 700; n += 1 + n/100 {
			c, err := PlanMixed(int64(n), int64(s), 1, 1)
			if err != nil || c.ForwardSteps != m[s][n] {
				t.Fatalf("n=%d slots=%d: %d forward steps (%v), Maddison's are %d", n, s, c.ForwardSteps, err, m[s][n])
			}
		}
	}
	// Published: shown in Maddison 2024 and counted by his library.
	for _, c := range []struct{ n, s, want int64 }{{100, 10, 237}, {1000, 10, 3921}, {1000, 50, 1974}} {
		got, err := PlanMixed(c.n, c.s, 1, 1)
		if err != nil || got.ForwardSteps != c.want {
			t.Errorf("n=%d slots=%d: %d forward steps (%v), want %d", c.n, c.s, got.ForwardSteps, err, c.want)
		}
	}
}

func TestMixedIsPlanned(t *testing.T) {
	for n := int64(0); n <= 50; n++ {
		for s := 1; s <= 8; s++ {
			m, err := NewMixed(n, s)
			if err != nil {
				t.Fatal(err)
			}
			want, err := PlanMixed(n, int64(s), 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			executes(t, m, n, Limits{Slots: []int{s}, Shared: &Shared{Budget: int64(s), Restart: 1, Adjoint: 1}}, want)
		}
	}
}

// sizedRecursion is T0 and T1 of the sized form, in which memory that holds the start
// state (T1) is told apart from memory that does not (T0), every i tried.
func sizedRecursion(nmax, umax, a, b int) func(n, u int) int64 {
	const never = math.MaxInt64 / 4
	type key struct{ n, u, held int }
	memo := map[key]int64{}
	var t func(n, u, held int) int64
	t = func(n, u, held int) int64 {
		if n == 1 {
			return 1
		}
		k := key{n, u, held}
		if v, ok := memo[k]; ok {
			return v
		}
		best := int64(never)
		if held == 0 {
			if u >= a {
				best = min(best, t(n, u-a, 1))
			}
			if u >= b {
				best = min(best, 1+t(n-1, u-b, 0))
			}
		} else {
			for i := 1; i < n; i++ {
				best = min(best, int64(i)+t(n-i, u, 0)+min(t(i, u, 1), t(i, u+a, 0)))
			}
		}
		memo[k] = min(best, never)
		return memo[k]
	}
	return func(n, u int) int64 { return t(n, u, 0) }
}

func TestSizedIsTheRecursion(t *testing.T) {
	for _, sizes := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {1, 5}, {5, 1}, {4, 6}, {3, 7}} {
		a, b := sizes[0], sizes[1]
		want := sizedRecursion(45, 24, a, b)
		for u := 0; u <= 24; u++ {
			for n := 1; n <= 45; n++ {
				w := want(n, u)
				m, err := NewSized(int64(n), int64(u), int64(a), int64(b))
				if w > 1<<40 {
					if err == nil {
						t.Fatalf("n=%d budget=%d sizes=%v: a schedule, want an error", n, u, sizes)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				c, err := Simulate(All(m), int64(n), Limits{Slots: []int{-1}, Shared: &Shared{Budget: int64(u), Restart: int64(a), Adjoint: int64(b)}})
				if err != nil || c.ForwardSteps != w {
					t.Fatalf("n=%d budget=%d sizes=%v: %d forward steps (%v), the recursion has %d", n, u, sizes, c.ForwardSteps, err, w)
				}
				if p, err := PlanMixed(int64(n), int64(u), int64(a), int64(b)); err != nil || p != c {
					t.Fatalf("n=%d budget=%d sizes=%v: planned %+v, %v, executed %+v", n, u, sizes, p, err, c)
				}
			}
		}
	}
}

// cheapest finds the fewest forward steps that reverse n steps in u units by Dijkstra's
// algorithm over all states of the machine: which states are stored, which steps are
// recorded, where the run is, what is reversed. It knows nothing of the recursion.
func cheapest(n, u, a, b int) int64 {
	type node struct{ pos, end, states, records int }
	return dijkstra(node{0, n, 0, 0}, func(x node) bool { return x.end == 0 }, func(x node, d int64, to func(int64, node)) {
		reach := func(d int64, y node) {
			used := 0
			for i := range n {
				used += a*(y.states>>i&1) + b*(y.records>>i&1)
			}
			if used <= u {
				to(d, y)
			}
		}
		for p := range n {
			if x.states>>p&1 > 0 {
				reach(d, node{x.pos, x.end, x.states &^ (1 << p), x.records})
				reach(d, node{p, x.end, x.states, x.records})
				reach(d, node{p, x.end, x.states &^ (1 << p), x.records}) // moved, not copied
			}
		}
		if x.records>>(x.end-1)&1 > 0 {
			reach(d, node{-1, x.end - 1, x.states, x.records &^ (1 << (x.end - 1))})
		}
		if x.pos < 0 || x.pos >= x.end {
			return
		}
		reach(d, node{x.pos, x.end, x.states | 1<<x.pos, x.records})
		reach(d+1, node{x.pos + 1, x.end, x.states, x.records})
		if x.records>>x.pos == 0 {
			reach(d+1, node{x.pos + 1, x.end, x.states, x.records | 1<<x.pos})
			if x.pos == x.end-1 {
				reach(d+1, node{-1, x.end - 1, x.states, x.records})
			}
		}
	})
}

func TestSizedIsOptimal(t *testing.T) {
	for _, sizes := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 3}, {3, 2}} {
		for u := 0; u <= 6; u++ {
			for n := 1; n <= 7; n++ {
				want := cheapest(n, u, sizes[0], sizes[1])
				c, err := PlanMixed(int64(n), int64(u), int64(sizes[0]), int64(sizes[1]))
				if (want < 0) != (err != nil) || err == nil && c.ForwardSteps != want {
					t.Errorf("n=%d budget=%d sizes=%v: %d forward steps (%v), the least are %d", n, u, sizes, c.ForwardSteps, err, want)
				}
			}
		}
	}
}

// The split must be the best one for any functions, convex or not.
func TestSplitIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		n := 2 + r.IntN(60)
		s := splitter{v: make([]int64, n), g: make([]int64, 2+r.IntN(n))}
		rise := func(f []int64, convex bool) {
			slope := int64(1)
			for i := 1; i < len(f); i++ {
				if convex {
					slope += r.Int64N(3) / 2
				}
				f[i] = f[i-1] + max(1, slope+r.Int64N(4)-1)
			}
		}
		rise(s.v, r.IntN(2) > 0)
		rise(s.g, r.IntN(2) > 0)
		for i := 1; i < n; i++ {
			s.fHull.add(int64(i), int64(i)+s.v[i])
		}
		for i := 1; i < len(s.g); i++ {
			s.gHull.add(int64(i), s.g[i])
		}
		want := int64(math.MaxInt64)
		for i := max(1, n-len(s.g)+1); i < n; i++ {
			want = min(want, int64(i)+s.v[i]+s.g[n-i])
		}
		at, got := s.split(int64(n), 1+r.Int64N(int64(n)), math.MaxInt64)
		if got != want || at > 0 && at+s.v[at]+s.g[int64(n)-at] != want {
			t.Fatalf("split gives %d at %d, the least is %d\n%+v", got, at, want, s)
		}
	}
}

func TestMixedStops(t *testing.T) {
	for n := int64(1); n <= 20; n++ {
		for u := int64(3); u <= 9; u++ {
			for done := int64(0); done <= n; done++ {
				m, err := NewSized(n, u, 3, 2)
				if err != nil {
					t.Fatal(err)
				}
				list := stopped(m, done)
				if _, err := Simulate(slices.Values(list), done, Limits{Slots: []int{-1}, Shared: &Shared{Budget: u, Restart: 3, Adjoint: 2}}); err != nil {
					t.Errorf("n=%d budget=%d done=%d: %v\n%v", n, u, done, err, list)
				}
			}
		}
	}
}

func TestMixedErrors(t *testing.T) {
	for _, c := range [][4]int64{{-1, 3, 1, 1}, {3, -1, 1, 1}, {3, 3, 0, 1}, {3, 3, 1, 0}, {3, 1, 2, 1}, {1 << 21, 3, 1, 1}, {1 << 20, 1000, 1, 1}} {
		if _, err := NewSized(c[0], c[1], c[2], c[3]); err == nil {
			t.Errorf("%v is accepted", c)
		}
	}
	if _, err := NewMixed(3, 0); err == nil {
		t.Error("no slots are accepted")
	}
	if c, err := PlanMixed(1000, 1<<50, 1<<40, 1<<30); err != nil || c.ForwardSteps != 1000 {
		t.Errorf("everything fits: %+v, %v", c, err)
	}
	m, _ := NewMixed(100, 5)
	if m.Reset(3, 0, 1, 1) == nil {
		t.Error("a budget of nothing is accepted")
	}
	if err := m.Reset(50, 5, 1, 1); err != nil {
		t.Error(err)
	}
}

func BenchmarkMixedTable(b *testing.B) {
	for _, c := range []struct{ n, u, a, r int64 }{{1e4, 20, 1, 1}, {1e5, 20, 1, 1}, {1e5, 60, 3, 5}} {
		b.Run(fmt.Sprintf("n=%d,budget=%d,sizes=%d,%d", c.n, c.u, c.a, c.r), func(b *testing.B) {
			for b.Loop() {
				if _, err := NewSized(c.n, c.u, c.a, c.r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
