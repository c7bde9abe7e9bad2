package ir

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

const generic = `package p
type Real float64
type Vec[T any] []T
func (v *Vec[T]) Norm() (r float64) { return }
func Dot[A, B any](x A) (r float64) { return }
func Make[T any]() (r float64) { return }
`

// instances returns, as the IR has them, Dot[float64, []Real], Vec[Real].Norm and
// a function that calls both.
func instances(t *testing.T) (dot, norm, caller *Func) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", generic, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("m/p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) types.Type { return pkg.Scope().Lookup(name).Type() }
	instance := func(t types.Type, args ...types.Type) types.Type {
		out, err := types.Instantiate(nil, t, args, true)
		if err != nil {
			panic(err)
		}
		return out
	}
	x := &Var{Name: "x", Type: float, Kind: Param}
	targs := []types.Type{float, types.NewSlice(named("Real"))}
	dot = &Func{
		Name: "DotFloat64Reals", Pkg: pkg, Params: []*Var{x}, TArgs: targs, Body: &Block{},
		Obj: types.NewFunc(0, pkg, "Dot", instance(named("Dot"), targs...).(*types.Signature)),
	}
	vec := instance(named("Vec"), named("Real"))
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(vec), true, pkg, "Norm")
	norm = &Func{
		Name: "VecRealNorm", Pkg: pkg, TArgs: []types.Type{named("Real")}, Body: &Block{}, Obj: method.(*types.Func),
		Params: []*Var{{Name: "v", Type: types.NewPointer(vec), Kind: Param}},
	}
	v := &Var{Name: "v", Type: vec}
	caller = &Func{Name: "F", Pkg: pkg, Locals: []*Var{v}, Body: &Block{Stmts: []Stmt{
		&Decl{V: v},
		&Call{Fn: dot, Args: []Expr{num(1)}},
		&Call{Fn: norm, Args: []Expr{&Addr{X: ref(v)}}},
		&Call{
			Ext:   types.NewFunc(0, pkg, "Make", instance(named("Make"), named("Real")).(*types.Signature)),
			TArgs: []types.Type{named("Real")},
		},
	}}}
	return dot, norm, caller
}

func TestTitle(t *testing.T) {
	dot, norm, caller := instances(t)
	elsewhere := types.NewPackage("m/q", "q")
	for _, c := range []struct {
		f    *Func
		pkg  *types.Package
		want string
	}{
		{dot, dot.Pkg, "Dot[float64, []Real]"},
		{dot, elsewhere, "Dot[float64, []p.Real]"},
		{norm, norm.Pkg, "Vec[Real].Norm"},
		{norm, elsewhere, "Vec[p.Real].Norm"},
		{caller, caller.Pkg, "F"},
		{&Func{Name: "cg.Solver.Step"}, nil, "Step"},
	} {
		if got := c.f.Title(c.pkg); got != c.want {
			t.Errorf("%s is called %s, want %s", c.f.Name, got, c.want)
		}
	}
}

func TestPrintInstanceCalls(t *testing.T) {
	_, _, caller := instances(t)
	for _, c := range []struct {
		byName bool
		want   string
	}{
		{false, "Dot[float64, []Real](1.0)\n\tv.Norm()\n\tMake[Real]()"},
		{true, "DotFloat64Reals(1.0)\n\tVecRealNorm(&v)\n\tMake[Real]()"},
	} {
		p := &Printer{Qualify: Within(caller.Pkg), ByName: c.byName}
		p.Func(caller)
		if !strings.Contains(p.String(), c.want) {
			t.Errorf("no %q in\n%s", c.want, p.String())
		}
	}
}

func TestVerifyInstances(t *testing.T) {
	dot, norm, caller := instances(t)
	if err := Verify(&Program{Funcs: []*Func{dot, norm, caller}}); err != nil {
		t.Error(err)
	}
	norm.Recv, norm.Params = norm.Params[0], nil
	dot.Obj = nil
	err := Verify(&Program{Funcs: []*Func{dot, norm}})
	if err == nil || strings.Count(err.Error(), "an instance has a receiver or no source") != 2 {
		t.Errorf("got %v", err)
	}
}
