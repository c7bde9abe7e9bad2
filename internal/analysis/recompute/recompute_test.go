package recompute

import (
	"fmt"
	"testing"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
)

func analyze(t testing.TB, src string) (*ir.Func, *Info) {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	f := prog.Funcs[len(prog.Funcs)-1]
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	return f, Analyze(prog, mem, effects.Analyze(mem), true)
}

func find[S ir.Stmt](f *ir.Func) S {
	var found S
	done := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if x, ok := s.(S); ok && !done {
			found, done = x, true
		}
	})
	return found
}

func (c *Counted) text() string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s from %s while %s %s by %d", c.Index.Name, ir.Format(c.Lo), c.Cmp, ir.Format(c.Hi), c.Step)
}

// TestCountedHeads: which loop heads run over a range.
func TestCountedHeads(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"for i := 0; i < n; i++", "i from 0 while < n by 1"},
		{"for i := 0; i <= n; i++", "i from 0 while <= n by 1"},
		{"for i := n - 1; i >= 0; i--", "i from n - 1 while >= 0 by -1"},
		{"for i := n; i > m; i--", "i from n while > m by -1"},
		{"for i := m; i < n; i += 3", "i from m while < n by 3"},
		{"for i := n; i > 0; i -= 2", "i from n while > 0 by -2"},
		{"for i := 0; n > i; i++", "i from 0 while < n by 1"},
		{"for i := 0; n >= i; i++", "i from 0 while <= n by 1"},
		{"for i := n; m < i; i--", "i from n while > m by -1"},
		{"for i := n; 0 <= i; i--", "i from n while >= 0 by -1"},
		{"for i := 0; i < len(x); i++", "i from 0 while < len(x) by 1"},
		{"for i := int8(0); i < 9; i++", "i from 0 while < 9 by 1"},
		{"for i := 0; i < n*m; i = i + 1", "i from 0 while < n * m by 1"},

		{"for i := 0; i != n; i++", ""},
		{"for i := 0; i < n; i--", ""},
		{"for i := n; i > 0; i++", ""},
		{"for i := 0; i < n; i += m", ""},
		{"for i := 0; i < n; i += 0", ""},
		{"for i := 0; i < n; i += -1", ""},
		{"for i := 0; i < n; i *= 2", ""},
		{"for i := 0; i < n; i = 1 + i", ""},
		{"for i := 0; i < n; k++", ""},
		{"for i := 0; i < n && m > 0; i++", ""},
		{"for i := 0; i < n;", ""},
		{"for i := 0; ; i++", ""},
		{"for i, j := 0, 1; i < n; i++", ""},
		{"for i := 0; i < i+n; i++", ""},
		{"for i := uint(0); i < 9; i++", "i from 0 while < 9 by 1"},
		{"for i := 0.0; i < 9; i++", ""},
		{"for k < n", ""},
		{"for k = 0; k < n; k++", ""},
		{"for", ""},
	} {
		t.Run(c.head, func(t *testing.T) {
			f, in := analyze(t, "func F(x []float64, n, m int) (r float64) {\n\tk := 0\n\t"+c.head+" {\n\t\tr += x[0]\n\t\tk++\n\t\tif k > 9 {\n\t\t\tbreak\n\t\t}\n\t}\n\treturn\n}\n")
			if got := in.Counted(find[*ir.For](f)).text(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestCountedBodies: a body that changes the index or a bound has no range.
func TestCountedBodies(t *testing.T) {
	for _, c := range []struct {
		name, head, body string
		want             bool
	}{
		{"plain", "i := 0; i < n; i++", "r += x[i]", true},
		{"index changed", "i := 0; i < n; i++", "i++", false},
		{"index changed in a branch", "i := 0; i < n; i++", "if r > 1 {\ni = n\n}", false},
		{"index changed through a pointer", "i := 0; i < n; i++", "p := &i\n*p = 4", false},
		{"bound changed", "i := 0; i < k; i++", "k--", false},
		{"start changed", "i := k; i < n; i++", "k--", false},
		{"bound in memory changed", "i := 0; i < ks[0]; i++", "ks[1] = 4", false},
		{"bound in memory that stays", "i := 0; i < ks[0]; i++", "x[1] = 4", true},
		{"bound in memory, changed by a call", "i := 0; i < ks[0]; i++", "bump(ks)", false},
		{"bound in memory, a call elsewhere", "i := 0; i < ks[0]; i++", "bump(own)", true},
		{"length of a slice that gets another header", "i := 0; i < len(y); i++", "y = x", false},
		{"length of a slice with new contents", "i := 0; i < len(y); i++", "y[i] = 3", true},
		{"index read in a nested loop", "i := 0; i < n; i++", "for j := 0; j < i; j++ {\nr += x[j]\n}", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, in := analyze(t, "func bump(a []int) {\n\ta[0]++\n}\n\nfunc F(x []float64, ks []int, n int) (r float64) {\n\tk := n\n\ty := x[1:]\n\town := make([]int, 2)\n\tfor "+
				c.head+" {\n"+c.body+"\n}\n\t_, _, _ = k, y, own\n\treturn\n}\n")
			if got := in.Counted(find[*ir.For](f)) != nil; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func variable(t testing.TB, f *ir.Func, name string) *ir.Var {
	t.Helper()
	for _, v := range f.Locals {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no variable %s", name)
	return nil
}

// TestLocal: v can be worked out again where the reverse sweep enters its block
// if its operands have their values there still.
func TestLocal(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"of parameters", "v := a * b\nr = v", "a * b"},
		{"of a parameter's element, at the top", "v := x[0]\nr = v", "x[0]"}, // nothing writes to it
		{"in a loop, of an element", "for i := 0; i < n; i++ {\nv := x[i]\nr += v * v\n}", "x[i]"},
		{"in a loop, of an element that changes later", "for i := 0; i < n; i++ {\nv := x[i]\nx[i] = v * v\n}", ""},
		{"in a loop, of an element that changed before", "for i := 0; i < n; i++ {\nx[i] = a\nv := x[i]\nr += v\n}", "x[i]"},
		{"in a loop, a write to another type", "for i := 0; i < n; i++ {\nv := x[i]\nks[i] = n\nr += v\n}", "x[i]"},
		{"in a loop, a write through another parameter", "for i := 0; i < n; i++ {\nv := x[i]\ny[i] = v\n}", ""},
		{"in a loop, a write to memory of its own", "z := make([]float64, n)\nfor i := 0; i < n; i++ {\nv := x[i]\nz[i] = v\n}\nr = z[0]", "x[i]"},
		{"in a loop, a write through a swapped slice apart", "p, q := make([]float64, n), make([]float64, n)\nfor i := 0; i < n; i++ {\nfor j := 0; j < n; j++ {\nv := p[j]\nq[j] = v\n}\np, q = q, p\n}\nr = p[0]", "p[j]"},
		{"in a loop, a write through a sub-slice of the same", "p := x[1:]\nfor i := 0; i < n; i++ {\nv := x[i]\np[i] = v\n}", ""},
		{"in a loop, an element of a slice with a new header", "p := x\nfor i := 0; i < n; i++ {\nv := p[i]\np = p[1:]\nr += v\n}", ""},
		{"in a loop, changed by a call", "for i := 0; i < n; i++ {\nv := x[i]\nbump(x)\nr += v\n}", ""},
		{"in a loop, changed in a branch", "for i := 0; i < n; i++ {\nv := x[i]\nif a > b {\nx[0] = a\n}\nr += v\n}", ""},
		{"in a loop, changed in an inner loop", "for i := 0; i < n; i++ {\nv := x[i]\nfor j := 0; j < i; j++ {\nx[j] = a\n}\nr += v\n}", ""},
		{"in a loop, changed by a copy", "for i := 0; i < n; i++ {\nv := x[i]\ncopy(x, y)\nr += v\n}", ""},
		{"in a loop, appended to", "for i := 0; i < n; i++ {\nv := x[i]\nz := append(x[:1], a)\nr += v + z[0]\n}", ""},
		{"given a second value", "v := a\nv = b\nr = v", ""},
		{"its address taken", "v := a\np := &v\nr = *p", ""},
		{"its array sliced", "v := w\ns := v[:]\nr = s[0]", ""},
		{"declared, then set", "var v float64\nv = a\nr = v", ""},
		{"an element of it set", "v := w\nv[0] = a\nr = v[1]", ""},
		{"of a local that is recomputed itself", "u := a * 2\nv := u + b\nr = v", "u + b"},
		{"of a local that is not", "u := math.Exp(a)\nv := u + b\nr = v", ""}, // see TestCandidates
		{"of a call", "v := index(n, 3)\nr = x[v]", "n * 4 + 3"},
		{"of a call of what changes", "m := n\nv := index(m, 3)\nm = 4\nr = x[v] + x[m]", ""},
		{"of a call that does more", "v := count(ks)\nr = x[v]", ""},
		{"in a loop, of a call", "for i := 0; i < n; i++ {\nv := index(i, n)\nr += x[v]\n}", "i * 4 + n"},
		{"of a local that changes later", "u := a\nv := u + b\nu = v\nr = u", ""},
		{"dear", "v := math.Sin(a)\nr = v", ""},
		{"cheap function", "v := math.Abs(a)\nr = v", "math.Abs(a)"},
		{"many operations", "v := a*b + a*b + a*b + a*b + a*b\nr = v", ""},
		{"quotients are dear", "v := a/b + a/b + a/b\nr = v", "a / b + a / b + a / b"},
		{"more quotients", "v := a/b + a/b + a/b + a/b\nr = v", ""},
		{"new memory", "v := make([]float64, n)\nr = v[0]", ""},
		{"sub-slice of a parameter", "v := x[1:n]\nr = v[0]", "x[1:n]"},
		{"sub-slice of an array", "c := w\nv := c[1:n]\nr = v[0]", ""},
		{"sub-slice of a parameter that changes", "z := x\nv := z[1:n]\nz = y\nr = v[0]", ""},
		{"sub-slice up to what changes", "m := n\nv := x[1:m]\nm += 1\nr = v[0]", ""},
		{"in a loop, a sub-slice of a parameter", "for i := 0; i < n; i++ {\nv := x[i:]\nr += v[0]\n}", "x[i:]"},
		{"together with what it is made of", "for i := 0; i < n; i++ {\nu, v := a, x[i]\nr += u * v\n}", "x[i]"},
		{"a literal", "v := [2]float64{a, b}\nr = v[0]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, in := analyze(t, "func bump(a []float64) {\n\ta[0] += 1.0\n}\n\nfunc index(a, b int) (ret int) {\n\tret = a*4 + b\n\treturn\n}\n\nfunc count(ks []int) (ret int) {\n\tks[0]++\n\tret = ks[0]\n\treturn\n}\n\nfunc F(x, y []float64, ks []int, w [2]float64, a, b float64, n int) (r float64) {\n"+c.body+"\nreturn\n}\n")
			got := ""
			if e := in.Local(variable(t, f, "v")); e != nil {
				got = ir.Format(e)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAgain: a condition can be asked again in reverse if nothing that it reads
// can have changed.
func TestAgain(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"of parameters", "if a > b {\nr = a\n}", true},
		{"of integers", "if n%2 == 0 && n > 3 {\nr = a\n}", true},
		{"of an index", "for i := 0; i < n; i++ {\nif i == 3 {\nr += a\n}\n}", true},
		{"of the index of a loop that is not counted", "for i := 0; i < n; i *= 2 {\nif i == 3 {\nr += a\n}\n}", false},
		{"of a result", "r = a\nif r > b {\nr = b\n}", false},
		{"of a local that keeps its value", "u := a * b\nif u > 1.0 {\nr = u\n}", true},
		{"of a local that changes", "u := a\nif u > 1.0 {\nr = u\n}\nu = r", false},
		{"of a local that the branch changes", "u := a\nif u > 1.0 {\nu = r\n}\nr = u", false},
		{"of memory", "if x[0] > 1.0 {\nr = a\n}", false},
		{"of a field of a value parameter", "if s.a > 1.0 {\nr = a\n}", true},
		{"of a field behind a pointer", "if p.a > 1.0 {\nr = a\n}", false},
		{"of a length of a parameter", "if len(x) > 3 {\nr = a\n}", true},
		{"of a dear function", "if math.Sin(a) > 0.5 {\nr = a\n}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, in := analyze(t, "type S struct {\n\ta float64\n}\n\nfunc F(x []float64, s S, p *S, a, b float64, n int) (r float64) {\n"+c.body+"\nreturn\n}\n")
			if got := in.Again(find[*ir.If](f)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAssignedOnce(t *testing.T) {
	f, in := analyze(t, `func F(a float64, n int) (r float64) {
	once := a
	twice := a
	twice = once
	var declared float64
	declared = twice
	pointed := a
	p := &pointed
	for i := 0; i < n; i++ {
		inside := a
		r += inside + *p + declared
	}
	return
}
`)
	for name, want := range map[string]bool{"once": true, "twice": false, "declared": false, "pointed": false, "p": true, "inside": true, "i": false} {
		if got := in.AssignedOnce(variable(t, f, name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestCandidates: where a function is entered from its end, what it has read from memory can be
// worked out again if that is kept for other reasons, unless nothing ever overwrites it.
func TestCandidates(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"an element that the caller overwrites", "v := x[1]\nr = v", "x[1]: x[]"},
		{"an element that nobody overwrites", "v := y[1]\nr = v", ""},
		{"of a variable that cannot be worked out again", "u := math.Exp(y[0])\nv := u + 1.0\nr = v", "u + 1: u"},
		{"of one that gets another value", "u := math.Exp(y[0])\nv := u + 1.0\nu = v\nr = u", ""},
		{"of one to which a pointer leads", "u := math.Exp(y[0])\np := &u\nv := u + 1.0\nr = v + *p", ""},
		{"overwritten in the function", "v := x[1]\nx[1] = 3\nr = v", ""},
		{"of a result", "r = y[0]\nv := r + 1.0\nr = v * v", ""},
		{"the address of an element", "v := &x[k]\nr = *v", ""},
		{"the address of a variable", "u := y[0]\nv := &u\nr = *v", ""},
		{"a part of an array of its own", "w := [3]float64{1, 2, 3}\nv := w[k:]\nr = v[0]", ""},
		{"dear", "v := math.Exp(x[1])\nr = v", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog, err := ir.Parse("package p\n\nfunc G(x, y []float64, k int) (r float64) {\n" + c.body + "\nreturn\n}\n\nfunc F(x, y []float64, k int) (r float64) {\n\tr = G(x, y, k)\n\tx[0] = r\n\treturn\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			apart := func(a, b *ir.Var) bool { return true }
			mem := alias.Analyze(prog, prog.Funcs[1:], apart)
			in := Analyze(prog, mem, effects.Analyze(mem), true)
			got := ""
			for _, d := range in.Candidates() {
				if d.V.Name != "v" {
					continue
				}
				got = ir.Format(d.x) + ":"
				for _, l := range d.Reads.Sorted() {
					got += " " + l.String()
				}
				for _, u := range d.Takes {
					got += " " + u.Name
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" {
				return
			}
			for _, d := range in.Candidates() {
				if d.V.Name == "v" && in.Local(d.V) != nil {
					t.Error("it is accepted before anybody asks")
				}
			}
			if less := Analyze(prog, mem, effects.Analyze(mem), false); len(less.Candidates()) > 0 {
				t.Error("there are candidates without more")
			}
		})
	}
}
