package main

import (
	"math"
	"math/rand/v2"
)

// lattice is the two-dimensional Ising model on a square of side n with periodic edges: every
// spin is +1 or −1, and the energy is minus the sum of s·t over all pairs of neighbours.
type lattice struct {
	n      int
	spin   []int8
	energy int
	accept [9]float64 // probability of a flip, by the change of energy, 0 to 8
}

// newLattice returns the lattice with all spins up, at a temperature in units of the
// coupling over Boltzmann's constant.
func newLattice(n int, temperature float64) *lattice {
	l := &lattice{n: n, spin: make([]int8, n*n), energy: -2 * n * n}
	for i := range l.spin {
		l.spin[i] = 1
	}
	for change := range l.accept {
		l.accept[change] = math.Exp(-float64(change) / temperature)
	}
	return l
}

// sweep offers as many flips as there are spins (Metropolis et al., 1953).
func (l *lattice) sweep(rng *rand.Rand) {
	n := l.n
	for range n * n {
		x, y := rng.IntN(n), rng.IntN(n)
		around := l.at(x-1, y) + l.at(x+1, y) + l.at(x, y-1) + l.at(x, y+1)
		change := 2 * int(l.spin[y*n+x]) * around
		if change <= 0 || rng.Float64() < l.accept[change] {
			l.spin[y*n+x] *= -1
			l.energy += change
		}
	}
}

func (l *lattice) at(x, y int) int { return int(l.spin[(y+l.n)%l.n*l.n+(x+l.n)%l.n]) }

// magnetization is the mean of the spins.
func (l *lattice) magnetization() float64 {
	sum := 0
	for _, s := range l.spin {
		sum += int(s)
	}
	return float64(sum) / float64(len(l.spin))
}
