package mg

import "github.com/cairn-ad/cairn/npb/common"

// psinv smooths: it adds S r to u on level k (RNR-94-007, kernel MG).
func (s *Solver) psinv(k int) {
	n := width(k)
	s.level = k
	common.For(common.Workers(), s, 1, n-1, psinvPlanes)
	commPlanes(s.U[s.start[k]:][:n*n*n], n)
}

// psinvPlanes does planes lo..hi−1.
func psinvPlanes(s *Solver, lo, hi int) {
	n := width(s.level)
	m := n * n
	u := s.U[s.start[s.level]:][:n*m]
	r := s.R[s.start[s.level]:][:n*m]
	centre, face, edge := smoother(s.par.Large)
	pairs := s.pairs[lo*3*n:][:3*n]
	for i3 := lo; i3 < hi; i3++ {
		below := r[(i3-1)*m:][:m]
		plane := r[i3*m:][:m]
		above := r[(i3+1)*m:][:m]
		addRows(pairs[:n], below[:n], above[:n])
		addRows(pairs[n:][:n], below[n:][:n], above[n:][:n])
		for i2 := 1; i2 < n-1; i2++ {
			at := i2 * n
			psinvRow(u[i3*m+at:][:n],
				plane[at-n:][:n], plane[at:][:n], plane[at+n:][:n], below[at+n:][:n], above[at+n:][:n],
				pairs[(i2-1)%3*n:][:n], pairs[i2%3*n:][:n], pairs[(i2+1)%3*n:][:n],
				centre, face, edge)
		}
		commRows(u[i3*m:][:m], n)
	}
}

// psinvRow does one row, as residRow does: here
//
//	S r = centre·r + face·f + edge·e + (t at i1−1) + (t at i1+1),   t = face·r + edge·f,
//
// with faces f and edges e of a point in the cross-section i1 = constant.
func psinvRow(u, r0, r1, r2, below, above, p0, p1, p2 []float64, centre, face, edge float64) {
	n := len(u)
	if len(r0) != n || len(r1) != n || len(r2) != n || len(below) != n || len(above) != n ||
		len(p0) != n || len(p1) != n || len(p2) != n {
		panic(unequal)
	}
	part := 0.0   // S r without the points after
	before := 0.0 // t of the point before
	t := 0.0
	for i := range 2 {
		p2[i] = below[i] + above[i]
		f := r0[i] + r2[i] + p1[i]
		part = centre*r1[i] + face*f + edge*(p0[i]+p2[i])
		before = t
		t = face*r1[i] + edge*f
	}
	for i := 2; i < n; i++ {
		pair := below[i] + above[i]
		p2[i] = pair
		f := r0[i] + r2[i] + p1[i]
		after := face*r1[i] + edge*f
		u[i-1] += part + (before + after)
		part = centre*r1[i] + face*f + edge*(p0[i]+pair)
		before = t
		t = after
	}
}
