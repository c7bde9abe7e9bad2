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

// RatioX returns 1/y, and 0 where both are zero: the derivative of Ratio with respect
// to x.
func RatioX(x, y float64) float64 {
	if x == 0 && y == 0 {
		return 0
	}
	return 1 / y
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

// PowPos returns x^y where x > 0, else 0.
func PowPos(x, y float64) float64 {
	if x <= 0 {
		return 0
	}
	return math.Pow(x, y)
}

// LogPos returns log(x) where x > 0, else 0.
func LogPos(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return math.Log(x)
}

// InvPos returns 1/x where x > 0, else 0: the derivative of LogPos.
func InvPos(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return 1 / x
}

// Times returns x*y, and 0 for x = 0 whatever y is.
func Times(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return x * y
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

// bernoulli are the Bernoulli numbers B2, B4, …, B24 (Abramowitz & Stegun, table 23.2).
var bernoulli = [...]float64{
	1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510,
	43867.0 / 798, -174611.0 / 330, 854513.0 / 138, -236364091.0 / 2730,
}

// Polygamma returns the n-th derivative of [Digamma], n >= 1: by upward recurrence
// (Abramowitz & Stegun 6.4.6) and the asymptotic series (6.4.11), by reflection (6.4.7)
// for x < 0. It is NaN at the poles 0, -1, -2 …
func Polygamma(n int, x float64) float64 {
	if x <= 0 {
		if x == math.Trunc(x) {
			return math.NaN()
		}
		r := x - math.Round(x)
		other := Polygamma(n, 1-x)
		if n%2 == 1 {
			other = -other
		}
		return other - math.Pow(math.Pi, float64(n+1))*cotDerivative(n, 1/math.Tan(math.Pi*r))
	}
	factorial := math.Gamma(float64(n + 1))
	sum := 0.0
	for ; x < float64(15+n); x++ {
		sum += factorial / math.Pow(x, float64(n+1))
	}
	term := factorial / float64(n) / math.Pow(x, float64(n)) // (n-1)!/x^n
	tail := term * (1 + 0.5*float64(n)/x)
	for k, b := range bernoulli {
		i := float64(2*(k+1) + n - 1) // (2k+n-1)!/(2k)! from that of the term before
		term *= i * (i - 1) / float64(2*(k+1)*(2*k+1)) / (x * x)
		tail += b * term
	}
	sum += tail
	if n%2 == 0 {
		return -sum
	}
	return sum
}

// cotDerivative returns the n-th derivative of the cotangent where it is c. That is a
// polynomial in c, since the first is -(1+c*c).
func cotDerivative(n int, c float64) float64 {
	p := []float64{0, 1} // by powers of c
	for range n {
		q := make([]float64, len(p)+1)
		for k := 1; k < len(p); k++ {
			q[k-1] -= float64(k) * p[k]
			q[k+1] -= float64(k) * p[k]
		}
		p = q
	}
	sum := 0.0
	for k := len(p) - 1; k >= 0; k-- {
		sum = sum*c + p[k]
	}
	return sum
}
