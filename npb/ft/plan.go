package ft

import "math"

// A direction is the sign of a transform.
type direction int

const (
	forward direction = iota // Σ x_j exp(−2πi jk/n)
	inverse                  // Σ x_j exp(+2πi jk/n), without the factor 1/n
)

// roots returns the powers of the n-th root of unity that transforms in a direction multiply by,
// exp(∓2πi k/n) for k = 0..n−1 (fft_init of the reference).
func roots(n int, d direction) []complex128 {
	w := make([]complex128, n)
	for k := range w {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
		if d == forward {
			sin = -sin
		}
		w[k] = complex(cos, sin)
	}
	return w
}

// decay returns the factors by which one step multiplies waves along one direction of n points:
// exp(−4π²α k²), where the wave number of index k is the one of k and k−n that is nearer to 0. The
// factor of a wave in space is the product of those of the three directions (RNR-94-007, kernel
// FT; compute_indexmap of the reference).
func decay(n int) []float64 {
	f := make([]float64, n)
	for i := range f {
		k := float64((i+n/2)%n - n/2)
		f[i] = math.Exp(-4 * math.Pi * math.Pi * alpha * k * k)
	}
	return f
}
