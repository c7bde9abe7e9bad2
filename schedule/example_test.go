package schedule_test

import (
	"fmt"

	"github.com/cairn-ad/cairn/schedule"
)

func ExampleBinomial() {
	for a := range schedule.Binomial(3, 2) {
		fmt.Println(a)
	}
	// Output:
	// save 0 -> slot 0
	// advance 0..1
	// save 1 -> slot 1
	// advance 1..2
	// record 2
	// reverse 2
	// restore 1 <- slot 1 (last)
	// record 1
	// reverse 1
	// restore 0 <- slot 0 (last)
	// record 0
	// reverse 0
}

func ExamplePlanBinomial() {
	c, err := schedule.PlanBinomial(50, 7)
	fmt.Println(c.ForwardSteps, c.Advances, c.Writes, c.Reads, c.Peak, err)
	// Output: 155 105 28 49 7 <nil>
}

// A loop with a condition is driven without knowing how many steps it will have.
func ExampleOnline() {
	s, _ := schedule.NewOnline(2)
	x := 100
	for s.InForwardSweep() {
		a, _ := s.Next()
		fmt.Println(a)
		if a.Kind != schedule.Advance {
			continue // a Save
		}
		for i := a.From; i < a.To; i++ {
			if x == 1 {
				s.Stop(i, false)
				break
			}
			x /= 3
		}
	}
	for a := range schedule.All(s) {
		fmt.Println(a)
	}
	// Output:
	// save 0 -> slot 0
	// advance 0..1
	// save 1 -> slot 1
	// advance 1..3
	// save 3 -> slot 1
	// advance 3..6
	// restore 3 <- slot 1 (last)
	// record 3
	// reverse 3
	// restore 0 <- slot 0
	// advance 0..1
	// save 1 -> slot 1
	// advance 1..2
	// record 2
	// reverse 2
	// restore 1 <- slot 1 (last)
	// record 1
	// reverse 1
	// restore 0 <- slot 0 (last)
	// record 0
	// reverse 0
}
