package epoch_test

import (
	"context"
	"fmt"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/epoch"
	"github.com/cairn-ad/cairn/store"
)

// A training loop is killed in the middle of an epoch. Its next life takes the items that
// are left.
func Example() {
	checkpoints := store.NewMem() // a program would use ckpt.Open("file:checkpoints", …)

	life := func(steps int) {
		items := []string{"a", "b", "c", "d", "e", "f", "g"}
		it, err := epoch.New(len(items), epoch.Options{Seed: 5, Batch: 2})
		if err != nil {
			fmt.Println(err)
			return
		}
		run, err := ckpt.OpenStore(checkpoints, ckpt.Options{Every: 1})
		if err != nil {
			fmt.Println(err)
			return
		}
		run.Protect("data", &it.State)
		for t := range run.Steps(context.Background(), 2*it.Steps()) {
			if steps--; steps < 0 {
				return // as if the process were killed
			}
			e := it.State.Epoch
			batch, err := it.Next()
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Print("epoch ", e, ", step ", t, ":")
			for _, i := range batch {
				fmt.Print(" ", items[i])
			}
			fmt.Println()
		}
		if err := run.Err(); err != nil {
			fmt.Println(err)
		}
	}

	life(3)
	fmt.Println("killed")
	life(100)
	// Output:
	// epoch 0, step 0: a b
	// epoch 0, step 1: c e
	// epoch 0, step 2: d g
	// killed
	// epoch 0, step 3: f
	// epoch 1, step 4: d e
	// epoch 1, step 5: g a
	// epoch 1, step 6: c f
	// epoch 1, step 7: b
}
