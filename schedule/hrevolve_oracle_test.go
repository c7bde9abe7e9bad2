package schedule

import (
	"container/heap"
	"math"
	"math/bits"
)

// oracleCost finds the cheapest reversal of n steps by Dijkstra's algorithm over
// everything that a machine with these levels can do one step at a time: run the next
// step, store the state at hand anywhere, load any stored state, drop any stored state,
// record and reverse the last step that is left. It knows nothing of segments or of an
// order of the levels. The cost leaves out the recorded steps. It is math.MaxInt64 if
// there is no way.
func oracleCost(n int, slots []int, costs *Costs) int64 {
	type machine struct {
		pos, end int8
		held     [4]uint16 // the steps before which states are held, by level
	}
	best := map[machine]int64{}
	var q frontier[machine]
	reach := func(m machine, cost int64) {
		if old, ok := best[m]; !ok || cost < old {
			best[m] = cost
			heap.Push(&q, waiting[machine]{m, cost})
		}
	}
	reach(machine{end: int8(n)}, 0)
	for len(q) > 0 {
		at := heap.Pop(&q).(waiting[machine])
		m, cost := at.state, at.cost
		if cost > best[m] {
			continue
		}
		if m.end == 0 {
			return cost
		}
		switch {
		case m.pos < 0:
		case m.pos == m.end-1:
			t := m
			t.end, t.pos = m.end-1, -1
			for k := range t.held {
				t.held[k] &^= 1 << t.end
			}
			reach(t, cost)
		default:
			t := m
			t.pos++
			reach(t, cost+costs.Forward)
		}
		for k, room := range slots {
			if m.pos >= 0 && m.held[k]>>m.pos&1 == 0 && (room < 0 || bits.OnesCount16(m.held[k]) < room) {
				t := m
				t.held[k] |= 1 << m.pos
				reach(t, cost+costs.Write[k])
			}
			for p := int8(0); p < m.end; p++ {
				if m.held[k]>>p&1 == 0 {
					continue
				}
				t := m
				t.pos = p
				reach(t, cost+costs.Read[k])
				t = m
				t.held[k] &^= 1 << p
				reach(t, cost)
			}
		}
	}
	return math.MaxInt64
}

type waiting[T any] struct {
	state T
	cost  int64
}

// frontier is a heap of the states to look at, the cheapest first.
type frontier[T any] []waiting[T]

func (q frontier[T]) Len() int           { return len(q) }
func (q frontier[T]) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q frontier[T]) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *frontier[T]) Push(x any)        { *q = append(*q, x.(waiting[T])) }
func (q *frontier[T]) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// plainNone is what plainCost returns for no schedule.
const plainNone = int64(1) << 61

// plainCost is the recurrence of Herrmann and Pallez written down as it stands: level by
// level in the given order, slot by slot, every j. Level 0 is free. The cost leaves out
// the recorded steps.
func plainCost(n int64, slots, order []int, costs *Costs) int64 {
	lower := make([]int64, n+1)
	for x := int64(2); x <= n; x++ {
		lower[x] = plainNone
		if slots[0] < 0 {
			lower[x] = costs.Forward * (x - 1)
		} else if slots[0] > 0 {
			lower[x] = costs.Forward * Advances(x, slots[0])
		}
	}
	for _, k := range order {
		room := int64(slots[k])
		if room < 0 {
			room = n
		}
		a := lower
		for range room {
			b, next := make([]int64, n+1), make([]int64, n+1)
			for x := int64(2); x <= n; x++ {
				b[x] = lower[x]
				for j := int64(1); j < x; j++ {
					b[x] = min(b[x], j*costs.Forward+a[x-j]+costs.Read[k]+b[j])
				}
				next[x] = min(lower[x], costs.Write[k]+b[x])
			}
			a = next
		}
		lower = a
	}
	return lower[n]
}
