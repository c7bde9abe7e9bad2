// Package kmeans is the problem k-means of GradBench: how far points are from the nearest
// of some centres, the gradient with respect to the centres, and the step of Newton.
//
// In: points and centres. Out: the cost ([Cost]), its derivatives (CostAdjoint, which
// cairngen wrote), and the step ([Direction]).
//
// The method is that of Bottou and Bengio, "Convergence properties of the k-means
// algorithms", NIPS 1994.
package kmeans

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Cost is the sum over all points of the squared distance from the nearest centre. There
// is at least one centre.
//
//cairn:adjoint wrt=centres of=return
//cairn:tangent wrt=centres of=return
func Cost(points, centres [][]float64) float64 {
	sum := 0.0
	for _, p := range points {
		least := square(p, centres[0])
		for _, c := range centres[1:] {
			least = min(least, square(p, c))
		}
		sum += least
	}
	return sum
}

// square is the squared distance of p and c.
func square(p, c []float64) float64 {
	sum := 0.0
	for j := range p {
		sum += (p[j] - c[j]) * (p[j] - c[j])
	}
	return sum
}

// Direction is the gradient of [Cost], divided by the diagonal of the second derivatives.
// These are constant, 2 for each point that is nearest to the centre, and 0 off the
// diagonal. Each centre must be the nearest one of some point.
func Direction(points, centres [][]float64) [][]float64 {
	d := make([][]float64, len(centres))
	for k := range d {
		d[k] = make([]float64, len(centres[k]))
	}
	CostAdjoint(points, centres, d, 1)
	count := make([]int, len(centres))
	for _, p := range points {
		count[nearest(p, centres)]++
	}
	for k := range d {
		for j := range d[k] {
			d[k][j] /= 2 * float64(count[k])
		}
	}
	return d
}

// nearest is the first of the centres with the least distance from p.
func nearest(p []float64, centres [][]float64) int {
	best, least := 0, square(p, centres[0])
	for k, c := range centres {
		if s := square(p, c); s < least {
			best, least = k, s
		}
	}
	return best
}
