package ad

import "math"

// This file holds the partial derivatives that need a case distinction. Made
// code names them where the function's rule does.

// Sign returns the derivative of |x|: 1, -1, or 0 at 0; NaN for NaN.
func Sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 or NaN
}

// Step returns 1 for x > 0, else 0: the derivative of max(x, 0) with the value 0
// at 0.
func Step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// Ratio returns x/y, and 0 where both are zero: the derivative of hypot(x, .) at
// the origin by the convention of Griewank & Walther (2008), section 14.
func Ratio(x, y float64) float64 {
	if x == 0 && y == 0 {
		return 0
	}
	return x / y
}

// BesselAtZero returns 1/2 at x = 0 and 0 elsewhere. J1'(x) = J0(x) - J1(x)/x
// (Abramowitz & Stegun 9.1.27), whose last term tends to 1/2 at 0, where Ratio
// gives 0.
func BesselAtZero(x float64) float64 {
	if x == 0 {
		return 0.5
	}
	return 0
}

// PowX returns the derivative y x^(y-1) of x^y with respect to x; it is 0 for
// y = 0 whatever x is.
func PowX(x, y float64) float64 {
	if y == 0 {
		return 0
	}
	return y * math.Pow(x, y-1)
}

// PowY returns the derivative log(x) x^y of r = x^y with respect to y; it is 0
// where x <= 0, where the function is defined for isolated y only.
func PowY(x, r float64) float64 {
	if x <= 0 {
		return 0
	}
	return math.Log(x) * r
}

// Digamma returns the logarithmic derivative of the gamma function, by upward
// recurrence to x >= 10 and the asymptotic series (Abramowitz & Stegun 6.3.5,
// 6.3.18), by reflection (6.3.7) for x < 0. It is NaN at the poles 0, -1, -2 …
func Digamma(x float64) float64 {
	if x <= 0 {
		if x == math.Trunc(x) {
			return math.NaN()
		}
		r := x - math.Round(x) // the period of the tangent, taken off exactly
		return Digamma(1-x) - math.Pi/math.Tan(math.Pi*r)
	}
	sum := 0.0
	for ; x < 10; x++ {
		sum -= 1 / x
	}
	f := 1 / (x * x)
	series := f * (1.0/12 - f*(1.0/120-f*(1.0/252-f*(1.0/240-f*(1.0/132-f*(691.0/32760-f/12))))))
	return sum + math.Log(x) - 0.5/x - series
}
