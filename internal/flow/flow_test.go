package flow

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// bits is a set over a small universe.
type bits map[int]bool

const universe = 6

func (s bits) Join(t bits) bool {
	n := len(s)
	maps.Copy(s, t)
	return len(s) > n
}

func (s bits) Clone() bits { return maps.Clone(s) }

func fromMask(m int) bits {
	s := bits{}
	for i := range universe {
		if m>>i&1 == 1 {
			s[i] = true
		}
	}
	return s
}

func (s bits) mask() int {
	m := 0
	for i := range s {
		m |= 1 << i
	}
	return m
}

// monotone draws a transfer function: f(S) = out, the union over the elements of
// S of what each gives, and a constant part.
func monotone(t *rapid.T) func(int) int {
	mask := rapid.IntRange(0, 1<<universe-1)
	always := mask.Draw(t, "always")
	gives := rapid.SliceOfN(mask, universe, universe).Draw(t, "gives")
	return func(s int) int {
		out := always
		for i := range universe {
			if s>>i&1 == 1 {
				out |= gives[i]
			}
		}
		return out
	}
}

// TestLoopIsTheLeastFixedPoint compares with the smallest of all sets that hold
// what enters and are closed under the body.
func TestLoopIsTheLeastFixedPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := monotone(t)
		enter := rapid.IntRange(0, 1<<universe-1).Draw(t, "enter")
		want := 1<<universe - 1
		for s := range 1 << universe {
			if s&enter == enter && f(s)|s == s {
				want &= s // fixed points above enter are closed under intersection
			}
		}
		in := fromMask(enter)
		calls := 0
		got := Loop(in, func(s bits) bits {
			calls++
			out := fromMask(f(s.mask()))
			s[99] = true // the body owns its argument
			return out
		})
		if got.mask() != want {
			t.Errorf("got %b, want %b", got.mask(), want)
		}
		if in.mask() != enter {
			t.Errorf("the entry state became %b", in.mask())
		}
		if calls > universe+1 {
			t.Errorf("%d rounds for a lattice of height %d", calls, universe)
		}
	})
}

func TestBranchJoinsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := fromMask(rapid.IntRange(0, 1<<universe-1).Draw(t, "in"))
		start := in.mask()
		n := rapid.IntRange(1, 4).Draw(t, "branches")
		var branches []func(bits) bits
		want := 0
		for range n {
			f := monotone(t)
			want |= f(start)
			branches = append(branches, func(s bits) bits {
				if s.mask() != start {
					t.Errorf("a branch starts from %b, not %b", s.mask(), start)
				}
				out := fromMask(f(s.mask()))
				clear(s)
				return out
			})
		}
		if got := Branch(in, branches...); got.mask() != want {
			t.Errorf("got %b, want %b", got.mask(), want)
		}
		if in.mask() != start {
			t.Errorf("the entry state became %b", in.mask())
		}
	})
}

func TestBranchWithoutEffect(t *testing.T) {
	in := fromMask(5)
	out := Branch(in, func(s bits) bits { return s })
	out[3] = true
	if in.mask() != 5 {
		t.Error("a branch that returns its argument shares it with the entry state")
	}
}

func TestStableStopsAtTheFirstRoundWithoutChange(t *testing.T) {
	calls := 0
	Stable(func() bool { calls++; return calls < 4 })
	if calls != 4 {
		t.Errorf("%d calls, want 4", calls)
	}
}

// TestReach compares with the transitive closure by Warshall's algorithm.
func TestReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "nodes")
		edges := make([][]int, n)
		closure := make([][]bool, n)
		for i := range n {
			edges[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, "edges")
			closure[i] = make([]bool, n)
			closure[i][i] = true
			for _, j := range edges[i] {
				closure[i][j] = true
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					closure[i][j] = closure[i][j] || closure[i][k] && closure[k][j]
				}
			}
		}
		from := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, "from")
		asked := map[int]int{}
		got := Reach(from, func(i int) []int { asked[i]++; return edges[i] })
		for j := range n {
			want := false
			for _, i := range from {
				want = want || closure[i][j]
			}
			if got[j] != want {
				t.Errorf("node %d: %v, want %v", j, got[j], want)
			}
			if asked[j] > 1 {
				t.Errorf("the edges of node %d were asked %d times", j, asked[j])
			}
		}
	})
}
