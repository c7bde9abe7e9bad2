package cli

import (
	"strings"
	"testing"
)

// The numbers of 1000 steps and 20 snapshots: repetition 3, for beta(20, 3) = 1771 >= 1000
// > beta(20, 2) = 231, so advances = 3*1000 - beta(21, 2) = 3000 - 253 (Griewank and
// Walther 2000). Those of 10^12 steps and 100 snapshots: beta(100, 8) =
// C(108, 8) = 352025629371 is too small and beta(100, 9) = C(109, 9) = 4263421511271 enough,
// so advances = 9e12 - beta(101, 8) = 9e12 - C(109, 8) = 9e12 - 379908847539.
func TestPlanJSON(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--steps 1000 --snaps 20", `"forward_steps":3747,"advances":2747,`},
		{"--steps 1000000000000 --snaps 100", `"forward_steps":9620091152461,"advances":8620091152461,`},
		{"--steps 0 --snaps 1", `{"forward_steps":0,"advances":0,"writes":0,"reads":0,"peak":0}`},
		{"--steps 1 --snaps 1", `{"forward_steps":1,"advances":0,"writes":1,"reads":0,"peak":1}`},
		{"--steps 4 --snaps 1", `{"forward_steps":10,"advances":6,"writes":1,"reads":3,"peak":1}`},
		{"--scheme store --steps 7", `{"forward_steps":7,"advances":0,"writes":0,"reads":0,"peak":0}`},
	} {
		args := append([]string{"plan", "--json"}, strings.Fields(c.args)...)
		status, out, errs := cairn(args...)
		if status != 0 || errs != "" || !strings.Contains(out, c.want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: status %d, errors %q, output %s, want %s", c.args, status, errs, out, c.want)
		}
	}
}

func TestPlanText(t *testing.T) {
	for args, want := range map[string]string{
		"--steps 1000 --snaps 20":  "forward steps  3747",
		"--steps 5 --scheme store": "store: 5 steps, every one kept",
		"--steps 0 --snaps 2":      "forward steps  0",
	} {
		status, out, errs := cairn(append([]string{"plan"}, strings.Fields(args)...)...)
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: status %d, errors %q, output\n%s\nwant %s", args, status, errs, out, want)
		}
	}
}

func TestPlanErrors(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"--snaps 2", 2, "--steps is missing"},
		{"--steps 5", 2, "--snaps is missing"},
		{"--steps -1 --snaps 2", 2, "--steps is -1: a loop cannot have fewer than 0 steps; give 0 or more"},
		{"--steps 5 --snaps 0", 2, "--snaps is 0"},
		{"--steps 5 --snaps -3", 2, "--snaps is -3"},
		{"--steps 5 --snaps 2 --scheme revolve", 2, `unknown scheme "revolve": choose one of binomial, store`},
		{"--steps 5 --snaps 2 --scheme store", 2, "--snaps has no meaning for scheme store"},
		{"--steps 9223372036854775807 --snaps 1", 1, "does not fit"},
	} {
		status, out, errs := cairn(append([]string{"plan", "--json"}, strings.Fields(c.args)...)...)
		if status != c.status || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, output %q, errors %q; want status %d, %q", c.args, status, out, errs, c.status, c.want)
		}
	}
}
