package ad

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDrawnOnce: whatever a schedule runs again, each iteration sees what it saw first.
func TestDrawnOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 40} {
		for _, slots := range []int{1, 2, 5} {
			rng := rand.New(rand.NewPCG(uint64(n), uint64(slots)))
			first := make([][]any, n)
			calls := 0
			l := NewBinomialLoop(n, slots)
			step := func(i int) bool {
				var seen []any
				for k := range i % 3 { // some draw nothing
					if k == 0 {
						var x float64
						if l.Fresh() {
							calls++
							x = rng.Float64()
							Note(l, x)
						} else {
							x = Recall[float64](l)
						}
						seen = append(seen, x)
						continue
					}
					var err error
					if l.Fresh() {
						Note(l, err)
					} else {
						err = Recall[error](l)
					}
					seen = append(seen, err)
				}
				if first[i] == nil {
					first[i] = append([]any{"drawn"}, seen...)
				} else if !slices.Equal(first[i][1:], seen) {
					t.Errorf("n=%d slots=%d: iteration %d sees %v, first %v", n, slots, i, seen, first[i][1:])
				}
				return true
			}
			keep := func(s *Snapshot) { s.Save(&n) }
			l.Forward(step, step, keep)
			l.Reverse(step, step, func(int) {}, keep, func(s *Snapshot) { s.Restore(&n) })
			l.Release()
			if want := n - (n+2)/3; calls != want {
				t.Errorf("n=%d slots=%d: %d calls, want %d", n, slots, calls, want)
			}
		}
	}
}
