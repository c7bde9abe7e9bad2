package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Distribution draws times in seconds.
type Distribution interface {
	Draw(r *rand.Rand) float64
	Mean() float64
}

// Constant is always the same time.
type Constant float64

// Draw returns the time.
func (c Constant) Draw(*rand.Rand) float64 { return float64(c) }

// Mean returns the time.
func (c Constant) Mean() float64 { return float64(c) }

// Exponential is the distribution of times between failures that do not depend on the
// past, with the given mean.
type Exponential float64

// Draw returns a random time.
func (e Exponential) Draw(r *rand.Rand) float64 { return float64(e) * r.ExpFloat64() }

// Mean returns the mean.
func (e Exponential) Mean() float64 { return float64(e) }

// Weibull is the distribution of times between failures that come in bursts, if the shape
// is less than 1, or by ageing, if it is greater. Clusters have shapes of 0.7 to 0.8
// (Schroeder and Gibson, A large-scale study of failures in high-performance computing
// systems, DSN 2006).
type Weibull struct {
	Average float64 // the mean, not the scale
	Shape   float64
}

// Draw returns a random time.
func (w Weibull) Draw(r *rand.Rand) float64 {
	return w.Average / math.Gamma(1+1/w.Shape) * math.Pow(r.ExpFloat64(), 1/w.Shape)
}

// Mean returns the mean.
func (w Weibull) Mean() float64 { return w.Average }

// LogNormal is the distribution of times that are the product of many influences, such as
// those of steps and of writes on a shared machine.
type LogNormal struct {
	Median float64
	Sigma  float64 // standard deviation of the logarithm
}

// Draw returns a random time.
func (l LogNormal) Draw(r *rand.Rand) float64 {
	return l.Median * math.Exp(l.Sigma*r.NormFloat64())
}

// Mean returns the mean.
func (l LogNormal) Mean() float64 { return l.Median * math.Exp(l.Sigma*l.Sigma/2) }

// ParseDistribution reads a distribution: a time such as 3h or 1.5s for a constant,
// exp:MEAN, weibull:MEAN:SHAPE or lognormal:MEDIAN:SIGMA.
func ParseDistribution(text string) (Distribution, error) {
	parts := strings.Split(text, ":")
	if len(parts) == 1 {
		x, err := ParseTime(text)
		return Constant(x), err
	}
	want := map[string]int{"exp": 2, "weibull": 3, "lognormal": 3}[parts[0]]
	if want != len(parts) {
		return nil, fmt.Errorf("%q is not a distribution: write a time, exp:MEAN, weibull:MEAN:SHAPE or lognormal:MEDIAN:SIGMA", text)
	}
	x, err := ParseTime(parts[1])
	if err != nil {
		return nil, err
	}
	if want == 2 {
		return Exponential(x), nil
	}
	y, err := strconv.ParseFloat(parts[2], 64)
	if err != nil || !(y > 0) || math.IsInf(y, 0) {
		return nil, fmt.Errorf("%q in %q is not a positive number", parts[2], text)
	}
	if parts[0] == "weibull" {
		if y < 0.1 {
			return nil, fmt.Errorf("the shape %v in %q is less than 0.1", y, text)
		}
		return Weibull{x, y}, nil
	}
	return LogNormal{x, y}, nil
}
