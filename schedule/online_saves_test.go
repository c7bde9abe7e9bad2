package schedule

import (
	"strings"
	"testing"
)

// What PlanOnline would have to count is known before it is counted.
func TestOnlineSaves(t *testing.T) {
	for slots := 1; slots <= 20; slots++ {
		for n := int64(1); n < 300_000; n = n*3/2 + 1 {
			var o onlineRule
			o.reset(slots)
			saves := int64(0)
			for o.next < max(n-1, 1) {
				o.save(o.next)
				saves++
			}
			if most := onlineSaves(n, slots); saves > most || saves < most/10-1 {
				t.Errorf("n=%d slots=%d: %d saves, expected up to %d", n, slots, saves, most)
			}
		}
	}
}

func TestPlanOnlineDoesNotCountForHours(t *testing.T) {
	for _, slots := range []int{5, 10, 100, 100_000} {
		_, err := PlanOnline(1e12, slots, true)
		if err == nil || !strings.Contains(err.Error(), "too many to count them") {
			t.Errorf("slots=%d: %v", slots, err)
		}
	}
	if _, err := PlanOnline(1e12, 2, true); err != nil {
		t.Error(err)
	}
}
