package lu

import (
	"math"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// Norms returns what is verified: the norms of the residual and of the difference from the exact
// solution, and the surface integral of the pressure.
//
//cairn:adjoint wrt=s.U,s.Rsd,s.RhoI,s.Qs
//cairn:tangent wrt=s.U,s.Rsd,s.RhoI,s.Qs
func (s *Solver) Norms() (residual, deviation [5]float64, surface float64) {
	return s.l2norm(s.Rsd), s.errorNorm(), s.pintgr()
}

// l2norm returns, for each of the five components, the root of the mean square of v over the
// interior points.
func (s *Solver) l2norm(v [][5]float64) (norm [5]float64) {
	for k := 1; k < s.n-1; k++ {
		for j := 1; j < s.n-1; j++ {
			at := s.index(0, j, k)
			for _, x := range v[at+1 : at+s.n-1] {
				for m := range norm {
					norm[m] += x[m] * x[m]
				}
			}
		}
	}
	return s.rootOfMean(norm)
}

// errorNorm is the same norm of the difference of U from the exact solution.
func (s *Solver) errorNorm() (norm [5]float64) {
	var exact [5]float64
	for k := 1; k < s.n-1; k++ {
		for j := 1; j < s.n-1; j++ {
			for i := 1; i < s.n-1; i++ {
				s.exact(i, j, k, &exact)
				u := &s.U[s.index(i, j, k)]
				for m := range norm {
					d := exact[m] - u[m]
					norm[m] += d * d
				}
			}
		}
	}
	return s.rootOfMean(norm)
}

// rootOfMean divides sums over the interior by the number of its points and takes roots.
func (s *Solver) rootOfMean(sum [5]float64) [5]float64 {
	inner := float64(s.n - 2)
	for m := range sum {
		sum[m] = math.Sqrt(sum[m] / (inner * inner * inner))
	}
	return sum
}

// pintgr returns the surface integral of the pressure, by the trapezoidal rule, over
// a box of grid points inside the cube: i from 1 to n−2, j from 1 to n−3, k from 2 to n−2
// (NAS Parallel Benchmarks 3.x: the surface integral is defined on these points).
func (s *Solver) pintgr() float64 {
	lo := [3]int{1, 1, 2}
	hi := [3]int{s.n - 2, s.n - 3, s.n - 2}
	stride := [3]int{1, s.row, s.plane}
	sum := 0.0
	for normal := range 3 {
		a, b := (normal+1)%3, (normal+2)%3
		for _, face := range [2]int{lo[normal], hi[normal]} {
			for q := lo[b]; q < hi[b]; q++ {
				for p := lo[a]; p < hi[a]; p++ {
					at := face*stride[normal] + p*stride[a] + q*stride[b]
					sum += s.pressure(at) + s.pressure(at+stride[a]) +
						s.pressure(at+stride[b]) + s.pressure(at+stride[a]+stride[b])
				}
			}
		}
	}
	h := 1 / float64(s.n-1)
	return 0.25 * h * h * sum
}

// pressure is that of U at a place of the slices.
func (s *Solver) pressure(at int) float64 {
	u := &s.U[at]
	return cfd.C2 * (u[4] - 0.5*(u[1]*u[1]+u[2]*u[2]+u[3]*u[3])/u[0])
}
