package gradcheck

import (
	"fmt"
	"math"
	"slices"
)

// HessianReport is the outcome of a test of products of a Hessian and a vector.
type HessianReport struct {
	Product  GradientReport // of the product with a random vector, against differences of the gradient
	Symmetry DotReport      // <u, Hv> as Tangent, <Hu, v> as Adjoint
}

func (r HessianReport) String() string {
	return fmt.Sprintf("Hessian: worst relative error %.3g, symmetric up to %.3g", r.Product.WorstRel, r.Symmetry.RelativeError)
}

// Hessian tests a function that returns the product of the Hessian at x and a vector v,
// against the gradient: the product with a random vector must agree with differences of the
// gradient along it, extrapolated as in [FiniteDifference] and with its tolerance, and the
// Hessian must be symmetric, as in [DotProduct]. The error wraps [ErrMismatch].
func Hessian(grad func(x []float64) []float64, product func(x, v []float64) []float64, x []float64, opt Options) (HessianReport, error) {
	var r HessianReport
	if err := opt.check(); err != nil {
		return r, err
	}
	v := opt.direction(nil, len(x), 4)
	along := func(x []float64) []float64 { return product(x, slices.Clone(v)) }
	g, err := opt.evaluate(grad, x)
	if err != nil {
		return r, err
	}
	step := 0.1
	for i := range x {
		step = min(step, opt.difference(x[i]))
	}
	c := comparison{tolerance: opt.tolerance(1e-7), estimated: true, least: opt.noise() * largest(g) / step}
	quotients := map[float64][]float64{} // of all components, by step
	quotient := func(h float64) []float64 {
		if quotients[h] == nil {
			plus, minus := slices.Clone(x), slices.Clone(x)
			for i := range x {
				plus[i] += h * v[i]
				minus[i] -= h * v[i]
			}
			q, below := grad(plus), grad(minus)
			if len(q) != len(x) || len(below) != len(x) {
				q, below = make([]float64, len(x)), make([]float64, len(x))
				for i := range q {
					q[i] = math.NaN()
				}
			}
			d := make([]float64, len(x))
			for i := range d {
				d[i] = (q[i] - below[i]) / (2 * h)
			}
			quotients[h] = d
		}
		return quotients[h]
	}
	r.Product, err = c.run(along, x, opt, func(i int) (float64, float64) {
		return ridders(func(h float64) float64 { return quotient(h)[i] }, step)
	})
	if err != nil {
		return r, fmt.Errorf("%w (product of the Hessian and a vector)", err)
	}
	dots := opt
	if dots.Tolerance == 0 {
		dots.Tolerance = 1e-10
	}
	r.Symmetry, err = DotProduct(product, product, x, v, opt.direction(nil, len(x), 5), dots)
	if err != nil {
		return r, fmt.Errorf("%w (symmetry of the Hessian)", err)
	}
	return r, nil
}
