package lse

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

func gradient(x []float64, seed float64) (value float64, xb []float64) {
	xb = make([]float64, len(x))
	value = LogSumExpAdjoint(x, xb, seed)
	return value, xb
}

// wave returns n numbers between -size and size.
func wave(n int, size float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = size * math.Sin(float64(i*i))
	}
	return x
}

// TestValue also holds the gradient against what it is: each exponential over the sum.
func TestValue(t *testing.T) {
	for _, x := range [][]float64{{0.5}, {1, 1, 1}, wave(100, 5), {800, 801, -900}} {
		shift := 0.0
		if x[0] > 700 {
			shift = 800
		}
		sum := 0.0
		for _, v := range x {
			sum += math.Exp(v - shift)
		}
		value, xb := gradient(x, 1)
		if want := shift + math.Log(sum); math.Abs(value-want) > 1e-14*math.Abs(want) || LogSumExp(x) != value {
			t.Errorf("%.3v: LogSumExp is %.17g, the adjoint returns %.17g, want %.17g", x, LogSumExp(x), value, want)
		}
		for i, v := range x {
			if want := math.Exp(v-shift) / sum; math.Abs(xb[i]-want) > 1e-14 {
				t.Errorf("%.3v: component %d of the gradient is %.17g, want %.17g", x, i, xb[i], want)
			}
		}
	}
	if v, _ := gradient(nil, 1); !math.IsInf(v, -1) {
		t.Errorf("of no numbers it is %v, want -Inf", v)
	}
}

func TestDerivatives(t *testing.T) {
	trial.Components(t, trial.Function{
		Value: func(x []float64) []float64 { return []float64{LogSumExp(x)} },
		Tangent: func(x, d []float64) []float64 {
			_, slope := LogSumExpTangent(x, d)
			return []float64{slope}
		},
		Adjoint: func(x, seed []float64) []float64 {
			_, xb := gradient(x, seed[0])
			return xb
		},
	}, wave(30, 2), 0)
}

func BenchmarkGradient(b *testing.B) {
	x := wave(10000, 5)
	xb := make([]float64, len(x))
	bench.Run(b, bench.Problem{
		Name: "LSE n=10000", Primal: func() { bench.Keep(LogSumExp(x)) }, Derivative: func() { LogSumExpAdjoint(x, xb, 1) }, Target: 4,
		Column: func() { x[0] += 1e-6; bench.Keep(LogSumExp(x)); x[0] -= 1e-6 }, Columns: len(x),
	})
}

func TestAllocations(t *testing.T) {
	x := wave(100, 3)
	xb := make([]float64, len(x))
	bench.Allocations(t, nil, func() { LogSumExpAdjoint(x, xb, 1) })
}
