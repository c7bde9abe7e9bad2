// Package lower turns typed Go syntax into the structured IR.
//
// In: the packages of one module as syntax and types, with their directives, and a
// way to get at those of other modules: see foreign.go.
// Out: an ir.Program that holds every function with a derivative directive in
// the root package and all that these call and whose source is wanted, callees first but
// for recursion; or a list of diagnostics, one for each construct that has no place in the IR.
//
// A generic function, or method of a generic type, becomes a function for each list
// of type arguments that it is used with: see instance.
//
// The order of evaluation is that of the Go compiler gc, which the Go
// specification leaves partly open: calls run first, from left to right, each
// into a temporary; the rest of the expression, loads included, is evaluated
// after them. Floating-point expressions keep their shape.
package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A Package is one type-checked package.
type Package struct {
	Types      *types.Package
	Info       *types.Info
	Files      []*ast.File
	Directives *directive.Set
}

// Input is what Lower works on.
type Input struct {
	Fset *token.FileSet
	Root *Package   // holds the roots; generated code will stand in it
	Deps []*Package // the other packages of the module whose source is at hand

	// Outside returns a package of another module, or of the standard library, or
	// nil if its source is not at hand. A nil function has none at hand.
	Outside func(*types.Package) *Package

	// Rule returns the rule for a function, as it is declared, or nil. A nil function
	// knows none.
	Rule func(*types.Func) *ir.Rule

	// Ruled reports whether functions with rules take values of the named type: derivatives
	// by hand need more of its shadows than those that are made of its fields give. A nil
	// function knows none.
	Ruled func(*types.TypeName) bool

	// Tagged makes tagged values of functions and interfaces at once: see tagged. Else that is
	// tried for programs that are refused without.
	Tagged bool

	// WriteOut tells which appends to elements without floats are lowered to assignments, as
	// all others are, by the position of the call. A nil function names none.
	WriteOut func(token.Pos) bool
}

// Lower builds the program of all functions of in.Root that a directive asks to
// differentiate or scrutinize. The program is nil if there are diagnostics.
func Lower(in Input) (*ir.Program, diag.List) {
	var roots []*types.Func
	for _, f := range in.Root.Directives.Sorted() {
		obj, ok := in.Root.Info.Defs[f.Decl.Name].(*types.Func)
		if ok && f.Differentiated() {
			roots = append(roots, obj)
		}
	}
	return LowerFuncs(in, roots)
}

// LowerFuncs is Lower for the given functions.
func LowerFuncs(in Input, roots []*types.Func) (*ir.Program, diag.List) {
	if in.Tagged {
		return lowerTagged(in, roots)
	}
	prog, diags := lowerFuncs(in, roots, nil)
	if len(diags) == 0 {
		return prog, nil
	}
	if other, left := lowerTagged(in, roots); len(left) < len(diags) {
		return other, left
	}
	return nil, diags
}

// lowerTagged lowers with tagged values in the place of functions and interfaces. The types in
// the signatures of the roots stay as they are everywhere, so that what is in their fields may
// be passed along; if they are themselves such that are wanted elsewhere, only the roots have
// them as they are.
func lowerTagged(in Input, roots []*types.Func) (*ir.Program, diag.List) {
	prog, diags := lowerTill(in, roots, newTagged(roots))
	if len(diags) > 0 {
		if other, left := lowerTill(in, roots, newTagged(nil)); len(left) < len(diags) {
			return other, left
		}
	}
	return prog, diags
}

// lowerTill lowers until there is nothing new for t.
func lowerTill(in Input, roots []*types.Func, t *tagged) (prog *ir.Program, diags diag.List) {
	const most = 50
	for range most {
		t.grown = false
		if prog, diags = lowerFuncs(in, roots, t); t.grown {
			continue
		}
		if prog != nil {
			if err := ir.Verify(prog); err != nil { // a value of one form where the other is wanted
				first, _, _ := strings.Cut(err.Error(), "\n")
				diags.Add(in.Fset, in.Root.Files[0].Name.Pos(), "functions and interfaces in memory", first, "give the variables concrete types")
				return nil, diags
			}
		}
		return prog, diags
	}
	diags.Add(in.Fset, in.Root.Files[0].Name.Pos(), "functions kept in memory", "each of them makes more of them, without end", "give them fixed types")
	return nil, diags
}

// lowerFuncs is LowerFuncs for functions and interfaces that stay what they are, or become
// tagged values.
func lowerFuncs(in Input, roots []*types.Func, t *tagged) (*ir.Program, diag.List) {
	l := newLowerer(in)
	if t != nil {
		l.tagged, t.l, l.ctx = t, l, t.ctx
	}
	for _, obj := range roots {
		if l.sources[obj] != nil {
			l.roots[obj] = true
		}
	}
	for _, obj := range roots {
		l.function(obj)
	}
	l.duals(roots)
	prog := &ir.Program{Fset: in.Fset, Pkg: in.Root.Types, Tables: l.tables, Revealed: l.revealed}
	var list []*lowered
	reached := l.reachable(roots)
	for _, r := range l.order {
		if reached[r.fn] {
			prog.Funcs = append(prog.Funcs, r.fn)
			list = append(list, r)
		}
	}
	diags := l.ownDiags(list)
	if len(diags) == 0 {
		diags = l.checkGlobals(prog)
	}
	if len(diags) > 0 {
		diags.Sort()
		return nil, diags
	}
	if t != nil {
		prog.Made = t.madeTypes()
	}
	l.markImpure(prog)
	for _, f := range prog.Funcs {
		if f.Body != nil {
			shorten(f, prog.Pkg)
		}
	}
	return prog, nil
}

// lowerer holds what the functions of one program share.
type lowerer struct {
	in      Input
	sources map[*types.Func]*source
	roots   map[*types.Func]bool
	results map[*types.Func]*lowered
	order   []*lowered // callees before callers, but for recursion
	names   map[string]bool
	usages  map[usageOf]*usage
	early   map[*source]map[ast.Expr]bool // see inOrder

	ctx       *types.Context // makes identical instances of types one
	instances map[*types.Func]*instance
	ofOrigin  map[*types.Func][]*instance

	packages  map[*types.Package]*Package
	tables    map[*types.Var]ir.Expr // see copied
	notTables map[*types.Var]bool
	readers   map[*Package]*reader

	promises map[*types.Package]map[string]*promise // derivatives that directives ask for, by name

	own          map[*types.Package]bool     // those of the module
	fetched      map[*types.Package]*Package // the others that were asked for
	foreignFiles map[string]bool
	boxes        map[*types.Named]*types.Named
	counters     map[*types.Var]bool // see onlyCounts
	revealed     map[ir.FieldID]bool // see ir.Program

	tagged      *tagged // nil if functions and interfaces stay what they are
	dispatchers map[dispatcher]*lowered
	bodies      map[*source]*instance // see withTags
}

// source is a declaration with a body.
type source struct {
	pkg  *Package
	decl *ast.FuncDecl
	dir  *directive.Func // nil for none
}

func (s *source) passive() bool { return s.dir != nil && s.dir.Passive }

// lowered is the outcome for one function.
type lowered struct {
	fn    *ir.Func
	diags diag.List
	// outside: the function touches no floats and uses something that has no
	// place in the IR, so it is called as it is.
	outside bool
	busy    bool                  // being lowered
	exts    []*types.Func         // called outside the program
	calls   map[*ir.Func]*lowered // called inside it
}

func newLowerer(in Input) *lowerer {
	l := &lowerer{
		in:      in,
		sources: map[*types.Func]*source{},
		roots:   map[*types.Func]bool{},
		results: map[*types.Func]*lowered{},
		names:   map[string]bool{},
		usages:  map[usageOf]*usage{},
		early:   map[*source]map[ast.Expr]bool{},

		ctx:       types.NewContext(),
		instances: map[*types.Func]*instance{},
		ofOrigin:  map[*types.Func][]*instance{},

		packages:  map[*types.Package]*Package{},
		tables:    map[*types.Var]ir.Expr{},
		notTables: map[*types.Var]bool{},
		readers:   map[*Package]*reader{},

		own:          map[*types.Package]bool{},
		fetched:      map[*types.Package]*Package{},
		foreignFiles: map[string]bool{},
		boxes:        map[*types.Named]*types.Named{},
		counters:     map[*types.Var]bool{},
		revealed:     map[ir.FieldID]bool{},

		dispatchers: map[dispatcher]*lowered{},
		bodies:      map[*source]*instance{},
	}
	for _, pkg := range append([]*Package{in.Root}, in.Deps...) {
		l.own[pkg.Types] = true
		l.index(pkg)
	}
	return l
}

// index notes the functions that pkg declares.
func (l *lowerer) index(pkg *Package) {
	l.packages[pkg.Types] = pkg
	for _, file := range pkg.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil {
				continue
			}
			obj, ok := pkg.Info.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			s := &source{pkg: pkg, decl: fd}
			if pkg.Directives != nil {
				s.dir = pkg.Directives.Funcs[fd]
			}
			l.sources[obj] = s
		}
	}
}

// function returns the outcome for obj, which has a source, lowering it first
// if need be.
func (l *lowerer) function(obj *types.Func) *lowered {
	if r := l.results[obj]; r != nil {
		return r
	}
	src := l.sources[l.origin(obj)]
	if src == nil {
		return nil
	}
	r := &lowered{busy: true}
	l.results[obj] = r
	b := newBuilder(l, src, obj)
	r.fn = b.fn
	b.function()
	r.diags, r.exts, r.calls = b.diags, b.exts, b.calls
	r.busy = false
	l.settle(obj, r)
	return r
}

// usageOf tells usages apart: an instance has variables of its own.
type usageOf struct {
	src  *source
	inst *instance
}

// site returns what the body of obj, which src declares, is lowered with.
func (l *lowerer) site(src *source, obj *types.Func) site {
	out := site{
		src: src, info: src.pkg.Info, inst: l.instances[obj],
		vars: map[types.Object]*ir.Var{}, funcs: map[types.Object]*funcValue{}, lists: map[types.Object]*funcList{},
		variants: map[types.Object]*variant{}, valueLists: map[types.Object]*variantList{}, holders: map[types.Object]holder{},
	}
	if out.inst == nil && l.tagged != nil && l.own[src.pkg.Types] {
		out.inst = l.body(src, obj)
	}
	if out.inst != nil {
		out.info = out.inst.info(src)
	}
	at := usageOf{src, out.inst}
	if l.usages[at] == nil {
		l.usages[at] = scan(out.info, src.decl)
		if out.inst != nil && out.inst.sub.tagged != nil {
			l.usages[at].findCells(l, src.decl)
		}
	}
	out.use = l.usages[at]
	return out
}

// touchesFloats reports whether floats can pass in or out of a function through
// its signature.
func touchesFloats(sig *types.Signature) bool {
	if r := sig.Recv(); r != nil && ir.HasFloat(r.Type()) {
		return true
	}
	for _, t := range []*types.Tuple{sig.Params(), sig.Results()} {
		for i := range t.Len() {
			if ir.HasFloat(t.At(i).Type()) {
				return true
			}
		}
	}
	return false
}

// reachable returns the functions of the program that the roots need.
func (l *lowerer) reachable(roots []*types.Func) map[*ir.Func]bool {
	seen := map[*ir.Func]bool{}
	var visit func(f *ir.Func)
	visit = func(f *ir.Func) {
		if f == nil || seen[f] {
			return
		}
		seen[f] = true
		if f.Derivative != nil {
			visit(f.Derivative.Fn)
		}
		visit(f.Dual)
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok {
				visit(c.Fn)
			}
		})
	}
	for _, obj := range roots {
		if r := l.results[obj]; r != nil {
			visit(r.fn)
		}
	}
	return seen
}

// name returns a unique name for a function: "Step", "Solver.Step", "cg.Step".
// An instance of a generic function is a plain function: "DotFloat64",
// "VecFloat64Norm".
func (l *lowerer) name(obj *types.Func) string {
	base := obj.Name()
	if in := l.instances[obj]; in != nil {
		base = l.instanceName(in)
	} else if t := receiverType(obj); t != nil {
		base = t.Obj().Name() + "." + base
	}
	prefix := ""
	if obj.Pkg() != l.in.Root.Types {
		prefix = obj.Pkg().Name()
		base = "." + base
	}
	name := prefix + base
	for i := 2; l.names[name]; i++ {
		name = prefix + strconv.Itoa(i) + base
	}
	l.names[name] = true
	return name
}

// receiverType returns the named type that obj is a method of, or nil.
func receiverType(obj *types.Func) *types.Named {
	r := obj.Signature().Recv()
	if r == nil {
		return nil
	}
	t := types.Unalias(r.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}
