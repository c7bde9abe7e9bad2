package bt

import (
	"math"
	"math/rand/v2"
	"testing"
)

// dense is the block with its zeros.
func (a *coupling) dense() [5][5]float64 {
	return [5][5]float64{
		{a.m00, 0, 0, a.m03, 0},
		{a.m10, a.m11, 0, a.m13, 0},
		{a.m20, 0, a.m22, a.m23, 0},
		{a.m30, a.m31, a.m32, a.m33, a.m34},
		{a.m40, a.m41, a.m42, a.m43, a.m44},
	}
}

func randomCoupling(source *rand.Rand) coupling {
	next := source.NormFloat64
	return coupling{
		next(), next(), next(), next(), next(), next(), next(), next(), next(),
		next(), next(), next(), next(), next(), next(), next(), next(), next(),
	}
}

func randomVector(source *rand.Rand) (v [5]float64) {
	for m := range v {
		v[m] = source.NormFloat64()
	}
	return v
}

func times(a [5][5]float64, x [5]float64) (y [5]float64) {
	for m := range a {
		for l := range x {
			y[m] += a[m][l] * x[l]
		}
	}
	return y
}

func product(a, b [5][5]float64) (c [5][5]float64) {
	for m := range a {
		for l := range b {
			for k := range c[m] {
				c[m][k] += a[m][l] * b[l][k]
			}
		}
	}
	return c
}

func closeTo(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestMatvecSubAndMatmulSub(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		a, x, y := randomCoupling(source), randomVector(source), randomVector(source)
		var b, c [5][5]float64
		for m := range b {
			b[m], c[m] = randomVector(source), randomVector(source)
		}
		ax, ac := times(a.dense(), x), product(a.dense(), c)
		gotY, gotB := y, b
		matvecSub(&a, &x, &gotY)
		matmulSub(&a, &c, &gotB)
		for m := range y {
			if !closeTo(gotY[m], y[m]-ax[m], 1e-13) {
				t.Errorf("y[%d] = %v, want %v", m, gotY[m], y[m]-ax[m])
			}
			for l := range y {
				if !closeTo(gotB[m][l], b[m][l]-ac[m][l], 1e-13) {
					t.Errorf("b[%d][%d] = %v, want %v", m, l, gotB[m][l], b[m][l]-ac[m][l])
				}
			}
		}
	}
}

// TestBinvcrhs: b times what it stores is what it was given, for blocks near the identity, as they
// are, and for full ones with a heavy diagonal.
func TestBinvcrhs(t *testing.T) {
	source := rand.New(rand.NewPCG(3, 4))
	for _, size := range []float64{0.01, 0.5} {
		for range 20 {
			var b, c [5][5]float64
			for m := range b {
				b[m] = randomVector(source)
				for l := range b[m] {
					b[m][l] *= size
					c[m][l] = math.NaN()
				}
				b[m][m] += 4
			}
			upper, f := randomCoupling(source), randomVector(source)
			used, x := b, f
			binvcrhs(&used, &upper, &c, &x)
			bc, bx, want := product(b, c), times(b, x), upper.dense()
			for m := range f {
				if !closeTo(bx[m], f[m], 1e-13) {
					t.Errorf("size %v: right-hand side %d: %v, want %v", size, m, bx[m], f[m])
				}
				for l := range f {
					if !closeTo(bc[m][l], want[m][l], 1e-13) {
						t.Errorf("size %v: block (%d,%d): %v, want %v", size, m, l, bc[m][l], want[m][l])
					}
				}
			}
		}
	}
}
