package irinterp

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// slope is the derivative of f at x by central differences with Richardson
// extrapolation; its error is about 1e-10 for functions of moderate size.
func slope(f func(x float64) float64, x float64) float64 {
	h := 1e-3
	d := func(h float64) float64 { return (f(x+h) - f(x-h)) / (2 * h) }
	a, b, c := d(h), d(h/2), d(h/4)
	u, v := (4*b-a)/3, (4*c-b)/3
	return (16*v - u) / 15
}

// everyUnary has points inside the domain of each function, away from kinks.
var everyUnary = map[string][]float64{
	"math.Acosh": {1.5, 7}, "math.Asin": {-0.6, 0.3}, "math.Acos": {-0.6, 0.3}, "math.Atanh": {-0.6, 0.3},
	"math.Erfinv": {-0.6, 0.3}, "math.Erfcinv": {0.4, 1.3}, "math.Log1p": {-0.4, 3},
	"math.Log": {0.3, 5}, "math.Log2": {0.3, 5}, "math.Log10": {0.3, 5}, "math.Sqrt": {0.3, 5},
	"math.Y0": {0.7, 5}, "math.Y1": {0.7, 5}, "math.Gamma": {0.7, 4.2, -1.5}, "math.Cbrt": {-0.8, 3},
}

func TestPartialsOfOneArgument(t *testing.T) {
	for fn, g := range unaryMath {
		points := everyUnary[fn]
		if points == nil {
			points = []float64{-1.3, 0.4, 2.2}
		}
		prog := parse(t, "func F(x float64) (r float64) { r = "+fn+"(x); return }")
		for _, x := range points {
			d, err := Gradient(prog, last(prog), []Value{Float64(x)}, one)
			if err != nil {
				t.Fatal(err)
			}
			if e := difference(d.Args[0][0], slope(g.value, x)); e > 1e-8 {
				t.Errorf("%s at %v: %v, differences give %v", fn, x, d.Args[0][0], slope(g.value, x))
			}
		}
	}
}

var one = Seeds{Results: [][]float64{{1}}}

func TestPartialsOfTwoArguments(t *testing.T) {
	points := [][2]float64{{1.3, 2.4}, {0.4, -1.7}, {3.7, 0.6}}
	sources := []string{
		"x + y", "x - y", "x * y", "x / y", "-x * +y", "max(x, y)", "min(x, y)", "math.FMA(x, y, x)",
		"math.Ldexp(x, 3) * y", "math.Jn(3, x) + y", "math.Yn(2, x) + y", "math.Jn(-1, x)*math.Jn(0, y*y)",
	}
	for fn := range binaryMath {
		sources = append(sources, fn+"(x, y)")
	}
	for _, src := range sources {
		prog := parse(t, "func F(x, y float64) (r float64) { r = "+src+"; return }")
		f := func(x, y float64) float64 {
			out, err := Run(prog, last(prog), []Value{Float64(x), Float64(y)})
			if err != nil {
				t.Fatal(err)
			}
			return out[0].Float()
		}
		for _, p := range points {
			d, err := Gradient(prog, last(prog), []Value{Float64(p[0]), Float64(p[1])}, one)
			if err != nil {
				t.Fatal(err)
			}
			wx := slope(func(x float64) float64 { return f(x, p[1]) }, p[0])
			wy := slope(func(y float64) float64 { return f(p[0], y) }, p[1])
			if e := MaxDifference(d.Args, [][]float64{{wx}, {wy}}); e > 1e-8 {
				t.Errorf("%s at %v: %v, differences give %v %v", src, p, d.Args, wx, wy)
			}
		}
	}
}

func TestConventionsAtKinks(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		src    string
		x, y   float64
		dx, dy float64
	}{
		{"max(x, y)", 2, 2, 1, 0},
		{"min(x, y)", 2, 2, 1, 0},
		{"math.Max(x, y)", 2, 2, 1, 0},
		{"math.Min(x, y)", 2, 2, 1, 0},
		{"max(x, y)", nan, 2, 1, 0},
		{"max(x, y)", 2, nan, 0, 1},
		{"min(x, y)", 2, nan, 0, 1},
		{"min(x, y)", nan, nan, 1, 0},
		{"math.Abs(x)", 0, 0, 0, 0},
		{"math.Dim(x, y)", 2, 2, 0, 0},
		{"math.Dim(x, y)", 3, 2, 1, -1},
		{"math.Copysign(x, y)", 3, -2, -1, 0},
		{"math.Copysign(x, y)", -3, -2, 1, 0},
		{"math.Hypot(x, y)", 0, 0, 0, 0},
		{"math.Pow(x, y)", -2, 3, 12, 0},
		{"math.Pow(x, y)", 0, 0, 0, 0},
		{"math.Pow(x, y)", 0, 1, 1, 0},
		{"math.Sqrt(x)", 0, 0, inf, 0},
		{"math.Mod(x, y)", 7, 2, 1, -3},
		{"math.Remainder(x, y)", 7, 4, 1, -2},
		{"math.Floor(x) + math.Round(y)", 1.5, 1.2, 0, 0},
		{"float64(int(x)) * y", 2.5, 3, 0, 2},
	} {
		prog := parse(t, "func F(x, y float64) (r float64) { r = "+c.src+"; return }")
		args := []Value{Float64(c.x), Float64(c.y)}
		d, err := Gradient(prog, last(prog), args, one)
		if err != nil {
			t.Fatal(err)
		}
		if want := [][]float64{{c.dx}, {c.dy}}; MaxDifference(d.Args, want) != 0 {
			t.Errorf("%s at %v, %v: gradient %v, want %v", c.src, c.x, c.y, d.Args, want)
		}
		for i, want := range []float64{c.dx, c.dy} {
			dirs := [][]float64{{0}, {0}}
			dirs[i][0] = 1
			d, err := Tangent(prog, last(prog), args, dirs)
			if err != nil {
				t.Fatal(err)
			}
			if d.ResultDots[0][0] != want {
				t.Errorf("%s at %v, %v: tangent %d is %v, want %v", c.src, c.x, c.y, i, d.ResultDots[0][0], want)
			}
		}
	}
}

const mixed = `type S struct{ a float64; v [2]float64; rows [][]float64; k int }
func relax(u, un []float64, c float64) (r float64) {
	for i := 1; i < len(u)-1; i++ {
		un[i] = u[i] + c*math.Sin(u[i-1]-2*u[i]+u[i+1])
		r += un[i] * un[i]
	}
	return
}
func F(x []float64, s *S, p float32, n int) (r float64, out []float64) {
	u := x
	un := make([]float64, len(x))
	copy(un, u)
	for k := 0; k < n; k++ {
		r = relax(u, un, s.a)
		u, un = un, u
		s.rows[k%2][0] += r * s.v[k%2]
		if r > 1 {
			s.a *= 0.75
		}
	}
	s.rows[0], s.rows[1] = s.rows[1], s.rows[0]
	copy(x[1:], x)
	t := *s
	t.v[0] = max(r, float64(p*p))
	s.v[1] = t.v[0] / (1 + s.v[0]*s.v[0])
	r = math.Exp(-r) + s.v[1]
	out = u[1:3]
	return
}`

// TestMethodsAgree compares Gradient with Tangent by dot product and Tangent
// with differences, on a program with aliases, swaps and memory outputs.
func TestMethodsAgree(t *testing.T) {
	prog := parse(t, mixed)
	fn := last(prog)
	for n := range 6 {
		args := func() []Value {
			return values(t, fn, "[]float64{0.1, 0.9, -0.4, 0.7, 0.3}",
				"&S{a: 0.3, v: [2]float64{0.6, -0.2}, rows: [][]float64{{0.5}, {0.2, 0.8}}}", "1.5", fmt.Sprint(n))
		}
		dirs := [][]float64{{1, -2, 0.5, 3, 0.25}, {0.5, -1, 2, 0.75, 1.5, -0.5}, {0.125}, {}}
		seeds := Seeds{Results: [][]float64{{1.5}, {0.5, -1}}, Args: [][]float64{{1, 2, 3, -1, 0.5}, {1, -1, 0.5, 2, 1, 0.25}, nil, nil}}
		tan, err := Tangent(prog, fn, args(), dirs)
		if err != nil {
			t.Fatal(err)
		}
		adj, err := Gradient(prog, fn, args(), seeds)
		if err != nil {
			t.Fatal(err)
		}
		forward := dot(seeds.Results, tan.ResultDots) + dot(seeds.Args, tan.Args)
		backward := dot(adj.Args, dirs)
		if n > 0 && adj.Nodes == 0 || difference(forward, backward) > 1e-14 {
			t.Errorf("n = %d: forward %v, backward %v, %d nodes", n, forward, backward, adj.Nodes)
		}
		value := func(h float64) float64 {
			a := args()
			for i := range a {
				Perturb(&a[i], h, dirs[i])
			}
			out, err := Run(prog, fn, a)
			if err != nil {
				t.Fatal(err)
			}
			var mem [][]float64
			for i := range a {
				mem = append(mem, Floats(a[i]))
			}
			return dot(seeds.Results, [][]float64{Floats(out[0]), Floats(out[1])}) + dot(seeds.Args, mem)
		}
		h := math.Ldexp(1, -14) // exact in float32
		if d := (value(h) - value(-h)) / (2 * h); difference(d, forward) > 1e-6 {
			t.Errorf("n = %d: tangent %v, differences %v", n, forward, d)
		}
	}
}

func dot(a, b [][]float64) float64 {
	sum := 0.0
	for i := range a {
		for j := range a[i] {
			sum += a[i][j] * b[i][j]
		}
	}
	return sum
}

func TestSharedArguments(t *testing.T) {
	prog := parse(t, `func F(x, y []float64) (r float64) { x[0] = x[0] * y[0]; r = y[0]; return }`)
	x := Floats64([]float64{3})
	d, err := Gradient(prog, last(prog), []Value{x, x}, one)
	if err != nil {
		t.Fatal(err)
	}
	if d.Args[0][0] != 6 || d.Args[1][0] != 6 {
		t.Errorf("the derivative of x*x at 3 is %v", d.Args)
	}
	d, err = Gradient(prog, last(prog), []Value{x, x}, Seeds{Args: [][]float64{{1}, {1}}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Args[0][0] != 18 { // x is 9 now, and the one output is seeded once
		t.Errorf("the derivative of x*x at 9 is %v", d.Args)
	}
}

func TestInfinitePartialOffThePath(t *testing.T) {
	prog := parse(t, `func F(x float64) (r float64) {
		y := math.Sqrt(x)
		r = 2 * x
		y = y + r
		return
	}`)
	d, err := Gradient(prog, last(prog), []Value{Float64(0)}, one)
	if err != nil || d.Args[0][0] != 2 {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestPassiveFunctionsStopDerivatives(t *testing.T) {
	prog := parse(t, `func g(x float64) (r float64) { r = x * x; return }
func F(x float64) (r float64) {
	t := g(x)
	r = t * x
	return
}`)
	prog.Func("g").Passive = true
	d, err := Gradient(prog, last(prog), []Value{Float64(3)}, one)
	if err != nil || d.Args[0][0] != 9 {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestHooks(t *testing.T) {
	prog := parse(t, `var g float64
func F(x float64) (r float64) { r = g * x; return }`)
	in := &Interp{}
	if _, err := in.Run(prog, last(prog), []Value{Float64(3)}); err == nil || !strings.Contains(err.Error(), "Interp.Global") {
		t.Errorf("got %v", err)
	}
	in.Global = globals(map[string]Value{"g": Float64(4)})
	d, err := in.Gradient(prog, last(prog), []Value{Float64(3)}, one)
	if err != nil || d.Args[0][0] != 4 {
		t.Errorf("got %v, %v", d, err)
	}

	// A closure and a run-time call, as in made code.
	fn := &ir.Func{Name: "H"}
	x := &ir.Var{Name: "x", Type: prog.Funcs[0].Params[0].Type, Kind: ir.Param}
	r := &ir.Var{Name: "r", Type: x.Type, Kind: ir.Result}
	twice := &ir.Var{Name: "twice", Type: x.Type}
	p := &ir.Var{Name: "p", Type: x.Type}
	fn.Params, fn.Results, fn.Locals = []*ir.Var{x}, []*ir.Var{r}, []*ir.Var{twice}
	fn.Body = &ir.Block{Stmts: []ir.Stmt{
		&ir.Closure{V: twice, Params: []*ir.Var{p}, Result: x.Type, Body: &ir.Block{Stmts: []ir.Stmt{
			&ir.Yield{X: &ir.Binary{Op: plus, X: &ir.Ref{V: p}, Y: &ir.Ref{V: p}, Typ: x.Type}},
		}}},
		&ir.Call{L: []ir.Expr{&ir.Ref{V: r}}, Name: "twice", Args: []ir.Expr{&ir.Ref{V: x}}},
		&ir.Call{L: []ir.Expr{&ir.Ref{V: r}}, Name: "rt.Apply", Args: []ir.Expr{&ir.Ref{V: twice}, &ir.Ref{V: r}}},
	}}
	in.Named = func(name string, args []Value, invoke Invoke) ([]Value, error) {
		if name != "rt.Apply" {
			return nil, fmt.Errorf("what is %s", name)
		}
		return []Value{invoke(args[0], args[1])}, nil
	}
	out, err := in.Run(&ir.Program{Funcs: []*ir.Func{fn}}, fn, []Value{Float64(3)})
	if err != nil || out[0].Float() != 12 {
		t.Errorf("got %v, %v", out, err)
	}
}
