package tidy

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
	"github.com/cairn-ad/cairn/internal/lower"
	"github.com/cairn-ad/cairn/internal/progen"
)

// lowered returns random programs and their IR, all in one program.
func lowered(t *testing.T, n int) ([]progen.Case, *ir.Program) {
	t.Helper()
	var cases []progen.Case
	for seed := range n {
		c, err := progen.Generate(uint64(seed), fmt.Sprintf("F%d", seed), progen.Options{NoVars: true, NoOthers: true}) // variables of a package are parameters here, without arguments, and there are no other packages
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "all.go", progen.File("p", cases...), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Scopes: map[ast.Node]*types.Scope{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := conf.Check("p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	set, diags := directive.Parse(fset, []*ast.File{file})
	diags = append(diags, set.Resolve(fset, info)...)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	prog, diags := lower.Lower(lower.Input{Fset: fset, Root: &lower.Package{Types: pkg, Info: info, Files: []*ast.File{file}, Directives: set}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return cases, prog
}

// entry returns the entry function of a case.
func entry(prog *ir.Program, c progen.Case) *ir.Func {
	name := c.Name
	if c.Recv != nil {
		name = strings.TrimPrefix(c.Recv.Type, "*") + "." + name
	}
	return prog.Func(name)
}

// results runs a function on literals, their floats moved by shift, and returns
// the floats of its results and of the memory behind its arguments.
func results(t testing.TB, prog *ir.Program, f *ir.Func, c progen.Case, shift float64) []float64 {
	t.Helper()
	var args []irinterp.Value
	for i, a := range c.Inputs() {
		v, err := irinterp.ParseValue(a.Lit, f.Inputs()[i].Type)
		if err != nil {
			t.Fatal(err)
		}
		move := make([]float64, len(irinterp.Floats(v)))
		for k := range move {
			move[k] = shift * math.Sin(float64(3*k+5*i+1))
		}
		irinterp.Perturb(&v, 1, move)
		args = append(args, v)
	}
	out, err := irinterp.Run(prog, f, args)
	if err != nil {
		t.Fatalf("seed %d: %v", c.Seed, err)
	}
	var xs []float64
	for _, v := range append(out, args...) {
		xs = append(xs, irinterp.Floats(v)...)
	}
	return xs
}

// TestRandomPrograms tidies 200 random programs, in which every local counts as
// made, and interprets them before and after. The signs of zeros may differ.
func TestRandomPrograms(t *testing.T) {
	cases, before := lowered(t, 200)
	_, after := lowered(t, 200)
	size := len(printed(t, after))
	for _, f := range after.Funcs {
		for _, v := range f.Locals {
			v.Kind, v.Made = ir.Temp, true
		}
	}
	tidyAll(after)
	if err := ir.Verify(after); err != nil {
		t.Error(err)
	}
	if small := len(printed(t, after)); small >= size {
		t.Errorf("%d characters became %d", size, small)
	}
	for _, c := range cases {
		for _, shift := range []float64{0, -0.5} {
			want, got := results(t, before, entry(before, c), c, shift), results(t, after, entry(after, c), c, shift)
			same := func(x, y float64) bool { return x == y || x != x && y != y }
			if !slices.EqualFunc(want, got, same) {
				t.Errorf("seed %d, floats moved by %v:\n\tgives %v\n\twants %v\n%s\n%s", c.Seed, shift, got, want, c.Src, ir.FormatFunc(entry(after, c)))
				break
			}
		}
	}
}
