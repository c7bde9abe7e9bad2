// Package resume lets an optimization by gonum.org/v1/gonum/optimize survive the death of
// its process.
//
// What goes in is a [ckpt.Run] and the location to begin at; what comes out is an
// [optimize.Recorder] that saves the best location found so far whenever the run's options
// make a save due, and ends the optimization before a deadline or when a context ends:
//
//	rec, err := resume.New(ctx, run, x0)
//	if err != nil { … }
//	result, err := optimize.Minimize(problem, rec.X, &optimize.Settings{Recorder: rec}, &optimize.LBFGS{})
//	err = errors.Join(err, run.Err(), run.Close())
//
// The next life of the program begins at the location that was saved. What a method knows
// besides, such as its approximation of the Hessian, gonum does not show, so it is gathered
// anew: the iterations are not those of an uninterrupted run, but no progress is lost.
package resume

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"github.com/cairn-ad/cairn/ckpt"
)

// Recorder is a [optimize.Recorder] for one call of [optimize.Minimize].
type Recorder struct {
	// X is where to begin: a copy of what New was given, or what was restored. While the
	// optimization goes on it is the best location.
	X []float64
	// F is the value at X, if Iterations is not zero.
	F float64
	// Iterations counts the major iterations of all lives.
	Iterations int
	// Done tells that an earlier life has come to its end, so X is the result. An
	// optimization that begins there nevertheless finds that out by itself, with a few
	// evaluations.
	Done bool
	// Next is told of everything before it is saved, if it is not nil, and may end the
	// optimization, too.
	Next optimize.Recorder

	ctx context.Context
	run *ckpt.Run
}

// New protects the recorder's variables in the run, under the names optimize.x, optimize.f,
// optimize.iterations and optimize.done, and restores the newest checkpoint, if there is one.
// What else the run is to protect must be protected before.
func New(ctx context.Context, run *ckpt.Run, x0 []float64) (*Recorder, error) {
	r := &Recorder{X: slices.Clone(x0), ctx: ctx, run: run}
	run.Protect("optimize.x", &r.X)
	run.Protect("optimize.f", &r.F)
	run.Protect("optimize.iterations", &r.Iterations)
	run.Protect("optimize.done", &r.Done)
	if _, _, err := run.Restore(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// Init implements [optimize.Recorder].
func (r *Recorder) Init() error {
	if r.Next != nil {
		return r.Next.Init()
	}
	return nil
}

// Record implements [optimize.Recorder]. An error ends the optimization; that of the end of
// the context or of the deadline comes after the state was saved.
func (r *Recorder) Record(loc *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if r.Next != nil {
		if err := r.Next.Record(loc, op, stats); err != nil {
			return err
		}
	}
	switch op {
	case optimize.MajorIteration:
		r.better(loc)
		r.Iterations++
		return r.run.Tick(r.ctx, r.Iterations)
	case optimize.PostIteration:
		r.better(loc)
		r.Done = true
		return r.run.Save(context.WithoutCancel(r.ctx), r.Iterations)
	}
	return nil
}

// better keeps a location if it is the best one.
func (r *Recorder) better(loc *optimize.Location) {
	if r.Iterations == 0 || loc.F < r.F || math.IsNaN(r.F) {
		copy(r.X, loc.X)
		r.F = loc.F
	}
}
