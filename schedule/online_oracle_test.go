package schedule

import (
	"math"
	"math/bits"
	"testing"
)

// TestOnlineMinimax searches all rules for three slots whose repetition number is minimal at
// every n, and finds none with a smaller largest ratio than the one of Online.
func TestOnlineMinimax(t *testing.T) {
	const upTo = 120
	var worst float64
	sweepOnline(t, 3, upTo, func(n, advances int64) {
		if n > 1 {
			worst = max(worst, float64(advances)/float64(Advances(n, 3)))
		}
	})
	if least := minimax3(upTo); math.Abs(worst-least) > 1e-9 {
		t.Errorf("the largest ratio is %.6f, there is a rule with %.6f", worst, least)
	}
}

// minimax3 returns the least possible largest ratio of advances to their least number, over
// all n <= upTo, of a rule for three slots with the minimal repetition number at every n.
func minimax3(upTo int64) float64 {
	type state struct{ p, q int64 } // held beside the state before step 0; 0: none
	next := map[state]float64{}
	for n := upTo; n >= 1; n-- {
		now := map[state]float64{}
		visit := func(s state) {
			v := ratio3(n, s.p, s.q)
			if n < upTo {
				m := n - 1 // may be saved now
				follow := []state{s, {m, 0}}
				switch {
				case s.p > 0 && s.q == 0:
					follow = append(follow, state{s.p, m})
				case s.q > 0:
					follow = append(follow, state{s.p, m}, state{s.q, m})
				}
				best := math.Inf(1)
				for _, f := range follow {
					if f.p < m || f == (state{m, 0}) {
						best = min(best, next[f])
					}
				}
				v = max(v, best)
			}
			now[s] = v
		}
		visit(state{})
		for p := int64(1); p < n-1; p++ {
			visit(state{p, 0})
			for q := p + 1; q < n-1; q++ {
				visit(state{p, q})
			}
		}
		next = now
	}
	return next[state{}]
}

// ratio3 returns what a stop at n costs with three slots, divided by the least possible; +Inf
// if the repetition number is not minimal.
func ratio3(n, p, q int64) float64 {
	marks := []int64{0}
	for _, m := range []int64{p, q} {
		if m > 0 {
			marks = append(marks, m)
		}
	}
	r, cost := Repetition(n, 3), n-1
	for i, m := range marks {
		end := n - 1
		if i+1 < len(marks) {
			end = marks[i+1]
		}
		if end-m > beta(int64(3-i), r-1) {
			return math.Inf(1)
		}
		cost += Advances(end-m, 3-i)
	}
	if n == 1 {
		return 1
	}
	return float64(cost) / float64(Advances(n, 3))
}

// TestOnlineReverse compares the reverse sweep with the best one for the states that the
// forward sweep leaves behind, found by exhaustive search.
func TestOnlineReverse(t *testing.T) {
	cases, worse := 0, 0
	for _, c := range []struct{ s, upTo int }{{2, 60}, {3, 60}, {4, 40}, {5, 28}} {
		if testing.Short() && c.s > 3 {
			continue
		}
		best := bestReversals(c.s, c.upTo)
		for e := range c.upTo {
			if want := best(e, 1); want != Advances(int64(e), c.s) {
				t.Fatalf("the search is wrong: s=%d n=%d: %d, not %d", c.s, e, want, Advances(int64(e), c.s))
			}
		}
		for n := int64(2); n <= int64(c.upTo); n++ {
			var o onlineRule
			o.reset(c.s)
			var held uint64
			for o.next < n-1 {
				o.save(o.next)
			}
			for _, m := range o.marks {
				held |= 1 << m.pos
			}
			counts, err := PlanOnline(n, c.s, true)
			if err != nil {
				t.Fatal(err)
			}
			cases++
			switch more := counts.Advances - (n - 1) - best(int(n-1), held); {
			case more < 0:
				t.Fatalf("s=%d n=%d: %d advances less than possible", c.s, n, -more)
			case more > 1:
				t.Errorf("s=%d n=%d: the reverse sweep has %d advances more than needed", c.s, n, more)
			case more > 0:
				worse++
			}
		}
	}
	if worse > 1 {
		t.Errorf("in %d of %d cases the reverse sweep is not the best one", worse, cases)
	}
}

// bestReversals returns, for up to upTo steps and s slots, the least number of advances
// that reverses steps e-1..0 from the states held, a bit for each with bit 0 set.
func bestReversals(s, upTo int) func(e int, held uint64) int64 {
	index, masks := map[uint64]int{}, []uint64(nil)
	var gather func(m uint64, from, left int)
	gather = func(m uint64, from, left int) {
		index[m] = len(masks)
		masks = append(masks, m)
		for i := from; i < upTo && left > 0; i++ {
			gather(m|1<<i, i+1, left-1)
		}
	}
	gather(1, 1, s-1)
	const never = math.MaxInt32
	best := make([][]int32, upTo+1)
	best[0] = make([]int32, len(masks))
	for e := 1; e <= upTo; e++ {
		best[e] = make([]int32, len(masks))
		for i := range best[e] {
			best[e][i] = never
		}
		var after []int32 // the same from one step further, with the state there at hand
		for x := e - 1; x >= 0; x-- {
			from := make([]int32, len(masks))
			for i, m := range masks {
				if m >= 1<<e {
					continue
				}
				if x == e-1 {
					if e > 1 {
						from[i] = best[e-1][index[m&(1<<(e-1)-1)]]
					}
				} else {
					from[i] = 1 + min(after[i], replaced(after, index, m, 1<<x, s))
				}
				if m>>x&1 == 1 {
					best[e][i] = min(best[e][i], from[i])
				}
			}
			after = from
		}
	}
	return func(e int, held uint64) int64 { return int64(best[e][index[held]]) }
}

// replaced returns the least value of after for the states m and x, at most s in number.
func replaced(after []int32, index map[uint64]int, m, x uint64, s int) int32 {
	if bits.OnesCount64(m|x) <= s {
		return after[index[m|x]]
	}
	least := int32(math.MaxInt32 - 1)
	for rest := m &^ 1; rest != 0; rest &= rest - 1 {
		least = min(least, after[index[m&^(rest&-rest)|x]])
	}
	return least
}
