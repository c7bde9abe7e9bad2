package gradcheck

import (
	"fmt"
	"math"
	"slices"
)

// DotReport is the outcome of a dot-product test.
type DotReport struct {
	Tangent float64 // <seed, J d>
	Adjoint float64 // <Jᵀ seed, d>
	// RelativeError is their difference over the larger of the sums of the sizes of
	// their terms. That does not blow up where terms of different sign cancel.
	RelativeError float64
}

// DotProduct compares a tangent with an adjoint of one function from n to m numbers.
// tangent returns the m components of J(x)·d, adjoint the n components of J(x)ᵀ·seed.
// A nil d or seed is drawn at random. The error wraps [ErrMismatch] if the two inner
// products differ by more than opt.Tolerance (1e-12) relative to their terms.
//
// Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.2.
func DotProduct(tangent, adjoint func(x, v []float64) []float64, x, d, seed []float64, opt Options) (DotReport, error) {
	var r DotReport
	if err := opt.check(); err != nil {
		return r, err
	}
	d = opt.direction(d, len(x), 1)
	if len(d) != len(x) {
		return r, fmt.Errorf("gradcheck: the direction has %d components, x has %d: they must agree", len(d), len(x))
	}
	yd := tangent(slices.Clone(x), slices.Clone(d))
	seed = opt.direction(seed, len(yd), 2)
	if len(seed) != len(yd) {
		return r, fmt.Errorf("gradcheck: the seed has %d components, the tangent returns %d: they must agree", len(seed), len(yd))
	}
	xb := adjoint(slices.Clone(x), slices.Clone(seed))
	if len(xb) != len(x) {
		return r, fmt.Errorf("gradcheck: the adjoint returns %d components, x has %d: they must agree", len(xb), len(x))
	}
	if err := finite("tangent", yd, opt.output); err != nil {
		return r, err
	}
	if err := opt.finite("adjoint", xb); err != nil {
		return r, err
	}
	var sizeT, sizeA float64
	r.Tangent, sizeT = dot(seed, yd)
	r.Adjoint, sizeA = dot(xb, d)
	if size := max(sizeT, sizeA); size > 0 {
		r.RelativeError = math.Abs(r.Tangent-r.Adjoint) / size
	}
	if tol := opt.tolerance(1e-12); !(r.RelativeError <= tol) {
		return r, fmt.Errorf("gradcheck: dot product: tangent gives %.17g, adjoint gives %.17g, relative difference %.3g exceeds %.3g: %w",
			r.Tangent, r.Adjoint, r.RelativeError, tol, ErrMismatch)
	}
	return r, nil
}
