// Package brusselator has the sparse Jacobian of a chemical reaction on a square, and the
// sparse Hessian of the energy of an elastic chain.
//
// In: concentrations on an n by n grid, or positions. Out: the rates of change of the
// Brusselator ([Rate]) and their Jacobian ([Jacobian]); the forces in the chain ([Force])
// and their derivative, the Hessian of the energy ([Hessian]). Both matrices are worked
// out with as many sweeps as they have colors, whatever the size of the grid.
//
// The equations are those of Hairer & Wanner, Solving Ordinary Differential Equations II,
// section IV.10, with periodic boundaries.
package brusselator

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

import "github.com/cairn-ad/cairn/sparse"

// The parameters of the reaction.
const (
	A     = 1.0
	B     = 3.4
	Alpha = 0.1
)

// Rate sets f to the rates of change of the concentrations c on an n by n grid: c has two
// numbers for each point, u and v, and f too.
//
//cairn:pattern wrt=c of=f
//cairn:tangent wrt=c of=f
//cairn:adjoint wrt=c of=f
func Rate(c, f []float64, n int) {
	d := Alpha * float64(n*n)
	for y := 0; y < n; y++ {
		up, down := (y+n-1)%n, (y+1)%n
		for x := 0; x < n; x++ {
			left, right := (x+n-1)%n, (x+1)%n
			i := 2 * (y*n + x)
			l, r, a, b := 2*(y*n+left), 2*(y*n+right), 2*(up*n+x), 2*(down*n+x)
			u, v := c[i], c[i+1]
			f[i] = A + u*u*v - (B+1)*u + d*(c[l]+c[r]+c[a]+c[b]-4*u)
			f[i+1] = B*u - u*u*v + d*(c[l+1]+c[r+1]+c[a+1]+c[b+1]-4*v)
		}
	}
}

// Plan finds the pattern of the Jacobian of Rate at c, and the sweeps that it takes. It
// serves for all c, since Rate has no branch that depends on it.
func Plan(c []float64, n int) (*sparse.Plan, error) {
	f := make([]float64, len(c))
	p, err := sparse.Detect(len(f), len(c), func(seed, out []float64) { RatePattern(c, seed, f, out, n) })
	if err != nil {
		return nil, err
	}
	return sparse.JacobianPlan(p, sparse.SmallestLast)
}

// Jacobian works out the Jacobian of Rate at c, into dst if that is not nil, and sets f to the rate.
func Jacobian(plan *sparse.Plan, dst *sparse.Matrix, c, f []float64, n int) (*sparse.Matrix, error) {
	return plan.Compute(dst, func(seed, out []float64) {
		if plan.ByRows {
			RateAdjoint(c, out, f, seed, n)
		} else {
			RateTangent(c, seed, f, out, n)
		}
	})
}
