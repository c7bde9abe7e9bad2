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
		"elements that do not last": {`
func F(x []float64, n int) (r float64) {
	a := make([][]float64, n)
	for i := 0; i < n; i++ {
		a[i] = make([]float64, n)
		r += a[i][0]
		a[i] = nil
	}
	b := make([][]float64, n)
	for i2 := 0; i2 < n; i2++ {
		b[i2] = make([]float64, n)
		b[0] = x
	}
	c := make([][]float64, n)
	for i3 := 0; i3 < n; i3++ {
		c[i3] = make([]float64, n)
		copy(c, b)
	}
	d := make([][]float64, n)
	for i4 := 0; i4 < n; i4++ {
		d[i4] = make([]float64, n)
		d = b
	}
	e := make([][]float64, n)
	for i5 := 0; i5 < n; i5++ {
		e[i5] = make([]float64, n)
		e[i5][0] = x[i5]
	}
	r += b[0][0] + c[0][0] + d[0][0] + e[0][0]
	return
}`, []string{
			"st := ad.NewStack()", "a := ad.Make[[][]float64](st, n)", "a[i] = make([]float64, n)", "b := ad.Make[[][]float64](st, n)",
			"b[i2] = make([]float64, n)", "c := ad.Make[[][]float64](st, n)", "c[i3] = make([]float64, n)", "d := ad.Make[[][]float64](st, n)",
			"d[i4] = make([]float64, n)", "e := ad.Make[[][]float64](st, n)", "e[i5] = ad.Make[[]float64](st, n)", "st.Release()", "return",
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
			"func rows(n int, st *ad.Stack) (r []float64) {", "r = make([]float64, n)", "st.Enter()", "y := ad.Make[[]float64](st, n)",
			"st.Leave()", "return", "st := ad.NewStack()", "x := rows(i, st)", "st.Release()", "return",
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
}`, []string{
			"func sum(n int, st *ad.Stack) (r float64) {", "st.Enter()", "x := ad.Make[[]float64](st, n)", "st.Leave()", "return",
			"st := ad.NewStack()", "r = sum(n, st)", "st.Release()", "return",
		}},
		"passed on": {`
func low(n int) (r float64) {
	x := make([]float64, n)
	r = x[0]
	return
}

func middle(n int) (r float64) {
	for i := 0; i < n; i++ {
		s := low(i)
		r += s
	}
	return
}

func F(n int) (r float64) {
	if n < 0 {
		return
	}
	for i := 0; i < n; i++ {
		s := middle(i)
		r += s
	}
	return
}`, []string{
			"func low(n int, st *ad.Stack) (r float64) {", "st.Enter()", "x := ad.Make[[]float64](st, n)", "st.Leave()", "return",
			"func middle(n int, st *ad.Stack) (r float64) {", "s := low(i, st)", "return",
			"return", "st := ad.NewStack()", "s := middle(i, st)", "st.Release()", "return",
		}},
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
			"func down(x []float64, n int, st *ad.Stack) (r []float64) {", "r = make([]float64, n)", "y := make([]float64, n)",
			"st.Enter()", "z := ad.Make[[]float64](st, n)", "r = down(y, n - 1, st)", "st.Leave()", "return",
			"st := ad.NewStack()", "x := ad.Make[[]float64](st, n)", "y := down(x, n, st)", "st.Release()", "return",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, used(t, c.src, func([]*ir.Func) {})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// used is what the pass makes of the functions, once change has changed them.
func used(t *testing.T, src string, change func([]*ir.Func)) []string {
	t.Helper()
	prog, err := ir.Parse("package p\n" + src + "\n")
	if err != nil {
		t.Fatal(err)
	}
	change(prog.Funcs)
	Use(prog.Pkg, prog.Funcs, func(f *ir.Func) bool { return f.Name < "a" })
	var got []string
	for _, f := range prog.Funcs {
		if err := ir.VerifyFunc(f); err != nil {
			t.Error(err)
		}
		got = append(got, lines(f)...)
	}
	return got
}

// TestGoroutines: what goroutines call has a stack of its own, and they make no slices on that of others.
func TestGoroutines(t *testing.T) {
	got := used(t, `
func row(n int) (r float64) {
	x := make([]float64, n)
	r = x[0]
	return
}

func F(n int) (r float64) {
	m := make([][]float64, n)
	for i := 0; i < n; i++ {
		m[i] = make([]float64, n)
		m[i][0] = row(n)
	}
	r = m[0][0]
	return
}`, func(fs []*ir.Func) {
		ir.WalkStmts(fs[1].Body, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok {
				l.Spawn = &ir.Spawn{Of: l}
			}
		})
	})
	want := []string{
		"st := ad.NewStack()", "x := ad.Make[[]float64](st, n)", "st.Release()", "return",
		"st := ad.NewStack()", "m := ad.Make[[][]float64](st, n)", "m[i] = make([]float64, n)", "st.Release()", "return",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
