package mg

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomSolver has random numbers in all grids, periodic in their ghost points.
func randomSolver(levels int, seed uint64) *Solver {
	s := newSolver(Params{Levels: levels, Large: seed%2 == 0})
	source := rand.New(rand.NewPCG(seed, 1))
	fill := func(x []float64, n int) {
		for i := range x {
			x[i] = source.NormFloat64()
		}
		for i3 := 1; i3 < n-1; i3++ {
			commRows(x[i3*n*n:][:n*n], n)
		}
		commPlanes(x, n)
	}
	for k := 1; k <= levels; k++ {
		fill(s.grid(s.U, k), width(k))
		fill(s.grid(s.R, k), width(k))
	}
	fill(s.V, width(levels))
	return s
}

// grid is level k of U or R.
func (s *Solver) grid(x []float64, k int) []float64 {
	n := width(k)
	return x[s.start[k]:][:n*n*n]
}

// A stencil holds the coefficients of an operator on 27 points by distance: those of the point
// itself, its neighbours over faces, over edges, over corners.
type stencil [4]float64

// apply is the operator with the given coefficients, by its definition: a sum over 27 points.
func apply(c stencil, x []float64, n, at int) float64 {
	sum := 0.0
	for d3 := -1; d3 <= 1; d3++ {
		for d2 := -1; d2 <= 1; d2++ {
			for d1 := -1; d1 <= 1; d1++ {
				sum += c[d3*d3+d2*d2+d1*d1] * x[at+(d3*n+d2)*n+d1]
			}
		}
	}
	return sum
}

var laplacian = stencil{laplaceCentre, 0, laplaceEdge, laplaceCorner}

func clone(x []float64) []float64 { return append([]float64(nil), x...) }

// TestResid compares with the definition, on every level.
func TestResid(t *testing.T) {
	const levels = 4
	for k := 1; k <= levels; k++ {
		s := randomSolver(levels, uint64(k))
		n := width(k)
		u := s.grid(s.U, k)
		v := clone(s.grid(s.R, k))
		if k == levels {
			v = s.V
		}
		s.resid(k)
		r := s.grid(s.R, k)
		inner(n, func(at int) {
			if want := v[at] - apply(laplacian, u, n, at); math.Abs(r[at]-want) > 1e-13 {
				t.Fatalf("level %d: r[%d] = %v, want %v", k, at, r[at], want)
			}
		})
		checkGhosts(t, r, n)
	}
}

// TestPsinv compares with the definition, on every level.
func TestPsinv(t *testing.T) {
	const levels = 4
	for k := 1; k <= levels; k++ {
		s := randomSolver(levels, uint64(k))
		n := width(k)
		r := s.grid(s.R, k)
		before := clone(s.grid(s.U, k))
		centre, face, edge := smoother(s.par.Large)
		s.psinv(k)
		u := s.grid(s.U, k)
		inner(n, func(at int) {
			if want := before[at] + apply(stencil{centre, face, edge, 0}, r, n, at); math.Abs(u[at]-want) > 1e-13 {
				t.Fatalf("level %d: u[%d] = %v, want %v", k, at, u[at], want)
			}
		})
		checkGhosts(t, u, n)
	}
}

// TestResidualOfAWave: A is diagonal in the waves exp(2πi k·x); with the cosines c1, c2 and c3 of
// the phase between neighbours the eigenvalue is centre + 4·edge·(c1c2 + c1c3 + c2c3) +
// 8·corner·c1c2c3. The exact solution of A u = eigenvalue·wave is the wave, with residual 0.
func TestResidualOfAWave(t *testing.T) {
	const levels = 5
	s := newSolver(Params{Levels: levels})
	n := width(levels)
	for _, k := range [][3]int{{0, 0, 0}, {1, 0, 0}, {0, 2, 0}, {1, 2, 3}, {16, 16, 16}, {5, 0, 11}} {
		var c [3]float64
		for d := range 3 {
			c[d] = math.Cos(2 * math.Pi * float64(k[d]) / float64(n-2))
		}
		eigenvalue := laplaceCentre + 4*laplaceEdge*(c[0]*c[1]+c[0]*c[2]+c[1]*c[2]) + 8*laplaceCorner*c[0]*c[1]*c[2]
		for i3 := range n {
			for i2 := range n {
				for i1 := range n {
					phase := 2 * math.Pi * float64(k[2]*i3+k[1]*i2+k[0]*i1) / float64(n-2)
					s.U[(i3*n+i2)*n+i1] = math.Cos(phase)
					s.V[(i3*n+i2)*n+i1] = eigenvalue * math.Cos(phase)
				}
			}
		}
		s.resid(levels)
		if norm := s.Norm(); norm > 1e-14 {
			t.Errorf("wave %v: residual %g", k, norm)
		}
	}
}

// TestRprj3 compares with the definition: weights 1/2, 1/4, 1/8, 1/16 by distance.
func TestRprj3(t *testing.T) {
	const levels = 4
	for k := 1; k < levels; k++ {
		s := randomSolver(levels, uint64(k))
		nc, nf := width(k), width(k+1)
		fine := s.grid(s.R, k+1)
		s.rprj3(k)
		coarse := s.grid(s.R, k)
		for j3 := 1; j3 < nc-1; j3++ {
			for j2 := 1; j2 < nc-1; j2++ {
				for j1 := 1; j1 < nc-1; j1++ {
					got := coarse[(j3*nc+j2)*nc+j1]
					want := apply(stencil{0.5, 0.25, 0.125, 0.0625}, fine, nf, (2*j3*nf+2*j2)*nf+2*j1)
					if math.Abs(got-want) > 1e-14 {
						t.Fatalf("level %d: point (%d,%d,%d) is %v, want %v", k, j3, j2, j1, got, want)
					}
				}
			}
		}
		checkGhosts(t, coarse, nc)
	}
}

// TestInterpIsTwiceTheTranspose: trilinear interpolation P and full weighting R are transposes of
// each other but for the factor 2, so y·(P x) = 2 (R y)·x for all x and y.
func TestInterpIsTwiceTheTranspose(t *testing.T) {
	const levels = 4
	for k := 1; k < levels; k++ {
		s := randomSolver(levels, uint64(k))
		nc, nf := width(k), width(k+1)
		fine := s.grid(s.U, k+1)
		before := clone(fine)
		s.interp(k)
		left := 0.0
		inner(nf, func(at int) { left += s.grid(s.R, k+1)[at] * (fine[at] - before[at]) })
		s.rprj3(k)
		right := 0.0
		inner(nc, func(at int) { right += 2 * s.grid(s.R, k)[at] * s.grid(s.U, k)[at] })
		if math.Abs(left-right) > 1e-11 {
			t.Errorf("level %d: %v and %v", k, left, right)
		}
	}
}

// TestInterpKeepsPolynomials: trilinear interpolation is exact for a product of linear functions,
// away from the boundary where it would have to be periodic; ghost points are interpolated like
// others.
func TestInterpKeepsPolynomials(t *testing.T) {
	s := newSolver(Params{Levels: 4})
	nc, nf := width(3), width(4)
	f := func(x, y, z float64) float64 { return (1 + x) * (2 - 3*y) * (0.5 + z) }
	for i3 := range nc {
		for i2 := range nc {
			for i1 := range nc {
				s.grid(s.U, 3)[(i3*nc+i2)*nc+i1] = f(float64(i1), float64(i2), float64(i3))
			}
		}
	}
	s.interp(3)
	for i3 := range nf {
		for i2 := range nf {
			for i1 := range nf {
				got := s.grid(s.U, 4)[(i3*nf+i2)*nf+i1]
				want := f(float64(i1)/2, float64(i2)/2, float64(i3)/2)
				if math.Abs(got-want) > 1e-11 {
					t.Fatalf("point (%d,%d,%d) is %v, want %v", i3, i2, i1, got, want)
				}
			}
		}
	}
}

// TestNorm: the root of the mean square over the points that are no ghosts.
func TestNorm(t *testing.T) {
	s := newSolver(Params{Levels: 3})
	for i := range s.R {
		s.R[i] = math.Inf(1)
	}
	inner(width(3), func(at int) { s.R[at] = -3 })
	s.R[(1*width(3)+1)*width(3)+1] = 5
	if got, want := s.Norm(), math.Sqrt((9*511+25)/512.0); math.Abs(got-want) > 1e-15*want {
		t.Errorf("norm %v, want %v", got, want)
	}
}
