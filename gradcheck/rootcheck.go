package gradcheck

import (
	"errors"
	"fmt"
	"math"
)

// check runs all tests that the derivatives at hand allow.
func (p *sample[A, R]) check() error {
	var errs []error
	add := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	if p.c.Tangent != nil {
		add("tangent", p.checkTangent())
	}
	if p.c.Adjoint != nil {
		add("adjoint", p.checkAdjoint(p.joint))
	}
	if p.c.Forward != nil && p.c.Reverse != nil {
		add("split adjoint", p.checkAdjoint(p.split))
	}
	if p.c.Hessian != nil {
		add("second derivative", p.checkHessian())
	}
	p.checkVector(add)
	return errors.Join(errs...)
}

// guard keeps the first error of a derivative for the test that calls it, and gives the
// test a vector to go on with.
type guard struct{ err error }

func (g *guard) vector(v []float64, err error, n int) []float64 {
	if err != nil && g.err == nil {
		g.err = err
	}
	if err != nil || len(v) != n {
		return make([]float64, n)
	}
	return v
}

// or prefers the error of the derivative to that of the test.
func (g *guard) or(err error) error {
	if g.err != nil {
		return g.err
	}
	return err
}

func (p *sample[A, R]) checkTangent() error {
	var g guard
	j := Jacobian{F: p.f, Tangent: func(x, d []float64) []float64 {
		yd, err := p.tangent(x, d)
		return g.vector(yd, err, p.m)
	}}
	_, err := j.Compare(p.x, p.differences())
	return g.or(err)
}

func (p *sample[A, R]) checkAdjoint(run sweeps) error {
	var g guard
	grad := func(x []float64) []float64 {
		xb, err := run(x, p.seed, nil)
		return g.vector(xb, err, len(p.x))
	}
	first := grad(p.x)
	if g.err != nil {
		return g.err
	}
	var errs []error
	if p.c.Tangent != nil {
		errs = append(errs, p.dotProduct(run))
	}
	_, err := Taylor(p.weighted, grad, p.x, nil, p.taylor())
	errs = append(errs, err)
	_, err = FiniteDifference(p.weighted, grad, p.x, p.differences())
	errs = append(errs, err, p.accumulates(run, first))
	return g.or(errors.Join(errs...))
}

func (p *sample[A, R]) dotProduct(run sweeps) error {
	var g guard
	opt := p.opt
	if p.single {
		opt.Tolerance = opt.tolerance(1e-4)
	}
	tangent := func(x, d []float64) []float64 {
		yd, err := p.tangent(x, d)
		return g.vector(yd, err, p.m)
	}
	adjoint := func(x, seed []float64) []float64 {
		xb, err := run(x, seed, nil)
		return g.vector(xb, err, len(p.x))
	}
	_, err := DotProduct(tangent, adjoint, p.x, nil, nil, opt)
	return g.or(err)
}

// accumulates wants the adjoint to be added to what the shadows of independents hold.
func (p *sample[A, R]) accumulates(run sweeps, gradient []float64) error {
	apart, err := p.apart()
	if err != nil {
		return err
	}
	start := p.opt.direction(nil, len(p.x), 3)
	got, err := run(p.x, p.seed, start)
	if err != nil {
		return err
	}
	tolerance := p.opt.tolerance(1e-11)
	if p.single {
		tolerance = p.opt.tolerance(1e-4)
	}
	scale := 1 + largest(gradient)
	for i, ok := range apart {
		if want := start[i] + gradient[i]; ok && !(math.Abs(got[i]-want) <= tolerance*scale) {
			return fmt.Errorf("gradcheck: accumulation: the shadow of %s held %.10g, the adjoint alone gives %.10g, together they give %.10g instead of %.10g: %w",
				p.opt.component(i), start[i], gradient[i], got[i], want, ErrMismatch)
		}
	}
	return nil
}

// taylor returns the options of a Taylor test, which allow for float32.
func (p *sample[A, R]) taylor() Options {
	opt := p.opt
	if p.single {
		opt.Tolerance, opt.Noise, opt.Step = opt.tolerance(0.4), singleNoise(opt), singleStep(opt)
	}
	return opt
}

// differences returns the options of divided differences: float32, and not too many.
func (p *sample[A, R]) differences() Options {
	opt := p.opt
	if p.single {
		opt.Tolerance, opt.Noise, opt.Step = opt.tolerance(1e-2), singleNoise(opt), singleStep(opt)
	}
	if n := len(p.x); opt.Indices == nil && n > rootIndices {
		for i := range rootIndices {
			opt.Indices = append(opt.Indices, i*n/rootIndices)
		}
	}
	return opt
}

func singleNoise(opt Options) float64 {
	if opt.Noise == 0 {
		return 4e-6
	}
	return opt.Noise
}

func singleStep(opt Options) float64 {
	if opt.Step == 0 {
		return 0.1
	}
	return opt.Step
}
