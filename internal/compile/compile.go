// Package compile is the one place where the stages of the compiler meet.
//
// In: package patterns. Out: the generated files, or diagnostics. The order of
// the stages, and why it is that order, can be read in function pipeline.
package compile

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/emit"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/lower"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/tidy"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/flatten"
	"github.com/cairn-ad/cairn/internal/transform/singleexit"
	"github.com/cairn-ad/cairn/internal/transform/tangent"
	"github.com/cairn-ad/cairn/internal/transform/workspace"
)

// Options has a useful zero value.
type Options struct {
	Load    load.Options
	Dump    string    // print the program after this stage: see Stages
	DumpTo  io.Writer // where
	Tagged  bool      // make tagged values of functions and interfaces where that is not necessary, for tests
	Without optim.Set // optimisations to leave out, for tests
	Strict  bool      // no fused multiply-add in made code

	declared bool // the load has the declarations of derivatives that are called
	partial  bool // with diagnostics there are files for what is not wrong, for tests
}

// Stages lists the names that Options.Dump takes.
var Stages = []string{"lower", "singleexit", "flatten", "adjoint", "tangent", "hessian", "pattern", "scrutinize", "vector", "tidy"}

// Header is the first line of every generated file.
const Header = emit.Header

// A FuncDecision is what the adjoint decided for one function.
type FuncDecision = adjoint.FuncDecision

// A File is one generated file.
type File struct {
	Name string // absolute
	Text []byte
}

// Result is what one package became.
type Result struct {
	Package    *load.Package
	Files      []File
	Decisions  []*adjoint.Decisions // one for each adjoint
	Scrutinies []Scrutiny
	Inlined    []string // functions that are part of their callers in some adjoint

	tests func() ([]File, error)
}

// A Scrutiny is one function with a scrutiny entry point.
type Scrutiny struct {
	Func string
	Loop string // file:line of the loop; the file relative to the module's root
}

// Packages compiles every matched package that has directives.
func Packages(dir string, patterns []string, opts Options) ([]Result, error) {
	for {
		dump := new(bytes.Buffer)
		out, missing, err := packages(dir, patterns, opts, dump)
		var again *undeclared
		if errors.As(err, &again) {
			opts.Load.Overlay, opts.declared = again.overlay, true
			continue
		}
		if missing == nil {
			if opts.DumpTo != nil {
				opts.DumpTo.Write(dump.Bytes())
			}
			return out, err
		}
		opts.Load.Bodies = missing
	}
}

// packages is Packages with function bodies of the packages of the standard
// library in opts. It gives up if it needs those of others, and returns all that
// are needed.
func packages(dir string, patterns []string, opts Options, dump io.Writer) (results []Result, missing []string, err error) {
	opts.DumpTo = dump
	if opts.Strict {
		opts.Without |= optim.Reorders
	}
	pkgs, err := load.Load(dir, patterns, opts.Load)
	if err != nil {
		return nil, nil, err
	}
	var diags diag.List
	for _, p := range pkgs {
		if !p.Matched {
			continue
		}
		u, files, ds, err := compiled(p, pkgs, opts)
		if err != nil {
			return nil, nil, err
		}
		diags = append(diags, ds...)
		results = append(results, Result{p, files, u.decisions, u.scrutinies, u.inlined, u.testFiles})
	}
	if len(diags) > 0 && pkgs[0].Undeclared() && !opts.declared {
		overlay := maps.Clone(opts.Load.Overlay)
		if overlay == nil {
			overlay = map[string][]byte{}
		}
		maps.Copy(overlay, load.Declare(pkgs))
		return nil, nil, &undeclared{overlay}
	}
	if len(pkgs) > 0 && len(pkgs[0].Missing()) > 0 {
		return nil, append(pkgs[0].Missing(), opts.Load.Bodies...), nil
	}
	diags.Sort()
	return results, nil, diags.Err()
}

// undeclared says that functions to be differentiated call derivatives that are about to
// be made: the load has to be done again with the files that declare them.
type undeclared struct{ overlay map[string][]byte }

func (*undeclared) Error() string { return "derivatives are called" }

// unit is one package on its way through the stages.
type unit struct {
	pkg  *load.Package
	deps []*load.Package
	opts Options

	decisions  []*adjoint.Decisions // of the adjoints made so far
	scrutinies []Scrutiny
	inlined    []string // see Result
	tables     tables
	mirrors    *mirrors
	testFiles  func() ([]File, error) // see Result.Tests
	rules      *rules
	appends    map[line]bool          // lines of appends that are lowered to assignments
	places     map[*ir.Program]*place // filled when first asked for
}

func newUnit(p *load.Package, all []*load.Package, opts Options) *unit {
	u := &unit{pkg: p, opts: opts, tables: tables{made: map[*types.Var]*ir.PackageVar{}, known: map[string]bool{}}}
	u.mirrors = newMirrors(p.Types, u.tables.known)
	for _, d := range all {
		if d != p {
			u.deps = append(u.deps, d)
		}
	}
	return u
}

func lowerPackage(p *load.Package) *lower.Package {
	return &lower.Package{Types: p.Types, Info: p.Info, Files: p.Files, Directives: p.Directives}
}

// outside is the source of a package that is not of the module, or nil.
func (u *unit) outside(t *types.Package) *lower.Package {
	if p := u.pkg.Outside(t); p != nil {
		return lowerPackage(p)
	}
	return nil
}

// pipeline runs the stages. Lowering comes first and is shared. After it every
// root goes its own way, with the functions that it reaches: what is varied, what
// is useful and what must be recorded depends on what was asked for. The tangent
// keeps the user's control flow; the adjoint needs single-exit form, and its
// analyses look at that form. At the end equal functions become one again.
func (u *unit) pipeline() ([]File, diag.List, error) {
	u.rules = collectRules(u)
	in := lower.Input{Fset: u.pkg.Fset, Root: lowerPackage(u.pkg), Outside: u.outside, Rule: u.rules.find, Ruled: u.rules.takes, Tagged: u.opts.Tagged}
	for _, d := range u.deps {
		in.Deps = append(in.Deps, lowerPackage(d))
	}
	in.WriteOut = u.writtenOut
	prog, diags := lower.Lower(in)
	u.rules.checkOwn()
	diags = append(diags, u.rules.diags...)
	if len(diags) > 0 || len(u.pkg.Missing()) > 0 {
		return nil, diags, nil
	}
	if len(prog.Funcs) == 0 {
		u.testFiles = func() ([]File, error) { return u.tests(prog, prog, newMerger(u.pkg.Types)) }
		files, err := u.emit(nil)
		return files, nil, err
	}
	if diags = u.takenNames(); len(diags) > 0 {
		return nil, diags, nil
	}
	if diags = u.link(prog); len(diags) > 0 {
		return nil, diags, nil
	}
	u.dump("lower", prog.Funcs)
	if diags = u.layMade(prog); len(diags) > 0 {
		return nil, diags, nil
	}
	single := singleExit(prog, u.opts.Without)
	u.dump("singleexit", single.Funcs)

	made := newMerger(u.pkg.Types)
	made.tables = u.tables.known
	u.mirrors.taken = func(name string) bool { return made.known[name] != nil || made.roots[name] }
	for _, d := range u.pkg.Directives.Sorted() {
		made.reserve(prefix(u.funcOf(prog, u.pkg.Info.Defs[d.Decl.Name])), d.Generated())
	}
	for _, d := range u.pkg.Directives.Sorted() {
		obj := u.pkg.Info.Defs[d.Decl.Name]
		for _, run := range []func(*ir.Program, *ir.Program, types.Object, *directive.Func) (*step, diag.List){
			u.tangent, u.pattern, u.adjoint, u.hessian, u.scrutiny,
		} {
			s, ds := run(prog, single, obj, d)
			diags = append(diags, ds...)
			if s == nil || len(ds) > 0 {
				continue
			}
			unshare(s.funcs)
			s.funcs, ds = withDerivatives(s.funcs, prog, u.opts.Without)
			diags = append(diags, ds...)
			s.funcs = u.withCopies(prog, s.funcs)
			u.tidy(s)
			at := prefix(u.funcOf(prog, obj))
			fs, ds := u.vector(s, u.reachable(prog, u.funcOf(prog, obj)), at, d.Generated())
			diags = append(diags, ds...)
			u.workspace(s, fs, at, d.Generated())
			fs = append(s.funcs, fs...)
			u.rows(fs)
			u.bundle(fs)
			u.fold(fs)
			u.parallel(s)
			u.reslice(fs)
			bare(fs, at, d.Generated())
			diags = append(diags, u.mirror(fs, d.Decl.Name.Pos())...)
			made.add(fs, at, d.Generated())
		}
	}
	if len(diags) > 0 && !u.opts.partial {
		return nil, diags, nil
	}
	if ds := unhide(u.pkg.Fset, u.pkg.Types, made.funcs); len(ds) > 0 {
		return nil, append(diags, ds...), nil
	}
	u.dump("tidy", made.funcs)
	u.declare(prog.Made, made.funcs)
	u.testFiles = func() ([]File, error) { return u.tests(prog, single, made) }
	files, err := u.emit(made.funcs)
	return files, diags, err
}

// unshare gives functions that a transform has made statements of their own: until then they have
// some in common with the primal and with each other.
func unshare(fs []*ir.Func) {
	for _, f := range fs {
		f.Body = ir.CopyBlock(f.Body, nil)
	}
}

func (u *unit) tidy(s *step) {
	for _, f := range s.funcs {
		if !u.opts.Without.Has(optim.Reuse) {
			tidy.Reuse(f)
		}
		if !u.opts.Without.Has(optim.Tidy) {
			tidy.Shrink(f)
		}
		if !u.opts.Without.Has(optim.Share) {
			tidy.Share(f)
		}
		tidy.Unused(f)
		if !u.opts.Without.Has(optim.Gather) && s.of.Vector == 0 { // arrays of directions would not be in registers
			tidy.Gather(f, !u.opts.Without.Has(optim.Parts))
		}
		if u.opts.Strict {
			tidy.StrictFP(f)
		}
	}
}

// singleExit is the program in the form that adjoints are made from.
func singleExit(prog *ir.Program, without optim.Set) *ir.Program {
	out := singleexit.Transform(prog)
	if !without.Has(optim.Recompute) {
		singleexit.Versions(out)
	}
	return out
}

// workspace gives the tangents of a step, and their vector forms, memory that is used again.
func (u *unit) workspace(s *step, vectors []*ir.Func, prefix string, promised []string) {
	if u.opts.Without.Has(optim.Workspace) || len(s.forward) == 0 {
		return
	}
	workspace.Use(u.pkg.Types, append(slices.Clone(s.forward), vectors...), func(f *ir.Func) bool {
		return isPromised(f, prefix, promised)
	})
}

// rows comes before bundle, to which it leaves what is recorded outside of loops.
func (u *unit) rows(funcs []*ir.Func) {
	if u.opts.Without.Has(optim.Rows) {
		return
	}
	for _, f := range funcs {
		tidy.Rows(f)
	}
}

func (u *unit) bundle(funcs []*ir.Func) {
	if u.opts.Without.Has(optim.Bundle) {
		return
	}
	for _, f := range funcs {
		tidy.Bundle(f)
	}
}

// fold comes after the stages that look for adjoints with a name.
func (u *unit) fold(funcs []*ir.Func) {
	if u.opts.Without.Has(optim.Fold) {
		return
	}
	for _, f := range funcs {
		tidy.Fold(f)
	}
}

// reslice comes last: what other stages look for in a loop is not in its way.
func (u *unit) reslice(funcs []*ir.Func) {
	if u.opts.Without.Has(optim.Reslice) {
		return
	}
	for _, f := range funcs {
		tidy.Reslice(f)
	}
}

// parallel lets loops over goroutines run in goroutines.
func (u *unit) parallel(s *step) {
	if !u.opts.Without.Has(optim.Parallel) {
		tidy.Parallel(s.funcs, s.of.Vector != 0)
	}
}

// prefix is what stands before the name of a function made from f: the receiver's
// type and a dot, or nothing.
func prefix(f *ir.Func) string {
	if f == nil {
		return ""
	}
	return f.Name[:strings.LastIndex(f.Name, ".")+1]
}

// step is what one directive gave.
type step struct {
	funcs   []*ir.Func
	of      *directive.Derivative
	written func(*ir.Var) bool // whether the derivative writes to the shadow of an input
	forward []*ir.Func         // those of funcs that the forward mode has made
}

func (u *unit) tangent(prog, _ *ir.Program, obj types.Object, d *directive.Func) (*step, diag.List) {
	return u.forward(prog, obj, d.Tangent, "tangent", tangent.Numbers)
}

func (u *unit) pattern(prog, _ *ir.Program, obj types.Object, d *directive.Func) (*step, diag.List) {
	return u.forward(prog, obj, d.Pattern, "pattern", tangent.Masks)
}

// forward runs the forward mode for one directive, which may be nil.
func (u *unit) forward(prog *ir.Program, obj types.Object, d *directive.Derivative, stage string, algebra tangent.Algebra) (*step, diag.List) {
	if d == nil {
		return nil, nil
	}
	sub, f, facts := u.specialized(u.reachable(prog, u.funcOf(prog, obj)), u.funcOf(prog, obj), d, plainFacts)
	req := &tangent.Request{Fn: f, Wrt: vars(f, d.Wrt), Of: vars(f, d.Of)}
	asked := requested(f, d)
	parts, ds := asked.parts(facts)
	if len(ds) > 0 {
		return nil, ds
	}
	req.Apart, req.Parts, req.State = apartPairs(facts, f), parts, facts.State
	fs, ds := tangent.Transform(sub, facts.Act, algebra, []*tangent.Request{req})
	u.dump(stage, fs)
	written, _ := writtenInputs(facts, f)
	return &step{funcs: fs, of: d, written: func(v *ir.Var) bool { return written[v] }, forward: fs}, ds
}

func (u *unit) adjoint(_, single *ir.Program, obj types.Object, d *directive.Func) (*step, diag.List) {
	if d.Adjoint == nil {
		return nil, nil
	}
	f := u.funcOf(single, obj)
	whole := u.reachable(single, f)
	sub, f := flatten.Transform(whole, f, flatten.Options{Without: u.opts.Without, Once: !d.Adjoint.Split, Values: true})
	for _, g := range whole.Funcs {
		if sub.Func(g.Name) == nil {
			u.inlined = append(u.inlined, g.Name)
		}
	}
	u.selection(sub, f, d.Adjoint)
	u.dump("flatten", sub.Funcs)
	_, f, facts := u.specialized(sub, f, d.Adjoint, u.adjointFacts)
	req := &adjoint.Request{Fn: f, Wrt: vars(f, d.Adjoint.Wrt), Of: vars(f, d.Adjoint.Of), Joint: d.Adjoint.Joint, Split: d.Adjoint.Split, Without: u.opts.Without}
	asked := requested(f, d.Adjoint)
	facts = ownMemory(facts, req, func() adjoint.Facts { return u.adjointFacts(facts.Prog, asked) })
	parts, ds := asked.parts(facts)
	if len(ds) > 0 {
		return nil, ds
	}
	req.Apart, req.Parts = apartPairs(facts, f), parts
	fs, decisions, ds := adjoint.Transform(facts, []*adjoint.Request{req})
	if decisions != nil {
		u.decisions = append(u.decisions, decisions)
	}
	u.dump("adjoint", fs)
	return &step{funcs: fs, of: d.Adjoint, written: func(*ir.Var) bool { return true }}, ds
}

func (u *unit) scrutiny(_, single *ir.Program, obj types.Object, d *directive.Func) (*step, diag.List) {
	if d.Scrutinize == nil {
		return nil, nil
	}
	f := u.funcOf(single, obj)
	for _, g := range u.reachable(single, f).Funcs {
		if g.Derivative != nil {
			var ds diag.List
			ds.Add(u.pkg.Fset, g.Derivative.Pos, "scrutiny of a function that calls "+base(g.Name), "what a derivative reads and writes cannot be followed",
				"scrutinize a function without derivatives")
			return nil, ds
		}
	}
	sub, f := flatten.Transform(u.reachable(single, f), f, flatten.Options{Without: u.opts.Without})
	fs, loop, ds := scrutinize(sub, f, d.Scrutinize, u.opts.Without)
	u.scrutinies = append(u.scrutinies, Scrutiny{Func: f.Name, Loop: u.where(loop)})
	u.dump("scrutinize", fs)
	return &step{funcs: fs, of: d.Scrutinize}, ds
}

// where names a position by its file, as seen from the module's root, and line.
func (u *unit) where(pos token.Pos) string {
	at := u.pkg.Fset.Position(pos)
	name := at.Filename
	for dir := filepath.Dir(name); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if rel, err := filepath.Rel(dir, name); err == nil {
				name = filepath.ToSlash(rel)
			}
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return fmt.Sprintf("%s:%d", name, at.Line)
}

func (u *unit) dump(stage string, funcs []*ir.Func) {
	if u.opts.Dump != stage {
		return
	}
	for _, f := range funcs {
		fmt.Fprintln(u.opts.DumpTo, ir.FormatFunc(f))
	}
}

// emit groups the functions by source file: those made from x.go stand in
// x_cairn.go beside it, those made from another package's functions in the file
// of the first root.
func (u *unit) emit(made []*ir.Func) ([]File, error) {
	var order []string
	groups := map[string][]*ir.Func{}
	own := map[string]bool{}
	for _, name := range u.pkg.FileNames {
		own[name] = true
	}
	first := ""
	for _, f := range made {
		name := u.pkg.Fset.Position(f.Pos).Filename
		if !own[name] {
			name = first
		}
		if first == "" {
			first = name
		}
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], f)
	}
	for _, name := range u.pkg.FileNames { // those of directives only
		if u.pkg.Made(name) != "" && groups[name] == nil {
			order = append(order, name)
		}
	}
	var files []File
	for _, name := range order {
		in := emit.Input{Pkg: u.pkg.Types, Source: filepath.Base(name), Constraint: u.constraint(name), More: u.pkg.Made(name), Funcs: groups[name]}
		if name == first {
			in.Vars, in.Mirrors = u.tables.order, u.mirrors.order
		}
		text, err := emit.File(in)
		if err != nil {
			return nil, err
		}
		files = append(files, File{strings.TrimSuffix(name, ".go") + "_cairn.go", text})
	}
	return files, nil
}
