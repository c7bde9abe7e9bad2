package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestMain lets the test binary be the child that the tour starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childVerb {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// cairn runs one command.
func cairn(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = Main(args, &o, &e)
	return status, o.String(), e.String()
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		out    string // part of the output
		err    string // part of the errors
	}{
		{"", 0, "Available Commands:", ""},
		{"--help", 0, "Exit status: 0 for success", ""},
		{"help plan", 0, "--snaps", ""},
		{"plam", 2, "", `unknown command "plam": the commands are diff, export, import, inspect, interval, ls, npb, plan, prune, repair, scrutinize, tour, unlock, verify`},
		{"plan --stepz 3", 2, "", "unknown flag: --stepz; see cairn plan --help"},
		{"plan 3", 2, "", `unexpected argument "3"`},
		{"plan --steps x --snaps 2", 2, "", `invalid argument "x" for "--steps" flag`},
		{"npb", 0, "smallest eigenvalue", ""},
		{"npb xx", 2, "", `unknown kernel "xx": the kernels are bt, cg`},
		{"scrutinize", 2, "", "PKG is missing: write cairn scrutinize PKG"},
		{"scrutinize a b", 2, "", `unexpected argument "b"`},
		{"scrutinize a --func F", 2, "", "--at is missing"},
		{"scrutinize a --at 3", 2, "", "--func is missing"},
	} {
		t.Run(c.args, func(t *testing.T) {
			status, out, errs := cairn(strings.Fields(c.args)...)
			if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
				t.Errorf("status %d, want %d\noutput: %s\nwant:   %s\nerrors: %s\nwant:   %s", status, c.status, out, c.out, errs, c.err)
			}
			if (errs == "") != (c.status == 0) || status != 0 && !strings.HasPrefix(errs, "cairn: ") {
				t.Errorf("errors with status %d: %q", status, errs)
			}
		})
	}
}

func TestVerboseLogs(t *testing.T) {
	status, out, errs := cairn("npb", "cg", "-v", "--json")
	if status != 0 || strings.Contains(out, "msg=") || !strings.Contains(errs, "kernel=cg") {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
}
