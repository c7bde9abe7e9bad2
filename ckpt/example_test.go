package ckpt_test

import (
	"context"
	"fmt"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// A loop is interrupted and goes on where it was when the program runs again.
func Example() {
	checkpoints := store.NewMem() // a program would use ckpt.Open("file:checkpoints", …)

	program := func(ctx context.Context, stop func(t int)) {
		u := []float64{1, 0, 0, 0}
		run, err := ckpt.OpenStore(checkpoints, ckpt.Options{Every: 10})
		if err != nil {
			fmt.Println(err)
			return
		}
		run.Protect("u", &u)
		first := true
		for t := range run.Steps(ctx, 100) {
			if first {
				fmt.Println("begins at step", t)
				first = false
			}
			left := u[len(u)-1]
			for i := range u {
				left, u[i] = u[i], (u[i]+left)/2
			}
			stop(t)
		}
		if err := run.Err(); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.3f\n", u)
	}

	ctx, cancel := context.WithCancel(context.Background())
	program(ctx, func(t int) {
		if t == 41 {
			cancel()
		}
	})
	program(context.Background(), func(int) {})
	// Output:
	// begins at step 0
	// ckpt: stopped before step 42: context canceled
	// begins at step 42
	// [0.250 0.250 0.250 0.250]
}
