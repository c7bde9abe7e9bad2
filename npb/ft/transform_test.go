package ft

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

func random(n int, seed uint64) []complex128 {
	source := rand.New(rand.NewPCG(seed, 1))
	x := make([]complex128, n)
	for i := range x {
		x[i] = complex(source.NormFloat64(), source.NormFloat64())
	}
	return x
}

// dft is the transform by its definition.
func dft(x []complex128, d direction) []complex128 {
	n := len(x)
	sign := -1.0
	if d == inverse {
		sign = 1
	}
	y := make([]complex128, n)
	for k := range y {
		for j := range x {
			sin, cos := math.Sincos(sign * 2 * math.Pi * float64(j*k%n) / float64(n))
			y[k] += x[j] * complex(cos, sin)
		}
	}
	return y
}

func checkNear(t *testing.T, got, want []complex128, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(cmplx.Abs(got[i]-want[i]) <= tolerance) {
			t.Fatalf("element %d of %d is %v, want %v", i, len(want), got[i], want[i])
		}
	}
}

var directions = map[string]direction{"forward": forward, "inverse": inverse}

func TestRowIsTheDFT(t *testing.T) {
	for name, d := range directions {
		for n := 4; n <= 1<<maxLog; n *= 2 {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				x := random(n, uint64(n))
				want := dft(x, d)
				row(x, roots(n, d), d, make([]complex128, 2*n))
				checkNear(t, x, want, 1e-11)
			})
		}
	}
}

// TestColumnsAreDFTs: any number of columns, and what lies between them is left alone.
func TestColumnsAreDFTs(t *testing.T) {
	for name, d := range directions {
		for n := 4; n <= 1<<maxLog; n *= 2 {
			for _, count := range []int{1, 2, 5, block} {
				t.Run(fmt.Sprint(name, n, "x", count), func(t *testing.T) {
					stride := count + 3
					data := random(n*stride, uint64(n))
					before := append([]complex128(nil), data...)
					work := make([]complex128, 2*n*count)
					columns(data, n, stride, count, roots(n, d), d, work)
					for c := range stride {
						got, want := make([]complex128, n), make([]complex128, n)
						for j := range n {
							got[j], want[j] = data[j*stride+c], before[j*stride+c]
						}
						if c < count {
							checkNear(t, got, dft(want, d), 1e-11)
						} else {
							checkNear(t, got, want, 0)
						}
					}
				})
			}
		}
	}
}

// TestKnownSignals: an impulse becomes a wave, a wave an impulse, a constant the mean.
func TestKnownSignals(t *testing.T) {
	for name, d := range directions {
		for _, n := range []int{8, 64, 128} {
			for _, at := range []int{0, 1, n/2 + 1, n - 1} {
				x := make([]complex128, n)
				x[at] = 1
				wave := make([]complex128, n)
				sign := map[direction]float64{forward: -1, inverse: 1}[d]
				for k := range wave {
					wave[k] = cmplx.Exp(complex(0, sign*2*math.Pi*float64(at*k)/float64(n)))
				}
				work := make([]complex128, 2*n)
				row(x, roots(n, d), d, work)
				t.Log(name, n, at)
				checkNear(t, x, wave, 1e-12)
				// Back: n times the impulse.
				row(x, roots(n, 1-d), 1-d, work)
				for k := range x {
					want := complex(0, 0)
					if k == at {
						want = complex(float64(n), 0)
					}
					if cmplx.Abs(x[k]-want) > 1e-12*float64(n) {
						t.Fatalf("%s, n = %d: impulse at %d comes back as %v at %d", name, n, at, x[k], k)
					}
				}
			}
		}
	}
}

func TestRoots(t *testing.T) {
	for name, d := range directions {
		w := roots(64, d)
		sign := map[direction]float64{forward: -1, inverse: 1}[d]
		if w[0] != 1 || cmplx.Abs(w[16]-complex(0, sign)) > 1e-15 || cmplx.Abs(w[32]+1) > 1e-15 {
			t.Errorf("%s: %v, %v, %v", name, w[0], w[16], w[32])
		}
		for k := range w {
			if cmplx.Abs(cmplx.Pow(w[1], complex(float64(k), 0))-w[k]) > 1e-13 {
				t.Errorf("%s: root %d is %v", name, k, w[k])
			}
		}
	}
}

// TestDecay: the wave numbers are 0, 1, …, n/2−1, −n/2, …, −1.
func TestDecay(t *testing.T) {
	f := decay(8)
	for i, k := range []float64{0, 1, 2, 3, -4, -3, -2, -1} {
		want := math.Exp(-4e-6 * math.Pi * math.Pi * k * k)
		if math.Abs(f[i]-want) > 1e-15 {
			t.Errorf("index %d: %v, want %v", i, f[i], want)
		}
	}
}
