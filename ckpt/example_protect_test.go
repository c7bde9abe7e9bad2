package ckpt_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// Maps, pointers, times, large numbers and the sources of random numbers are variables like
// others. A generator draws from its source, which is what has a state.
func ExampleRun_Protect() {
	counts := map[string]int{"heads": 3}
	began := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	product := big.NewInt(1 << 40)
	source := rand.NewPCG(1, 2)
	rng := rand.New(source)

	run, err := ckpt.OpenStore(store.NewMem(), ckpt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer run.Close()
	run.Protect("counts", &counts)
	run.Protect("began", &began)
	run.Protect("product", &product)
	run.Protect("random", source)

	ctx := context.Background()
	if err := run.Save(ctx, 1); err != nil {
		fmt.Println(err)
		return
	}
	drawn := rng.IntN(1000)
	counts["tails"], began = 1, time.Time{}
	product.SetInt64(0)
	if _, _, err := run.Restore(ctx); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(counts, began, product, rng.IntN(1000) == drawn)

	fmt.Println(run.Protect("rng", &rng))
	// Output:
	// map[heads:3] 2026-01-31 12:00:00 +0000 UTC 1099511627776 true
	// ckpt: protect "rng": through the pointer: a *rand.Rand has no state of its own; protect its source: src := rand.NewPCG(1, 2), protect src, and draw from rand.New(src)
}

// A solver that calls back is killed, and its next life goes on where it was.
func ExampleRun_Tick() {
	// newton is the square root of 2 by Newton's iteration; it stands for a library.
	newton := func(x float64, after func(x float64) error) error {
		for range 5 {
			x = (x + 2/x) / 2
			if err := after(x); err != nil {
				return err
			}
		}
		return nil
	}

	checkpoints := store.NewMem()
	life := func(iterations int) error {
		run, err := ckpt.OpenStore(checkpoints, ckpt.Options{Every: 2})
		if err != nil {
			return err
		}
		defer run.Close()
		x := 1.0
		run.Protect("x", &x)
		ctx := context.Background()
		step, _, err := run.Restore(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("after %d iterations: %.4f\n", step, x)
		return newton(x, func(now float64) error {
			if iterations--; iterations < 0 {
				return fmt.Errorf("killed")
			}
			x = now
			step++
			return run.Tick(ctx, step)
		})
	}
	fmt.Println(life(3))
	fmt.Println(life(9))
	// Output:
	// after 0 iterations: 1.0000
	// killed
	// after 2 iterations: 1.4167
	// <nil>
}
