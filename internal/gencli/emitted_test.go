package gencli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// kinds returns the files of testdata/tests.txtar.
func kinds(t *testing.T) map[string]string {
	t.Helper()
	a, err := txtar.ParseFile("testdata/tests.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

// TestEmitted runs the tests that cairngen -tests writes: they compile, are clean to go
// vet and pass for every kind of parameter.
func TestEmitted(t *testing.T) {
	dir := module(t, kinds(t))
	if out, errs := run(t, 0, "-tests", "./..."); out+errs != "" {
		t.Errorf("gen prints %s%s", out, errs)
	}
	testutil.Go(t, dir, "vet", "./...")
	out := testutil.Go(t, dir, "test", "-v", "./...")
	for _, root := range strings.Fields("Scale Length2 Quotient Square InPlace SolverStep SolverDecay VecNorm All GridSum Single Behind Parts Tails Rest Foreign Dot Matrix") {
		wants(t, out, "--- PASS: TestCairn"+root+" ")
	}
	if n := strings.Count(out, "--- PASS: TestCairn"); n != 18 {
		t.Errorf("%d tests pass:\n%s", n, out)
	}
	if out, _ := run(t, 0, "diff", "-tests", "./..."); out != "" {
		t.Errorf("after gen, diff prints %s", out)
	}
}

// TestEmittedFinds: the tests fail where generated code is wrong, and say where.
func TestEmittedFinds(t *testing.T) {
	dir := module(t, kinds(t))
	run(t, 0, "-tests", "./...")
	name := filepath.Join(dir, "kinds_cairn.go")
	text := read(t, name)
	mistakes := []struct{ old, new, test, want string }{
		{"func LengthTangent(v, vd Vec) (ret, retd float64) {\n", "$0\tvd.Y = 0\n", "Length2", "component 1 (v.Y)"},
		{"func LengthAdjoint(v Vec, vb *Vec, retb float64) (ret float64) {\n", "$0\tvb.X = 0\n", "Length2", "accumulation: the shadow of component 0 (v.X)"},
		{"func QuotientAdjoint(p float64, pb *float64, q float64, qb *float64, ret0b, ret1b float64) (ret0, ret1 float64, ret2 bool) {\n", "$0\tdefer func() { ret0 = 0 }()\n", "Quotient", "after the function Results.ret0 is "},
		{"func (s *Solver) StepReverse(sb *Solver, dt float64, st *ad2.Stack) {\n", "$0\tdefer func() { sb.K = 0 }()\n", "SolverStep", "split adjoint: gradcheck: dot product"},
		{"func ScaleHessian(x, xd, xb, xbd []float64, p, pd float64, pb, pbd *float64, n int, retb, retbd float64) (ret, retd float64) {\n", "$0\tdefer func() { xbd[0] *= 1.001 }()\n", "Scale", "second derivative"},
		{"func MatrixAdjoint(y, yb, a, ab, x, xb []float64) {\n", "$0\tdefer func() { ab[4] *= 1.001 }()\n", "Matrix", "component 4 (a[4])"},
	}
	for _, m := range mistakes {
		if strings.Count(text, m.old) != 1 {
			t.Fatalf("there is no single %q in\n%s", m.old, text)
		}
		text = strings.Replace(text, m.old, strings.Replace(m.new, "$0", m.old, 1), 1)
	}
	testutil.Write(t, dir, "kinds_cairn.go", text)
	out, err := testutil.TryGo(dir, "test", ".")
	if err == nil {
		t.Error("the tests of wrong derivatives pass")
	}
	for _, m := range mistakes {
		_, own, _ := strings.Cut(out, "--- FAIL: TestCairn"+m.test+" ")
		own, _, _ = strings.Cut(own, "--- FAIL: ")
		wants(t, own, m.want)
	}
	if n := strings.Count(out, "--- FAIL: "); n != 5 {
		t.Errorf("%d tests fail:\n%s", n, out)
	}
}

// TestEmittedAsks: without the arguments that cannot be invented the tests fail and name
// them; arguments that do not fit are told.
func TestEmittedAsks(t *testing.T) {
	files := kinds(t)
	delete(files, "args_test.go")
	dir := module(t, files)
	run(t, 0, "-tests", "./...")
	out, err := testutil.TryGo(dir, "test", "./...")
	if err == nil {
		t.Error("tests without arguments pass")
	}
	wants(t, out, "Scale: there are no arguments to test it with", "assign a function that draws them in cairnScaleDraw",
		"Matrix, point 1 of 3: gradcheck: the function panics with these arguments, which may not fit together (runtime error: index out of range",
		"draw other arguments in cairnMatrixDraw")
	if n := strings.Count(out, "--- FAIL: "); n != 4 {
		t.Errorf("%d tests fail:\n%s", n, out)
	}
	text := read(t, filepath.Join(dir, "kinds_cairn_test.go"))
	wants(t, text, "//   - n is of type int\n", "//   - g has n, which is of type int\n", "//   - label is of type string\n",
		"//   - h is of type shape.Hidden, which has unexported fields\n", "//\t\t\ta.x = make([]float64, 3)\n")
}

// TestEmittedLife: test files come with -tests, keep up without it, and go with the
// roots; those of the user stay.
func TestEmittedLife(t *testing.T) {
	dir := module(t, map[string]string{"square.go": square, "own_cairn_test.go": "package user\n"})
	run(t, 0)
	if got := files(t, dir); slices.Contains(got, "square_cairn_test.go") {
		t.Errorf("without -tests there is a test: %v", got)
	}
	out, _ := run(t, 1, "diff", "-tests")
	wants(t, out, "square_cairn_test.go (generated)", "+func TestCairnSquare(t *testing.T) {")
	run(t, 0, "-tests")
	testutil.Go(t, dir, "test", ".")
	testutil.Write(t, dir, "square.go", strings.ReplaceAll(square, "(x float64)", "(x, z float64)"))
	testutil.Write(t, dir, "square.go", strings.Replace(read(t, "square.go"), "helper(x)", "helper(x, z)", 1))
	run(t, 0)
	testutil.Go(t, dir, "test", ".")
	wants(t, read(t, "square_cairn_test.go"), "r.ret = Square(a.x, a.z)")
	testutil.Write(t, dir, "square.go", "package user\n")
	run(t, 0)
	if got, want := files(t, dir), []string{"go.mod", "own_cairn_test.go", "square.go"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	testutil.Write(t, dir, "square.go", square)
	testutil.Write(t, dir, "square_cairn_test.go", "package user\n")
	run(t, 0)
	_, errs := run(t, 1, "-tests")
	wants(t, errs, "square_cairn_test.go exists and was not generated")
	if err := os.Remove("square_cairn_test.go"); err != nil {
		t.Fatal(err)
	}
	run(t, 0, "-tests")
}
