package brusselator

import "github.com/cairn-ad/cairn/sparse"

// Force sets f to the derivative of the energy of a chain at the positions x: springs
// that stiffen join neighbors, and each mass is held at its place, and by a spring to the
// first mass. The derivative of Force is the Hessian of the energy: an arrow.
//
//cairn:pattern wrt=x of=f
//cairn:tangent wrt=x of=f
func Force(x, f []float64) {
	for i := range f {
		f[i] = x[i] * x[i] * x[i]
	}
	for i := 1; i < len(x); i++ {
		s := x[i] - x[i-1]
		t := s + s*s*s
		f[i] += t
		f[i-1] -= t
		p := 0.01 * (x[i] - x[0])
		f[i] += p
		f[0] -= p
	}
}

// Hessian finds the pattern of the Hessian at x, colors it and works it out.
func Hessian(x []float64) (*sparse.Matrix, error) {
	f := make([]float64, len(x))
	p, err := sparse.Detect(len(f), len(x), func(seed, out []float64) { ForcePattern(x, seed, f, out) })
	if err != nil {
		return nil, err
	}
	plan, err := sparse.HessianPlan(p, sparse.SmallestLast)
	if err != nil {
		return nil, err
	}
	return plan.Compute(nil, func(seed, out []float64) { ForceTangent(x, seed, f, out) })
}
