package compile_test

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/testutil"
)

const hiddenDep = `package dep

import "example.com/dep/internal/core"

// Grid hides its fields.
type Grid struct {
	u    []float64
	a, b float64
	c    *cell
	in   core.Part
	log  func(Grid) any
	err  error
	keys map[int]*cell
}

type cell struct {
	v, w float64
	next *cell
}

// New makes a grid.
func New(x []float64) *Grid {
	g := &Grid{a: x[0], b: 2, c: &cell{v: x[1]}}
	g.u = append(g.u, x...)
	g.c.next = g.c
	g.in = core.Part{X: x[0], Y: [2]float64{x[1], 1}}
	return g
}

// Value is a value.
func (g *Grid) Value() float64 { return g.a*g.b*g.u[1] + g.c.next.v*g.c.v*g.in.Y[0] + g.in.X }
`

// TestMirrorChanged: generated code that looks into the types of another module works, and
// does not build, or does not start, after these have changed.
func TestMirrorChanged(t *testing.T) {
	dir := twoModules(t, map[string]string{
		"dep/dep.go":                hiddenDep,
		"dep/internal/core/core.go": "package core\n\n// Part is a part.\ntype Part struct {\n\tX float64\n\tY [2]float64\n}\n",
		"main.go": `package main

import (
	"fmt"

	"example.com/dep"
)

//cairn:adjoint wrt=x of=return
func F(x []float64) float64 { return dep.New(x).Value() }

//cairn:adjoint wrt=g of=return
func G(g *dep.Grid) float64 { return g.Value() }

func main() {
	x := []float64{3, 5}
	xb := make([]float64, 2)
	fmt.Println(FAdjoint(x, xb, 1), xb)
	g, gb := dep.New(x), dep.New([]float64{0, 0})
	fmt.Println(GAdjoint(g, gb, 1))
}
`,
	})
	if _, err := generate(t, dir, compile.Options{}, "."); err != nil {
		t.Fatal(err)
	}
	const want = "158 [11 81]\n158\n" // 2 x0 x1 + x1 x1 x1 + x0
	if out := testutil.Go(t, dir, "run", "."); out != want {
		t.Errorf("the program prints\n%swanted\n%s", out, want)
	}
	testutil.Go(t, dir, "vet", ".")
	for _, c := range []struct{ name, old, new, want string }{
		{"larger", "a, b float64", "a, b, d float64", "main_cairn.go"},
		{"smaller", "\terr  error\n", "", "main_cairn.go"},
		{"order", "a, b float64", "b, a float64", "panic: ad: type dep.Grid is not what it was when derivatives were made of functions that use it: field b of dep.Grid was a; run cairngen again"},
		{"type", "err  error", "err  any", "field err: interface {} was error"},
		{"behind a pointer", "v, w float64", "v float64; w int64", "field c: field w: int64 is a int64 and was a float64"},
		{"fields behind a pointer", "v, w float64\n", "v, w, z float64\n", "field c: dep.cell has 32 bytes, and main.depCell had 24"},
		{"not looked at", "keys map[int]*cell", "keys chan *Grid", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(hiddenDep, c.old) {
				t.Fatal("nothing is replaced")
			}
			testutil.Write(t, dir, "dep/dep.go", strings.Replace(hiddenDep, c.old, c.new, 1))
			out, err := testutil.TryGo(dir, "run", ".")
			if (err == nil) != (c.want == "") || !strings.Contains(out, c.want) {
				t.Errorf("%v: the program prints\n%swanted\n%s", err, out, c.want)
			}
		})
	}
}
