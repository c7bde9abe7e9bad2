package tour

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
)

func newTour() *tour { return &tour{record: &Record{}} }

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		values []float64 // compared with 1, allowed 1e-3
		passed bool
	}{
		{[]float64{1, 1.0001}, true},
		{[]float64{1, 1.01}, false},
		{[]float64{1.01, 1}, false},
		{[]float64{math.NaN()}, false},
		{[]float64{math.Inf(1), 1}, false},
	} {
		tr := newTour()
		for _, v := range c.values {
			tr.compare("v", v, 1, 1e-3)
		}
		if tr.record.Passed != c.passed || len(tr.record.Checks) != len(c.values) {
			t.Errorf("%v: passed %t, want %t; %v", c.values, tr.record.Passed, c.passed, tr.record.Checks)
		}
	}
}

func TestRecordWithNaNIsJSON(t *testing.T) {
	tr := newTour()
	tr.record.CG.Zeta = tr.compare("zeta", math.NaN(), 8.5, 1e-10)
	tr.record.CG.Scrutiny = &scrutiny.Report{Func: "Run", Loop: Loop}
	text, err := json.Marshal(tr.record)
	if err != nil || !strings.Contains(string(text), `"value":null,"reference":8.5`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestTextNamesWhatFailed(t *testing.T) {
	tr := newTour()
	tr.compare("Burgers: final energy", 2, 1, 1e-13)
	tr.check("CG: mask of x", true, "fine")
	tr.record.CG.Scrutiny = &scrutiny.Report{Func: "Run", Loop: Loop}
	var b strings.Builder
	if err := tr.record.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"FAILED  Burgers: final energy: 2, reference 1", "1 of 2 comparisons passed", "DIFFERENT"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "mask of x") {
		t.Errorf("a check that holds is listed:\n%s", b.String())
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{0: "", 512: "512 B", 12_400: "12.4 kB", 6_401_900: "6.4 MB", 172_800_000: "172.8 MB"} {
		if got := bytesText(n); got != want {
			t.Errorf("bytesText(%d) = %q, want %q", n, got, want)
		}
	}
}
