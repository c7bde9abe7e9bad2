package ir

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// Parse reads the printed form of a program: a Go file of functions in which
// everything is as the package comment says. Package-level types, constants and
// variables may stand in it; packages math and ad are known without an import. All
// errors of the first stage that finds one are returned, with line and column.
// What was printed from made code (closures, run-time calls) is not read back.
func Parse(src string) (*Program, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("ir: %w", err)
	}
	pkg, info, err := check(fset, file)
	if err != nil {
		return nil, err
	}
	b := &builder{
		prog: &Program{Fset: fset, Pkg: pkg},
		info: info,
		funs: map[types.Object]*Func{},
	}
	for _, g := range file.Comments {
		b.comments = append(b.comments, g.List...)
	}
	if err := b.build(file); err != nil {
		return nil, err
	}
	if err := Verify(b.prog); err != nil {
		return nil, err
	}
	return b.prog, nil
}

// check type-checks file, for which the packages math and math/cmplx are always
// imported.
func check(fset *token.FileSet, file *ast.File) (*types.Package, *types.Info, error) {
	if len(file.Imports) == 0 {
		decl := &ast.GenDecl{TokPos: file.Package, Tok: token.IMPORT, Lparen: file.Package}
		for _, path := range []string{`"math"`, `"math/cmplx"`, `"ad"`} {
			spec := &ast.ImportSpec{Path: &ast.BasicLit{ValuePos: file.Package, Kind: token.STRING, Value: path}}
			decl.Specs = append(decl.Specs, spec)
			file.Imports = append(file.Imports, spec)
		}
		file.Decls = append([]ast.Decl{decl}, file.Decls...)
	}
	var errs []string
	conf := types.Config{
		Importer: mathImporter{},
		Error: func(err error) {
			if e, ok := err.(types.Error); !ok || !e.Soft {
				errs = append(errs, err.Error())
			}
		},
	}
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	pkg, _ := conf.Check(file.Name.Name, fset, []*ast.File{file}, info)
	if len(errs) > 0 {
		sort.Strings(errs)
		return nil, nil, fmt.Errorf("ir: %s", strings.Join(errs, "\n"))
	}
	return pkg, info, nil
}

// A builder makes IR of a checked file.
type builder struct {
	prog *Program
	info *types.Info
	funs map[types.Object]*Func

	comments []*ast.Comment // not consumed yet, in order of position
	fn       *Func
	vars     map[types.Object]*Var
	enclose  []target
}

// target is a statement that a break or continue may name.
type target struct {
	stmt  Stmt
	label string
}

// syntaxError is thrown at what the printed form has not.
type syntaxError struct{ err error }

func (b *builder) fail(at ast.Node, format string, args ...any) {
	b.failAt(at.Pos(), format, args...)
}

func (b *builder) failAt(pos token.Pos, format string, args ...any) {
	panic(syntaxError{fmt.Errorf("ir: %s: %s", b.prog.Fset.Position(pos), fmt.Sprintf(format, args...))})
}

func (b *builder) build(file *ast.File) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case syntaxError:
			err = r.err
		default:
			panic(r)
		}
	}()
	var decls []*ast.FuncDecl
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			b.declare(d)
			decls = append(decls, d)
		}
	}
	for i, d := range decls {
		b.function(b.prog.Funcs[i], d)
	}
	return nil
}

// declare makes the Func of d without its body.
func (b *builder) declare(d *ast.FuncDecl) {
	obj, _ := b.info.Defs[d.Name].(*types.Func)
	if obj == nil || d.Body == nil || d.Type.TypeParams != nil {
		b.fail(d, "function %s has no body or has type parameters", d.Name.Name)
	}
	f := &Func{Name: obj.Name(), Pkg: obj.Pkg(), Obj: obj, Pos: d.Name.Pos(), Variadic: obj.Signature().Variadic()}
	if r := obj.Signature().Recv(); r != nil {
		t := r.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := t.(*types.Named); ok {
			f.Name = n.Obj().Name() + "." + f.Name
		}
	}
	b.funs[obj] = f
	b.prog.Funcs = append(b.prog.Funcs, f)
}

func (b *builder) function(f *Func, d *ast.FuncDecl) {
	b.fn, b.vars, b.enclose = f, map[types.Object]*Var{}, nil
	f.Mode = b.callMode(d.Pos())
	sig := f.Obj.Signature()
	if r := sig.Recv(); r != nil {
		f.Recv = b.variable(r, Param)
	}
	for v := range sig.Params().Variables() {
		f.Params = append(f.Params, b.variable(v, Param))
	}
	for v := range sig.Results().Variables() {
		if v.Name() == "" {
			b.fail(d, "the results of %s have no names", f.Name)
		}
		f.Results = append(f.Results, b.variable(v, Result))
	}
	f.Body = b.block(d.Body.List, d.Body.Lbrace, d.Body.Rbrace)
}

// variable makes the Var of obj.
func (b *builder) variable(obj *types.Var, kind VarKind) *Var {
	v := &Var{Name: obj.Name(), Type: obj.Type(), Kind: kind, Pos: obj.Pos()}
	b.vars[obj] = v
	return v
}

// local makes a local variable of what id defines.
func (b *builder) local(id *ast.Ident) *Var {
	obj, ok := b.info.Defs[id].(*types.Var)
	if !ok {
		b.fail(id, "%s is not declared here", id.Name)
	}
	v := b.variable(obj, Local)
	b.fn.Locals = append(b.fn.Locals, v)
	return v
}
