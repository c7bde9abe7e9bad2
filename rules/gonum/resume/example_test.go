package resume_test

import (
	"context"
	"errors"
	"fmt"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/optimize/functions"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/rules/gonum/resume"
	"github.com/cairn-ad/cairn/store"
)

// A second life begins at the minimum that the first one has found.
func Example() {
	f := functions.ExtendedRosenbrock{}
	problem := optimize.Problem{Func: f.Func, Grad: f.Grad}
	checkpoints := store.NewMem() // a program would use ckpt.Open("file:checkpoints", …)
	for range 2 {
		run, err := ckpt.OpenStore(checkpoints, ckpt.Options{Every: 10})
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := minimize(context.Background(), run, problem); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// done before: false, minimum at [1.000 1.000]
	// done before: true, minimum at [1.000 1.000]
}

func minimize(ctx context.Context, run *ckpt.Run, problem optimize.Problem) error {
	rec, err := resume.New(ctx, run, []float64{-1.2, 1})
	if err != nil {
		return err
	}
	fmt.Print("done before: ", rec.Done)
	result, err := optimize.Minimize(problem, rec.X, &optimize.Settings{Recorder: rec}, &optimize.LBFGS{})
	if err := errors.Join(err, run.Err(), run.Close()); err != nil {
		return err
	}
	fmt.Printf(", minimum at %.3f\n", result.X)
	return nil
}
