package cfd

// The fourth-order dissipation in one direction (RNR-94-007, on the artificial dissipation) is the
// fourth difference 1, −4, 6, −4, 1. The second point from a wall does without the value at the
// wall's other side, the first point has 5, −4, 1.

// xDissipation subtracts the dissipation in x from the right-hand sides r of the points inside of
// one row; u is the whole row.
func xDissipation(r, u [][5]float64) {
	n := len(u)
	atWall(r[:1], u[1:], u[2:], u[3:])
	nextToWall(r[1:2], u[1:], u[2:], u[3:], u[4:])
	inside(r[2:n-4], u[1:], u[2:], u[3:], u[4:], u[5:])
	nextToWall(r[n-4:n-3], u[n-2:], u[n-3:], u[n-4:], u[n-5:])
	atWall(r[n-3:], u[n-2:], u[n-3:], u[n-4:])
}

// dissipation subtracts the dissipation in the direction in which neighbours are stride elements
// apart from a row r of right-hand sides. The row begins at element begin of u and is number at of
// n rows in that direction, 0 < at < n−1.
func dissipation(r, u [][5]float64, begin, stride, at, n int) {
	c := u[begin:]
	switch at {
	case 1:
		atWall(r, c, u[begin+stride:], u[begin+2*stride:])
	case 2:
		nextToWall(r, u[begin-stride:], c, u[begin+stride:], u[begin+2*stride:])
	case n - 3:
		nextToWall(r, u[begin+stride:], c, u[begin-stride:], u[begin-2*stride:])
	case n - 2:
		atWall(r, c, u[begin-stride:], u[begin-2*stride:])
	default:
		inside(r, u[begin-2*stride:], u[begin-stride:], c, u[begin+stride:], u[begin+2*stride:])
	}
}

// atWall is the stencil of the point next to the wall: c is the row itself, d and e are the next
// two away from the wall.
func atWall(r, c, d, e [][5]float64) {
	n := len(r)
	c, d, e = c[:n], d[:n], e[:n]
	for i := range r {
		s, c, d, e := &r[i], &c[i], &d[i], &e[i]
		for m := range s {
			s[m] -= Dissipation * (5*c[m] - 4*d[m] + e[m])
		}
	}
}

// nextToWall is the stencil of the second point from the wall: b is towards the wall.
func nextToWall(r, b, c, d, e [][5]float64) {
	n := len(r)
	b, c, d, e = b[:n], c[:n], d[:n], e[:n]
	for i := range r {
		s, b, c, d, e := &r[i], &b[i], &c[i], &d[i], &e[i]
		for m := range s {
			s[m] -= Dissipation * (6*c[m] - 4*(b[m]+d[m]) + e[m])
		}
	}
}

// inside is the stencil of all other points.
func inside(r, a, b, c, d, e [][5]float64) {
	n := len(r)
	a, b, c, d, e = a[:n], b[:n], c[:n], d[:n], e[:n]
	for i := range r {
		s, a, b, c, d, e := &r[i], &a[i], &b[i], &c[i], &d[i], &e[i]
		for m := range s {
			s[m] -= Dissipation * (6*c[m] - 4*(b[m]+d[m]) + (a[m] + e[m]))
		}
	}
}
