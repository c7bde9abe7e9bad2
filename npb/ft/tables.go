package ft

import (
	"math"
	"math/bits"
)

// A direction is the sign of a transform.
type direction int

const (
	forward direction = iota // Σ x_j exp(−2πi jk/n)
	inverse                  // Σ x_j exp(+2πi jk/n), without the factor 1/n
)

// maxLog is the logarithm to base 2 of the largest number of points in one direction, of all
// classes.
const maxLog = 9

// The tables are constants of the package: by the logarithm of the number of points, those of the
// roots by direction before.
var (
	rootTables  = [2][maxLog + 1][]complex128{allRoots(forward), allRoots(inverse)}
	decayTables = allDecays()
)

// roots returns the powers of the n-th root of unity that transforms in a direction multiply by,
// exp(∓2πi k/n) for k = 0..n−1. n is a power of 2, at most 2^maxLog.
func roots(n int, d direction) []complex128 {
	return rootTables[d][bits.TrailingZeros(uint(n))]
}

// decay returns the factors by which one step multiplies waves along one direction of n points:
// exp(−4π²α k²), where the wave number of index k is the one of k and k−n that is nearer to 0. The
// factor of a wave in space is the product of those of the three directions (RNR-94-007, kernel
// FT). n is a power of 2, at most 2^maxLog.
func decay(n int) []float64 {
	return decayTables[bits.TrailingZeros(uint(n))]
}

// allRoots makes the tables of the roots (fft_init of the reference).
func allRoots(d direction) (tables [maxLog + 1][]complex128) {
	for log := range tables {
		n := 1 << log
		w := make([]complex128, n)
		for k := range w {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
			if d == forward {
				sin = -sin
			}
			w[k] = complex(cos, sin)
		}
		tables[log] = w
	}
	return tables
}

// allDecays makes the tables of the decay (compute_indexmap of the reference).
func allDecays() (tables [maxLog + 1][]float64) {
	for log := range tables {
		n := 1 << log
		f := make([]float64, n)
		for i := range f {
			k := float64((i+n/2)%n - n/2)
			f[i] = math.Exp(-4 * math.Pi * math.Pi * alpha * k * k)
		}
		tables[log] = f
	}
	return tables
}
