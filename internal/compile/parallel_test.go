package compile_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
)

// TestGoroutines examines the cases goroutine_* as they are: with vector forms, which
// TestGradients asks for, fewer of their loops have goroutines. The section goroutines lists what
// becomes of loops over goroutines. Under the race detector the program of the cases runs under it,
// too. How many processors there are changes no bit.
func TestGoroutines(t *testing.T) {
	runtimeBuilds(t)
	all, _ := readCases(t)
	var cases []*caseFile
	for _, c := range all {
		if strings.HasPrefix(c.name, "goroutine_") || c.name == "func_goroutines" {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		t.Skip("no case of -cases is among them")
	}
	dir := t.TempDir()
	writeModule(t, dir)
	for _, c := range cases {
		c.writeSource(t, dir, func(src string) string { return src })
	}
	results, err := generate(t, dir, compile.Options{}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	loops := map[string]string{} // by package
	for _, r := range results {
		loops[r.Package.Types.Name()] = goroutinesIn(r)
	}
	cases = compileCases(t, dir, compile.Options{}, cases)
	cases, bin := buildCases(t, dir, cases)
	var runs []map[string]difftest.Report
	for _, procs := range []string{"1", "4"} {
		t.Setenv("GOMAXPROCS", procs)
		reports, crashes := runReports(t, bin)
		for _, c := range crashes {
			t.Errorf("%s, %s processors: %s", c.name, procs, c.why)
		}
		runs = append(runs, reports)
	}
	for name, r := range runs[0] {
		if !reflect.DeepEqual(r.Gradient, runs[1][name].Gradient) {
			t.Errorf("%s: the gradient is %v on one processor, %v on four", name, r.Gradient, runs[1][name].Gradient)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.judge(t, runs[1])
			if want, _ := c.section("goroutines"); loops[c.name] != want {
				c.wanted(t, "goroutines", loops[c.name], want)
			}
		})
	}
}

// goroutinesIn lists what is said of loops over goroutines, by the root and the function that
// they are of.
func goroutinesIn(r compile.Result) string {
	var out strings.Builder
	for _, d := range r.Decisions {
		names := d.Funcs()
		root := names[len(names)-1]
		for _, name := range names {
			f, _ := d.Func(name)
			for _, s := range f.Statements {
				if _, what, of := strings.Cut(s.Reverse, "goroutines"); of {
					fmt.Fprintf(&out, "%s: %s: %s: goroutines%s\n", root, name, s.Text, what)
				}
			}
		}
	}
	return out.String()
}
