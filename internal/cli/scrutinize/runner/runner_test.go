package runner

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// entry stands for a generated entry point: a loop from 0 to n whose state is x, of which
// the rest reads element 0.
func entry(n int, name class, at int, s *ad.Scrutiny) bool {
	if at < 0 || at >= n {
		return false
	}
	x := []float64{1, 2}
	s.Probe().Watch("x", &x)
	ad.Read(s.Probe(), &x[0])
	return true
}

func TestMainWritesTheOutcome(t *testing.T) {
	target := Target{Func: "Run", Loop: "run.go:7", Params: []string{"n", "name"}, Entry: entry}
	for _, c := range []struct {
		args []string
		want string // part of the outcome
	}{
		{[]string{"3", "5", "S"}, `"mask":"1C1D"`},
		{[]string{"5", "5", "S"}, "iteration 5 was not reached: with these arguments the index of the loop at run.go:7"},
		{[]string{"3", "five", "S"}, `argument 1 of Run, n int: \"five\": invalid syntax; write an integer`},
		{[]string{"3", "5"}, "Run has 2 parameters, 1 arguments"},
		{[]string{"third", "5", "S"}, "not an integer"},
	} {
		out := filepath.Join(t.TempDir(), "outcome.json")
		if status := Main(target, append([]string{out}, c.args...)); status != 0 {
			t.Errorf("%v: status %d", c.args, status)
		}
		text, err := os.ReadFile(out)
		if err != nil || !json.Valid(text) || !strings.Contains(string(text), c.want) {
			t.Errorf("%v: outcome %s (%v), want %s", c.args, text, err, c.want)
		}
	}
}

func TestMainCannotWrite(t *testing.T) {
	target := Target{Func: "Run", Loop: "run.go:7", Params: []string{"n", "name"}, Entry: entry}
	if status := Main(target, []string{filepath.Join(t.TempDir(), "none", "x"), "3", "5", "S"}); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	if status := Main(target, nil); status != 2 {
		t.Errorf("status %d, want 2", status)
	}
}
