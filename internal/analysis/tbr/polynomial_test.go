package tbr

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestPolynomials: two expressions are one if they are the same polynomial, the first with the
// next counter.
func TestPolynomials(t *testing.T) {
	long := strings.Repeat("(k+d) * ", 40) + "1"
	for _, c := range []struct {
		first, second string
		want          bool
	}{
		{"k", "k + 1", true},
		{"k * d", "(k + 1) * d", true},
		{"d * k", "k*d + d", true},
		{"k * d", "k*d + e", false},
		{"k * d", "k*d", false},
		{"k*d + e", "(k+1)*d + e", true},
		{"k*d - e", "d*(k+1) - e", true},
		{"(k+e) * d * e", "d*e*e + e*d*(1+k)", true},
		{"k * k", "k*k + 2*k + 1", true},
		{"k * len(x)", "(k + 1) * len(x)", true},
		{"k * free", "(k + 1) * free", false},
		{"k * d / 2", "(k + 1) * d / 2", false},
		{"k % d", "k % d", false},
		{long, long, false},
	} {
		prog, err := ir.Parse("package p\n\nfunc F(k, d, e, free int, x []float64) {\n\ta, b := " + c.first + ", " + c.second + "\n}\n")
		if err != nil {
			t.Fatal(err)
		}
		f := prog.Funcs[0]
		s := f.Body.Stmts[0].(*ir.Assign)
		p := &polynomials{counter: f.Params[0], fixed: func(v *ir.Var) bool { return v.Name != "free" }, ids: map[*ir.Var]int{}}
		first, ok1 := p.of(s.R[0], true)
		second, ok2 := p.of(s.R[1], false)
		if got := ok1 && ok2 && first.equal(second); got != c.want {
			t.Errorf("%.40s with the next k, and %.40s: %v, want %v", c.first, c.second, got, c.want)
		}
	}
}
