package compile_test

import (
	"fmt"
	"go/types"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/lower"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/progen"
)

// program is the source of one seed, as it is or varied.
type program struct {
	c         progen.Case
	suffix    string // of the names, "" as it is
	runs      []programRun
	tolerance float64 // of its gradient against that of the program as it is
	vector    bool    // with derivatives for several directions
}

// programRun is one call of the program.
type programRun struct {
	name  string
	extra string // further arguments
}

func (p *program) name() string   { return p.c.Name }
func (p *program) file() string   { return strings.ToLower(p.c.Name) + ".go" }
func (p *program) output() string { return strings.ToLower(p.c.Name) + "_cairn.go" }

// snapshots are the numbers of snapshots with which a schedule is tried.
var snapshots = []int{1, 2, 3, 7}

// sizes are the numbers of statements of programs, in turn. Small programs cost
// little, and most of what can go wrong takes few statements.
var sizes = []int{20, 5, 8, 12, 6, 5, 10, 7}

// variants makes the program of a seed as it is, and for most seeds one of these variants: where
// it has scheduled loops, with the number of snapshots as a parameter or with every step stored
// or under another scheme, in turn; where it has checkpointed blocks, without them; with
// the call modes exchanged. Some programs as they are have the tangent of the adjoint, too. What
// a variant has in common with the program as it is, it uses of that.
func variants(seed uint64) ([]*program, error) {
	base, err := variant(seed, "", 0, func(src string) string { return src })
	if err != nil {
		return nil, err
	}
	if *second > 0 && seed%uint64(*second) == 0 {
		base.c.Src = withHessians(base.c.Src)
	}
	var kinds []string
	switch {
	case base.c.Loops == 0:
	case seed/16%2 == 0 && snapsParameter(strings.Replace(base.c.Src, base.c.Name+"(", base.c.Name+"K(", 1)) != "":
		kinds = append(kinds, "K")
	default:
		kinds = append(kinds, "T")
	}
	if base.c.Blocks > 0 {
		kinds = append(kinds, "B")
	}
	if modes.MatchString(base.c.Src) || seed%15 == 2 {
		kinds = append(kinds, "M")
	}
	if len(kinds) == 0 {
		return []*program{base}, nil
	}
	v, err := varied(base, kinds[seed/32%uint64(len(kinds))])
	return []*program{base, v}, err
}

// varied makes a variant of a program.
func varied(base *program, kind string) (*program, error) {
	seed, tolerance := base.c.Seed, 0.0
	var edit func(src string) string
	switch kind {
	case "K":
		edit = snapsParameter
	case "T":
		scheme := "scheme=store"
		if k := seed / 64 % uint64(2*len(otherSchemes)); k%2 == 0 {
			scheme = "scheme=" + otherSchemes[k/2]
		}
		edit = func(src string) string { return binomial.ReplaceAllString(src, scheme) }
	case "B":
		edit = func(src string) string { return blocks.ReplaceAllString(src, "") }
	case "M":
		edit, tolerance = exchangeModes, 1e-12
		if base.c.Float32 {
			tolerance = 1e-4
		}
	}
	v, err := variant(seed, kind, tolerance, edit)
	if err == nil {
		v.c, err = share(base.c, v.c)
	}
	return v, err
}

func variant(seed uint64, suffix string, tolerance float64, edit func(src string) string) (*program, error) {
	c, err := progen.Generate(seed, fmt.Sprintf("F%d%s", seed, suffix), progen.Options{Statements: sizes[seed%uint64(len(sizes))]})
	if err != nil {
		return nil, err
	}
	if seed%15 != 5 { // of these, what nothing uses is compiled, too
		if c.Src, err = pruned(c); err != nil {
			return nil, err
		}
	}
	c.Src = edit(c.Src)
	if seed/8%2 == 0 && !strings.Contains(c.Src, "//cairn:rule") { // of which there is no pattern
		c.Src = withPattern(c.Src)
	}
	if suffix != "" { // its gradient is compared with that of the program as it is
		c.Src = tangents.ReplaceAllString(c.Src, "")
	}
	if suffix == "" && bothForms(seed) {
		c.Src = adjointLine.ReplaceAllString(c.Src, "$0 mode=both")
	}
	vector := suffix == "" && *vectorShare > 0 && seed%*vectorShare == 0
	if vector {
		c.Src = withVector(c.Src)
	}
	p := &program{c, suffix, []programRun{{name: c.Name}}, tolerance, vector}
	if suffix == "K" {
		p.runs = nil
		for _, n := range snapshots {
			p.runs = append(p.runs, programRun{fmt.Sprintf("%s_%d", c.Name, n), fmt.Sprint(n)})
		}
	}
	return p, nil
}

// bothForms tells whether a program as it is has both forms of the adjoint.
func bothForms(seed uint64) bool { return seed%5 == 1 }

// reordered is the tolerance for a variant in which other loops may be reversed where they run
// than in the program as it is: it has no checkpointed blocks, not both forms of the adjoint, or no vector forms.
// Others agree in all bits, and all do if no optimisation adds up in another order.
func (p *program) reordered(without optim.Set) float64 {
	switch {
	case optim.Reorders&^without == 0 || p.suffix != "B" && !bothForms(p.c.Seed) && (*vectorShare == 0 || p.c.Seed%*vectorShare != 0):
		return 0
	case p.c.Float32:
		return 1e-4
	}
	return 1e-12
}

var (
	blocks   = regexp.MustCompile(`(?m)^\s*//cairn:checkpoint\n`)
	binomial = regexp.MustCompile(`scheme=binomial snaps=\d+`)
	entry    = regexp.MustCompile(`(?m)^(func (?:\(\w+ \*?\w+\) )?F\d+K\(.*\bn int)\)`)
	modes    = regexp.MustCompile(`//cairn:(joint|split)`)
	tangents = regexp.MustCompile(`//cairn:(?:tangent|pattern).*\n`)
	plainFns = regexp.MustCompile(`(?m)^func (?:\(\w+ \*?\w+\) )?F\d+MH\d+\(`)
)

// snapsParameter gives the entry function the parameter snaps, for the loops in
// it that are under a binomial schedule; "" if there are none.
func snapsParameter(src string) string {
	at := entry.FindStringIndex(src)
	if at == nil || !binomial.MatchString(src[at[0]:]) {
		return ""
	}
	body := binomial.ReplaceAllString(src[at[0]:], "scheme=binomial snaps=snaps")
	return src[:at[0]] + entry.ReplaceAllString(body, "$1, snaps int)")
}

// exchangeModes makes joint calls split and split calls joint; helpers without
// a mode get one.
func exchangeModes(src string) string {
	if !modes.MatchString(src) {
		return plainFns.ReplaceAllString(src, "//cairn:split\n$0")
	}
	return modes.ReplaceAllStringFunc(src, func(m string) string {
		if m == "//cairn:joint" {
			return "//cairn:split"
		}
		return "//cairn:joint"
	})
}

// caseLiteral is the difftest.Case of a run as Go text.
func (p *program) caseLiteral(r programRun) string {
	c := p.c
	method := ""
	if c.Recv != nil {
		method = "(" + c.Recv.Type + ")."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\t{Name: %q, Primal: %s%s, Adjoint: %[2]s%[3]sAdjoint,\n", r.name, method, c.Name)
	if p.suffix == "" {
		fmt.Fprintf(&b, "\t\tTangent: %s%sTangent,\n", method, c.Name)
	}
	if strings.Contains(c.Src, "//cairn:pattern") {
		fmt.Fprintf(&b, "\t\tPattern: %s%sPattern,\n", method, c.Name)
	}
	if p.vector {
		fmt.Fprintf(&b, "\t\tTangentVector: %s%sTangentVector, AdjointVector: %[1]s%[2]sAdjointVector,\n", method, c.Name)
	}
	if strings.Contains(c.Src, " mode=both") {
		fmt.Fprintf(&b, "\t\tForward: %s%sForward, Reverse: %[1]s%[2]sReverse,\n", method, c.Name)
	}
	if strings.Contains(c.Src, "//cairn:hessian") {
		fmt.Fprintf(&b, "\t\tHessian: %s%sHessian,\n", method, c.Name)
	}
	var lits []string
	b.WriteString("\t\tInputs: []difftest.Input{")
	for _, a := range c.Inputs() {
		fmt.Fprintf(&b, "{%q, %v, %v}, ", a.Name, a.Wrt, a.Of)
		lits = append(lits, a.Lit)
	}
	if r.extra != "" {
		b.WriteString("{\"snaps\", false, false}")
		lits = append(lits, r.extra)
	}
	fmt.Fprintf(&b, "},\n\t\tArgs: func() []any { return []any{%s} },\n", strings.Join(lits, ", "))
	b.WriteString(varsLiteral(c.Vars))
	fmt.Fprintf(&b, "\t\tSingle: %v, Kinks: %v},\n", c.Float32, c.Kinks || c.Branches)
	return b.String()
}

// varsLiteral gives the package-level variables of a program to its difftest.Case.
func varsLiteral(vars []progen.Var) string {
	if len(vars) == 0 {
		return ""
	}
	var sets, pointers []string
	for _, v := range vars {
		sets = append(sets, v.Name+" = "+v.Lit)
		pointers = append(pointers, "&"+v.Name)
	}
	return fmt.Sprintf("\t\tReset: func() { %s },\n\t\tVars: func() []any { return []any{%s} },\n", strings.Join(sets, "; "), strings.Join(pointers, ", "))
}

// oracle is the interpreter with the lowered programs of a batch.
type oracle struct {
	t    testing.TB
	prog *ir.Program
}

func newOracle(t testing.TB, results []compile.Result) *oracle {
	t.Helper()
	p := results[0].Package
	prog, diags := lower.Lower(lower.Input{Fset: p.Fset, Root: &lower.Package{
		Types: p.Types, Info: p.Info, Files: p.Files, Directives: p.Directives,
	}, Outside: outsideOf(p)})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return &oracle{t, prog}
}

// compare compares a gradient with the interpreter's; it returns "" if they
// agree.
func (o *oracle) compare(c progen.Case, r difftest.Report) string {
	fn := o.function(c)
	args, err := o.arguments(c)
	if err != nil {
		return err.Error()
	}
	after, _ := o.arguments(c)
	if _, err := interpreter(c).Run(o.prog, fn, after); err != nil {
		return "interpreter: " + err.Error()
	}
	var seeds irinterp.Seeds
	for i, a := range c.Inputs() {
		var s []float64
		if a.Of {
			s = seedsOf(i, len(irinterp.Floats(after[i])), nil)
		}
		seeds.Args = append(seeds.Args, s)
	}
	for k := range c.Results {
		seeds.Results = append(seeds.Results, []float64{difftest.Seed(difftest.ResultIndex+k, 0)})
	}
	d, err := interpreter(c).Gradient(o.prog, fn, args, seeds)
	if err != nil {
		return "interpreter: " + err.Error()
	}
	tol := 1e-11
	if c.Float32 {
		tol = 2e-4
	}
	for i, a := range c.Inputs() {
		if !a.Wrt || r.Gradient[i] == "" {
			continue
		}
		got := mustFloats(o.t, r.Gradient[i])
		if maxDifference(got, d.Args[i]) > tol {
			return fmt.Sprintf("gradient of %s is %v, the interpreter's %v", a.Name, got, d.Args[i])
		}
	}
	if !strings.Contains(c.Src, "//cairn:pattern") {
		return ""
	}
	return o.pattern(c, r)
}

// arguments makes new arguments for the entry function.
func (o *oracle) arguments(c progen.Case) ([]irinterp.Value, error) {
	var args []irinterp.Value
	for i, p := range o.function(c).Inputs() {
		var v irinterp.Value
		var err error
		if p.Global == nil {
			v, err = irinterp.ParseValue(c.Inputs()[i].Lit, p.Type)
		} else {
			v, err = variable(c, p.Global)
			if !types.Identical(p.Type, p.Global.Type()) { // its address
				place := v
				v = irinterp.PointerTo(&place)
			}
		}
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return args, nil
}

// variable is the value of a package-level variable before the call.
func variable(c progen.Case, of *types.Var) (irinterp.Value, error) {
	for _, v := range c.Vars {
		if v.Name == of.Name() {
			return irinterp.ParseValue(v.Lit, of.Type())
		}
	}
	return irinterp.Value{}, fmt.Errorf("the program has no variable %s", of.Name())
}

// interpreter runs the program c.
func interpreter(c progen.Case) *irinterp.Interp {
	return &irinterp.Interp{
		Global: func(v *types.Var) (irinterp.Value, error) { return variable(c, v) },
		Ext:    outside,
	}
}

// outside runs what random programs call and the compiler does not follow.
func outside(fn *types.Func, args []irinterp.Value) ([]irinterp.Value, error) {
	if strings.HasSuffix(fn.Name(), "Table") {
		return []irinterp.Value{irinterp.Float64(progen.Table(int(args[0].Int())))}, nil
	}
	return nil, fmt.Errorf("call of %s, which random programs do not make", fn.FullName())
}

// pattern compares a pattern with the interpreter's record; it returns "" if they agree.
func (o *oracle) pattern(c progen.Case, r difftest.Report) string {
	args, err := o.arguments(c)
	if err != nil {
		return err.Error()
	}
	var wrt, of []bool
	for _, a := range c.Inputs() {
		wrt, of = append(wrt, a.Wrt), append(of, a.Of)
	}
	for range len(args) - len(wrt) { // package-level variables
		wrt, of = append(wrt, false), append(of, false)
	}
	ofResult := make([]bool, c.Results)
	for k := range ofResult {
		ofResult[k] = true
	}
	return comparePattern(interpreter(c), o.prog, o.function(c), args, wrt, of, ofResult, r)
}

// function returns the entry function of a program.
func (o *oracle) function(c progen.Case) *ir.Func {
	name := c.Name
	if c.Recv != nil {
		name = strings.TrimPrefix(c.Recv.Type, "*") + "." + name
	}
	return o.prog.Func(name)
}

func mustFloats(t testing.TB, s string) []float64 {
	t.Helper()
	xs, err := difftest.ParseFloats(s)
	if err != nil {
		t.Fatal(err)
	}
	return xs
}

// maxDifference is the largest difference of two lists, relative to the larger
// of 1 and the largest entry.
func maxDifference(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	size, worst := 1.0, 0.0
	for i, x := range a {
		y := b[i]
		switch {
		case x == y || x != x && y != y:
		case x-y != x-y:
			return math.Inf(1)
		default:
			size = math.Max(size, math.Max(math.Abs(x), math.Abs(y)))
			worst = math.Max(worst, math.Abs(x-y))
		}
	}
	return worst / size
}
