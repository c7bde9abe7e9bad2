package singleexit

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestVersions: which values of variables get variables of their own.
func TestVersions(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"a pointer", "p := &x[0]\n*p = 1.0\np = &x[1]\n*p = 2.0", "p := &x[0]\n*p = 1.0\np1 := &x[1]\n*p1 = 2.0"},
		{"a slice from itself", "s := x[1:]\ns = s[k:]\ns[0] = 1.0", "s := x[1:]\ns1 := s[k:]\ns1[0] = 1.0"},
		{"two at once", "i, j := 1, 2\ni, j = j+1, i\nx[i] = x[j]", "i, j := 1, 2\ni1, j1 := j + 1, i\nx[i1] = x[j1]"},
		{"read in a branch and in a loop", "i := 1\ni = k\nif k > 2 {\nx[i] = 1.0\n}\nfor j := 0; j < i; j++ {\nx[j] = x[i]\n}", "i := 1\ni1 := k\nif k > 2 {\nx[i1] = 1.0\n}\nfor j := 0; j < i1; j++ {\nx[j] = x[i1]\n}"},
		{"in a loop", "for j := 0; j < k; j++ {\ni := j\ni = i + k\nx[i] = 1.0\n}", "for j := 0; j < k; j++ {\ni := j\ni1 := i + k\nx[i1] = 1.0\n}"},
		{"a name that is taken", "i := 1\ni1 := 2\ni = k\nx[i] = x[i1]", "i := 1\ni1 := 2\ni2 := k\nx[i2] = x[i1]"},

		{"given in a branch", "i := 1\nif k > 2 {\ni = 2\n}\ni = i + 1\nx[i] = 1.0", ""},
		{"given in a loop", "i := 1\nfor j := 0; j < k; j++ {\ni = i + j\n}\nx[i] = 1.0", ""},
		{"permuted", "p, q := x[:1], x[1:]\np, q = q, p\np[0] = q[0]", ""},
		{"together with one that is given in a branch", "i, j := 1, 2\ni, j = j, 3\nif k > 2 {\nj = 4\n}\nx[i] = x[j]", ""},
		{"together with an element", "i := 1\ni, x[0] = 2, 3.0\nx[i] = 1.0", ""},
		{"a number with a derivative", "a := x[0]\na = a * a\nx[1] = a", ""},
		{"with a pointer to it", "i := 1\np := &i\ni = 2\nx[*p] = x[i]", ""},
		{"appended to", "s := x[:1]\ns = append(s, 2.0)\nx[0] = s[0]", ""},
		{"of another type", "var s named\ns = x\ns[0] = 1.0", ""},
		{"a parameter's copy in a loop's head", "for i := 0; i < k; i = i + 2 {\nx[i] = 1.0\n}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := func(body string) string {
				prog, err := ir.Parse("package p\n\ntype named []float64\n\nfunc F(x []float64, k int) {\n" + body + "\n}\n")
				if err != nil {
					t.Fatal(err)
				}
				if body == c.body {
					Versions(prog)
				}
				return ir.FormatFunc(prog.Funcs[0])
			}
			want := c.want
			if want == "" {
				want = c.body
			}
			got := text(c.body)
			if want == c.body {
				if plain := text(c.body + "\n"); got != strings.TrimSpace(plain) && got != plain {
					t.Errorf("got\n%s\nwant\n%s", got, plain)
				}
				return
			}
			if plain := text(want); got != plain {
				t.Errorf("got\n%s\nwant\n%s", got, plain)
			}
		})
	}
}
