package ep

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// counts are the numbers of Gaussian pairs by annulus that runs of NPB 3.x print.
var counts = map[common.Class][annuli]float64{
	common.ClassS: {6140517, 5865300, 1100361, 68546, 1648, 17},
	common.ClassA: {98257395, 93827014, 17611549, 1110028, 26536, 245},
}

func TestOfficialVerification(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		t.Run(string(class), func(t *testing.T) {
			p, _ := ParamsOf(class)
			r := Run(class)
			if !r.Verified || !common.Verify(r.SX, p.SXRef, tolerance) || !common.Verify(r.SY, p.SYRef, tolerance) {
				t.Errorf("sums %.15g, %.15g, official %.15g, %.15g, verified = %v", r.SX, r.SY, p.SXRef, p.SYRef, r.Verified)
			}
			if want, known := counts[class]; known && r.Q != want {
				t.Errorf("counts %v, want %v", r.Q, want)
			}
			if r.Class != class || !(r.Seconds > 0) || !(r.Mops > 0) {
				t.Errorf("class %s, %v s, %v Mop/s", r.Class, r.Seconds, r.Mops)
			}
		})
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

// TestParams: every listed class has parameters and whole batches, and they grow.
func TestParams(t *testing.T) {
	last := 0
	for _, class := range Classes() {
		p, ok := ParamsOf(class)
		if !ok || p.batches() <= last || p.batches()<<logBatch != 1<<p.M {
			t.Errorf("class %s: %+v, %d batches after %d", class, p, p.batches(), last)
		}
		last = p.batches()
		if got, want := operations(p), 2*float64(last)*(1<<logBatch); got != want {
			t.Errorf("class %s: %v operations, want %v: two numbers for each pair", class, got, want)
		}
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, SX: 1, SY: 2, Q: [annuli]float64{3, 4, 9: 5}, Seconds: 6, Mops: 7}
	report := r.Report()
	if report.Kernel != "ep" || report.Class != common.ClassS || report.Verified || report.Seconds != 6 || report.Mops != 7 {
		t.Errorf("report %+v", report)
	}
	want := common.Values{"sx": 1, "sy": 2, "pairs": 12, "q0": 3, "q1": 4, "q9": 5}
	for name, value := range want {
		if report.Values[name] != value {
			t.Errorf("%s = %v, want %v", name, report.Values[name], value)
		}
	}
	if len(report.Values) != 3+annuli || len(report.References) != 2 ||
		report.References["sx"] != -3247.83465203474 || report.References["sy"] != -6958.407078382297 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
}
