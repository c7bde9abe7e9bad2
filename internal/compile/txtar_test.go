package compile_test

import (
	"flag"
	"fmt"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/lower"
)

var (
	update = flag.Bool("update", false, "rewrite the wanted parts of testdata/*.txtar")
	only   = flag.String("cases", "*", "pattern of the names of the cases that are read")
)

// A caseFile is one file of testdata. Its Go files make a package (CASE in an
// import path stands for the path of that package); then come either
//
//   - want: the diagnostics that the compiler gives, or
//   - inputs: calls "F: arguments" (the receiver of a method first), one per
//     line, "F kinks: arguments" where divided differences prove nothing, "F
//     blind: arguments" where the interpreter does not know the program, and
//     "x := …; F: x, x[1:]" for arguments that share memory; and gradient: what
//     the adjoint gives for each call, a list of floats for each input.
//
// Whatever the gradient, the adjoint must agree with the tangent, the
// interpreter and divided differences, and must leave the primal's values. Every function
// with a tangent gets a pattern, too, which must agree with the tangent and the
// interpreter; a section pattern has, for each call, what each output leaf depends on:
// "0.2" is leaf 2 of input 0.
type caseFile struct {
	name    string // base name without extension: directory and package path
	archive *txtar.Archive
	calls   []call
	pkg     *load.Package
	prog    *ir.Program
}

// call is one line of inputs.
type call struct {
	id, setup, fn, args string
	kinks, blind        bool
}

// section returns the text of a part that is no Go file.
func (c *caseFile) section(name string) (string, bool) {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

func (c *caseFile) setSection(name, text string) {
	for i := range c.archive.Files {
		if c.archive.Files[i].Name == name {
			c.archive.Files[i].Data = []byte(text)
			return
		}
	}
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(text)})
}

func (c *caseFile) path() string { return filepath.Join("testdata", c.name+".txtar") }

func (c *caseFile) save(t *testing.T) { write(t, c.path(), txtar.Format(c.archive)) }

var callLine = regexp.MustCompile(`^(?:(.*); )?(\w+)( kinks)?( blind)?: ?(.*)$`)

func readCases(t *testing.T) (gradients, errors []*caseFile) {
	t.Helper()
	names, err := filepath.Glob("testdata/" + *only + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := &caseFile{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), archive: a}
		inputs, ok := c.section("inputs")
		if !ok {
			errors = append(errors, c)
			continue
		}
		for i, l := range strings.Split(strings.TrimSpace(inputs), "\n") {
			m := callLine.FindStringSubmatch(l)
			if m == nil {
				t.Fatalf("%s: %q is no call of the form F: arguments", name, l)
			}
			c.calls = append(c.calls, call{fmt.Sprintf("%s/%d", c.name, i), m[1], m[2], m[5], m[3] != "", m[4] != ""})
		}
		gradients = append(gradients, c)
	}
	return gradients, errors
}

var callsDerivative = regexp.MustCompile(`\w(Adjoint|Tangent|Hessian)\(`)

var tangentLine = regexp.MustCompile(`(?m)^//cairn:tangent(.*)$`)

// withPattern asks for a pattern wherever a source asks for a tangent.
func withPattern(src string) string {
	if strings.Contains(src, "//cairn:pattern") || callsDerivative.MatchString(src) { // which has no pattern
		return src
	}
	return tangentLine.ReplaceAllStringFunc(src, func(l string) string {
		return l + "\n" + vectorKey.ReplaceAllString(strings.Replace(l, "tangent", "pattern", 1), "")
	})
}

var vectorKey = regexp.MustCompile(` vector=\d+`)

// hasRules reports whether c holds rules or solvers, which tell no pattern.
func (c *caseFile) hasRules() bool {
	all := c.allText()
	return strings.Contains(all, "//cairn:rule") || strings.Contains(all, "//cairn:solver")
}

// scalarOnly reports whether c holds what has no vector forms: loops to a fixed point,
// calls of derivatives.
func (c *caseFile) scalarOnly() bool {
	return strings.Contains(c.allText(), "//cairn:fixedpoint") || strings.HasPrefix(c.name, "nested_") || !c.hasRules() && callsDerivative.MatchString(c.allText())
}

// writeSource writes the Go files of c, edited, into the module in dir.
func (c *caseFile) writeSource(t testing.TB, dir string, edit func(src string) string) {
	t.Helper()
	for _, f := range c.archive.Files {
		if strings.HasSuffix(f.Name, ".go") {
			text := strings.ReplaceAll(string(f.Data), "CASE", batchModule+"/"+c.name)
			write(t, filepath.Join(dir, c.name, f.Name), []byte(edit(text)))
		}
	}
}

var rootLine = regexp.MustCompile(`(?m)^//cairn:(?:adjoint|tangent)\b.*$`)

// withVector asks for the vector forms of all derivatives in a source, too.
func withVector(src string) string {
	return rootLine.ReplaceAllStringFunc(src, func(l string) string {
		if strings.Contains(l, "vector=") {
			return l
		}
		return l + " vector=3"
	})
}

// splitArgs splits argument texts at the commas outside of brackets.
func splitArgs(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	if s = strings.TrimSpace(s[start:]); s != "" {
		out = append(out, s)
	}
	return out
}

func (c *caseFile) allText() string {
	var b strings.Builder
	for _, f := range c.archive.Files {
		b.Write(f.Data)
	}
	return b.String()
}

// outsideOf gives the lowering the packages of other modules that p can reach.
func outsideOf(p *load.Package) func(*types.Package) *lower.Package {
	return func(t *types.Package) *lower.Package {
		if q := p.Outside(t); q != nil {
			return lowered(q)
		}
		return nil
	}
}

// lower makes the program that the interpreter runs.
func (c *caseFile) lower(t *testing.T) {
	t.Helper()
	if c.pkg == nil {
		t.Fatalf("%s: the package of the case is not among the results", c.name)
	}
	in := lower.Input{Fset: c.pkg.Fset, Root: lowered(c.pkg), Outside: outsideOf(c.pkg)}
	seen := map[*load.Package]bool{}
	var deps func(p *load.Package)
	deps = func(p *load.Package) {
		for _, d := range p.Imports {
			if !seen[d] {
				seen[d] = true
				deps(d)
				in.Deps = append(in.Deps, lowered(d))
			}
		}
	}
	deps(c.pkg)
	prog, diags := lower.Lower(in)
	if len(diags) > 0 && c.blind() { // the interpreter knows no rules: it runs what they are for
		in.Rule = compile.RulesFor(c.pkg)
		prog, diags = lower.Lower(in)
	}
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	c.prog = prog
}

// blind reports whether the interpreter runs none of the calls.
func (c *caseFile) blind() bool {
	return !slices.ContainsFunc(c.calls, func(k call) bool { return !k.blind })
}

func lowered(p *load.Package) *lower.Package {
	return &lower.Package{Types: p.Types, Info: p.Info, Files: p.Files, Directives: p.Directives}
}

// requested returns the directives of the function of a call.
func (c *caseFile) requested(name string) *directive.Func {
	for _, d := range c.pkg.Directives.Sorted() {
		if d.Decl.Name.Name == name && (d.Adjoint != nil || d.Tangent != nil || d.Pattern != nil) {
			return d
		}
	}
	return nil
}

func (c *caseFile) function(t testing.TB, name string) *ir.Func {
	t.Helper()
	for _, f := range c.prog.Funcs {
		if f.Obj != nil && f.Obj.Name() == name && f.Pkg == c.prog.Pkg {
			return f
		}
	}
	t.Fatalf("%s: no function %s", c.name, name)
	return nil
}
