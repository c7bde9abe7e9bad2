package is

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

func TestOfficialVerification(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		t.Run(string(class), func(t *testing.T) {
			p, _ := ParamsOf(class)
			r := Run(class)
			if !r.Verified || r.Passed != 51 {
				t.Errorf("%d verifications passed, official 51; verified = %v", r.Passed, r.Verified)
			}
			for i, rank := range r.Ranks {
				if want := p.rankOf(i, iterations); rank != want {
					t.Errorf("rank of verified key %d is %d, official %d", i, rank, want)
				}
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
	if _, err := NewRanking("X"); err == nil || !strings.Contains(err.Error(), `"X"`) || !strings.Contains(err.Error(), "S W A") {
		t.Errorf("error %v", err)
	}
}

// TestParams: every listed class has parameters, they grow, and every verified key is there.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p, ok := ParamsOf(class)
		if !ok || p.LogKeys <= last.LogKeys || p.LogMaxKey <= last.LogMaxKey {
			t.Errorf("class %s is not larger than the class before it: %+v", class, p)
		}
		for i := range tests {
			for it := 1; it <= iterations; it++ {
				if rank := p.rankOf(i, it); p.TestIndex[i] >= p.keys() || rank < -1 || rank >= p.keys() {
					t.Errorf("class %s: key %d stands at %d and has rank %d in iteration %d", class, i, p.TestIndex[i], rank, it)
				}
			}
		}
		last = p
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, Ranks: [tests]int{1, 2, 3, 4, 5}, Passed: 6, Seconds: 7, Mops: 8}
	report := r.Report()
	if report.Kernel != "is" || report.Class != common.ClassS || report.Verified || report.Seconds != 7 || report.Mops != 8 {
		t.Errorf("report %+v", report)
	}
	want := common.Values{"passed": 6, "rank0": 1, "rank1": 2, "rank2": 3, "rank3": 4, "rank4": 5}
	references := common.Values{"passed": 51, "rank0": 10, "rank1": 28, "rank2": 356, "rank3": 64907, "rank4": 65453}
	for name := range want {
		if report.Values[name] != want[name] || report.References[name] != references[name] {
			t.Errorf("%s: %v and %v, want %v and %v", name, report.Values[name], report.References[name], want[name], references[name])
		}
	}
	if len(report.Values) != 6 || len(report.References) != 6 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
}

// TestOperations: ten rankings of 2^16 keys in class S.
func TestOperations(t *testing.T) {
	p, _ := ParamsOf(common.ClassS)
	if got := operations(p); got != 655360 {
		t.Errorf("class S: %v operations", got)
	}
}
