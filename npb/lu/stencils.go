package lu

// The kinds of points along a line: those beside a face have stencils of their own.
const (
	innerPoint = iota
	firstPoint
	secondPoint
	lastButOnePoint
	lastPoint
)

// kind is that of the points that are place steps away from the first face, from 1 to n−2.
func (s *Solver) kind(place int) int {
	switch place {
	case 1:
		return firstPoint
	case 2:
		return secondPoint
	case s.n - 3:
		return lastButOnePoint
	case s.n - 2:
		return lastPoint
	}
	return innerPoint
}

// makeStencils returns, for each kind, the weights of the points from two before to two after:
// diffusion times the second difference minus dissipation times the fourth difference, in which
// the values on the faces take no part.
func makeStencils(diffusion, dissipation float64) (stencils [5][5]float64) {
	fourth := [5][5]float64{
		innerPoint:      {1, -4, 6, -4, 1},
		firstPoint:      {0, 0, 5, -4, 1},
		secondPoint:     {0, -4, 6, -4, 1},
		lastButOnePoint: {1, -4, 6, -4, 0},
		lastPoint:       {1, -4, 5, 0, 0},
	}
	second := [5]float64{0, 1, -2, 1, 0}
	for kind := range stencils {
		for p := range second {
			stencils[kind][p] = diffusion*second[p] - dissipation*fourth[kind][p]
		}
	}
	return stencils
}
