package floatsad

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
	"gonum.org/v1/gonum/floats"
)

// args are the slice arguments of a call, and its numbers, each in a slice of one element.
type args [][]float64

// A rule ties a function to its derivatives. The slices that it gets are of length n; those
// from fixed on are never written to, and may be passive.
type rule struct {
	name    string
	slices  int // arguments that are slices
	fixed   int
	numbers int // arguments that are numbers, which follow
	least   int // the least n
	fn      func(a args) []float64
	tangent func(a, d args) (y, yd []float64)
	adjoint func(a, b args, yb []float64) []float64
}

func none[T any](x T) []float64 { return nil }

func one(x float64) []float64 { return []float64{x} }

func pair(x, d float64) ([]float64, []float64) { return []float64{x}, []float64{d} }

// is checks that a function returned its dst.
func is(dst, ret []float64) {
	if len(dst) != len(ret) || len(dst) > 0 && &dst[0] != &ret[0] {
		panic("the result is not dst")
	}
}

// num is the number in an argument, 0 for one that is nil.
func num(x []float64) float64 { return at(x, 0) }

func ptr(x []float64) *float64 {
	if x == nil {
		return nil
	}
	return &x[0]
}

// reduction is a function from one slice to a number.
func reduction(name string, least int, f func(s []float64) float64, tan func(s, sd []float64) (float64, float64), adj func(s, sb []float64, retb float64) float64) rule {
	return rule{
		name, 1, 0, 0, least,
		func(a args) []float64 { return one(f(a[0])) },
		func(a, d args) (y, yd []float64) { return pair(tan(a[0], d[0])) },
		func(a, b args, yb []float64) []float64 { return one(adj(a[0], b[0], yb[0])) },
	}
}

// update is a function that changes dst by another slice.
func update(name string, f func(dst, s []float64), tan, adj func(dst, dstd, s, sd []float64)) rule {
	return rule{
		name, 2, 1, 0, 0,
		func(a args) []float64 { f(a[0], a[1]); return nil },
		func(a, d args) (y, yd []float64) { tan(a[0], d[0], a[1], d[1]); return nil, nil },
		func(a, b args, yb []float64) []float64 { adj(a[0], b[0], a[1], b[1]); return nil },
	}
}

// combination is a function that sets dst to something made of two slices.
func combination(name string, f func(dst, s, t []float64) []float64, tan func(dst, dstd, s, sd, t, td []float64) (ret, retd []float64), adj func(dst, dstb, s, sb, t, tb []float64) []float64) rule {
	return rule{
		name, 3, 1, 0, 0,
		func(a args) []float64 { is(a[0], f(a[0], a[1], a[2])); return nil },
		func(a, d args) (y, yd []float64) {
			ret, retd := tan(a[0], d[0], a[1], d[1], a[2], d[2])
			is(a[0], ret)
			is(d[0], retd)
			return nil, nil
		},
		func(a, b args, yb []float64) []float64 {
			is(a[0], adj(a[0], b[0], a[1], b[1], a[2], b[2]))
			return nil
		},
	}
}

// transform is a function that sets dst to something made of one slice.
func transform(name string, f func(dst, s []float64) []float64, tan func(dst, dstd, s, sd []float64) (ret, retd []float64), adj func(dst, dstb, s, sb []float64) []float64) rule {
	return update(name,
		func(dst, s []float64) { is(dst, f(dst, s)) },
		func(dst, dstd, s, sd []float64) {
			ret, retd := tan(dst, dstd, s, sd)
			is(dst, ret)
			is(dstd, retd)
		},
		func(dst, dstb, s, sb []float64) { is(dst, adj(dst, dstb, s, sb)) })
}

func rules() []rule {
	list := []rule{
		update("Add", floats.Add, AddTangent, AddAdjoint),
		update("Sub", floats.Sub, SubTangent, SubAdjoint),
		update("Mul", floats.Mul, MulTangent, MulAdjoint),
		update("Div", floats.Div, DivTangent, DivAdjoint),
		combination("AddTo", floats.AddTo, AddToTangent, AddToAdjoint),
		combination("SubTo", floats.SubTo, SubToTangent, SubToAdjoint),
		combination("MulTo", floats.MulTo, MulToTangent, MulToAdjoint),
		combination("DivTo", floats.DivTo, DivToTangent, DivToAdjoint),
		transform("CumSum", floats.CumSum, CumSumTangent, CumSumAdjoint),
		transform("CumProd", floats.CumProd, CumProdTangent, CumProdAdjoint),
		reduction("Sum", 0, floats.Sum, SumTangent, SumAdjoint),
		reduction("SumCompensated", 0, floats.SumCompensated, SumCompensatedTangent, SumCompensatedAdjoint),
		reduction("Prod", 0, floats.Prod, ProdTangent, ProdAdjoint),
		reduction("LogSumExp", 1, floats.LogSumExp, LogSumExpTangent, LogSumExpAdjoint),
		reduction("Max", 1, floats.Max, MaxTangent, MaxAdjoint),
		reduction("Min", 1, floats.Min, MinTangent, MinAdjoint),
		{
			"AddConst", 1, 1, 1, 0,
			func(a args) []float64 { floats.AddConst(num(a[1]), a[0]); return nil },
			func(a, d args) (y, yd []float64) { AddConstTangent(num(a[1]), num(d[1]), a[0], d[0]); return nil, nil },
			func(a, b args, yb []float64) []float64 { AddConstAdjoint(num(a[1]), ptr(b[1]), a[0], b[0]); return nil },
		},
		{
			"Scale", 1, 1, 1, 0,
			func(a args) []float64 { floats.Scale(num(a[1]), a[0]); return nil },
			func(a, d args) (y, yd []float64) { ScaleTangent(num(a[1]), num(d[1]), a[0], d[0]); return nil, nil },
			func(a, b args, yb []float64) []float64 { ScaleAdjoint(num(a[1]), ptr(b[1]), a[0], b[0]); return nil },
		},
		{
			"ScaleTo", 2, 1, 1, 0,
			func(a args) []float64 { floats.ScaleTo(a[0], num(a[2]), a[1]); return nil },
			func(a, d args) (y, yd []float64) {
				is(first(ScaleToTangent(a[0], d[0], num(a[2]), num(d[2]), a[1], d[1])), a[0])
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				is(ScaleToAdjoint(a[0], b[0], num(a[2]), ptr(b[2]), a[1], b[1]), a[0])
				return nil
			},
		},
		{
			"AddScaled", 2, 1, 1, 0,
			func(a args) []float64 { floats.AddScaled(a[0], num(a[2]), a[1]); return nil },
			func(a, d args) (y, yd []float64) {
				AddScaledTangent(a[0], d[0], num(a[2]), num(d[2]), a[1], d[1])
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				AddScaledAdjoint(a[0], b[0], num(a[2]), ptr(b[2]), a[1], b[1])
				return nil
			},
		},
		{
			"AddScaledTo", 3, 1, 1, 0,
			func(a args) []float64 { floats.AddScaledTo(a[0], a[1], num(a[3]), a[2]); return nil },
			func(a, d args) (y, yd []float64) {
				is(first(AddScaledToTangent(a[0], d[0], a[1], d[1], num(a[3]), num(d[3]), a[2], d[2])), a[0])
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				is(AddScaledToAdjoint(a[0], b[0], a[1], b[1], num(a[3]), ptr(b[3]), a[2], b[2]), a[0])
				return nil
			},
		},
		{
			"Dot", 2, 0, 0, 0,
			func(a args) []float64 { return one(floats.Dot(a[0], a[1])) },
			func(a, d args) (y, yd []float64) { return pair(DotTangent(a[0], d[0], a[1], d[1])) },
			func(a, b args, yb []float64) []float64 { return one(DotAdjoint(a[0], b[0], a[1], b[1], yb[0])) },
		},
		{
			"Reverse", 1, 1, 0, 0,
			func(a args) []float64 { floats.Reverse(a[0]); return nil },
			func(a, d args) (y, yd []float64) { ReverseTangent(a[0], d[0]); return nil, nil },
			func(a, b args, yb []float64) []float64 { ReverseAdjoint(a[0], b[0]); return nil },
		},
		{
			"Argsort", 1, 1, 0, 0,
			func(a args) []float64 { floats.Argsort(a[0], make([]int, len(a[0]))); return nil },
			func(a, d args) (y, yd []float64) { ArgsortTangent(a[0], d[0], make([]int, len(a[0]))); return nil, nil },
			func(a, b args, yb []float64) []float64 {
				ArgsortAdjoint(a[0], b[0], make([]int, len(a[0])))
				return nil
			},
		},
		{
			"ArgsortStable", 1, 1, 0, 0,
			func(a args) []float64 { floats.ArgsortStable(a[0], make([]int, len(a[0]))); return nil },
			func(a, d args) (y, yd []float64) {
				ArgsortStableTangent(a[0], d[0], make([]int, len(a[0])))
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				ArgsortStableAdjoint(a[0], b[0], make([]int, len(a[0])))
				return nil
			},
		},
		{
			"Span", 1, 1, 2, 2,
			func(a args) []float64 { floats.Span(a[0], num(a[1]), num(a[2])); return nil },
			func(a, d args) (y, yd []float64) {
				is(first(SpanTangent(a[0], d[0], num(a[1]), num(d[1]), num(a[2]), num(d[2]))), a[0])
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				is(SpanAdjoint(a[0], b[0], num(a[1]), ptr(b[1]), num(a[2]), ptr(b[2])), a[0])
				return nil
			},
		},
		{
			"LogSpan", 1, 1, 2, 2,
			func(a args) []float64 { floats.LogSpan(a[0], math.Abs(num(a[1])), math.Abs(num(a[2]))); return nil },
			func(a, d args) (y, yd []float64) {
				u, s := math.Abs(num(a[2])), sign(num(a[2]))
				l, r := math.Abs(num(a[1])), sign(num(a[1]))
				is(first(LogSpanTangent(a[0], d[0], l, r*num(d[1]), u, s*num(d[2]))), a[0])
				return nil, nil
			},
			func(a, b args, yb []float64) []float64 {
				var lb, ub float64
				is(LogSpanAdjoint(a[0], b[0], math.Abs(num(a[1])), &lb, math.Abs(num(a[2])), &ub), a[0])
				addTo(ptr(b[1]), sign(num(a[1]))*lb)
				addTo(ptr(b[2]), sign(num(a[2]))*ub)
				return nil
			},
		},
	}
	for _, l := range []float64{1, 2, 3, 1.5, math.Inf(1)} {
		list = append(list,
			reduction(fmt.Sprint("Norm ", l), 0,
				func(s []float64) float64 { return floats.Norm(s, l) },
				func(s, sd []float64) (float64, float64) { return NormTangent(s, sd, l, 0) },
				func(s, sb []float64, retb float64) float64 { return NormAdjoint(s, sb, l, nil, retb) }),
			rule{
				fmt.Sprint("Distance ", l), 2, 0, 0, 0,
				func(a args) []float64 { return one(floats.Distance(a[0], a[1], l)) },
				func(a, d args) (y, yd []float64) { return pair(DistanceTangent(a[0], d[0], a[1], d[1], l, 0)) },
				func(a, b args, yb []float64) []float64 {
					return one(DistanceAdjoint(a[0], b[0], a[1], b[1], l, nil, yb[0]))
				},
			})
	}
	return append(list,
		rule{
			"Norm by order", 1, 0, 1, 0,
			func(a args) []float64 { return one(floats.Norm(a[0], math.Abs(num(a[1])))) },
			func(a, d args) (y, yd []float64) {
				return pair(NormTangent(a[0], d[0], math.Abs(num(a[1])), sign(num(a[1]))*num(d[1])))
			},
			func(a, b args, yb []float64) []float64 {
				var order float64
				y := NormAdjoint(a[0], b[0], math.Abs(num(a[1])), &order, yb[0])
				addTo(ptr(b[1]), sign(num(a[1]))*order)
				return one(y)
			},
		},
		rule{
			"Distance by order", 2, 0, 1, 0,
			func(a args) []float64 { return one(floats.Distance(a[0], a[1], math.Abs(num(a[2])))) },
			func(a, d args) (y, yd []float64) {
				return pair(DistanceTangent(a[0], d[0], a[1], d[1], math.Abs(num(a[2])), sign(num(a[2]))*num(d[2])))
			},
			func(a, b args, yb []float64) []float64 {
				var order float64
				y := DistanceAdjoint(a[0], b[0], a[1], b[1], math.Abs(num(a[2])), &order, yb[0])
				addTo(ptr(b[2]), sign(num(a[2]))*order)
				return one(y)
			},
		})
}

func first[T, U any](x T, _ U) T { return x }

// cases are those of a rule with n elements: all arguments apart, each pair of slices the
// same, each argument passive that is only read.
func (r rule) cases(n int) []trial.Case {
	total := r.slices + r.numbers
	apart := make([]int, total)
	for i := range apart {
		apart[i] = i
	}
	list := []trial.Case{r.make("", n, apart, -1)}
	for i := range r.slices {
		for j := range i {
			p := slices.Clone(apart)
			p[i] = j
			list = append(list, r.make(fmt.Sprintf(" %d is %d", i, j), n, p, -1))
		}
	}
	if r.slices > 2 {
		p := slices.Clone(apart)
		p[1], p[2] = 0, 0
		list = append(list, r.make(" all the same", n, p, -1))
	}
	if n > 0 {
		for i := r.fixed; i < total; i++ {
			if total > 1 {
				list = append(list, r.make(fmt.Sprintf(" %d passive", i), n, apart, i))
			}
		}
	}
	return list
}

// make is one case: argument i lies where number place[i] would; passive has no shadow.
func (r rule) make(name string, n int, place []int, passive int) trial.Case {
	total := r.slices + r.numbers
	x := trial.Points(r.slices*n + r.numbers)
	constant := trial.Positive(n + 1)
	size := func(i int) int {
		if i < r.slices {
			return n
		}
		return 1
	}
	views := func(s []float64, shadow bool) args {
		a := make(args, total)
		for i := range a {
			p := place[i]
			at := min(p, r.slices)*n + max(0, p-r.slices)
			a[i] = s[at : at+size(i) : at+size(i)]
			if i == passive {
				a[i] = nil
				if !shadow {
					a[i] = constant[:size(i)]
				}
			}
		}
		return a
	}
	c := trial.Case{
		Name: fmt.Sprintf("%s n=%d%s", r.name, n, name), X: x,
		Func:    func(s []float64) []float64 { return r.fn(views(s, false)) },
		Tangent: func(s, d []float64) (y, yd []float64) { return r.tangent(views(s, false), views(d, true)) },
		Adjoint: func(s, b, yb []float64) []float64 { return r.adjoint(views(s, false), views(b, true), yb) },
	}
	return c
}

func TestRules(t *testing.T) {
	for _, r := range rules() {
		for _, n := range []int{0, 1, 2, 5, 9} {
			if n < r.least {
				continue
			}
			for _, c := range r.cases(n) {
				if !degenerate(c.Name) {
					t.Run(c.Name, c.Test)
				}
			}
		}
	}
}

// degenerate says at which points a function has no derivative: the distance of a slice to
// itself.
func degenerate(name string) bool {
	return strings.HasPrefix(name, "Distance") && strings.HasSuffix(name, "1 is 0")
}

func TestZeros(t *testing.T) {
	for _, at := range [][]float64{{0, 2, 3}, {2, 0, 3}, {2, 3, 0}, {0, 0, 3}, {0, 0, 0}} {
		for _, r := range []rule{
			reduction("Prod", 0, floats.Prod, ProdTangent, ProdAdjoint),
			transform("CumProd", floats.CumProd, CumProdTangent, CumProdAdjoint),
		} {
			c := r.make("", 3, []int{0, 1}[:r.slices], -1)
			copy(c.X[len(c.X)-3:], at)
			t.Run(fmt.Sprint(r.name, at), c.Test)
		}
	}
}

// TestKinks pins what the derivatives are where there is none.
func TestKinks(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		got  func(b []float64) float64
		want []float64
	}{
		{"norm 2 of nothing", func(b []float64) float64 { return NormAdjoint(make([]float64, 2), b, 2, nil, 1) }, []float64{0, 0}},
		{"norm 1 with a zero", func(b []float64) float64 { return NormAdjoint([]float64{0, -2}, b, 1, nil, 1) }, []float64{0, -1}},
		{"norm 3 with a zero", func(b []float64) float64 { return NormAdjoint([]float64{0, -1}, b, 3, nil, 1) }, []float64{0, -1}},
		{"largest twice", func(b []float64) float64 { return NormAdjoint([]float64{-2, 2}, b, inf, nil, 1) }, []float64{-1, 0}},
		{"maximum twice", func(b []float64) float64 { return MaxAdjoint([]float64{2, 2}, b, 1) }, []float64{1, 0}},
		{"minimum twice", func(b []float64) float64 { return MinAdjoint([]float64{2, 2}, b, 1) }, []float64{1, 0}},
		{"distance of the same", func(b []float64) float64 {
			return DistanceAdjoint([]float64{3, 4}, b, []float64{3, 4}, nil, 2, nil, 1)
		}, []float64{0, 0}},
	} {
		b := make([]float64, 2)
		c.got(b)
		if !slices.Equal(b, c.want) {
			t.Errorf("%s: %v, want %v", c.name, b, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	x, b := trial.Points(6), make([]float64, 6)
	for name, call := range map[string]func(){
		"shifted":          func() { AddAdjoint(x[:5], b[:5], x[1:], b[1:]) },
		"shifted, tangent": func() { CumSumTangent(x[:5], b[:5], x[1:], b[1:]) },
		"order":            func() { NormAdjoint(x, b, 0, nil, 1) },
		"infinite end":     func() { SpanAdjoint(x, b, math.Inf(-1), nil, 1, nil) },
		"not a logarithm":  func() { LogSpanTangent(x, b, -1, 0, 1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}
