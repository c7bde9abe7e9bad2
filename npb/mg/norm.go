package mg

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// Norm is the norm of the residual on the finest level, the root of the mean square (norm2u3 of
// the reference; RNR-94-007, kernel MG).
//
//cairn:adjoint wrt=s.R
//cairn:tangent wrt=s.R
func (s *Solver) Norm() float64 {
	n := width(s.par.Levels)
	sum := common.Sum(common.Workers(), s, 1, n-1, squarePlanes)
	return math.Sqrt(sum / points(s.par))
}

// squarePlanes is the sum of the squares of the residual in planes lo..hi−1.
func squarePlanes(s *Solver, lo, hi int) float64 {
	n := width(s.par.Levels)
	sum := 0.0
	for i3 := lo; i3 < hi; i3++ {
		for i2 := 1; i2 < n-1; i2++ {
			row := s.R[(i3*n+i2)*n:][1 : n-1]
			part := 0.0
			for _, x := range row {
				part += x * x
			}
			sum += part
		}
	}
	return sum
}
