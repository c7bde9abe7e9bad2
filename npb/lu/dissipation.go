package lu

// The dissipation of fourth order subtracts a multiple of the fourth difference
// (1, −4, 6, −4, 1) along each direction. Boundary values take no part in it: the points next to
// a face have (5, −4, 1), those after them (−4, 6, −4, 1).

// dissipateX does it along x, for the row of n−2 points from at on.
func (s *Solver) dissipateX(out, u [][5]float64, at int) {
	m := s.n - 2
	o, w := out[at:][:m], u[at:][:m]
	faceDifference(o[:1], w[:1], w[1:2], w[2:3])
	nextDifference(o[1:2], w[:1], w[1:2], w[2:3], w[3:4])
	fourthDifference(o[2:m-2], w[:m-4], w[1:m-3], w[2:m-2], w[3:m-1], w[4:m])
	nextDifference(o[m-2:m-1], w[m-1:], w[m-2:m-1], w[m-3:m-2], w[m-4:m-3])
	faceDifference(o[m-1:], w[m-1:], w[m-2:m-1], w[m-3:m-2])
}

// dissipate does it along y or z, for the row of n−2 points from at on. place is j or k of the
// row, stride the distance to the next row along the direction.
func (s *Solver) dissipate(out, u [][5]float64, at, place, stride int) {
	m := s.n - 2
	o, w := out[at:][:m], u[at:][:m]
	switch place {
	case 1:
		faceDifference(o, w, u[at+stride:][:m], u[at+2*stride:][:m])
	case 2:
		nextDifference(o, u[at-stride:][:m], w, u[at+stride:][:m], u[at+2*stride:][:m])
	case s.n - 3:
		nextDifference(o, u[at+stride:][:m], w, u[at-stride:][:m], u[at-2*stride:][:m])
	case s.n - 2:
		faceDifference(o, w, u[at-stride:][:m], u[at-2*stride:][:m])
	default:
		fourthDifference(o, u[at-2*stride:][:m], u[at-stride:][:m], w, u[at+stride:][:m], u[at+2*stride:][:m])
	}
}

// fourthDifference does a row of points with two neighbours on both sides: b and d are the
// rows beside the row c, a and e those beyond them.
func fourthDifference(out, a, b, c, d, e [][5]float64) {
	a, b, c, d, e = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)], e[:len(out)]
	for i := range out {
		o, a, b, c, d, e := &out[i], &a[i], &b[i], &c[i], &d[i], &e[i]
		o[0] -= dissipation * (a[0] + e[0] - 4*(b[0]+d[0]) + 6*c[0])
		o[1] -= dissipation * (a[1] + e[1] - 4*(b[1]+d[1]) + 6*c[1])
		o[2] -= dissipation * (a[2] + e[2] - 4*(b[2]+d[2]) + 6*c[2])
		o[3] -= dissipation * (a[3] + e[3] - 4*(b[3]+d[3]) + 6*c[3])
		o[4] -= dissipation * (a[4] + e[4] - 4*(b[4]+d[4]) + 6*c[4])
	}
}

// nextDifference does a row c whose neighbour b is next to a face; d and e are on the other side.
func nextDifference(out, b, c, d, e [][5]float64) {
	b, c, d, e = b[:len(out)], c[:len(out)], d[:len(out)], e[:len(out)]
	for i := range out {
		o, b, c, d, e := &out[i], &b[i], &c[i], &d[i], &e[i]
		o[0] -= dissipation * (e[0] - 4*(b[0]+d[0]) + 6*c[0])
		o[1] -= dissipation * (e[1] - 4*(b[1]+d[1]) + 6*c[1])
		o[2] -= dissipation * (e[2] - 4*(b[2]+d[2]) + 6*c[2])
		o[3] -= dissipation * (e[3] - 4*(b[3]+d[3]) + 6*c[3])
		o[4] -= dissipation * (e[4] - 4*(b[4]+d[4]) + 6*c[4])
	}
}

// faceDifference does a row c next to a face; d and e are on the other side.
func faceDifference(out, c, d, e [][5]float64) {
	c, d, e = c[:len(out)], d[:len(out)], e[:len(out)]
	for i := range out {
		o, c, d, e := &out[i], &c[i], &d[i], &e[i]
		o[0] -= dissipation * (e[0] - 4*d[0] + 5*c[0])
		o[1] -= dissipation * (e[1] - 4*d[1] + 5*c[1])
		o[2] -= dissipation * (e[2] - 4*d[2] + 5*c[2])
		o[3] -= dissipation * (e[3] - 4*d[3] + 5*c[3])
		o[4] -= dissipation * (e[4] - 4*d[4] + 5*c[4])
	}
}
