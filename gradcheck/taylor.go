package gradcheck

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// TaylorReport is the outcome of a Taylor test.
type TaylorReport struct {
	Steps      []float64 // h, each half of the one before
	Remainders []float64 // |f(x+hd) - f(x) - h g·d| for each h
	// Order is the slope of log(remainder) over log(h), fitted through the smallest
	// steps whose remainder is above rounding: about 2 for a right gradient, more where
	// the curvature along d vanishes, about 1 for a wrong one.
	Order float64
	// Exact says that fewer than two remainders were above rounding: f is linear along
	// d as far as one can see, and the gradient fits. Order is then +Inf.
	Exact bool
}

const (
	taylorLevels = 14 // number of steps, over four decimal orders
	taylorFit    = 4  // number of points for the slope
)

// Taylor compares the gradient of f with f itself along the direction d from x; a nil d
// is drawn at random. The error wraps [ErrMismatch] if the remainder of the first-order
// Taylor expansion falls with an order below 2 - opt.Tolerance.
//
// It sees a relative error of the gradient down to about the square root of the rounding
// error of f, 1e-6 or 1e-7 for a plain float64 function.
func Taylor(f func(x []float64) float64, grad func(x []float64) []float64, x, d []float64, opt Options) (TaylorReport, error) {
	var r TaylorReport
	if err := opt.check(); err != nil {
		return r, err
	}
	d = opt.direction(d, len(x), 1)
	if len(d) != len(x) {
		return r, fmt.Errorf("gradcheck: the direction has %d components, x has %d: they must agree", len(d), len(x))
	}
	if largest(d) == 0 {
		return r, fmt.Errorf("gradcheck: the direction is zero: nothing would be tested")
	}
	g, err := opt.evaluate(grad, x)
	if err != nil {
		return r, err
	}
	slope, size := dot(g, d)
	h := opt.Step
	if h == 0 {
		h = 0.01 * max(1, largest(x)) / largest(d)
	}
	f0 := f(slices.Clone(x))
	var usable [][2]float64 // log h, log remainder
	for range taylorLevels {
		fh := f(along(x, h, d))
		rest := math.Abs(fh - f0 - h*slope)
		for _, y := range []float64{f0, fh} {
			if math.IsNaN(y) || math.IsInf(y, 0) {
				return r, fmt.Errorf("gradcheck: one of the function's values along d is %v (at h=0 it is %v, at h=%.3g it is %v): no comparison is possible; test at another point or with a smaller Step", y, f0, h, fh)
			}
		}
		r.Steps, r.Remainders = append(r.Steps, h), append(r.Remainders, rest)
		floor := opt.noise() * (math.Abs(f0) + math.Abs(fh) + h*size)
		if rest > floor {
			usable = append(usable, [2]float64{math.Log(h), math.Log(rest)})
		}
		h /= 2
	}
	if len(usable) < 2 {
		r.Exact, r.Order = true, math.Inf(1)
		return r, nil
	}
	r.Order = fit(usable[max(0, len(usable)-taylorFit):])
	if want := 2 - opt.tolerance(0.2); r.Order < want {
		return r, fmt.Errorf("gradcheck: Taylor test: the remainder falls like h^%.2f, not like h^2 (from %.3g at h=%.3g to %.3g at h=%.3g); g·d is %.17g: %w",
			r.Order, r.Remainders[0], r.Steps[0], r.Remainders[taylorLevels-1], r.Steps[taylorLevels-1], slope, ErrMismatch)
	}
	return r, nil
}

// String is a table of steps, remainders and their ratios.
func (r TaylorReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%12s %12s %8s\n", "h", "remainder", "ratio")
	for i, h := range r.Steps {
		fmt.Fprintf(&b, "%12.4e %12.4e", h, r.Remainders[i])
		if i > 0 {
			fmt.Fprintf(&b, " %8.3f", r.Remainders[i-1]/r.Remainders[i])
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "order %.3f\n", r.Order)
	return b.String()
}

// along returns x + h*d.
func along(x []float64, h float64, d []float64) []float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] += h * d[i]
	}
	return y
}

// fit returns the slope of the least-squares line through points.
func fit(points [][2]float64) float64 {
	n := float64(len(points))
	var sx, sy, sxx, sxy float64
	for _, p := range points {
		sx += p[0]
		sy += p[1]
		sxx += p[0] * p[0]
		sxy += p[0] * p[1]
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
