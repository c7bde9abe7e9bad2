package compile_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// uncheckedLoops lists, by package, functions in whose innermost loops the compiler of Go
// leaves no bounds check, but for those in the stack of package ad.
var uncheckedLoops = map[string]string{
	"examples/gradbench/gmm":    "logSumExpTangent squaresTangent transformTangent squaresReverse logSumExpReverse transformReverse",
	"examples/gradbench/lstm":   "logLikelihoodTangent logLikelihoodReverse layerForward",
	"examples/gradbench/llsq":   "ObjectiveTangent ObjectiveAdjoint",
	"examples/gradbench/lse":    "LogSumExpTangent LogSumExpAdjoint",
	"examples/gradbench/kmeans": "squareTangent squareReverse",
	"examples/gradbench/ode":    "SolveTangent SolveAdjoint alongTangent alongForward alongReverse slopeReverse",
	"examples/burgers":          "startTangent startReverse",
	"npb/cg":                    "dotReverse",
	"npb/mg":                    "psinvRowReverse residRowReverse addRowsTangent addRowsReverse",
}

// TestBoundsChecks compiles generated files of this module with the report of the compiler of
// Go about bounds checks.
func TestBoundsChecks(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles several packages")
	}
	root := testutil.Root(t)
	args := []string{"build", "-gcflags=-d=ssa/check_bce"}
	for pkg := range uncheckedLoops {
		args = append(args, "./"+pkg)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	report, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	checks := map[string][]token.Position{} // by file, slashes between
	line := regexp.MustCompile(`(?m)^(\S+):(\d+):(\d+): Found Is(?:Slice)?InBounds$`)
	for _, m := range line.FindAllStringSubmatch(string(report), -1) {
		file := strings.TrimPrefix(filepath.ToSlash(m[1]), "./")
		checks[file] = append(checks[file], token.Position{Line: number(t, m[2]), Column: number(t, m[3])})
	}
	if len(checks) < len(uncheckedLoops) {
		t.Fatalf("the compiler reports checks in %d files only:\n%s", len(checks), report)
	}
	for pkg, funcs := range uncheckedLoops {
		t.Run(pkg, func(t *testing.T) { unchecked(t, root, pkg, strings.Fields(funcs), checks) })
	}
}

// unchecked asks that no check is in an innermost loop of one of the functions.
func unchecked(t *testing.T, root, pkg string, funcs []string, checks map[string][]token.Position) {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*_cairn.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no generated files: %v", err)
	}
	loops := map[string]int{}
	for _, name := range files {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !slices.Contains(funcs, f.Name.Name) {
				continue
			}
			for _, loop := range innermost(f.Body) {
				loops[f.Name.Name]++
				stack := stackCalls(fset, loop)
				from, to := fset.Position(loop.Pos()), fset.Position(loop.End())
				for _, c := range checks[pkg+"/"+filepath.Base(name)] {
					if c.Line >= from.Line && c.Line <= to.Line && !slices.Contains(stack, c) {
						t.Errorf("%s:%d:%d: a bounds check in an innermost loop of %s", name, c.Line, c.Column, f.Name.Name)
					}
				}
			}
		}
	}
	for _, f := range funcs {
		if loops[f] == 0 {
			t.Errorf("there is no function %s with a loop in the generated files", f)
		}
	}
}

// innermost returns the bodies of the loops below n in which there are no others.
func innermost(n ast.Node) []ast.Node {
	var out []ast.Node
	ast.Inspect(n, func(n ast.Node) bool {
		body := loopBody(n)
		if body == nil {
			return true
		}
		if inner := innermost(body); inner != nil {
			out = append(out, inner...)
		} else {
			out = append(out, body)
		}
		return false
	})
	return out
}

func loopBody(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// stackCalls returns where the calls of a stack's methods stand, which the compiler of Go puts
// in line.
func stackCalls(fset *token.FileSet, n ast.Node) []token.Position {
	var out []token.Position
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if s, ok := c.Fun.(*ast.SelectorExpr); ok && (strings.HasPrefix(s.Sel.Name, "Push") || strings.HasPrefix(s.Sel.Name, "Pop") || s.Sel.Name == "Room") {
				for _, p := range []token.Pos{s.Sel.Pos(), c.Lparen} {
					at := fset.Position(p)
					out = append(out, token.Position{Line: at.Line, Column: at.Column})
				}
			}
		}
		return true
	})
	return out
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
