package tour

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/npb/cg"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// ChildOptions are the arguments of a child process.
type ChildOptions struct {
	Dir   string        // of the checkpoints
	Masks string        // file with the scrutiny report
	Pause time.Duration // after every step
	Hold  int           // step before which the child waits to be killed; 0: it runs to the end
}

// holdTime is how long a child waits to be killed before it gives up.
const holdTime = time.Minute

// childResult is what a child prints when it comes to its end.
type childResult struct {
	First    int    `json:"first"` // first step that it executed
	ZetaBits uint64 `json:"zeta_bits"`
	Elements int    `json:"elements"`
	Stored   int    `json:"stored"`
	Bytes    int64  `json:"bytes"`
}

// Child is one life of the CG run: it resumes from the newest checkpoint in opts.Dir, or
// begins, saves the critical elements before every step, and writes its result to out as
// JSON. A life that resumes first fills all state vectors with NaN, so that an element
// that is not restored although it matters spoils the result.
func Child(ctx context.Context, opts ChildOptions, out io.Writer) error {
	report, err := readReport(opts.Masks)
	if err != nil {
		return err
	}
	blobs, err := store.OpenDir(opts.Dir)
	if err != nil {
		return err
	}
	old, err := blobs.List(ctx, "")
	if err != nil {
		return err
	}
	s, err := cg.NewSolver(cgClass)
	if err != nil {
		return err
	}
	run, err := ckpt.OpenStore(blobs, ckpt.Options{Every: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	protect(run, s, report)
	if len(old) > 0 {
		spoil(s)
	}
	res := childResult{}
	for it := range run.Range(ctx, 1, s.Params().Niter+1) {
		if res.First == 0 {
			res.First = it
		}
		if opts.Hold > 0 && it >= opts.Hold {
			return wait(ctx)
		}
		s.Step()
		time.Sleep(opts.Pause)
	}
	if err := run.Err(); err != nil {
		return err
	}
	saved := run.Saved()
	res.ZetaBits = math.Float64bits(s.Zeta)
	res.Elements, res.Stored, res.Bytes = saved.Elements, saved.Stored, saved.Bytes
	return json.NewEncoder(out).Encode(res)
}

func readReport(name string) (*scrutiny.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scrutiny.ReadReport(f)
}

// protect makes the state of the solver part of every checkpoint: the vectors that were
// scrutinized, with their masks, and the two results of a step. The masks of one iteration
// serve for all, since the steps access the same elements. Errors are those of run.Err.
func protect(run *ckpt.Run, s *cg.Solver, report *scrutiny.Report) {
	vectors := map[string]*[]float64{"x": &s.X, "z": &s.Z, "p": &s.P, "q": &s.Q, "r": &s.R}
	for _, m := range report.Variables {
		run.Protect(m.Name, vectors[m.Name], ckpt.Masked(m))
	}
	run.Protect("zeta", &s.Zeta)
	run.Protect("residual", &s.Residual)
}

// spoil fills the state with NaN.
func spoil(s *cg.Solver) {
	for _, v := range [][]float64{s.X, s.Z, s.P, s.Q, s.R} {
		for j := range v {
			v[j] = math.NaN()
		}
	}
	s.Zeta, s.Residual = math.NaN(), math.NaN()
}

// wait waits to be killed.
func wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(holdTime):
		return errors.New("the child was not killed: " + fmt.Sprint(holdTime) + " have passed; is the parent still there?")
	}
}
