package cli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
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
		{"--steps 0 --snaps 1", `{"forward_steps":0,"advances":0,"writes":0,"reads":0,"peak":0,"cost":0,"disk_writes":0,"disk_reads":0,"peak_ram":0,"peak_disk":0}`},
		{"--steps 1 --snaps 1", `{"forward_steps":1,"advances":0,"writes":1,"reads":0,"peak":1,"cost":2,"disk_writes":0,"disk_reads":0,"peak_ram":1,"peak_disk":0}`},
		{"--steps 4 --snaps 1", `{"forward_steps":10,"advances":6,"writes":1,"reads":3,"peak":1,`},
		// The cost, and multistage with room for all on disk: Stumm and Walther's choice of
		// slots, of which the published cost is 1479.
		{"--steps 4 --snaps 1 --uf 0.5 --ub 2.25", `"cost":14,`},
		{"--steps 4 --snaps 1 --uf 0.25 --ub 1e-3", `"cost":2.504,`},
		{"--scheme multistage --steps 50 --ram 8 --disk 50 --uf 1 --ub 3 --wd 20 --rd 10", `"cost":1479,"disk_writes":41,"disk_reads":41,"peak_ram":8,"peak_disk":41}`},
		{"--scheme multistage --steps 50 --ram 0 --disk -1", `"writes":49,"reads":49,"peak":49,"cost":345,"disk_writes":49,"disk_reads":49,"peak_ram":0,"peak_disk":49}`},
		// Maddison 2024.
		{"--scheme mixed --steps 100 --snaps 10", `{"forward_steps":237,"advances":137,"writes":11,"reads":14,"peak":10,`},
		{"--scheme mixed --steps 1000 --snaps 50", `{"forward_steps":1974,`},
		// 14 periods of 7 and 2 steps: all but the last two run twice.
		{"--scheme periodic --steps 100 --period 7", `{"forward_steps":198,"advances":98,"writes":14,"reads":14,"peak":14,`},
		{"--scheme periodic --steps 1000000000000 --period 1000000", `{"forward_steps":1999999000000,`},
		// 9 batches of up to 4 steps in 3 slots: P(9, 3) = 2*9-5 = 13 advances of 4, less
		// twice the step that the shorter one lacks.
		{"--steps 35 --snaps 3 --tape 4", `"advances":50,`},
		{"--scheme two-level --steps 40 --period 9 --snaps 3", `{"forward_steps":131,"advances":91,"writes":27,"reads":39,"peak":7,"cost":187,"disk_writes":4,"disk_reads":4,"peak_ram":3,"peak_disk":4}`},
		// Herrmann and Pallez 2020; the released class exceeds the second by 355.
		{"--scheme hrevolve --steps 100 --ram 3 --disk 5 --uf 1 --ub 1 --wd 2 --rd 2", `{"forward_steps":355,"advances":255,`},
		{"--scheme hrevolve --steps 100 --ram 3 --disk 5 --uf 1 --ub 1 --wd 2 --rd 2", `"cost":493,"disk_writes":7,"disk_reads":12,`},
		{"--scheme hrevolve --steps 1000 --ram 10 --disk 10 --ub 2 --wd 5 --rd 5", `"cost":5922,`},
		{"--scheme hrevolve --steps 1000 --levels 10:0:0,10:5:5 --ub 2", `"cost":5922,`},
		{"--scheme hrevolve --steps 1000 --ram 10 --disk -1 --ub 2 --wd 5 --rd 5", `{"forward_steps":2903,`},
		{"--scheme hrevolve --steps 1000 --ram 10 --disk -1 --ub 2 --wd 5 --rd 5", `"cost":5753,"disk_writes":85,"disk_reads":85,`},
		{"--scheme hrevolve --steps 1000 --ram 10 --disk -1 --uf 0.1 --ub 0.2 --wd 0.5 --rd 0.5", `"cost":575.3,"disk_writes":85,"disk_reads":85,`},
		{"--scheme hrevolve --steps 50 --ram 8 --disk 50 --uf 1 --ub 3 --wd 20 --rd 10", `"cost":295,`},
		{"--scheme hrevolve --steps 40 --levels 2:0:0,2:1:1,-1:4:3", `"peak_ram":2,`},
		{"--scheme online-two-level --steps 300 --ram 5 --disk -1 --wd 5 --rd 5", `{"forward_steps":`},
		{"--scheme disk-periodic --steps 1000 --ram 10 --wd 5 --rd 5", `"cost":`},
		// 7 more than the least number: see schedule.Online.
		{"--scheme online --steps 300 --snaps 10", `{"forward_steps":1143,"advances":843,`},
		{"--scheme online --steps 66 --snaps 10", `"advances":120,`},
		{"--scheme store --steps 7", `{"forward_steps":7,"advances":0,"writes":0,"reads":0,"peak":0,`},
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
		{"--steps 5 --scheme multistage --ram 2", 2, "--disk is missing: scheme multistage needs the number of snapshots on disk"},
		{"--steps 5 --scheme multistage --ram 0 --disk 0", 2, "no room for the initial state"},
		{"--steps 5 --scheme multistage --ram -1 --disk 0", 2, "--ram is -1"},
		{"--steps 5 --scheme multistage --ram 1 --disk -2", 2, "--disk is -2"},
		{"--steps 5 --snaps 2 --picture", 2, "--picture and --json are both given"},
		{"--steps 5000000 --scheme online-two-level --ram 2 --disk 3", 1, "up to 1000000 steps"},
		{"--steps 5 --scheme online-two-level --ram 2 --disk 3 --uf 0", 1, "costs nothing"},
		{"--steps 5 --scheme hrevolve --ram 2", 2, "--disk is missing"},
		{"--steps 5 --scheme hrevolve --ram 2 --disk 3 --levels 1:0:0", 2, "--ram and --levels are both given"},
		{"--steps 5 --scheme hrevolve --levels 1:0", 2, "write slots:write:read for each level"},
		{"--steps 5 --scheme hrevolve --levels x:0:0", 2, `"x" is not a number of slots`},
		{"--steps 5 --scheme hrevolve --levels 1:a:0", 2, "give a decimal number"},
		{"--steps 5 --scheme hrevolve --levels 1:0:0 --wd 3", 2, "leave out --wd and --rd"},
		{"--steps 5 --scheme hrevolve --levels -2:0:0", 1, "slots"},
		{"--steps 5 --scheme multistage --ram 2 --disk 1 --levels 1:0:0", 2, "--levels has no meaning for scheme multistage"},
		{"--steps 5 --scheme periodic", 2, "--period is missing"},
		{"--steps 5 --scheme periodic --period 0", 2, "--period is 0"},
		{"--steps 5 --scheme mixed --snaps 2 --tape 2", 2, "--tape has no meaning for scheme mixed: it is told by --snaps"},
		{"--steps 5 --snaps 2 --tape 0", 2, "--tape is 0"},
		{"--steps 2000000 --scheme mixed --snaps 2", 1, "the table goes up to 1048576"},
		{"--steps 5 --snaps 2 --uf -1", 2, `--uf is "-1": a cost is not negative`},
		{"--steps 5 --snaps 2 --wd 1/3", 2, `--wd is "1/3": give a decimal number`},
		{"--steps 5 --snaps 2 --uf 1e18", 1, "does not fit"},
		{"--steps 5 --snaps 2 --uf 1e30", 2, "too many digits"},
		{"--steps 5 --snaps 2 --step 3s", 2, "--step has no meaning without --budget or --table"},
		{"--steps 5 --budget 1GB", 2, "--state is missing"},
		{"--steps 5 --budget 1GB --state 3", 2, `--state is "3": write a number and a unit`},
		{"--steps 5 --budget 1GB --state 0B", 2, "give 1 or more"},
		{"--steps 5 --budget 1GB/s --state 1B", 2, "a rate has /s"},
		{"--steps 5 --budget 1GB --state 1B --write 1GB/s", 2, "--step is missing"},
		{"--steps 5 --budget 1GB --state 1B --step 1s --write 1GB", 2, "a rate has /s"},
		{"--steps 5 --budget 1GB --state 1B --step -1s", 2, "times above 0"},
		{"--steps 5 --budget 1GB --state 1B --read 1GB/s", 2, "--write is missing"},
		{"--steps 5 --budget 1GB --state 1B --snaps 3", 2, "--snaps has no meaning with --budget"},
		{"--steps 5 --budget 1GB --state 1B --scheme best", 2, `unknown scheme "best"`},
		{"--steps 5 --budget 1MB --state 2MB", 1, "no schedule of 5 steps fits into 976.6 KiB"},
		{"--steps 100000000 --snaps 100 --svg none", 1, "draw a shorter loop"},
		{"--steps 5 --snaps 2 --scheme store", 2, "--snaps has no meaning for scheme store"},
		{"--steps 9223372036854775807 --snaps 1", 1, "does not fit"},
	} {
		status, out, errs := cairn(append([]string{"plan", "--json"}, strings.Fields(c.args)...)...)
		if status != c.status || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, output %q, errors %q; want status %d, %q", c.args, status, out, errs, c.status, c.want)
		}
	}
}

func TestPlanPicture(t *testing.T) {
	for args, want := range map[string][]string{
		"--steps 6 --snaps 2": {
			"o--o-<",
			".  -<",
			".  <",
			"-o<",
			".<",
			"<",
		},
		"--steps 5 --scheme two-level --period 3 --snaps 1": {
			"O--o<",
			":  <",
			"o-<",
			"-<",
			"<",
		},
		"--steps 4 --scheme store":                       {"<<<<"},
		"--steps 4 --scheme multistage --ram 1 --disk 1": nil,
		"--steps 1000000000000 --scheme store":           nil,
		"--steps 1000000000000 --snaps 40":               nil,
		"--steps 0 --snaps 1":                            {},
		"--steps 250 --scheme periodic --period 50":      nil,
		"--steps 5000 --snaps 3":                         nil,
	} {
		status, out, errs := cairn(append([]string{"plan", "--picture"}, strings.Fields(args)...)...)
		_, picture, _ := strings.Cut(out, "on disk\n\n")
		lines := strings.Split(strings.TrimRight(picture, "\n"), "\n")
		if status != 0 || errs != "" || len(lines) > 202 {
			t.Errorf("%s: status %d, errors %q, output\n%s", args, status, errs, out)
		}
		for i, w := range want {
			if got := strings.TrimPrefix(lines[i], "  "); got != w && want != nil {
				t.Errorf("%s: line %d is %q, want %q\n%s", args, i, got, w, out)
			}
		}
	}
}

func TestPlanSVG(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.svg")
	for _, args := range []string{
		"--steps 12 --snaps 3", "--steps 0 --snaps 3", "--steps 1 --scheme store", "--steps 30 --scheme mixed --snaps 4",
		"--steps 30 --scheme multistage --ram 2 --disk 3", "--steps 30 --scheme two-level --period 4 --snaps 2",
		"--steps 30 --scheme online --snaps 4", "--steps 30 --scheme hrevolve --ram 2 --disk 2",
		"--steps 30 --scheme hrevolve --levels 2:0:0,2:1:1,-1:4:4", "--steps 30 --scheme disk-periodic --ram 2",
		"--steps 60 --scheme online-two-level --ram 2 --disk 3",
	} {
		status, out, errs := cairn(append([]string{"plan", "--json", "--svg", file}, strings.Fields(args)...)...)
		if status != 0 {
			t.Fatalf("%s: status %d, %s", args, status, errs)
		}
		var counts struct {
			Steps  int `json:"forward_steps"`
			Writes int `json:"writes"`
		}
		if err := json.Unmarshal([]byte(out), &counts); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", args, err, text)
			}
			if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "line" {
				seen[e.Attr[0].Value]++
			}
		}
		// One of each is in the legend.
		if seen["record"] != seen["reverse"] || seen["level0"]+seen["level1"] != counts.Writes+2 {
			t.Errorf("%s: %v lines, counts %+v", args, seen, counts)
		}
	}
	if status, _, errs := cairn("plan", "--steps", "3", "--snaps", "2", "--svg", filepath.Join(file, "x")); status != 1 || errs == "" {
		t.Errorf("a file that cannot be made: status %d, %q", status, errs)
	}
}

// Sizes and times of a run, worked out by hand: 4 GiB hold 341 states of 12 MiB; one is
// written in 12582912/1.2e9 s = 10485760 ns.
func TestPlanBudget(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--steps 1000 --budget 4GiB --state 12MiB --step 80ms", `{"scheme":"binomial","detail":"--snaps 341","forward_steps":2657,`},
		{"--steps 1000 --budget 4GiB --state 12MiB --step 80ms --write 1.2GB/s --scheme multistage", `"cost":253.719260160,"disk_writes":658,"disk_reads":658,"peak_ram":341,"peak_disk":658,"budget":4294967296,"slowdown":3.171,"seconds":253.719260160}`},
		{"--steps 100 --budget 1GiB --state 1MiB --record 10MiB", `{"scheme":"store","detail":"","forward_steps":100,`},
		{"--steps 100 --budget 512MiB --state 1MiB --record 10MiB --scheme periodic", `"detail":"--period 50","forward_steps":150,`},
		{"--steps 0 --budget 1GiB --state 1MiB", `{"scheme":"binomial"`},
		{"--steps 100 --budget 22B --state 2B --record 1B --scheme mixed", `"scheme":"mixed"`},
		{"--steps 1000 --table --state 1MB --budget 3MB", `{"table":[{"scheme":"binomial","detail":"--snaps 1","forward_steps":500500,`},
	} {
		status, out, errs := cairn(append([]string{"plan", "--json"}, strings.Fields(c.args)...)...)
		if status != 0 || errs != "" || !strings.Contains(out, c.want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: status %d, errors %q, output %s, want %s", c.args, status, errs, out, c.want)
		}
	}
	status, out, errs := cairn(strings.Fields("plan --steps 1000 --table --state 1MiB --record 3MiB --step 2ms")...)
	if status != 0 || !strings.Contains(out, "slowdown") || strings.Count(out, "\n") != 12 {
		t.Errorf("status %d, errors %q, table\n%s", status, errs, out)
	}
}

// What is chosen must run within the budget: mixed schedules by size as well.
func TestPlanBudgetIsKept(t *testing.T) {
	for steps := int64(1); steps <= 200; steps += 13 {
		for budget := int64(10); budget <= 4000; budget = budget*3/2 + 1 {
			z := sizes{steps: steps, state: 7, record: 11, space: -1}
			z.costs.Forward, z.costs.Reverse, z.costs.Write[1], z.costs.Read[1] = 3, 4, 5, 6
			for _, k := range z.candidates(budget, "") {
				used := k.Levels[0].Peak*z.state + k.PeakTape*z.record
				if k.Scheme == "mixed" {
					used = 0 // in coarser units, which schedule checks
				}
				if used > budget {
					t.Errorf("%d steps in %d bytes: %s %s takes %d", steps, budget, k.Scheme, k.Detail, used)
				}
			}
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1B": 1, "4GiB": 4 << 30, "1.5kB": 1500, "0.5 KiB": 512, "2TB": 2e12, "1e3MB": 1e9} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "3", "3GB/s", "-1B", "1e30TB", "xMB", "0x1B"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %d, want an error", text, got)
		}
	}
}
