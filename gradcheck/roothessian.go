package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cairn-ad/cairn/ad"
)

// hessian runs the tangent of the adjoint along d, with seeds that change by seedDot.
func (p *sample[A, R]) hessian(x, d, seedDot []float64) (xb, xbd []float64, err error) {
	a, xd := p.at(x), ad.ZeroLike(p.args)
	if err := Unflatten(d, p.c.Wrt(&xd)...); err != nil {
		return nil, nil, err
	}
	ab, abd, rb, rbd := ad.ZeroLike(p.args), ad.ZeroLike(p.args), ad.ZeroLike(p.result), ad.ZeroLike(p.result)
	if err := errors.Join(p.seeds(&ab, &rb, p.seed), p.seeds(&abd, &rbd, seedDot)); err != nil {
		return nil, nil, err
	}
	r, _ := p.c.Hessian(a, &xd, &ab, &abd, &rb, &rbd)
	if slices.Equal(x, p.x) {
		if err := p.same("the tangent of the adjoint", a, &r); err != nil {
			return nil, nil, err
		}
	}
	xb, err = Flatten(p.c.Wrt(&ab)...)
	if err != nil {
		return nil, nil, err
	}
	xbd, err = Flatten(p.c.Wrt(&abd)...)
	return xb, xbd, err
}

// checkHessian tests the tangent of the adjoint: its adjoint is that of the function, its
// products are those of a Hessian, and a change of the seeds adds the adjoint for it.
func (p *sample[A, R]) checkHessian() error {
	var g guard
	none := make([]float64, p.m)
	grad := func(x []float64) []float64 {
		xb, _, err := p.hessian(x, make([]float64, len(x)), none)
		return g.vector(xb, err, len(p.x))
	}
	product := func(x, v []float64) []float64 {
		_, xbd, err := p.hessian(x, v, none)
		return g.vector(xbd, err, len(p.x))
	}
	_, err := FiniteDifference(p.weighted, grad, p.x, p.differences())
	errs := []error{err}
	opt := p.differences()
	_, err = Hessian(grad, product, p.x, opt)
	errs = append(errs, err, p.seedsChange(grad(p.x)))
	return g.or(errors.Join(errs...))
}

// seedsChange lets the seeds change by themselves, which adds the gradient to the tangents
// of the adjoints.
func (p *sample[A, R]) seedsChange(gradient []float64) error {
	d := p.opt.direction(nil, len(p.x), 6)
	_, still, err := p.hessian(p.x, d, make([]float64, p.m))
	if err != nil {
		return err
	}
	_, moved, err := p.hessian(p.x, d, p.seed)
	if err != nil {
		return err
	}
	tolerance := p.opt.tolerance(1e-11)
	if p.single {
		tolerance = p.opt.tolerance(1e-3)
	}
	scale := 1 + largest(gradient) + largest(still)
	for i, want := range gradient {
		if got := moved[i] - still[i]; !(math.Abs(got-want) <= tolerance*scale) {
			return fmt.Errorf("gradcheck: seeds that change: %s gets %.10g, its gradient is %.10g: %w", p.opt.component(i), got, want, ErrMismatch)
		}
	}
	return nil
}
