package gradcheck

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"strings"
)

// GradientReport is the outcome of a comparison component by component.
type GradientReport struct {
	Indices   []int     // the components looked at
	Gradient  []float64 // what grad returned for them
	Reference []float64 // what it was compared with
	Estimate  []float64 // estimated error of the reference; nil for ComplexStep
	Worst     int       // the component with the largest relative error; -1 if there is none
	WorstRel  float64   // that error, after what Estimate explains
}

// FiniteDifference compares every component of the gradient of f with central
// differences, extrapolated to step 0 (Richardson's deferred approach to the limit, with
// the stopping rule of Ridders, Advances in Engineering Software 4 (1982) 75-76). A
// component passes if it is within opt.Tolerance (1e-7), relative to the larger of
// itself, its reference and 1e-3 of the largest component, plus ten times the estimated
// error of the reference. The error wraps [ErrMismatch] and names the components that
// fail; an error without it says that f is too rough around x to judge a component.
func FiniteDifference(f func(x []float64) float64, grad func(x []float64) []float64, x []float64, opt Options) (GradientReport, error) {
	value := f(slices.Clone(x))
	c := comparison{tolerance: opt.tolerance(1e-7), estimated: true}
	for i := range x {
		c.least = max(c.least, opt.noise()*math.Abs(value)/opt.difference(x[i]))
	}
	return c.run(grad, x, opt, func(i int) (float64, float64) {
		return ridders(func(h float64) float64 {
			plus, minus := slices.Clone(x), slices.Clone(x)
			plus[i] += h
			minus[i] -= h
			width := plus[i] - minus[i]
			return (f(plus) - f(minus)) / width
		}, opt.difference(x[i]))
	})
}

// ComplexStep compares every component of the gradient with Im f(x + ih e)/h, where f is
// the same function written for complex128. f must be analytic and must not use the real
// part alone: no abs, comparison or conjugate. The tolerance (1e-12) is as in
// [FiniteDifference]; there is no step to choose, since nothing is subtracted.
//
// Source: Squire and Trapp, SIAM Review 40 (1998) 110-112.
func ComplexStep(f func(x []complex128) complex128, grad func(x []float64) []float64, x []float64, opt Options) (GradientReport, error) {
	c := comparison{tolerance: opt.tolerance(1e-12)}
	return c.run(grad, x, opt, func(i int) (float64, float64) {
		z := complexOf(x)
		z[i] += complex(0, complexStep)
		return stepDerivative(f(z)), 0
	})
}

const complexStep = 0x1p-200

// stepDerivative returns the derivative that a complex step gave.
func stepDerivative(y complex128) float64 {
	if cmplx.IsNaN(y) {
		return math.NaN()
	}
	return imag(y) / complexStep
}

// comparison is how a gradient is held against a reference.
type comparison struct {
	tolerance float64 // largest relative error that passes
	least     float64 // smallest scale that relative errors refer to
	estimated bool    // the reference comes with an estimate of its error
}

// run fills a report from reference, which returns a component of the gradient and its
// estimated error.
func (c comparison) run(grad func([]float64) []float64, x []float64, opt Options, reference func(i int) (float64, float64)) (GradientReport, error) {
	r := GradientReport{Worst: -1}
	if err := opt.check(); err != nil {
		return r, err
	}
	indices, err := opt.indices(len(x))
	if err != nil {
		return r, err
	}
	g, err := opt.evaluate(grad, x)
	if err != nil {
		return r, err
	}
	r.Indices = indices
	c.least = max(c.least, 1e-3*largest(g))
	var wrong []string
	for _, i := range indices {
		want, uncertain := reference(i)
		rel, err := c.component(opt.component(i), g[i], want, uncertain)
		if err != nil {
			return r, err
		}
		r.Gradient, r.Reference = append(r.Gradient, g[i]), append(r.Reference, want)
		if c.estimated {
			r.Estimate = append(r.Estimate, uncertain)
		}
		if r.Worst < 0 || rel > r.WorstRel {
			r.Worst, r.WorstRel = i, rel
		}
		if rel > c.tolerance {
			wrong = append(wrong, fmt.Sprintf("%s is %.10g, should be %.10g (ratio %.10g)", opt.component(i), g[i], want, g[i]/want))
		}
	}
	return r, mismatch(wrong, len(indices), c.tolerance)
}

// component returns the relative error of a component after what the uncertainty of the
// reference explains. It is an error if the uncertainty explains nearly anything.
func (c comparison) component(name string, g, want, uncertain float64) (float64, error) {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return 0, fmt.Errorf("gradcheck: the function is not finite around x when %s changes: test at another point or with a smaller Step", name)
	}
	scale := max(math.Abs(g), math.Abs(want), c.least)
	diff := math.Abs(g - want)
	switch {
	case diff <= c.tolerance*scale:
		return diff / max(scale, math.SmallestNonzeroFloat64), nil
	case diff > 10*uncertain:
		return (diff - 10*uncertain) / scale, nil
	case 10*uncertain > 1e-3*scale:
		return 0, fmt.Errorf("gradcheck: %s cannot be judged: its difference quotient is only known to ±%.3g at %.3g: the function is too rough for the step; set Options.Step",
			name, uncertain, want)
	}
	return 0, nil
}

// mismatch makes one error of the components that are wrong; it spells out ten.
func mismatch(wrong []string, of int, tolerance float64) error {
	if len(wrong) == 0 {
		return nil
	}
	text := strings.Join(wrong[:min(len(wrong), 10)], "; ")
	if len(wrong) > 10 {
		text += fmt.Sprintf("; and %d more", len(wrong)-10)
	}
	return fmt.Errorf("gradcheck: %d of %d components differ by more than %.3g: %s: %w",
		len(wrong), of, tolerance, text, ErrMismatch)
}

// mismatches makes one error of the lines of a test.
func mismatches(test string, wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("gradcheck: %s: %s: %w", test, strings.Join(wrong, "; "), ErrMismatch)
}

// ridders extrapolates the even function q(h) from steps h, h/2, h/4 … to h = 0. It
// returns the entry of the table with the smallest estimated error, and that estimate.
func ridders(q func(h float64) float64, h float64) (best, estimate float64) {
	const rows = 10
	var above, row [rows]float64
	above[0] = q(h)
	best, estimate = above[0], math.Inf(1)
	for i := 1; i < rows; i++ {
		h /= 2
		row[0] = q(h)
		factor := 1.0
		for j := 1; j <= i; j++ {
			factor *= 4
			row[j] = row[j-1] + (row[j-1]-above[j-1])/(factor-1)
			e := max(math.Abs(row[j]-row[j-1]), math.Abs(row[j]-above[j-1]))
			if e <= estimate {
				best, estimate = row[j], e
			}
		}
		if math.Abs(row[i]-above[i-1]) > 2*estimate {
			break
		}
		above = row
	}
	return best, estimate
}
