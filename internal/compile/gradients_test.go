package compile_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/optim"
)

// TestGradients compiles all other cases into one program and examines the
// calls that they ask for: with all optimisations, without any, with products that may
// not be fused, and with tagged values where functions could be followed without.
func TestGradients(t *testing.T) {
	runtimeBuilds(t)
	share := 1
	if testing.Short() {
		share = 4
	}
	var full, plain, strict map[string]difftest.Report
	t.Run("full", func(t *testing.T) { full = examineCases(t, compile.Options{}, share) })
	if testing.Short() || *update {
		return
	}
	t.Run("plain", func(t *testing.T) { plain = examineCases(t, compile.Options{Without: optim.All}, 3) })
	t.Run("strict", func(t *testing.T) { strict = examineCases(t, compile.Options{Strict: true}, 5) })
	if runtime.GOARCH == "amd64" { // elsewhere products are fused in one of the two
		t.Run("bits", func(t *testing.T) { sameGradient(t, strict, plain, sameBits) })
		t.Run("each", func(t *testing.T) { leaveOutEach(t, full, strict) })
	}
	t.Run("tagged", func(t *testing.T) {
		cases, _ := readCases(t)
		cases = slices.DeleteFunc(cases, func(c *caseFile) bool {
			if c.name == "func_source" { // a struct of tagged values goes to a function that is called as it is
				return true
			}
			return !strings.HasPrefix(c.name, "func_") && !strings.HasPrefix(c.name, "iface_") && !strings.HasPrefix(c.name, "iterator_")
		})
		if len(cases) > 0 {
			examine(t, compile.Options{Tagged: true}, cases, func(int, *caseFile) func(string) string { return withPattern })
		}
	})
}

// examineCases examines the cases, one of every share of them with the vector forms of
// its derivatives. It returns the reports.
func examineCases(t *testing.T, opts compile.Options, share int) map[string]difftest.Report {
	t.Helper()
	cases, _ := readCases(t)
	return examine(t, opts, cases, func(i int, c *caseFile) func(src string) string {
		return func(src string) string {
			if !c.hasRules() {
				src = withPattern(src)
			}
			if i%share == 0 && !c.scalarOnly() {
				src = withVector(src)
			}
			return src
		}
	})
}

// examine is examineCases for cases whose sources are edited.
func examine(t *testing.T, opts compile.Options, cases []*caseFile, edit func(i int, c *caseFile) func(src string) string) map[string]difftest.Report {
	t.Helper()
	dir := t.TempDir()
	writeModule(t, dir)
	for i, c := range cases {
		c.writeSource(t, dir, edit(i, c))
	}
	cases = compileCases(t, dir, opts, cases)
	generatedAgain(t, dir, opts)
	cases, bin := buildCases(t, dir, cases)
	reports, crashes := runReports(t, bin)
	for _, c := range crashes {
		t.Errorf("%s: %s", c.name, c.why)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.judge(t, reports) })
	}
	return reports
}

// leaveOutEach leaves out each optimisation by itself, in its share of the cases, other ones
// for each: those that add up in another order change gradients by rounding, the others by
// no bit of strict code.
func leaveOutEach(t *testing.T, full, strict map[string]difftest.Report) {
	all, _ := readCases(t)
	names := optim.Names()
	for k, name := range names {
		set, err := optim.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		opts, with, same := compile.Options{Strict: true, Without: set}, strict, sameBits
		if set&optim.Reorders != 0 {
			opts, with, same = compile.Options{Without: set}, full, sameButRounding
		}
		var cases []*caseFile
		for i, c := range all {
			if i%len(names) == k {
				cases = append(cases, c)
			}
		}
		if len(cases) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			without := examine(t, opts, cases, func(int, *caseFile) func(string) string {
				return func(src string) string { return src }
			})
			sameGradient(t, with, without, same)
		})
	}
}

// sameGradient asks for gradients that are the same for the calls that both reports tell of.
func sameGradient(t *testing.T, with, without map[string]difftest.Report, same func(x, y []float64) bool) {
	for name, w := range with {
		other, ok := without[name]
		for i, text := range w.Gradient {
			if ok && text != other.Gradient[i] && !same(mustFloats(t, text), mustFloats(t, other.Gradient[i])) {
				t.Errorf("%s: gradient of input %d is %s, without %s", name, i, text, other.Gradient[i])
			}
		}
	}
}

// sameBits compares bit for bit, the signs of zeros apart.
func sameBits(x, y []float64) bool {
	return slices.EqualFunc(x, y, func(x, y float64) bool { return x == y || x != x && y != y })
}

// sameButRounding compares to 1e-13 of the largest number.
func sameButRounding(x, y []float64) bool {
	largest := 0.0
	for _, v := range slices.Concat(x, y) {
		if !math.IsInf(v, 0) {
			largest = max(largest, math.Abs(v))
		}
	}
	return slices.EqualFunc(x, y, func(x, y float64) bool {
		return x == y || x != x && y != y || math.Abs(x-y) <= 1e-13*largest
	})
}

// generatedAgain asks that the compiler, which now finds its own output, writes
// the same.
func generatedAgain(t *testing.T, dir string, opts compile.Options) {
	t.Helper()
	results, err := compile.Packages(dir, []string{"./..."}, opts)
	if err != nil {
		t.Errorf("a second run fails: %v", err)
	}
	for _, r := range results {
		for _, f := range r.Files {
			first, err := os.ReadFile(f.Name)
			if err != nil || !bytes.Equal(first, f.Text) {
				t.Errorf("a second run writes another %s (%v)", f.Name, err)
			}
		}
	}
}

// compileCases generates the derivatives of cases; those that the compiler
// refuses are failures and left out of what is returned.
func compileCases(t *testing.T, dir string, opts compile.Options, cases []*caseFile) []*caseFile {
	t.Helper()
	for len(cases) > 0 {
		results, err := generate(t, dir, opts, "./...")
		if err == nil {
			byName := map[string]*load.Package{}
			for _, r := range results {
				byName[r.Package.Path] = r.Package
			}
			for _, c := range cases {
				c.pkg = byName[batchModule+"/"+c.name]
				c.lower(t)
			}
			return cases
		}
		left := dropFailed(t, dir, cases, err.Error())
		if len(left) == len(cases) {
			left = compileApart(t, dir, opts, cases)
		}
		cases = left
	}
	return nil
}

// compileApart finds the cases for which the compiler fails without naming a
// file.
func compileApart(t *testing.T, dir string, opts compile.Options, cases []*caseFile) []*caseFile {
	t.Helper()
	var left []*caseFile
	for _, c := range cases {
		if _, err := generate(t, dir, opts, "./"+c.name+"/..."); err != nil {
			t.Errorf("%s: %v", c.name, err)
			remove(t, dir, c)
			continue
		}
		left = append(left, c)
	}
	if len(left) == len(cases) {
		t.Fatal("the compiler fails for all cases together, but for none alone")
	}
	return left
}

func remove(t *testing.T, dir string, c *caseFile) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, c.name)); err != nil {
		t.Fatal(err)
	}
}

// dropFailed reports the cases whose directories the message names and returns
// the others.
func dropFailed(t *testing.T, dir string, cases []*caseFile, message string) []*caseFile {
	t.Helper()
	said := map[string][]string{}
	place := regexp.MustCompile(`^(?:` + regexp.QuoteMeta(dir) + `/|\./)?([\w]+)/[\w/]*\.go:\d+`)
	for _, l := range strings.Split(message, "\n") {
		if m := place.FindStringSubmatch(l); m != nil {
			said[m[1]] = append(said[m[1]], l)
		}
	}
	var left []*caseFile
	for _, c := range cases {
		if lines := said[c.name]; lines != nil {
			t.Errorf("%s:\n%s", c.name, strings.Join(lines, "\n"))
			remove(t, dir, c)
			continue
		}
		left = append(left, c)
	}
	return left
}

// judge compares the reports of the case's calls with the interpreter and with
// the wanted gradient.
func (c *caseFile) judge(t *testing.T, reports map[string]difftest.Report) {
	var gradient, pattern strings.Builder
	for _, k := range c.calls {
		r, ok := reports[k.id]
		if !ok {
			continue // a crash, reported already
		}
		for _, f := range r.Failures {
			t.Errorf("%s: %s: %s", k.fn, k.args, f)
		}
		c.interpret(t, k, r)
		c.depends(t, k, r)
		fmt.Fprintf(&gradient, "%s\n", strings.Join(r.Gradient, " | "))
		fmt.Fprintf(&pattern, "%s\n", strings.Join(r.Pattern, " | "))
	}
	if t.Failed() {
		return
	}
	want, _ := c.section("gradient")
	if !sameGradients(t, gradient.String(), want) {
		c.wanted(t, "gradient", gradient.String(), want)
	}
	if want, ok := c.section("pattern"); ok && pattern.String() != want {
		c.wanted(t, "pattern", pattern.String(), want)
	}
}

// wanted reports that a section differs, or writes it anew.
func (c *caseFile) wanted(t *testing.T, section, got, want string) {
	t.Helper()
	if *update {
		c.setSection(section, got)
		c.save(t)
		return
	}
	t.Errorf("%s:\n%swant:\n%s", section, got, want)
}

// sameGradients compares numbers, which may differ by what a compiler of
// another platform does to them.
func sameGradients(t testing.TB, got, want string) bool {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		return false
	}
	for i := range g {
		gs, ws := strings.Split(g[i], "|"), strings.Split(w[i], "|")
		if len(gs) != len(ws) {
			return false
		}
		for j := range gs {
			if maxDifference(mustFloats(t, gs[j]), mustFloats(t, ws[j])) > 1e-11 {
				return false
			}
		}
	}
	return true
}

// interpret compares a gradient with the interpreter's, where the arguments are
// literals.
func (c *caseFile) interpret(t *testing.T, k call, r difftest.Report) {
	t.Helper()
	if k.setup != "" || k.blind {
		return
	}
	fn := c.function(t, k.fn)
	if usesVariables(fn) {
		return
	}
	d := c.requested(k.fn)
	if d.Adjoint == nil {
		return
	}
	var args []irinterp.Value
	var seeds irinterp.Seeds
	texts := splitArgs(k.args)
	for i, v := range fn.Inputs() {
		a, err := irinterp.ParseValue(texts[i], v.Type)
		if err != nil {
			t.Errorf("%s: %v", k.args, err)
			return
		}
		args = append(args, a)
	}
	after := cloneArgs(t, texts, fn)
	plain, err := irinterp.Run(c.prog, fn, after)
	if err != nil {
		t.Errorf("%s: interpreter: %v", k.args, err)
		return
	}
	for i, v := range fn.Inputs() {
		var s []float64
		if c.named(fn, d.Adjoint.Of, v) {
			s = seedsOf(i, len(irinterp.Floats(after[i])), r.Of)
		}
		seeds.Args = append(seeds.Args, s)
	}
	for j, res := range fn.Results {
		var s []float64
		if c.named(fn, d.Adjoint.Of, res) {
			s = seedsOf(difftest.ResultIndex+j, len(irinterp.Floats(plain[j])), r.Of)
		}
		seeds.Results = append(seeds.Results, s)
	}
	g, err := irinterp.Gradient(c.prog, fn, args, seeds)
	if err != nil {
		t.Errorf("%s: interpreter: %v", k.args, err)
		return
	}
	tol := 1e-11
	if isSingle(c.allText()) {
		tol = 2e-4
	}
	for i, v := range fn.Inputs() {
		if !c.named(fn, d.Adjoint.Wrt, v) {
			continue
		}
		want := g.Args[i]
		if meant, ok := r.Wrt[i]; ok {
			want = nil
			for _, j := range meant {
				want = append(want, g.Args[i][j])
			}
		}
		if got := mustFloats(t, r.Gradient[i]); maxDifference(got, want) > tol {
			t.Errorf("%s: gradient of %s is %v, the interpreter's %v", k.args, v.Name, got, want)
		}
	}
}

// usesVariables reports whether fn has parameters for package-level variables, of whose
// values the interpreter does not know.
func usesVariables(fn *ir.Func) bool {
	return slices.ContainsFunc(fn.Params, func(p *ir.Var) bool { return p.Global != nil })
}

// isSingle reports whether a source computes in single precision.
func isSingle(src string) bool {
	return strings.Contains(src, "float32") || strings.Contains(src, "complex64")
}

func cloneArgs(t testing.TB, texts []string, fn *ir.Func) []irinterp.Value {
	t.Helper()
	var out []irinterp.Value
	for i, v := range fn.Inputs() {
		a, err := irinterp.ParseValue(texts[i], v.Type)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// seedsOf are the seeds of n leaves of output i; of what has an entry in fields only those that
// are listed there have one.
func seedsOf(i, n int, fields map[int][]int) []float64 {
	s := make([]float64, n)
	meant, some := fields[i]
	for j := range s {
		if !some || slices.Contains(meant, j) {
			s[j] = difftest.Seed(i, j)
		}
	}
	return s
}

// named reports whether names mean v.
func (c *caseFile) named(fn *ir.Func, names []directive.Name, v *ir.Var) bool {
	for _, n := range names {
		switch n.Role {
		case directive.Receiver:
			if v == fn.Recv {
				return true
			}
		case directive.Param:
			if fn.Params[n.Index] == v {
				return true
			}
		default:
			if fn.Results[n.Index] == v {
				return true
			}
		}
	}
	return false
}
