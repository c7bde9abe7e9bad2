package heat

import (
	"math"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/gradcheck"
)

func norm2(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if rel := math.Abs(got-want) / want; !(rel <= 1e-12) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

// Both numbers are published with the case (Checkpointing.jl, test of the heat equation).
func TestReference(t *testing.T) {
	t0 := Initial(100)
	near(t, "norm of the final temperature", norm2(Final(t0, 0.5, 500)), 66.21987468492061)
	for _, snaps := range []int{1, 7, 100, 500} {
		t0b, lambdab := make([]float64, 100), 0.0
		HeatAdjoint(t0, t0b, 0.5, &lambdab, 500, snaps, 1)
		near(t, "norm of the gradient at the interior points", norm2(t0b[1:99]), 6.970279349365908)
	}
}

// TestAllSchedules holds every number of steps and snapshots against the run that keeps
// every step. The adjoint of lambda sees the temperature of every step, so a wrong state
// in one of them shows.
func TestAllSchedules(t *testing.T) {
	t0 := make([]float64, 12)
	for i := range t0 {
		t0[i] = math.Cos(float64(i * i))
	}
	for steps := 0; steps <= 40; steps++ {
		wantB, wantLambda := make([]float64, len(t0)), 0.0
		want := HeatStoredAdjoint(t0, wantB, 0.3, &wantLambda, steps, 1)
		for snaps := 1; snaps <= 8; snaps++ {
			b, lambdab := make([]float64, len(t0)), 0.0
			got := HeatAdjoint(t0, b, 0.3, &lambdab, steps, snaps, 1)
			if got != want || lambdab != wantLambda || !slices.Equal(b, wantB) {
				t.Errorf("steps=%d snaps=%d: value %v, want %v; lambdab %v, want %v; t0b %v, want %v",
					steps, snaps, got, want, lambdab, wantLambda, b, wantB)
			}
		}
	}
}

func TestGradient(t *testing.T) {
	x := []float64{3, -1, 2, 0.5, 4, 1, 0.3} // t0, then lambda
	n := len(x) - 1
	f := func(x []float64) float64 { return Heat(x[:n], x[n], 9, 1) }
	grad := func(x []float64) []float64 {
		g := make([]float64, n+1)
		HeatAdjoint(x[:n], g[:n], x[n], &g[n], 9, 3, 1)
		return g
	}
	if r, err := gradcheck.Taylor(f, grad, x, nil, gradcheck.Options{}); err != nil || r.Exact {
		t.Errorf("%v\n%v", err, r)
	}
	if _, err := gradcheck.FiniteDifference(f, grad, x, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	start := make([]float64, n)
	if got, want := HeatStartAdjoint(x[:n], start, x[n], 9, 1), f(x); got != want {
		t.Errorf("%v with the derivative of the start, want %v", got, want)
	}
	for i, want := range grad(x)[:n] {
		if math.Abs(start[i]-want) > 1e-14 {
			t.Errorf("component %d of the gradient with respect to the start is %v, want %v", i, start[i], want)
		}
	}
}

// HeatStart is linear in the start: nothing is recorded but where the slices of HeatStored begin on the stack.
func TestStartRecordsNothing(t *testing.T) {
	const n = 20
	x, g := Initial(n), make([]float64, n)
	if got, want := ad.PeakBytes(func() { HeatStartAdjoint(x, g, 0.25, 50, 1) }), int64(4*8*n+8); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestAllocations(t *testing.T) {
	x := Initial(20)
	g, lambdab := make([]float64, len(x)), 0.0
	bench.Allocations(t, nil, func() { HeatAdjoint(x, g, 0.25, &lambdab, 50, 4, 1) })
	bench.Allocations(t, nil, func() { HeatStoredAdjoint(x, g, 0.25, &lambdab, 50, 1) })
}

// A stored step records the interior points; the run makes two rods and their shadows. Under
// a schedule snapshots of two rods, with the headers of all, take the place of the record.
func TestPeakBytes(t *testing.T) {
	const n, steps, snaps = 20, 50, 4
	x := Initial(n)
	g, lambdab := make([]float64, n), 0.0
	made, record := int64(4*8*n), int64(8*steps*(n-2))
	if got, want := ad.PeakBytes(func() { HeatStoredAdjoint(x, g, 0.25, &lambdab, steps, 1) }), made+record; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
	snapshot := int64(2*8*n + 4*24)
	if got, want := ad.PeakBytes(func() { HeatAdjoint(x, g, 0.25, &lambdab, steps, snaps, 1) }), made+snaps*snapshot; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
