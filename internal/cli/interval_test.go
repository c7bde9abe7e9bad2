package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInterval(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "failures.txt")
	if err := os.WriteFile(trace, []byte("# a machine\n3h\n7200\n1h30m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args, want string
	}{
		{"--save 60s --mtbf 24h --step 2s", "every 1590 steps, 53m0s, because of daly"},
		{"--save 60s --mtbf 24h --step 2s --rpo 10m", "every 270 steps, 9m0s, because of rpo"},
		{"--save 2s --persist 42s --overhead 0.02 --step 100ms", "every 1031 steps, 1m43s, because of overhead"},
		{"--save 2s --persist 42s --step 100ms", "every 400 steps, 40s, because of bandwidth"},
		{"--save 2s --size 1GiB --storage 36GiB --step 1s", "every 100 steps, 1m40s, because of storage"},
		{"--save 60s --mtbf 24h --recovery 1h --step 2s", "because of daly"},
		{"--save 20s --step 2s --steps 10000 --failures " + trace, "because of daly"},
		{"--save 20s --step 2s --steps 10000 --failures weibull:3h:0.7 --seed 4", "simulated"},
	} {
		var out, errs bytes.Buffer
		if status := Main(append([]string{"interval"}, strings.Fields(c.args)...), &out, &errs); status != 0 || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: status %d\n%s%s", c.args, status, out.String(), errs.String())
		}
	}
}

func TestIntervalJSON(t *testing.T) {
	var out, errs bytes.Buffer
	if status := Main(strings.Fields("interval --save 20s --step 2s --steps 20000 --failures exp:2h --json"), &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	var r struct {
		Steps     int
		Limit     string
		Daly      float64
		Simulated struct {
			Tuned, Best struct {
				Finished bool
				Total    float64
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	tuned, best := r.Simulated.Tuned, r.Simulated.Best
	if r.Steps != 262 || r.Limit != "daly" || !tuned.Finished || !best.Finished || best.Total < 40000 || tuned.Total > 1.1*best.Total {
		t.Errorf("%+v", r)
	}
}

func TestIntervalIsUsedWrongly(t *testing.T) {
	for _, c := range []struct {
		args, want string
	}{
		{"", "--save is missing"},
		{"--save -1s", "above 0"},
		{"--save 1s --step 0s", "above 0"},
		{"--save 2s --persist 1s", "less than --save"},
		{"--save 1s --overhead 3", "Overhead"},
		{"--save 1s --overhead NaN", "Overhead"},
		{"--save 1s --steps -1", "--steps"},
		{"--save 1s --steps 5", "--failures is missing"},
		{"--save 1s --seed 5", "--steps"},
		{"--save 1s --size 1GiB", "belong together"},
		{"--save 1s --size x --storage 1GiB", "--size"},
		{"--save 1s --failures weibull:3", "weibull"},
		{"--save 1s 3", "unexpected"},
	} {
		var out, errs bytes.Buffer
		if status := Main(append([]string{"interval"}, strings.Fields(c.args)...), &out, &errs); status != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: status %d: %s", c.args, status, errs.String())
		}
	}
	var out, errs bytes.Buffer
	if status := Main(strings.Fields("interval --save 1s --failures /does/not/exist"), &out, &errs); status != 1 {
		t.Errorf("status %d: %s", status, errs.String())
	}
}
