package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/internal/cli/restart"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// restartProgram builds the program of testdata/restart.
func restartProgram(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "program")
	testutil.Go(t, filepath.Join(testutil.Root(t), "internal/cli"), "build", "-o", bin, "./testdata/restart")
	return bin
}

// verifyRestart runs the verb.
func verifyRestart(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(append([]string{"verify-restart"}, args...), &o, &e)
	return status, o.String(), e.String()
}

func TestVerifyRestart(t *testing.T) {
	program := restartProgram(t)
	for _, c := range []struct {
		name   string
		flags  string // separated by spaces
		status int
		want   string // lines that must be found in standard output or error, with | between
	}{
		{"", "--kills 6 --compare u.*", 0, "same after 6 kills: standard output, u.bin, u.txt|20 checkpoints"},
		{"", "--every-checkpoint", 0, "same after"},
		{"", "--at 30%,60% --after-checkpoint 2,9", 0, "same after 4 kills|run 1: 2 kills|run 2: 2 kills"},
		{"sum", "--after-checkpoint 4", 1, "different: standard output, line 1|uninterrupted  sum |ULPs apart|all variables agree, so what differs is not protected|gives another result"},
		{"previous", "--after-checkpoint 4 --compare u.txt", 1, "different: u.txt, line 1|the checkpoints of step 60: u (1 of 10 elements, up to |sum agree"},
		{"anew", "--after-checkpoint 3", 1, "does not resume: the checkpoint of step 9 was there when life 2 began"},
		{"anew", "--every-checkpoint", 1, "the program does not "},
		{"stuck", "--every-checkpoint", 1, "does not come further: 3 lives in a row"},
		{"hang", "--after-checkpoint 3 --timeout 3s", 1, "has not ended after 3s"},
		{"fail", "--after-checkpoint 3", 1, "after 1 kills, started again in|failed: exit status 1|it fails on purpose"},
		{"fail at once", "", 1, "the uninterrupted run failed: exit status 1|it fails on purpose"},
		{"no save", "", 1, "the uninterrupted run has saved no checkpoint; no file *.ckpt was seen"},
		{"no save", "--at 10%", 1, "|"},
		{"line per step", "--after-checkpoint 5", 1, "different: standard output, line 1"},
		{"line per step", "--after-checkpoint 5 --stdout end", 0, "same after 1 kill"},
		{"quiet", "--after-checkpoint 5", 1, "has printed nothing"},
		{"quiet", "--after-checkpoint 5 --compare u.txt --stdout none", 0, "same after 1 kill: u.txt"},
		{"time", "--after-checkpoint 5", 1, "now"},
		{"time", "--after-checkpoint 5 --ulps 4000000000000", 1, "now"}, // integers are not rounded numbers
		{"time", "--after-checkpoint 5 --ignore ^now", 0, "same after"},
		{"ulp", "--after-checkpoint 5", 1, "1 ULP apart"},
		{"ulp", "--after-checkpoint 5 --ulps 1", 0, "same after"},
		{"binary", "--after-checkpoint 5 --compare u.* --ulps 9", 1, "different: u.bin, byte 5|uninterrupted  0x00|resumed        0x01"},
		{"no file", "--after-checkpoint 5 --compare u*.txt", 1, "different: u.txt: the resumed run has not written it"},
		{"extra file", "--after-checkpoint 5 --compare u*.txt", 1, "different: u-extra.txt: only the resumed run has written it"},
		{"", "--after-checkpoint 5 --compare nothing.txt", 1, "has written no file nothing.txt"},
		{"", "--after-checkpoint 500", 1, "has saved 20 checkpoints, so there is no kill after checkpoint 500"},
	} {
		t.Run(c.name+" "+c.flags, func(t *testing.T) {
			t.Parallel()
			args := append(strings.Fields(c.flags), "--env", "BUG="+c.name, "--", program)
			status, out, errs := verifyRestart(t, args...)
			if status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			for text := range strings.SplitSeq(c.want, "|") {
				if !strings.Contains(out+errs, text) {
					t.Errorf("%q is missing", text)
				}
			}
			if t.Failed() {
				t.Logf("%s%s", out, errs)
			}
		})
	}
}

// The program may be in any language, and save in its own way.
const shellProgram = `
i=0; sum=0
[ -f state ] && read -r i sum < state
while [ "$i" -lt 40 ]; do
	sum=$((sum * 3 % 1000003 + i)); i=$((i + 1))
	%s
	echo "$i $sum" > state.new && mv state.new state
	sleep 0.003
done
echo "$sum" > out/result; read -r word < word; echo "$word $1 $sum"
`

func TestVerifyRestartOfAScript(t *testing.T) {
	from := t.TempDir()
	if err := os.MkdirAll(filepath.Join(from, "out"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"right": strings.Replace(shellProgram, "%s", ":", 1),
		"wrong": strings.Replace(shellProgram, "%s", `n=$((n + 1)); [ "$i" = 40 ] && sum=$((sum + n))`, 1),
		"word":  "hello\n",
	} {
		if err := os.WriteFile(filepath.Join(from, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for script, want := range map[string]int{"right": 0, "wrong": 1} {
		work := filepath.Join(t.TempDir(), "work")
		status, out, errs := verifyRestart(t, "--json", "--from", from, "--checkpoints", "state", "--kills", "3", "--compare", "out/*",
			"--work", work, "--", "sh", "{dir}/"+script, "{dir}")
		var r struct {
			restart.Report
			Work string
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %s%s", err, out, errs)
		}
		// The script prints its directory, so standard output differs in any case.
		if status != 1 || len(r.Differences) != 1+want || r.Same || len(r.Kills) != 3 || r.Work != work {
			t.Errorf("%s: status %d, %+v %s", script, status, r, errs)
		}
		if list, err := os.ReadDir(work); err != nil || len(list) < 2 {
			t.Errorf("%v, %v", list, err)
		}
		status, out, errs = verifyRestart(t, "--from", from, "--checkpoints", "state", "--at", "20%,50%", "--", "sh", "{dir}/"+script)
		if status != want || want == 0 && !strings.Contains(out, "same after 2 kills: standard output") {
			t.Errorf("%s: status %d: %s%s", script, status, out, errs)
		}
	}
}

func TestVerifyRestartIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	work := t.TempDir()
	began := time.Now()
	_, err := restart.Verify(ctx, restart.Options{Program: []string{"/bin/sh", "-c", "sleep 100 & sleep 100"}, Work: work, Random: 1})
	if !errors.Is(err, context.Canceled) || time.Since(began) > 50*time.Second {
		t.Fatal(err, time.Since(began))
	}
}

func TestVerifyRestartUsage(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"":                                "PROGRAM is missing",
		"--":                              "PROGRAM is missing",
		"--kills 0 -- true":               "nothing to verify",
		"--kills -1 -- true":              "must not be negative",
		"--at 30 -- true":                 "such as 30%",
		"--at 100% -- true":               "between 0% and 100%",
		"--at NaN% -- true":               "between 0% and 100%",
		"--after-checkpoint 0 -- true":    "the first checkpoint is 1",
		"--ignore [ -- true":              "--ignore",
		"--compare [ -- true":             "is no pattern",
		"--compare /etc/passwd -- true":   "relative to that",
		"--checkpoints ../x -- true":      "relative to that",
		"--env X -- true":                 "NAME=VALUE",
		"--stdout some -- true":           "whole, end or none",
		"--stdout none -- true":           "nothing to compare",
		"--from /nowhere -- true":         "no directory",
		"--timeout -1s -- true":           "must not be negative",
		"--work " + full + " -- true":     "it is not empty",
		"-- no-such-program-anywhere":     "cannot be run",
		"--unknown -- true":               "unknown flag",
		"--work " + full + "/x/y -- true": "not a directory",
	} {
		status, out, errs := verifyRestart(t, strings.Fields(args)...)
		if want == "not a directory" {
			if status != 1 || !strings.Contains(errs, want) {
				t.Errorf("%s: status %d: %s", args, status, errs)
			}
		} else if status != 2 || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%s: status %d: %s%s", args, status, out, errs)
		}
	}
}
