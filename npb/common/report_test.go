package common

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParseClass(t *testing.T) {
	known := []Class{ClassS, ClassW}
	for _, name := range []string{"S", "s", " S "} {
		if got, err := ParseClass(name, known); err != nil || got != ClassS {
			t.Errorf("ParseClass(%q) = %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "A", "SW"} {
		got, err := ParseClass(name, known)
		if err == nil {
			t.Errorf("ParseClass(%q) = %q, want an error", name, got)
		} else if !strings.Contains(err.Error(), "choose one of S, W") {
			t.Errorf("ParseClass(%q): error %q does not name the choices", name, err)
		}
	}
}

func TestVerify(t *testing.T) {
	cases := []struct {
		value, reference, tolerance float64
		want                        bool
	}{
		{1, 1, 0, true},
		{1 + 1e-9, 1, 1e-8, true},
		{1 + 1e-7, 1, 1e-8, false},
		{-2, -2 - 1e-9, 1e-8, true},
		{2, -2, 1e-8, false},
		{0, 0, 1e-8, true},
		{math.NaN(), 1, 1e-8, false},
		{math.Inf(1), 1, 1e-8, false},
	}
	for _, c := range cases {
		if got := Verify(c.value, c.reference, c.tolerance); got != c.want {
			t.Errorf("Verify(%v, %v, %v) = %v", c.value, c.reference, c.tolerance, got)
		}
	}
}

func TestMops(t *testing.T) {
	if got := Mops(3e6, 2); got != 1.5 {
		t.Errorf("Mops(3e6, 2) = %v", got)
	}
	if got := Mops(3e6, 0); got != 0 {
		t.Errorf("Mops(3e6, 0) = %v", got)
	}
}

func sample() Result {
	return Result{
		Kernel: "cg", Class: ClassS, Verified: true, Seconds: 0.5, Mops: 100,
		Values:     Values{"zeta": 8.5, "extra": math.NaN()},
		References: Values{"zeta": 8.5},
	}
}

func TestResultJSON(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	want := `{"kernel":"cg","class":"S","verified":true,"seconds":0.5,"mops":100,` +
		`"values":{"extra":null,"zeta":8.5},"references":{"zeta":8.5}}` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
	if !json.Valid(out.Bytes()) {
		t.Error("not valid JSON")
	}
}

func TestResultText(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := "NPB cg class S: verified   0.500 s   100.0 Mop/s\n" +
		"  value   computed   reference   relative difference\n" +
		"  extra   NaN        -           -\n" +
		"  zeta    8.5        8.5         0.0e+00\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}

	failed := sample()
	failed.Verified = false
	out.Reset()
	if err := failed.WriteText(&out); err != nil || !strings.Contains(out.String(), "VERIFICATION FAILED") {
		t.Errorf("a failed run reports %q, %v", out.String(), err)
	}
}

// shortWriter takes room bytes and fails after that.
type shortWriter struct{ room int }

var errFull = errors.New("full")

func (w *shortWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		return 0, errFull
	}
	w.room -= len(p)
	return len(p), nil
}

func TestResultWriteErrors(t *testing.T) {
	for _, room := range []int{0, 60} {
		if err := sample().WriteText(&shortWriter{room}); !errors.Is(err, errFull) {
			t.Errorf("WriteText with room for %d bytes: error %v", room, err)
		}
	}
	if err := sample().WriteJSON(&shortWriter{}); !errors.Is(err, errFull) {
		t.Errorf("WriteJSON: error %v", err)
	}
}
