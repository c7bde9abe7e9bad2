package mg

import "github.com/cairn-ad/cairn/npb/common"

// resid sets r = v − A u on level k (RNR-94-007, kernel MG). On the finest level v is the
// right-hand side of the problem; on the others it is the residual that was restricted to r.
func (s *Solver) resid(k int) {
	n := width(k)
	s.level = k
	common.For(common.Workers(), s, 1, n-1, residPlanes)
	commPlanes(s.R[s.start[k]:][:n*n*n], n)
}

// residPlanes does planes lo..hi−1.
func residPlanes(s *Solver, lo, hi int) {
	n := width(s.level)
	m := n * n
	u := s.U[s.start[s.level]:][:n*m]
	r := s.R[s.start[s.level]:][:n*m]
	v := r
	if s.level == s.par.Levels {
		v = s.V
	}
	pairs := s.pairs[lo*3*n:][:3*n]
	for i3 := lo; i3 < hi; i3++ {
		below := u[(i3-1)*m:][:m]
		plane := u[i3*m:][:m]
		above := u[(i3+1)*m:][:m]
		addRows(pairs[:n], below[:n], above[:n])
		addRows(pairs[n:][:n], below[n:][:n], above[n:][:n])
		for i2 := 1; i2 < n-1; i2++ {
			at := i2 * n
			residRow(r[i3*m+at:][:n], v[i3*m+at:][:n],
				plane[at-n:][:n], plane[at:][:n], plane[at+n:][:n], below[at+n:][:n], above[at+n:][:n],
				pairs[(i2-1)%3*n:][:n], pairs[i2%3*n:][:n], pairs[(i2+1)%3*n:][:n],
				laplaceCentre, laplaceEdge, laplaceCorner)
		}
		commRows(r[i3*m:][:m], n)
	}
}

// residRow does one row: r and v are rows of their arrays, u0, u1 and u2 the row before, the row
// itself and the row after in the plane of u. The same rows of the planes beside it are not needed,
// only their sums p0, p1 and p2, of which p2 is made here, from below and above.
//
// With faces f and edges e of a point in the cross-section i1 = constant, the stencil is
//
//	A u = centre·u + edge·e + (t at i1−1) + (t at i1+1),   t = edge·f + corner·e.
func residRow(r, v, u0, u1, u2, below, above, p0, p1, p2 []float64, centre, edge, corner float64) {
	n := len(r)
	if len(v) != n || len(u0) != n || len(u1) != n || len(u2) != n || len(below) != n || len(above) != n ||
		len(p0) != n || len(p1) != n || len(p2) != n {
		panic(unequal)
	}
	e := 0.0
	before := 0.0 // t of the point before
	t := 0.0
	for i := range 2 {
		p2[i] = below[i] + above[i]
		f := u0[i] + u2[i] + p1[i]
		e = p0[i] + p2[i]
		before = t
		t = edge*f + corner*e
	}
	for i := 2; i < n; i++ {
		pair := below[i] + above[i]
		p2[i] = pair
		f := u0[i] + u2[i] + p1[i]
		next := p0[i] + pair
		after := edge*f + corner*next
		r[i-1] = v[i-1] - centre*u1[i-1] - edge*e - (before + after)
		e = next
		before = t
		t = after
	}
}
