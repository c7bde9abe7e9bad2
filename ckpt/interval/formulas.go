package interval

import "math"

// Young returns the time of work between two checkpoints of least waste to first order,
// sqrt(2 c m), if a checkpoint stalls the work for c and failures come every m on the
// average (J. W. Young, A first order approximation to the optimum checkpoint interval,
// CACM 17 (1974) 530). Times are in any one unit.
//
// The result of all formulas here is NaN if an argument is NaN or negative, 0 if c is 0
// (checkpoints that are free are taken all the time), and +Inf if m is +Inf and c is not 0
// (nothing ever fails).
func Young(c, m float64) float64 {
	if r, special := edge(c, m); special {
		return r
	}
	return math.Sqrt(2*c) * math.Sqrt(m)
}

// Daly returns the time of work between two checkpoints of least expected run time for
// exponentially distributed failures, to higher order than [Young]:
//
//	sqrt(2 c m) (1 + sqrt(c/2m)/3 + (c/2m)/9) − c   if c < 2m
//	m                                               otherwise
//
// (J. T. Daly, A higher order estimate of the optimum checkpoint interval for restart
// dumps, FGCS 22 (2006) 303, equation 37.)
func Daly(c, m float64) float64 {
	if r, special := edge(c, m); special {
		return r
	}
	if c >= 2*m {
		return m
	}
	x := c / (2 * m)
	return Young(c, m)*(1+math.Sqrt(x)/3+x/9) - c
}

// WithRecovery returns the period of least waste if a restart takes r: from the begin of
// one checkpoint to the begin of the next,
//
//	c + sqrt(2 (m + r) c + c²)
//
// (Saxena et al. 2024). It is where (T/(T−c)) · (m + r + T/2)/m is least: the time of the
// work with its checkpoints, times that with what each failure costs. The work between two
// checkpoints is c less.
func WithRecovery(c, m, r float64) float64 {
	if math.IsNaN(r) || r < 0 {
		return math.NaN()
	}
	if e, special := edge(c, m); special {
		return e
	}
	return c + math.Sqrt(2*c)*math.Sqrt(m+r+c/2)
}

// edge returns the result for arguments at the edge of what makes sense.
func edge(c, m float64) (result float64, special bool) {
	switch {
	case math.IsNaN(c), math.IsNaN(m), c < 0, m < 0:
		return math.NaN(), true
	case c == 0:
		return 0, true
	case math.IsInf(m, 1):
		return m, true
	case math.IsInf(c, 1):
		return m, true
	}
	return 0, false
}
