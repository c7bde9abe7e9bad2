package workspace

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/ir"
)

var ofStack = regexp.MustCompile(`\bst\b|make\(|return`)

// lines returns what f has to do with stacks, slices made and returns.
func lines(f *ir.Func) []string {
	var out []string
	for line := range strings.SplitSeq(ir.FormatFunc(f), "\n") {
		if ofStack.MatchString(line) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// TestUse: functions whose names begin with a capital are those of users.
func TestUse(t *testing.T) {
	cases := map[string]struct {
		src  string
		want []string
	}{
		"a slice that ends with the function": {`
func F(x []float64) (r float64) {
	n := len(x)
	y := make([]float64, n, n+1)
	copy(y, x)
	r = y[0]
	return
}`, []string{"st := ad.NewStack()", "y := ad.MakeCap[[]float64](st, n, n + 1)", "st.Release()", "return"}},
		"slices that others have afterwards": {`
type S struct {
	x []float64
}

func F(p *S, x [][]float64, n int) (r []float64, s float64) {
	r = make([]float64, n)
	a := make([]float64, n)
	x[0] = a
	b := make([]float64, n)
	p.x = b[1:]
	d := make([]float64, n)
	e := make([][]float64, n)
	e[0] = d
	x[1] = e[0]
	s = e[1][0]
	return
}`, []string{
			"r = make([]float64, n)", "a := make([]float64, n)", "b := make([]float64, n)", "d := make([]float64, n)",
			"st := ad.NewStack()", "e := ad.Make[[][]float64](st, n)", "st.Release()", "return",
		}},
		"slices that Go has on its own stack": {`
func F() (r float64) {
	x := make([]float64, 8)
	y := make([]float64, 0, 3)
	r = x[1] + float64(len(y))
	return
}`, []string{"x := make([]float64, 8)", "y := make([]float64, 0, 3)", "return"}},
		"returns before and behind": {`
func F(n int) (r float64) {
	if n < 1 {
		return
	}
	x := make([]float64, n)
	if n > 1 {
		for i := 0; i < n; i++ {
			if x[i] > 1 {
				r = x[i]
				return
			}
		}
	}
	if n > 2 {
		r = x[0]
		return
	} else {
		r = 2
		return
	}
}`, []string{
			"return", "st := ad.NewStack()", "x := ad.Make[[]float64](st, n)", "st.Release()", "return",
			"st.Release()", "return", "st.Release()", "return",
		}},
		"in a loop": {`
func F(n int) (r float64) {
	m := make([][]float64, n)
	for i := 0; i < n; i++ {
		m[i] = make([]float64, n)
		y := make([]float64, n)
		r += y[0]
	}
	for r < 1 {
		m[n-1] = make([]float64, n)
	}
	r += m[0][0]
	return
}`, []string{
			"st := ad.NewStack()", "m := ad.Make[[][]float64](st, n)", "m[i] = ad.Make[[]float64](st, n)", "y := make([]float64, n)",
			"m[n - 1] = make([]float64, n)", "st.Release()", "return",
		}},
		"made for the caller": {`
func rows(n int) (r []float64, k int) {
	k = n
	r = make([]float64, n)
	y := make([]float64, n)
	r[0] = y[0]
	return
}

func middle(n int) (r []float64) {
	if n > 3 {
		r, _ = rows(n)
	}
	return
}

func F(n int) (r float64) {
	x := middle(n)
	r = x[0]
	return
}`, []string{
			"func rows(n int, st *ad.Stack) (r []float64, k int) {", "r = ad.Make[[]float64](st, n)", "y := ad.Make[[]float64](st, n)", "return",
			"func middle(n int, st *ad.Stack) (r []float64) {", "r, _ = rows(n, st)", "return",
			"st := ad.NewStack()", "x := middle(n, st)", "st.Release()", "return",
		}},
		"made for a caller that calls again and again": {`
func rows(n int) (r []float64) {
	r = make([]float64, n)
	y := make([]float64, n)
	r[0] = y[0]
	return
}

func F(n int) (r float64) {
	for i := 0; i < n; i++ {
		x := rows(i)
		r += x[0]
	}
	return
}`, []string{
			"r = make([]float64, n)", "st := ad.NewStack()", "y := ad.Make[[]float64](st, n)", "st.Release()", "return", "return",
		}},
		"made for nobody": {`
func sum(n int) (r float64) {
	x := make([]float64, n)
	r = x[0]
	return
}

func F(n int) (r float64) {
	r = sum(n)
	return
}`, []string{"st := ad.NewStack()", "x := ad.Make[[]float64](st, n)", "st.Release()", "return", "return"}},
		"one of two users keeps it": {`
func rows(n int) (r []float64) {
	r = make([]float64, n)
	return
}

func F(n int) (r float64) {
	x := rows(n)
	r = x[0]
	return
}

func G(n int) (r []float64) {
	r = rows(n)
	return
}`, []string{"r = make([]float64, n)", "return", "return", "return"}},
		"a user's function that another one calls": {`
func G(n int) (r []float64) {
	r = make([]float64, n)
	return
}

func F(n int) (r float64) {
	x := G(n)
	r = x[0]
	return
}`, []string{"r = make([]float64, n)", "return", "return"}},
		"recursion": {`
func down(x []float64, n int) (r []float64) {
	r = make([]float64, n)
	y := make([]float64, n)
	z := make([]float64, n)
	if n > 0 {
		r = down(y, n-1)
	}
	r[0] += x[0] + z[0]
	return
}

func F(n int) (r float64) {
	x := make([]float64, n)
	y := down(x, n)
	r = y[0]
	return
}`, []string{
			"r = make([]float64, n)", "y := make([]float64, n)", "st := ad.NewStack()", "z := ad.Make[[]float64](st, n)", "st.Release()", "return",
			"st := ad.NewStack()", "x := ad.Make[[]float64](st, n)", "st.Release()", "return",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			prog, err := ir.Parse("package p\n" + c.src + "\n")
			if err != nil {
				t.Fatal(err)
			}
			Use(prog.Pkg, prog.Funcs, func(f *ir.Func) bool { return f.Name < "a" })
			var got []string
			for _, f := range prog.Funcs {
				if err := ir.VerifyFunc(f); err != nil {
					t.Error(err)
				}
				got = append(got, lines(f)...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
