package cg

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/store"
)

func newSolver(t *testing.T) *Solver {
	t.Helper()
	s, err := NewSolver(common.ClassS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSolverAgreesWithRun(t *testing.T) {
	want := Run(common.ClassS)
	s := newSolver(t)
	for range s.Params().Niter {
		s.Step()
	}
	if s.Zeta != want.Zeta || s.Residual != want.Residual {
		t.Errorf("zeta %.17g, residual %.17g; Run has %.17g and %.17g", s.Zeta, s.Residual, want.Zeta, want.Residual)
	}
}

// Only x survives the interruption; all else holds NaN when the second solver resumes.
func TestSolverResumesFromX(t *testing.T) {
	want := Run(common.ClassS).Zeta
	blobs := store.NewMem()
	open := func(s *Solver) *ckpt.Run {
		run, err := ckpt.OpenStore(blobs, ckpt.Options{Every: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Protect("x", &s.X); err != nil {
			t.Fatal(err)
		}
		return run
	}
	first := newSolver(t)
	for it := range open(first).Range(context.Background(), 1, 16) {
		if it == 9 {
			break
		}
		first.Step()
	}
	second := newSolver(t)
	for _, v := range [][]float64{second.X, second.Z, second.P, second.Q, second.R} {
		for j := range v {
			v[j] = math.NaN()
		}
	}
	run := open(second)
	var steps []int
	for it := range run.Range(context.Background(), 1, 16) {
		steps = append(steps, it)
		second.Step()
	}
	if err := run.Err(); err != nil {
		t.Fatal(err)
	}
	if len(steps) == 0 || steps[0] != 9 || steps[len(steps)-1] != 15 {
		t.Errorf("the second life did steps %v, want 9 to 15", steps)
	}
	if second.Zeta != want {
		t.Errorf("zeta %.17g after the restart, %.17g without", second.Zeta, want)
	}
}

func TestSolverOfUnknownClass(t *testing.T) {
	_, err := NewSolver("Q")
	if err == nil || !strings.Contains(err.Error(), `"Q"`) || !strings.Contains(err.Error(), "S W A") {
		t.Errorf("error %v", err)
	}
}
