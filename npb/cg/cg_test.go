package cg

import (
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
			p := mustParams(t, class)
			r := Run(class)
			if !r.Verified || !common.Verify(r.Zeta, p.ZetaRef, tolerance) {
				t.Errorf("zeta = %.15g, official %.15g, verified = %v", r.Zeta, p.ZetaRef, r.Verified)
			}
			if r.Class != class {
				t.Errorf("the result says class %q", r.Class)
			}
			// ‖x‖ = 1: the linear system is solved to rounding.
			if !(r.Residual < 1e-12) {
				t.Errorf("residual %v of the last linear system", r.Residual)
			}
			if !(r.Seconds > 0) || !(r.Mops > 0) {
				t.Errorf("%v s, %v Mop/s", r.Seconds, r.Mops)
			}
		})
	}
}

func TestRunsAgreeBitForBit(t *testing.T) {
	first, second := Run(common.ClassS), Run(common.ClassS)
	if first.Zeta != second.Zeta || first.Residual != second.Residual {
		t.Errorf("two runs differ: zeta %v, %v", first.Zeta, second.Zeta)
	}
}

// The product is the only loop that is divided, and each row belongs to one worker: the numbers
// are the same bit for bit, however many there are.
func TestProcs(t *testing.T) {
	defer common.SetProcs(common.SetProcs(1))
	for _, class := range npbtest.Classes(t, Classes()) {
		common.SetProcs(1)
		want := Run(class)
		for _, procs := range []int{2, 3, 7} {
			common.SetProcs(procs)
			got := Run(class)
			if !got.Verified || got.Zeta != want.Zeta || got.Residual != want.Residual {
				t.Errorf("class %s, %d goroutines: zeta %v, residual %v, alone %v, %v", class, procs, got.Zeta, got.Residual, want.Zeta, want.Residual)
			}
		}
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
}

// TestParams: every listed class has parameters, and they grow.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p := mustParams(t, class)
		if p.NA <= last.NA || p.Shift <= last.Shift || p.ZetaRef <= last.ZetaRef {
			t.Errorf("class %s is not larger than the class before it: %+v", class, p)
		}
		last = p
	}
}

// TestTolerance holds the official tolerance on zeta, 1e-10 relative.
func TestTolerance(t *testing.T) {
	ref := mustParams(t, common.ClassS).ZetaRef
	if !common.Verify(ref*(1+0.9e-10), ref, tolerance) || common.Verify(ref*(1+1.1e-10), ref, tolerance) {
		t.Errorf("tolerance %v", tolerance)
	}
}

// TestOperations: 66.65 million operations for class S, by the official formula
// 2·15·1400·(3 + 7·8 + 25·(5 + 7·8) + 3).
func TestOperations(t *testing.T) {
	if got := operations(mustParams(t, common.ClassS)); got != 66654000 {
		t.Errorf("class S: %v operations", got)
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, Zeta: 8.5, Seconds: 2, Mops: 3}
	report := r.Report()
	if report.Kernel != "cg" || report.Class != common.ClassS || report.Verified ||
		report.Seconds != 2 || report.Mops != 3 {
		t.Errorf("report %+v", report)
	}
	if report.Values["zeta"] != 8.5 || report.References["zeta"] != 8.5971775078648 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
}
