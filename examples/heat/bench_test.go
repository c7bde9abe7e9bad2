package heat

import (
	"fmt"
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// stepByHand is the adjoint of step as a person writes it who has the time: each cell of tb
// is written once, and what all cells add to the conductivity is summed up in a register.
func stepByHand(nextb, t, tb []float64, lambda float64, lambdab *float64) {
	n := len(t)
	if n < 3 {
		return
	}
	nextb, tb = nextb[:n], tb[:n]
	sum, next, cell := 0.0, tb[n-1], tb[n-2]
	for i := n - 2; i >= 1; i-- {
		b := nextb[i]
		nextb[i] = 0
		sum += (t[i-1] - 2*t[i] + t[i+1]) * b
		c := lambda * b
		tb[i+1] = next + c
		next = cell + (b - 2*c)
		cell = tb[i-1] + c
	}
	tb[1], tb[0] = next, cell
	*lambdab += sum
}

func field(n, seed int) []float64 {
	f := make([]float64, n)
	for i := range f {
		f[i] = math.Sin(float64(i * seed))
	}
	return f
}

// TestStepByHand compares the reverse sweep of a step with the one by hand.
func TestStepByHand(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 100} {
		nextb, seeds, tb, want := field(n, 2), field(n, 2), field(n, 4), field(n, 4)
		got, by := 1.0, 1.0
		stepReverse(field(n, 1), nextb, field(n, 3), tb, 0.3, &got)
		stepByHand(seeds, field(n, 3), want, 0.3, &by)
		if math.Abs(got-by) > 1e-13 {
			t.Errorf("%d: the adjoint of the conductivity is %v, by hand %v", n, got, by)
		}
		for i := range tb {
			if math.Abs(tb[i]-want[i]) > 1e-14 || nextb[i] != seeds[i] {
				t.Errorf("%d: cell %d is %v, by hand %v", n, i, tb[i], want[i])
			}
		}
	}
}

// BenchmarkStep times the reverse sweep of one step against the step.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		next, nextb, t, tb := field(n, 1), field(n, 2), field(n, 3), field(n, 4)
		lambdab := 0.0
		bench.Run(b, bench.Problem{
			Name: fmt.Sprintf("Heat 1-D %d points, reverse sweep of a step", n), Target: 1.6,
			Primal:     func() { step(next, t, 0.3) },
			Derivative: func() { stepReverse(next, nextb, t, tb, 0.3, &lambdab) },
			Hand:       func() { stepByHand(nextb, t, tb, 0.3, &lambdab) },
		})
		bench.Run(b, bench.Problem{
			Name: fmt.Sprintf("Heat 1-D %d points, reverse sweep of a step, lambda known", n), Target: 1.6,
			Primal:     func() { step(next, t, 0.3) },
			Derivative: func() { stepReverse3(next, nextb, t, tb, 0.3) },
		})
	}
}
