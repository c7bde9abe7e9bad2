package mg

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
			if !r.Verified || !common.Verify(r.Rnm2, p.Rnm2Ref, tolerance) {
				t.Errorf("rnm2 = %.15g, official %.15g, verified = %v", r.Rnm2, p.Rnm2Ref, r.Verified)
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

func TestRunsAgreeBitForBit(t *testing.T) {
	first, second := Run(common.ClassS), Run(common.ClassS)
	if first.Rnm2 != second.Rnm2 {
		t.Errorf("two runs differ: rnm2 %v, %v", first.Rnm2, second.Rnm2)
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
	if s, err := NewSolver("X"); s != nil || err == nil {
		t.Errorf("NewSolver of an unknown class = %v, %v", s, err)
	}
}

// TestParams: every listed class has parameters, and each asks for more work than the one before.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p := mustParams(t, class)
		if operations(p) <= operations(last) || p.Rnm2Ref <= 0 {
			t.Errorf("class %s: %+v", class, p)
		}
		last = p
	}
}

// TestTolerance holds the official tolerance on rnm2, 1e-8 relative.
func TestTolerance(t *testing.T) {
	ref := mustParams(t, common.ClassS).Rnm2Ref
	if !common.Verify(ref*(1+0.9e-8), ref, tolerance) || common.Verify(ref*(1+1.1e-8), ref, tolerance) {
		t.Errorf("tolerance %v", tolerance)
	}
}

// TestOperations: 58 operations for each point and cycle; class S has 4·32³ of those.
func TestOperations(t *testing.T) {
	if got := operations(mustParams(t, common.ClassS)); got != 7602176 {
		t.Errorf("class S: %v operations", got)
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, Rnm2: 8.5, Seconds: 2, Mops: 3}
	report := r.Report()
	if report.Kernel != "mg" || report.Class != common.ClassS || report.Verified ||
		report.Seconds != 2 || report.Mops != 3 {
		t.Errorf("report %+v", report)
	}
	if report.Values["rnm2"] != 8.5 || report.References["rnm2"] != 0.5307707005734e-04 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
}

// TestProcs: the result is verified among any number of goroutines. What they compute is the same
// but for the order of the last sum.
func TestProcs(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		want := Run(class).Rnm2
		for _, procs := range []int{2, 3, 7} {
			old := common.SetProcs(procs)
			r := Run(class)
			common.SetProcs(old)
			if !r.Verified || !common.Verify(r.Rnm2, want, 1e-14) {
				t.Errorf("class %s, %d goroutines: rnm2 = %v, serial %v", class, procs, r.Rnm2, want)
			}
		}
	}
}
