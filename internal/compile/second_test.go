package compile_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/diag"
)

// TestSecondDerivatives examines the cases of TestGradients with the tangent of the
// adjoint beside the adjoint. Those whose source asks for it are examined there, too.
func TestSecondDerivatives(t *testing.T) {
	runtimeBuilds(t)
	all, _ := readCases(t)
	var cases []*caseFile
	for i, c := range all {
		text := c.allText()
		if !strings.Contains(text, "//cairn:adjoint") || strings.Contains(text, "//cairn:hessian") || vectorCall.MatchString(text) || unsteady.MatchString(c.name) {
			continue
		}
		if *only == "*" && testing.Short() && i%5 != 0 {
			continue
		}
		cases = append(cases, c)
	}
	refused := refusedTwice(t, cases)
	examine(t, compile.Options{}, cases, func(int, *caseFile) func(string) string {
		return func(src string) string {
			return withHessiansOf(src, func(k int) bool { return !refused[root{src, k}] })
		}
	})
}

var (
	// Cases that call vector forms would lack them.
	vectorCall = regexp.MustCompile(`Vector\(`)
	// The first derivative has a kink or is too steep where these are called.
	unsteady = regexp.MustCompile(`^func_joint$|^math_composed$`)

	adjointLine = regexp.MustCompile(`(?m)^//cairn:adjoint(.*)$`)
	hessianLine = regexp.MustCompile(`(?m)^//cairn:hessian.*\n`)
)

// withHessians asks for the tangent of each adjoint that src asks for.
func withHessians(src string) string { return withHessiansOf(src, func(int) bool { return true }) }

// withHessiansOf is withHessians for the adjoints, numbered as they come, that want accepts.
func withHessiansOf(src string, want func(k int) bool) string {
	k := -1
	return adjointLine.ReplaceAllStringFunc(src, func(l string) string {
		if k++; !want(k) {
			return l
		}
		again := regexp.MustCompile(` (mode|vector)=\w+`).ReplaceAllString(l, "")
		return l + "\n" + strings.Replace(again, "adjoint", "hessian", 1)
	})
}

// root is the function below one of the lines of a source that ask for an adjoint.
type root struct {
	src string
	k   int
}

// refusedTwice finds the roots whose second derivatives the compiler does not make. It must
// say so with one of the diagnostics for that, for a reason that stands in the source; all
// else is an error of the test.
func refusedTwice(t *testing.T, cases []*caseFile) map[root]bool {
	t.Helper()
	var suspects []*caseFile
	refusals := refusalsOf(t, cases, withHessians)
	for _, c := range cases {
		if len(refusals[c.name]) > 0 {
			suspects = append(suspects, c)
		}
	}
	out := map[root]bool{}
	roots, most := map[string][]root{}, 0
	for _, c := range suspects {
		for _, src := range c.sources() {
			for k := range adjointLine.FindAllString(src, -1) {
				roots[c.name] = append(roots[c.name], root{src, k})
			}
		}
		most = max(most, len(roots[c.name]))
	}
	for i := range most { // the i-th root of each
		var here []*caseFile
		asked := map[root]bool{}
		for _, c := range suspects {
			if i < len(roots[c.name]) {
				here = append(here, c)
				asked[roots[c.name][i]] = true
			}
		}
		found := refusalsOf(t, here, func(src string) string {
			return withHessiansOf(src, func(k int) bool { return asked[root{src, k}] })
		})
		for _, c := range here {
			lines := found[c.name]
			for _, l := range lines {
				if why := c.noRefusal(l); why != "" {
					t.Errorf("%s: %s: %s", c.name, why, l)
				}
			}
			if len(lines) > 0 {
				out[roots[c.name][i]] = true
			}
		}
	}
	t.Logf("second derivatives of %d roots in %d of %d cases are refused", len(out), len(suspects), len(cases))
	return out
}

// refusalsOf compiles the cases, edited, and returns the diagnostics for each.
func refusalsOf(t *testing.T, cases []*caseFile, edit func(src string) string) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	writeModule(t, dir)
	for _, c := range cases {
		c.writeSource(t, dir, edit)
	}
	_, err := compile.Packages(dir, []string{"./..."}, compile.Options{})
	var list *diag.Error
	if err != nil && !errors.As(err, &list) {
		t.Fatal(err)
	}
	out := map[string][]string{}
	if list == nil {
		return out
	}
	for _, d := range list.List {
		rel, err := filepath.Rel(dir, d.Pos.Filename)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		out[name] = append(out[name], d.String())
	}
	return out
}

// sources are the Go files of c as they are written.
func (c *caseFile) sources() []string {
	var out []string
	for _, f := range c.archive.Files {
		if strings.HasSuffix(f.Name, ".go") {
			out = append(out, strings.ReplaceAll(string(f.Data), "CASE", batchModule+"/"+c.name))
		}
	}
	return out
}

// refusal is what the compiler says of second derivatives that it does not make, and what
// then stands in the source; %s is the word that the message names.
type refusal struct{ says, source *regexp.Regexp }

var refusals = []refusal{
	{regexp.MustCompile(`: second derivative of .*: it writes the package-level variable (\w+); pass the memory as a parameter$`), nil},
	{regexp.MustCompile(`: second derivative of a call of .*: the rule at \w+\.go:\d+ has (no tangent, |the tangent )|: second derivative of a call of .*: the solver changes what `), regexp.MustCompile(`//cairn:(rule|solver)`)},
	{regexp.MustCompile(`: second derivative of .*: its loop to a fixed point is differentiated at the converged state only; `), regexp.MustCompile(`//cairn:fixedpoint`)},
	{regexp.MustCompile(`: second derivative of .*: the type of \w+ hides its fields; work on slices$`), regexp.MustCompile(`//cairn:rule .*mirror`)},
}

// noRefusal tells why a diagnostic is none that refuses the second derivative of what
// stands in c; "" if it is one.
func (c *caseFile) noRefusal(line string) string {
	for _, r := range refusals {
		m := r.says.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		source := r.source
		if source == nil {
			source = regexp.MustCompile(fmt.Sprintf(`(?m)^(var |\t)[\w, ]*\b%s\b`, m[1]))
		}
		if !source.MatchString(c.allText()) {
			return "the reason is not in the source"
		}
		return ""
	}
	return "this is no refusal of a second derivative"
}

// refusesTwice reports whether a diagnostic says that a second derivative is not made.
func refusesTwice(line string) bool {
	return slices.ContainsFunc(refusals, func(r refusal) bool { return r.says.MatchString(line) })
}
