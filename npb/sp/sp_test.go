package sp

import (
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/cfd/cfdtest"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

func mustParams(t *testing.T, class common.Class) Params {
	t.Helper()
	p, ok := ParamsOf(class)
	if !ok {
		t.Fatalf("no parameters for class %s", class)
	}
	return p
}

func mustSolver(t *testing.T, par Params) *Solver {
	t.Helper()
	s, err := newSolver(par)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOfficialVerification(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		t.Run(string(class), func(t *testing.T) {
			p := mustParams(t, class)
			r := Run(class)
			if !r.Verified || !r.Norms.Verify(p.Reference) {
				t.Errorf("norms %v, official %v, verified = %v", r.Norms, p.Reference, r.Verified)
			}
			if r.Class != class {
				t.Errorf("the result says class %q", r.Class)
			}
			if !(r.Seconds > 0) || !(r.Mops > 0) {
				t.Errorf("%v s, %v Mop/s", r.Seconds, r.Mops)
			}
		})
	}
}

// TestProcs: the lines and planes do not depend on each other, so any number of goroutines
// computes the same bits.
func TestProcs(t *testing.T) {
	want := Run(common.ClassS)
	for _, procs := range []int{2, 3, 7, 16} {
		old := common.SetProcs(procs)
		got := Run(common.ClassS)
		common.SetProcs(old)
		if !got.Verified || got.Norms != want.Norms {
			t.Errorf("%d goroutines: norms %v, with one %v", procs, got.Norms, want.Norms)
		}
	}
}

func TestSolverAgreesWithRun(t *testing.T) {
	s, err := NewSolver(common.ClassS)
	if err != nil {
		t.Fatal(err)
	}
	for range mustParams(t, common.ClassS).Niter {
		s.Step()
	}
	if got, want := s.Norms(), Run(common.ClassS).Norms; got != want {
		t.Errorf("norms %v; Run has %v", got, want)
	}
}

func TestStepNeedsOnlyU(t *testing.T) { cfdtest.StepNeedsOnlyU(t, problem) }

func TestStepDoesNotAllocate(t *testing.T) {
	s := mustSolver(t, small)
	if allocs := testing.AllocsPerRun(5, s.Step); allocs != 0 {
		t.Errorf("%v allocations in a step", allocs)
	}
}

func TestExactSolutionStays(t *testing.T) { cfdtest.ExactSolutionStays(t, problem) }

func TestUnknownClass(t *testing.T) {
	if r := Run("X"); r != (Result{Class: "X"}) {
		t.Errorf("Run of an unknown class = %+v", r)
	}
	report := Run("X").Report()
	if report.Verified || len(report.References) != 0 {
		t.Errorf("report of an unknown class: %+v", report)
	}
	s, err := NewSolver("Q")
	if s != nil || err == nil || !strings.Contains(err.Error(), `"Q"`) || !strings.Contains(err.Error(), "S W A B") {
		t.Errorf("solver %v, error %v", s, err)
	}
	if s, err := newSolver(Params{N: 5, Dt: 1}); s != nil || err == nil {
		t.Errorf("solver of 5 points: %v, %v", s, err)
	}
}

// TestParams: every listed class has parameters, and they grow.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p := mustParams(t, class)
		if p.N <= last.N || p.N > cfd.MaxN || p.Niter < last.Niter || p.Dt <= 0 {
			t.Errorf("class %s: %+v", class, p)
		}
		for m := range 5 {
			if p.Reference.XCR[m] <= 0 || p.Reference.XCE[m] <= 0 {
				t.Errorf("class %s: %+v", class, p.Reference)
			}
		}
		last = p
	}
}

// TestOperations: 96.7 million operations for class S.
func TestOperations(t *testing.T) {
	if got := operations(mustParams(t, common.ClassS)); math.Abs(got-96.67e6) > 0.01e6 {
		t.Errorf("class S: %v operations", got)
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, Norms: cfd.Norms{XCR: [5]float64{8.5}}, Seconds: 2, Mops: 3}
	report := r.Report()
	if report.Kernel != "sp" || report.Class != common.ClassS || report.Verified ||
		report.Seconds != 2 || report.Mops != 3 {
		t.Errorf("report %+v", report)
	}
	if len(report.Values) != 10 || report.Values["xcr1"] != 8.5 || report.References["xcr1"] != 0.02747031545133948 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
}
