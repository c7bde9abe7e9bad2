package singleexit

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
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

// shifts move the floats of the arguments, so that other branches are taken.
var shifts = []float64{0, 0.1, -0.5, 2}

// TestRandomPrograms interprets 500 random programs before and after on several
// inputs.
func TestRandomPrograms(t *testing.T) {
	cases, before := lowered(t, 500)
	after := Transform(before)
	checkForm(t, after)
	exits, panics := 0, 0
	for _, f := range before.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s.(type) {
			case *ir.Break, *ir.Continue, *ir.Return:
				exits++
			}
		})
	}
	for _, c := range cases {
		var lits []string
		for _, a := range c.Inputs() {
			lits = append(lits, a.Lit)
		}
		for _, shift := range shifts {
			want, err := outcome(before, entry(before, c), lits, shift)
			if err != nil {
				t.Fatalf("seed %d: %v", c.Seed, err)
			}
			got, err := outcome(after, entry(after, c), lits, shift)
			if err != nil {
				t.Fatalf("seed %d: %v", c.Seed, err)
			}
			if strings.HasPrefix(want, "panic") {
				panics++
			}
			if got != want {
				t.Errorf("seed %d, floats moved by %v:\n\tgives %s\n\twants %s\n%s", c.Seed, shift, got, want, c.Src)
				break
			}
		}
	}
	if exits < 500 {
		t.Errorf("only %d early exits in %d programs", exits, len(cases))
	}
	t.Logf("%d programs with %d early exits, %d runs of %d end in a panic", len(cases), exits, panics, len(cases)*len(shifts))
}
