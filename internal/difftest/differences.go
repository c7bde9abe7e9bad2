package difftest

import "math"

// differences compares the tangent with central differences along the
// direction, with several steps: rounding spoils small ones, curvature large
// ones. Where the function has kinks nearby a disagreement is only counted.
func (e *examination) differences() {
	if e.Single {
		return
	}
	best := math.Inf(1)
	value := math.NaN()
	for _, h := range []float64{1e-5, 1e-4, 1e-6, 1e-3, 1e-7} {
		fd := (e.along(h) - e.along(-h)) / (2 * h)
		if fd != fd && e.tangent != e.tangent {
			return
		}
		if d := math.Abs(fd-e.tangent) / math.Max(1, e.magnitude); d < best {
			best, value = d, fd
		}
		if best <= 1e-5 {
			return
		}
	}
	if e.Kinks {
		e.report.FDSkips++
		return
	}
	e.failf("divided differences give %v, the tangent %v", value, e.tangent)
}

// along is the weighted sum of the outputs for arguments moved by h along the
// direction.
func (e *examination) along(h float64) float64 {
	r := e.newRun()
	once(r.places, e.taking, func(i, j int, p leaf) { p.SetFloat(p.Float() + h*Direction(i, j)) })
	results := e.primal(r)
	sum := 0.0
	for k, v := range results {
		if e.ofResult(k) {
			for j, p := range leaves(v) {
				if e.ofLeaf(k, j, v) {
					sum += Seed(ResultIndex+k, j) * p.Float()
				}
			}
		}
	}
	once(r.found(), e.of, func(i, j int, p leaf) { sum += Seed(i, j) * p.Float() })
	return sum
}
