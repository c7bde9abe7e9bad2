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
	fmt.Printf("%+v %v\n", c, err)
	// Output: {ForwardSteps:155 Advances:105 Writes:28 Reads:49 Peak:7} <nil>
}
