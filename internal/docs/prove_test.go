package docs

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// fenced joins blocks, each with the info string as its first line, to a page.
func fenced(blocks ...string) string {
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString("```" + block + "\n```\n")
	}
	return b.String()
}

const square = `go name=f.go
package f

//cairn:adjoint wrt=x of=return
func Square(x float64) float64 { return x * x }`

// A page with one block of each kind, proved as the real pages are.
func TestProvePage(t *testing.T) {
	text := fenced(`go
package main

import "github.com/cairn-ad/cairn/schedule"

func main() { println(schedule.Repetition(10, 3)) }`,
		square,
		"go name=g.go\npackage f\n\nvar grad float64\n\nfunc init() { SquareAdjoint(3, &grad, 1) }",
		"go file=internal/docs/prove_test.go\nfunc TestProvePage(t *testing.T) {\n…\n}",
		"sh\nmake test",
		"sh test\ntest -d internal/docs && echo kept > $OUT/x",
		"console\n$ echo a; echo 'b  7'\na\nb …",
		`json
{"a": 1}`,
		"text\nwords",
	)
	for _, err := range provePage(t, testutil.Root(t), "p.md", text) {
		t.Error(err)
	}
}

// Every way in which a block can be wrong is found.
func TestProvePageErrors(t *testing.T) {
	for text, want := range map[string]string{
		"go\npackage p\n\nvar x int = true":                "p.md:1: this code does not compile:",
		"go\nx := 1":                                       "p.md:1: a Go block needs a package clause",
		square + " // name=g.go\nvar y = Square(1, 2)":     "p.md: the generator refuses this code:",
		square + "\n\nfunc init() { SquareTangent(1, 2) }": "p.md: the generator refuses this code:",
		"go file=internal/docs/doc.go\npackage dogs":       "p.md:1: excerpt of internal/docs/doc.go: the lines from \"package dogs\"",
		"go file=nowhere.go\npackage docs":                 "p.md:1: open ",
		"sh\nif true; then":                                "p.md:1: exit status 2",
		"sh test\nfalse; true":                             "p.md:1: exit status 1",
		"console\n$ echo a\nb":                             "p.md:1: echo a: no line of the output",
		"console\n$ exit 3":                                "p.md:1: exit 3: exit status 3",
		"console\necho a":                                  "p.md:1: output before the first command",
		"json\n{a: 1}":                                     "p.md:1: this is not valid JSON",
		"text\nmake run":                                   "p.md:1: a block marked text is not proved, but this looks like sh",
		"ruby\npass":                                       "p.md:1: code in \"ruby\" cannot be checked",
	} {
		errs := provePage(t, testutil.Root(t), "p.md", fenced(text))
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, errs, want)
		}
	}
}
