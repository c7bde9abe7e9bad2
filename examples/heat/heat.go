// Package heat is the one-dimensional heat equation in a rod whose ends are held at
// their temperature, with the gradient of the final heat with respect to the initial
// temperature and the conductivity.
//
// In: the initial temperature, the conductivity and a number of steps. Out: the sum of
// the final temperatures ([Heat]) and its gradient (HeatAdjoint). The time loop swaps two
// buffers and is reversed under a binomial schedule.
//
// The set-up and its reference values are those of the heat test of Checkpointing.jl
// (Schanen et al., ICCS 2023).
package heat

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Heat advances the temperature t0 by steps explicit steps and returns the sum over all
// points. lambda is conductivity*dt/dx²; up to 0.5 the scheme is stable. The reverse
// sweep of the adjoint keeps snaps snapshots.
//
//cairn:adjoint wrt=t0,lambda of=return
func Heat(t0 []float64, lambda float64, steps, snaps int) float64 {
	t, next := make([]float64, len(t0)), make([]float64, len(t0))
	copy(t, t0)
	copy(next, t0)
	//cairn:checkpoint scheme=binomial snaps=snaps
	for range steps {
		step(next, t, lambda)
		t, next = next, t
	}
	return total(t)
}

// HeatStored is [Heat] with a reverse sweep that keeps every step.
//
//cairn:adjoint wrt=t0,lambda of=return
func HeatStored(t0 []float64, lambda float64, steps int) float64 {
	t, next := make([]float64, len(t0)), make([]float64, len(t0))
	copy(t, t0)
	copy(next, t0)
	//cairn:checkpoint scheme=store
	for range steps {
		step(next, t, lambda)
		t, next = next, t
	}
	return total(t)
}

// step advances t into next, ends left out.
func step(next, t []float64, lambda float64) {
	for i := 1; i < len(t)-1; i++ {
		next[i] = t[i] + lambda*(t[i-1]-2*t[i]+t[i+1])
	}
}

func total(t []float64) float64 {
	sum := 0.0
	for _, x := range t {
		sum += x
	}
	return sum
}

// Initial returns a rod of n points at 0 with its first end held at 20.
func Initial(n int) []float64 {
	t := make([]float64, n)
	t[0] = 20
	return t
}

// Final returns the temperature after the given steps.
func Final(t0 []float64, lambda float64, steps int) []float64 {
	t, next := make([]float64, len(t0)), make([]float64, len(t0))
	copy(t, t0)
	copy(next, t0)
	for range steps {
		step(next, t, lambda)
		t, next = next, t
	}
	return t
}

// HeatStart is [HeatStored] for those who know the conductivity: the gradient is with respect to
// the initial temperature only.
//
//cairn:adjoint wrt=t0 of=return
func HeatStart(t0 []float64, lambda float64, steps int) float64 {
	return HeatStored(t0, lambda, steps)
}
