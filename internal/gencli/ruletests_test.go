package gencli

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// handmade is a package with rules only: for functions of its own, a method and the
// standard library.
const handmade = `package user

import "math"

type T struct{ U []float64 }

//cairn:rule of=T.Square tangent=T.squareTangent adjoint=T.squareAdjoint
//cairn:rule of=Root tangent=rootTangent forward=rootForward reverse=rootReverse
//cairn:rule of=AddTo tangent=addToTangent adjoint=addToAdjoint returns=dst
//cairn:rule of=math.Nextafter adjoint=nextAdjoint

func (t *T) Square() {
	for i := range t.U {
		t.U[i] *= t.U[i]
	}
}

func (t *T) squareTangent(td *T) {
	for i := range t.U {
		td.U[i] *= 2 * t.U[i]
	}
	t.Square()
}

func (t *T) squareAdjoint(tb *T) {
	for i := range t.U {
		tb.U[i] *= 2 * t.U[i]
		t.U[i] = 7
	}
}

func Root(x float64) (y float64, n int) { return math.Sqrt(x*x + 1), 3 }

func rootForward(x float64) (y float64, n int, slope float64) {
	y, n = Root(x)
	return y, n, x / y
}

func rootReverse(slope, x float64, xb *float64, yb float64) { *xb += slope * yb }

func rootTangent(x, xd float64) (y, yd float64, n int) {
	y, n = Root(x)
	return y, x / y * xd, n
}

func AddTo(dst, x []float64) []float64 {
	for i := range dst {
		dst[i] += x[i]
	}
	return dst
}

func addToTangent(dst, dstd, x, xd []float64) (ret, retd []float64) {
	return AddTo(dst, x), AddTo(dstd, xd)
}

func addToAdjoint(dst, dstb, x, xb []float64) []float64 {
	AddTo(xb, dstb)
	return nil
}

func nextAdjoint(x float64, xb *float64, y, retb float64) float64 {
	*xb += retb
	return math.Nextafter(x, y)
}
`

// TestRuleTests runs the tests of rules: they pass, and find what is wrong.
func TestRuleTests(t *testing.T) {
	dir := module(t, map[string]string{"hand.go": handmade})
	run(t, 0, "-tests")
	testutil.Go(t, dir, "vet", ".")
	out := testutil.Go(t, dir, "test", "-v", ".")
	if n := strings.Count(out, "--- PASS: TestCairnRule"); n != 4 {
		t.Errorf("%d tests pass:\n%s", n, out)
	}
	for _, wrong := range []struct{ old, new, test string }{
		{"tb.U[i] *= 2 * t.U[i]", "tb.U[i] *= 3 * t.U[i]", "TSquare"},
		{"slope, x float64, xb *float64, yb float64) { *xb +=", "slope, x float64, xb *float64, yb float64) { *xb =", "Root"},
		{"AddTo(dst, x), AddTo(dstd, xd)", "AddTo(dst, x), dstd", "AddTo"},
		{"*xb += retb", "*xb -= retb", "MathNextafter"},
	} {
		if strings.Count(handmade, wrong.old) != 1 {
			t.Fatalf("there is no single %q", wrong.old)
		}
		testutil.Write(t, dir, "hand.go", strings.Replace(handmade, wrong.old, wrong.new, 1))
		out, err := testutil.TryGo(dir, "test", ".")
		if err == nil || !strings.Contains(out, "--- FAIL: TestCairnRule"+wrong.test+" ") || strings.Count(out, "--- FAIL: ") != 1 {
			t.Errorf("with %q: %v\n%s", wrong.new, err, out)
		}
	}
}

// TestExplainRule: a call under a rule names what the reverse sweep calls, and where the
// rule stands.
func TestExplainRule(t *testing.T) {
	module(t, map[string]string{"hand.go": handmade + `
//cairn:adjoint
func Use(x []float64) float64 {
	t := T{x}
	t.Square()
	y, _ := Root(x[0])
	z, _ := Root(2)
	return y * z * x[1]
}
`})
	out, _ := run(t, 0, "explain", "Use")
	wants(t, out, "by hand: squareAdjoint, rule at hand.go:7; snapshot of what it overwrites",
		"by hand: rootForward and rootReverse, rule at hand.go:8", "nothing")
}
