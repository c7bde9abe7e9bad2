package compile_test

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/lower"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata/*.txtar")

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
// interpreter and divided differences, and must leave the primal's values.
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
	names, err := filepath.Glob("testdata/*.txtar")
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

// writeSource writes the Go files of c into the module in dir.
func (c *caseFile) writeSource(t testing.TB, dir string) {
	t.Helper()
	for _, f := range c.archive.Files {
		if strings.HasSuffix(f.Name, ".go") {
			text := strings.ReplaceAll(string(f.Data), "CASE", batchModule+"/"+c.name)
			write(t, filepath.Join(dir, c.name, f.Name), []byte(text))
		}
	}
}

// TestDiagnostics compares what the compiler says about sources that it refuses.
func TestDiagnostics(t *testing.T) {
	_, cases := readCases(t)
	dir := t.TempDir()
	writeModule(t, dir)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want, ok := c.section("want")
			if !ok && !*update {
				t.Fatal("the case has neither inputs nor want")
			}
			c.writeSource(t, dir)
			home := filepath.Join(dir, c.name)
			_, err := generate(t, dir, compile.Options{}, "./"+c.name+"/...")
			if err == nil {
				t.Fatalf("the compiler accepts it; wanted:\n%s", want)
			}
			got := strings.ReplaceAll(err.Error(), home+string(filepath.Separator), "") + "\n"
			got = strings.ReplaceAll(got, batchModule+"/"+c.name, "CASE")
			if got == want {
				return
			}
			if *update {
				c.setSection("want", got)
				c.save(t)
				return
			}
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		})
	}
}

// TestGradients compiles all other cases into one program and examines the
// calls that they ask for.
func TestGradients(t *testing.T) {
	runtimeBuilds(t)
	cases, _ := readCases(t)
	dir := t.TempDir()
	writeModule(t, dir)
	for _, c := range cases {
		c.writeSource(t, dir)
	}
	cases = compileCases(t, dir, cases)
	cases, bin := buildCases(t, dir, cases)
	reports, crashes := runReports(t, bin)
	for _, c := range crashes {
		t.Errorf("%s: %s", c.name, c.why)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.judge(t, reports) })
	}
}

// compileCases generates the derivatives of cases; those that the compiler
// refuses are failures and left out of what is returned.
func compileCases(t *testing.T, dir string, cases []*caseFile) []*caseFile {
	t.Helper()
	for len(cases) > 0 {
		results, err := generate(t, dir, compile.Options{}, "./...")
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
			left = compileApart(t, dir, cases)
		}
		cases = left
	}
	return nil
}

// compileApart finds the cases for which the compiler fails without naming a
// file.
func compileApart(t *testing.T, dir string, cases []*caseFile) []*caseFile {
	t.Helper()
	var left []*caseFile
	for _, c := range cases {
		if _, err := generate(t, dir, compile.Options{}, "./"+c.name+"/..."); err != nil {
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

// lower makes the program that the interpreter runs.
func (c *caseFile) lower(t *testing.T) {
	t.Helper()
	if c.pkg == nil {
		t.Fatalf("%s: the package of the case is not among the results", c.name)
	}
	in := lower.Input{Fset: c.pkg.Fset, Root: lowered(c.pkg)}
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
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	c.prog = prog
}

func lowered(p *load.Package) *lower.Package {
	return &lower.Package{Types: p.Types, Info: p.Info, Files: p.Files, Directives: p.Directives}
}

// requested returns the directives of the function of a call.
func (c *caseFile) requested(name string) *directive.Func {
	for _, d := range c.pkg.Directives.Sorted() {
		if d.Decl.Name.Name == name && (d.Adjoint != nil || d.Tangent != nil) {
			return d
		}
	}
	return nil
}

// buildCases writes the calls of each case into its package and builds the
// program that makes them all.
func buildCases(t *testing.T, dir string, cases []*caseFile) ([]*caseFile, string) {
	t.Helper()
	bin := filepath.Join(dir, "cases")
	for {
		var imports, calls strings.Builder
		for _, c := range cases {
			write(t, filepath.Join(dir, c.name, "calls.go"), []byte(c.callsFile(t)))
			fmt.Fprintf(&imports, "\t%s %q\n", c.name, batchModule+"/"+c.name)
			fmt.Fprintf(&calls, "\tall = append(all, %s.Calls()...)\n", c.name)
		}
		write(t, filepath.Join(dir, "main.go"), []byte("package main\n\nimport (\n\t\"os\"\n\n\t\"github.com/cairn-ad/cairn/internal/difftest\"\n"+
			imports.String()+")\n\nfunc main() {\n\tvar all []difftest.Case\n"+calls.String()+"\tdifftest.Main(all, os.Args[1:])\n}\n"))
		output, err := goBuild(dir, bin)
		if err == nil {
			return cases, bin
		}
		left := dropFailed(t, dir, cases, output)
		if len(left) == len(cases) {
			t.Fatalf("%v\n%s", err, output)
		}
		cases = left
	}
}

// callsFile is the Go file with the calls of the case.
func (c *caseFile) callsFile(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport \"github.com/cairn-ad/cairn/internal/difftest\"\n\nfunc Calls() []difftest.Case {\n\treturn []difftest.Case{\n", c.pkg.Name)
	single := false
	for _, f := range c.archive.Files {
		single = single || strings.HasSuffix(f.Name, ".go") && strings.Contains(string(f.Data), "float32")
	}
	for _, k := range c.calls {
		d := c.requested(k.fn)
		if d == nil {
			t.Fatalf("%s: no directive for %s", c.name, k.fn)
		}
		fmt.Fprintf(&b, "\t\t{Name: %q, %s Single: %v, Kinks: %v,\n\t\t\tArgs: func() []any {\n", k.id, c.describe(t, k.fn, d), single, k.kinks)
		if k.setup != "" {
			fmt.Fprintf(&b, "\t\t\t\t%s\n", k.setup)
		}
		fmt.Fprintf(&b, "\t\t\t\treturn []any{%s}\n\t\t\t}},\n", k.args)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// describe is the part of a difftest.Case that the directives decide.
func (c *caseFile) describe(t *testing.T, name string, d *directive.Func) string {
	t.Helper()
	method := ""
	fn := c.function(t, name)
	if fn.Recv != nil {
		method = "(" + types.TypeString(fn.Recv.Type, types.RelativeTo(c.pkg.Types)) + ")."
	}
	wrt, of := map[*ir.Var]bool{}, map[*ir.Var]bool{}
	note := func(set map[*ir.Var]bool, names []directive.Name) {
		for _, n := range names {
			switch n.Role {
			case directive.Receiver:
				set[fn.Recv] = true
			case directive.Param:
				set[fn.Params[n.Index]] = true
			default:
				set[fn.Results[n.Index]] = true
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Primal: %s%s,", method, name)
	if d.Tangent != nil {
		note(wrt, d.Tangent.Wrt)
		note(of, d.Tangent.Of)
		fmt.Fprintf(&b, " Tangent: %s%sTangent,", method, name)
	}
	if d.Adjoint != nil {
		note(wrt, d.Adjoint.Wrt)
		note(of, d.Adjoint.Of)
		fmt.Fprintf(&b, " Adjoint: %s%sAdjoint,", method, name)
	}
	b.WriteString(" Inputs: []difftest.Input{")
	for _, v := range fn.Inputs() {
		fmt.Fprintf(&b, "{%q, %v, %v}, ", v.Name, wrt[v], of[v])
	}
	b.WriteString("}, Of: []bool{")
	for _, r := range fn.Results {
		fmt.Fprintf(&b, "%v, ", of[r])
	}
	b.WriteString("},")
	return b.String()
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

// judge compares the reports of the case's calls with the interpreter and with
// the wanted gradient.
func (c *caseFile) judge(t *testing.T, reports map[string]difftest.Report) {
	var gradient strings.Builder
	for _, k := range c.calls {
		r, ok := reports[k.id]
		if !ok {
			continue // a crash, reported already
		}
		for _, f := range r.Failures {
			t.Errorf("%s: %s: %s", k.fn, k.args, f)
		}
		c.interpret(t, k, r)
		fmt.Fprintf(&gradient, "%s\n", strings.Join(r.Gradient, " | "))
	}
	if t.Failed() {
		return
	}
	want, _ := c.section("gradient")
	if sameGradients(t, gradient.String(), want) {
		return
	}
	if *update {
		c.setSection("gradient", gradient.String())
		c.save(t)
		return
	}
	t.Errorf("gradient:\n%swant:\n%s", gradient.String(), want)
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
		var s []float64
		if c.named(fn, d.Adjoint.Of, v) {
			s = seedsOf(i, len(irinterp.Floats(a)))
		}
		seeds.Args = append(seeds.Args, s)
	}
	plain, err := irinterp.Run(c.prog, fn, cloneArgs(t, texts, fn))
	if err != nil {
		t.Errorf("%s: interpreter: %v", k.args, err)
		return
	}
	for j, res := range fn.Results {
		var s []float64
		if c.named(fn, d.Adjoint.Of, res) {
			s = seedsOf(difftest.ResultIndex+j, len(irinterp.Floats(plain[j])))
		}
		seeds.Results = append(seeds.Results, s)
	}
	g, err := irinterp.Gradient(c.prog, fn, args, seeds)
	if err != nil {
		t.Errorf("%s: interpreter: %v", k.args, err)
		return
	}
	tol := 1e-11
	if strings.Contains(c.allText(), "float32") {
		tol = 2e-4
	}
	for i, v := range fn.Inputs() {
		if !c.named(fn, d.Adjoint.Wrt, v) {
			continue
		}
		if got := mustFloats(t, r.Gradient[i]); maxDifference(got, g.Args[i]) > tol {
			t.Errorf("%s: gradient of %s is %v, the interpreter's %v", k.args, v.Name, got, g.Args[i])
		}
	}
}

func (c *caseFile) allText() string {
	var b strings.Builder
	for _, f := range c.archive.Files {
		b.Write(f.Data)
	}
	return b.String()
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

func seedsOf(i, n int) []float64 {
	s := make([]float64, n)
	for j := range s {
		s[j] = difftest.Seed(i, j)
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
