package sp

import "github.com/cairn-ad/cairn/npb/cfd"

// line is the work space of one line of points. The row and the right-hand side of its first point, at
// a wall, are zero, and no line writes them.
type line struct {
	point [cfd.MaxN]bands
	row   [cfd.MaxN]row
	f     [cfd.MaxN][5]float64 // right-hand side, then solution
}

// bands are the contributions of one point to the matrix of a line, without the fourth-order
// dissipation, for the characteristic with the velocity of the flow.
type bands struct {
	own   float64 // in its own row
	left  float64 // in the row of the point before it
	right float64 // in the row of the next point
	sound float64 // Dt/(2h)·C: what the velocity of sound adds to left and takes from right, for v + C
}

// row is an eliminated row of the three matrices: one in the diagonal, then two entries. The
// matrices are those for the characteristic velocities v, of three unknowns, v + C and v − C.
type row struct {
	d, e, dp, ep, dm, em float64
}

// assemble computes the bands of all points of a line in direction d, 0, 1, 2 for x, y, z, and copies
// the right-hand side of those inside. Points are stride elements apart, from element begin on.
//
// The coefficient of the second differences is the dissipation plus the largest viscous
// coefficient of the five unknowns (RNR-94-007, SP), which is that of the energy: C1·C5 is more
// than 4/3 and 1.
func (w *line) assemble(f *cfd.Flow, x cfd.Axis, d, begin, stride int) {
	t1, t2 := f.Dt*x.T1, f.Dt*x.T2
	base, viscous := t1*x.D, t1*cfd.C1*cfd.C5*cfd.Viscosity
	for i := 0; i < f.N; i++ {
		a, p := &f.Aux[begin+i*stride], &w.point[i]
		second := base + viscous*a.RhoI
		first := t2 * a.V[d]
		p.own = 1 + 2*second
		p.left = first - second
		p.right = -first - second
		p.sound = t2 * a.C
	}
	for i := 1; i < f.N-1; i++ {
		r, g := &f.RHS[begin+i*stride], &w.f[i]
		g[0], g[1], g[2], g[3], g[4] = r[0], r[1], r[2], r[3], r[4]
	}
}

// solve solves the five systems of a line of n points at once, in w.f, by Gaussian elimination
// without pivoting and back substitution (RNR-94-007, SP). The fourth-order dissipation times Dt is
// diss. The correction is zero at both walls, so their rows are left out.
func (w *line) solve(n int, diss float64) {
	// The fourth difference is −4, 6, −4, 1 at the second point from a wall and 5, −4, 1 at the first.
	w.eliminate(1, 2, 0, 5*diss, diss, diss)
	w.eliminate(2, 3, 0, 6*diss, diss, diss)
	w.eliminate(3, n-3, diss, 6*diss, diss, diss)
	w.eliminate(n-3, n-2, diss, 6*diss, 0, diss)
	w.eliminate(n-2, n-1, diss, 5*diss, 0, diss)
	w.backSubstitute(n)
}

// eliminate eliminates the rows lo ≤ i < hi, where the dissipation has a, −4·diss, c, −4·diss, e.
func (w *line) eliminate(lo, hi int, a, c, e, diss float64) {
	for i := lo; i < hi; i++ {
		before, own, after := &w.point[i-1], &w.point[i], &w.point[i+1]
		q2, q, r := &w.row[max(i-2, 0)], &w.row[i-1], &w.row[i]
		g2, g1, g := &w.f[max(i-2, 0)], &w.f[i-1], &w.f[i]
		b, d, c := before.right-4*diss, after.left-4*diss, own.own+c
		bp, dp := b-before.sound, d+after.sound
		bm, dm := b+before.sound, d-after.sound

		// Take away row i−2, then row i−1, and divide by what is left in the diagonal.
		b -= a * q2.d
		pivot := 1 / (c - a*q2.e - b*q.d)
		r.d, r.e = pivot*(d-b*q.e), pivot*e
		g[0] = pivot * (g[0] - a*g2[0] - b*g1[0])
		g[1] = pivot * (g[1] - a*g2[1] - b*g1[1])
		g[2] = pivot * (g[2] - a*g2[2] - b*g1[2])

		bp -= a * q2.dp
		pivot = 1 / (c - a*q2.ep - bp*q.dp)
		r.dp, r.ep = pivot*(dp-bp*q.ep), pivot*e
		g[3] = pivot * (g[3] - a*g2[3] - bp*g1[3])

		bm -= a * q2.dm
		pivot = 1 / (c - a*q2.em - bm*q.dm)
		r.dm, r.em = pivot*(dm-bm*q.em), pivot*e
		g[4] = pivot * (g[4] - a*g2[4] - bm*g1[4])
	}
}

// backSubstitute finds the solution from the last point to the first.
func (w *line) backSubstitute(n int) {
	var r0, r1, r2, r3, r4 float64 // of the next point
	var s0, s1, s2, s3, s4 float64 // of the one after it
	for i := n - 2; i > 0; i-- {
		q, g := &w.row[i], &w.f[i]
		s0, r0 = r0, g[0]-q.e*s0-q.d*r0
		s1, r1 = r1, g[1]-q.e*s1-q.d*r1
		s2, r2 = r2, g[2]-q.e*s2-q.d*r2
		s3, r3 = r3, g[3]-q.ep*s3-q.dp*r3
		s4, r4 = r4, g[4]-q.em*s4-q.dm*r4
		g[0], g[1], g[2], g[3], g[4] = r0, r1, r2, r3, r4
	}
}
