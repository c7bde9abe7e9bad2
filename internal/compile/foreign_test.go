package compile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// twoModules writes a module of the user and one that it requires, in the folder dep.
func twoModules(t *testing.T, files map[string]string) string {
	t.Helper()
	all := map[string]string{
		"go.mod": "module example.com/user\n\ngo 1.26.0\n\nrequire (\n\texample.com/dep v0.0.0\n\tgithub.com/cairn-ad/cairn v0.0.0\n)\n\n" +
			"replace (\n\texample.com/dep => ./dep\n\tgithub.com/cairn-ad/cairn => " + testutil.Root(t) + "\n)\n",
		"dep/go.mod": "module example.com/dep\n\ngo 1.26.0\n",
	}
	for name, text := range files {
		all[name] = text
	}
	return testutil.Module(t, all)
}

const depSource = `package dep

import (
	"math"

	"example.com/dep/internal/core"
)

const half, count = 0.5, 3

// Order counts what is above.
type Order struct{ At []float64 }

// V is a point.
type V struct{ X, Y float64 }

// Empty is what Mean returns for nothing.
var Empty = sentinel("nothing")

type sentinel string

func (s sentinel) Error() string { return string(s) }

// Norm uses constants and functions that only this package can name.
func (v V) Norm() float64 {
	if v == (V{}) {
		return 0
	}
	return half * length(v.X, v.Y) * float64(count+twice(count)) * core.Scale(v.X)
}

func length(x, y float64) float64 { return math.Sqrt(square(x) + square(y)) }

func square(x float64) float64 { return x * x }

func twice(n int) int { return 2 * n }

// Above calls a function of another one.
func (o Order) Above(f func(float64) float64) (sum float64) {
	for _, x := range o.At {
		if x > half {
			sum += f(x)
		}
	}
	return sum
}

// Mean has an error that cannot be named.
func Mean(x []float64) (float64, error) {
	if len(x) == 0 {
		return math.NaN(), Empty
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x)), nil
}
`

// TestForeign differentiates functions of another module, which has an internal
// package and one file for each of two builds, and runs the result.
func TestForeign(t *testing.T) {
	dir := twoModules(t, map[string]string{
		"dep/dep.go":                depSource,
		"dep/internal/core/core.go": "package core\n\n// Scale is called as it is where it is passive.\nfunc Scale(x float64) float64 { return power(x) + float64(Steps()) }\n\n// Steps has no floats.\nfunc Steps() int { return 2 }\n",
		"dep/internal/core/fast.go": "//go:build fast\n\npackage core\n\nfunc power(x float64) float64 { return x * x * x }\n",
		"dep/internal/core/slow.go": "//go:build !fast\n\npackage core\n\nfunc power(x float64) float64 { return x * x }\n",
		"main.go": `package main

import (
	"fmt"
	"math"

	"example.com/dep"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func F(x []float64) float64 {
	v := dep.V{X: x[0], Y: x[1]}
	mean, err := dep.Mean(x)
	if err != nil {
		return 0
	}
	return v.Norm() + dep.Order{At: x}.Above(func(t float64) float64 { return t * x[2] }) + mean*x[1]
}

func main() {
	x := []float64{0.6, 0.8, 0.3}
	xb := make([]float64, 3)
	y := FAdjoint(x, xb, 1)
	fmt.Println(y == F(x))
	for i, b := range xb {
		const h = 1e-5
		up, down := append([]float64{}, x...), append([]float64{}, x...)
		up[i] += h
		down[i] -= h
		fmt.Println(math.Abs((F(up)-F(down))/(2*h)-b) < 1e-8)
		xd := make([]float64, 3)
		xd[i] = 1
		_, d := FTangent(x, xd)
		fmt.Println(math.Abs(d-b) < 1e-13)
	}
}
`,
	})
	for _, tags := range []string{"", "-tags=fast"} {
		opts := compile.Options{}
		run := []string{"run", "."}
		want := "return x * x\n"
		if tags != "" {
			opts.Load = load.Options{BuildFlags: []string{tags}}
			run = []string{"run", tags, "."}
			want = "return x * x * x\n"
		}
		results, err := generate(t, dir, opts, ".")
		if err != nil {
			t.Fatal(err)
		}
		if text := string(results[0].Files[0].Text); strings.Contains(text, "dep/internal") || strings.Contains(text, "count") {
			t.Errorf("generated code names what it cannot:\n%s", text)
		}
		if out := testutil.Go(t, dir, run...); out != strings.Repeat("true\n", 7) {
			t.Errorf("%s: the program prints\n%swanted for a source with %s", tags, out, want)
		}
	}
}

// TestForeignRefused: the diagnostic stands at the call in the module and says what
// is wrong with the source of the other one.
func TestForeignRefused(t *testing.T) {
	for _, c := range []struct{ name, dep, call, want string }{
		{
			"type", "type t struct{ x float64; kids map[int]*t }\n\nfunc F(x float64) float64 { return g(t{x: x}) }\n\nfunc g(v t) float64 { return v.x * float64(len(v.kids)) }", "dep.F(x)",
			"main.go:7:36: call of dep.F: its source cannot be differentiated: it calls dep.g: dep.go:7: field kids of package dep: generated code stands in package main and cannot name it; write",
		},
		{
			"interface", "import \"fmt\"\n\ntype t struct{ n int }\n\nfunc F(x float64) float64 { return g(x) }\n\nfunc g(x float64) float64 { fmt.Print(t{1}); return x }", "dep.F(x)",
			"call of dep.F: its source cannot be differentiated: it calls dep.g: dep.go:9: type t of package dep: generated code",
		},
		{
			"variable", "var scale = 2.0\n\nfunc Set() { scale = 3 }\n\nfunc F(x float64) float64 { return x * scale }", "dep.F(x)",
			"call of dep.F: its source cannot be differentiated: dep.go:7: variable scale of package dep: generated code",
		},
		{
			"written", "var Scale = 2.0\n\nfunc Set() { Scale = 3 }\n\nfunc F(x float64) float64 { return x * Scale }", "dep.F(x)",
			"dep.go:7:29: read of Scale: Set, which is called as it is, changes this package-level variable",
		},
		{
			"no body", "func F(x float64) float64", "dep.F(x)",
			"call of dep.F: it has no body in Go, so its derivative is not known, and an argument holds floats",
		},
		{
			"no body below", "func f(x float64) float64\n\nfunc F(x float64) float64 { return f(x) }", "dep.F(x)",
			"call of dep.F: its source cannot be differentiated: dep.go:5: call of dep.f: it has no body in Go",
		},
		{
			"recursive", "func F(x float64, n int) float64 {\n\tif n == 0 {\n\t\treturn G(x, n)\n\t}\n\treturn G(x, n-1)\n}\n\nfunc G(x float64, n int) float64 {\n\tc := make(chan float64)\n\t_ = c\n\treturn F(x, n)\n}", "dep.F(x, 1) * dep.G(x, 1)",
			"call of dep.G: its source cannot be differentiated: dep.go:11: channel",
		},
		{
			"inlined", "func F(x float64, f func(float64) float64) float64 {\n\tc := make(chan float64, 1)\n\treturn f(x) * float64(cap(c))\n}", "dep.F(x, func(y float64) float64 { return y })",
			"main.go:7:36: call of dep.F: its source cannot be differentiated: dep.go:4: channel",
		},
		{
			"cgo", "import \"C\"\n\nfunc F(x float64) float64 { return x }", "dep.F(x)",
			"call of dep.F: its source is not at hand, so its derivative is not known, and an argument holds floats",
		},
		{"passive", "//cairn:passive\nfunc F(x float64) float64 { return x }", "dep.F(x)", ""},
		{"random", "import \"math/rand\"\n\nfunc F(x float64) float64 { return x * rand.Float64() }", "dep.F(x)", ""},
		{
			"stream", "import \"io\"\n\nfunc F(x float64) float64 { r, w := io.Pipe(); _, _ = r, w; return x * g(x) }\n\nfunc g(x float64) float64", "dep.F(x)",
			"call of dep.F: its source cannot be differentiated: dep.go:5: call of dep.g: it has no body in Go",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := twoModules(t, map[string]string{
				"dep/dep.go":  "package dep\n\n" + c.dep + "\n",
				"dep/empty.s": "",
				"main.go":     "package main\n\nimport \"example.com/dep\"\n\n//cairn:adjoint wrt=x of=return\n//cairn:tangent wrt=x of=return\nfunc F(x float64) float64 { return " + c.call + " }\n\nfunc main() {}\n",
			})
			_, err := generate(t, dir, compile.Options{}, ".")
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), filepath.FromSlash(c.want))):
				t.Errorf("got:\n%v\nwant:\n%s", err, c.want)
			}
		})
	}
}

// TestForeignStandard: the standard library is read only where it is wanted, and what
// is wrong with its source is told at the call.
func TestForeignStandard(t *testing.T) {
	dir := testutil.Module(t, map[string]string{"a.go": `package a

import (
	"math/big"
	"slices"
)

//cairn:adjoint wrt=x of=return
func F(x []float64) float64 {
	y := slices.Insert(slices.Clone(x), 1, x[0])
	z, _ := big.NewFloat(x[0]).Float64()
	return y[0] * z
}
`})
	_, err := generate(t, dir, compile.Options{}, ".")
	if err == nil {
		t.Fatal("the compiler accepts it")
	}
	for _, want := range []string{
		"a.go:11:10: call of big.Float.Float64: its source cannot be differentiated: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("there is no %q in\n%v", want, err)
		}
	}
}
