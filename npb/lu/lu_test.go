package lu

import (
	"math"
	"testing"

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

func TestOfficialVerification(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		t.Run(string(class), func(t *testing.T) {
			r := Run(class)
			report := r.Report()
			if !r.Verified || !report.Verified || report.Class != class || report.Kernel != "lu" {
				t.Errorf("the report says class %q of %q, verified = %v", report.Class, report.Kernel, r.Verified)
			}
			if len(report.Values) != 11 || len(report.References) != 11 {
				t.Fatalf("%d values and %d references, want 11", len(report.Values), len(report.References))
			}
			for name, reference := range report.References {
				if got := report.Values[name]; !(math.Abs(got-reference) <= 1e-8*math.Abs(reference)) {
					t.Errorf("%s = %.15g, official %.15g", name, got, reference)
				}
			}
			if !(r.Seconds > 0) || !(r.Mops > 0) {
				t.Errorf("%v s, %v Mop/s", r.Seconds, r.Mops)
			}
		})
	}
}

// TestVerify: a single value that is off makes the whole run unverified.
func TestVerify(t *testing.T) {
	p := mustParams(t, common.ClassS)
	if !verify(p, p.ResidualRef, p.ErrorRef, p.SurfaceRef) {
		t.Fatal("the references do not verify")
	}
	for m := range 5 {
		for _, factor := range []float64{1 + 1.1e-8, 1 - 1.1e-8, math.NaN()} {
			residual, deviation := p.ResidualRef, p.ErrorRef
			residual[m] *= factor
			deviation[m] *= factor
			if verify(p, residual, p.ErrorRef, p.SurfaceRef) || verify(p, p.ResidualRef, deviation, p.SurfaceRef) {
				t.Errorf("norm %d times %v verifies", m, factor)
			}
		}
	}
	if verify(p, p.ResidualRef, p.ErrorRef, p.SurfaceRef*(1+1.1e-8)) {
		t.Error("a wrong surface integral verifies")
	}
}

func TestSolverAgreesWithRun(t *testing.T) {
	first, second := Run(common.ClassS), Run(common.ClassS)
	first.Seconds, first.Mops, second.Seconds, second.Mops = 0, 0, 0, 0
	if first != second {
		t.Errorf("two runs differ: %+v, %+v", first, second)
	}
	s, err := NewSolver(common.ClassS)
	if err != nil {
		t.Fatal(err)
	}
	for range s.Params().Niter {
		s.Step()
	}
	if s.l2norm(s.Rsd) != first.Residual || s.errorNorm() != first.Error || s.pintgr() != first.Surface {
		t.Errorf("the solver ends with residuals %v, Run with %v", s.l2norm(s.Rsd), first.Residual)
	}
}

func TestUnknownClass(t *testing.T) {
	if r := Run("X"); r != (Result{Class: "X"}) {
		t.Errorf("Run of an unknown class = %+v", r)
	}
	report := Run("X").Report()
	if report.Verified || len(report.References) != 0 {
		t.Errorf("report of an unknown class: %+v", report)
	}
	if _, err := NewSolver("X"); err == nil || err.Error() != `lu: class "X" has no parameters: use one of [S W A B]` {
		t.Errorf("error %v", err)
	}
}

// TestParams: every listed class has parameters, and they grow; the official count of operations
// of class S is 102 million.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p := mustParams(t, class)
		if p.N <= last.N || operations(p) <= operations(last) || p.ResidualRef[0] <= last.ResidualRef[0] {
			t.Errorf("class %s is not larger than the class before it: %+v", class, p)
		}
		last = p
	}
	if got := operations(mustParams(t, common.ClassS)); math.Abs(got-102.3e6) > 0.05e6 {
		t.Errorf("%v operations in class S", got)
	}
}
