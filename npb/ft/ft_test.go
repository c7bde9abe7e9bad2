package ft

import (
	"math"
	"math/cmplx"
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
			if !r.Verified || !verify(r.Sums[:len(References(class))+1], References(class)) {
				t.Errorf("checksums %v, official %v, verified = %v", r.Sums, References(class), r.Verified)
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
	if first.Sums != second.Sums {
		t.Errorf("two runs differ: %v, %v", first.Sums, second.Sums)
	}
}

func TestUnknownClass(t *testing.T) {
	if r := Run("X"); r != (Result{Class: "X"}) {
		t.Errorf("Run of an unknown class = %+v", r)
	}
	report := Run("X").Report()
	if report.Verified || len(report.References) != 0 || len(report.Values) != 0 {
		t.Errorf("report of an unknown class: %+v", report)
	}
	if s, err := NewSolver("X"); s != nil || err == nil {
		t.Errorf("NewSolver of an unknown class = %v, %v", s, err)
	}
}

// TestParams: the classes have as many references as steps and powers of
// 2 as extents, and grow.
func TestParams(t *testing.T) {
	last := Params{}
	for _, class := range Classes() {
		p := mustParams(t, class)
		if len(References(class)) != p.Niter || p.Niter > maxSteps {
			t.Errorf("class %s: %d steps, %d references", class, p.Niter, len(References(class)))
		}
		for _, n := range []int{p.NX, p.NY, p.NZ} {
			if n < 4 || n&(n-1) != 0 || n > 1<<maxLog {
				t.Errorf("class %s: %d points in a direction", class, n)
			}
		}
		if points(p) <= points(last) {
			t.Errorf("class %s is not larger than the class before it: %+v", class, p)
		}
		last = p
	}
}

// TestVerify holds the official tolerance: 1e-12 of the modulus, for every checksum.
func TestVerify(t *testing.T) {
	references := References(common.ClassS)
	off := func(k int, factor complex128) []complex128 {
		sums := append([]complex128{cmplx.NaN()}, references...)
		sums[k] *= factor
		return sums
	}
	for _, c := range []struct {
		sums []complex128
		want bool
	}{
		{off(1, 1), true},
		{off(1, 1+0.9e-12), true},
		{off(6, 1+0.9e-12i), true},
		{off(1, 1+1.1e-12), false},
		{off(6, 1-1.1e-12i), false},
		{off(3, complex(math.NaN(), 0)), false},
		{off(3, 1)[:6], false},
		{append(off(3, 1), 0), false},
		{nil, false},
	} {
		if got := verify(c.sums, references); got != c.want {
			t.Errorf("%v: verified = %v", c.sums, got)
		}
	}
	if verify([]complex128{0}, nil) {
		t.Error("no references, and verified")
	}
}

// TestOperations: the official formula gives about 177 million for class S.
func TestOperations(t *testing.T) {
	if got := operations(mustParams(t, common.ClassS)) / 1e6; math.Abs(got-177.15) > 0.1 {
		t.Errorf("class S: %v million operations", got)
	}
}

func TestReport(t *testing.T) {
	r := Result{Class: common.ClassS, Sums: [maxSteps + 1]complex128{9, 1 + 2i, 3 + 4i}, Seconds: 2, Mops: 3}
	report := r.Report()
	if report.Kernel != "ft" || report.Class != common.ClassS || report.Verified ||
		report.Seconds != 2 || report.Mops != 3 {
		t.Errorf("report %+v", report)
	}
	want := map[string]float64{"checksum01.re": 1, "checksum01.im": 2, "checksum02.re": 3, "checksum02.im": 4}
	if len(report.Values) != 12 || len(report.References) != 12 {
		t.Errorf("values %v, references %v", report.Values, report.References)
	}
	for name, value := range want {
		if report.Values[name] != value {
			t.Errorf("%s is %v, want %v", name, report.Values[name], value)
		}
	}
	if report.References["checksum06.im"] != 493.2597244941 {
		t.Errorf("references %v", report.References)
	}
}

// TestProcs: the result is the same among any number of goroutines.
func TestProcs(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		want := Run(class)
		for _, procs := range []int{2, 3, 7} {
			old := common.SetProcs(procs)
			r := Run(class)
			common.SetProcs(old)
			if !r.Verified || r.Sums != want.Sums {
				t.Errorf("class %s, %d goroutines: checksums %v, serial %v", class, procs, r.Sums, want.Sums)
			}
		}
	}
}
