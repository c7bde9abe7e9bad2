package sp

import "github.com/cairn-ad/cairn/npb/cfd"

// line is the work space of one line of points. The row and the right-hand side of its first point, at
// a wall, are zero, and so are the right-hand sides of the last point and of one behind it: no line writes them.
type line struct {
	point [cfd.MaxN]bands
	row   [cfd.MaxN]row
	f     [cfd.MaxN + 1][5]float64 // eliminated right-hand side, then solution
}

// bands are the contributions of one point to the matrix of a line, without the fourth-order
// dissipation, for the characteristic with the velocity of the flow.
type bands struct {
	own   float64 // in its own row
	left  float64 // in the row of the point before it
	right float64 // in the row of the next point
	sound float64 // Dt/(2h)·C: what the velocity of sound adds to left and takes from right, for v + C
}

// row is an eliminated row of the three matrices: the reciprocal of the diagonal, and the entry behind it; the
// next one is the dissipation. The matrices are those for the characteristic velocities v, of three unknowns,
// v + C and v − C.
type row struct {
	p, d, pp, dp, pm, dm float64
}

// assemble computes the bands of all points of a line in direction d, 0, 1, 2 for x, y, z. Points are
// stride elements apart, from element begin on.
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
}

// solve solves the five systems of a line of n points at once, by Gaussian elimination without pivoting
// and back substitution (RNR-94-007, SP). Their right-hand sides are elements of rhs, stride apart; the
// solutions come to w.f. The fourth-order dissipation times Dt is diss. The correction is zero at both
// walls, so their rows are left out, and what other rows have for them does not count.
func (w *line) solve(rhs [][5]float64, stride, n int, diss float64) {
	// The fourth difference has 5 in the middle next to a wall, else 6.
	w.eliminate(rhs, stride, 1, 2, 5*diss, diss)
	w.eliminate(rhs, stride, 2, n-2, 6*diss, diss)
	w.eliminate(rhs, stride, n-2, n-1, 5*diss, diss)
	w.backSubstitute(n, diss)
}

// eliminate eliminates the rows lo ≤ i < hi, where the dissipation has diss, −4·diss, c, −4·diss, diss.
func (w *line) eliminate(rhs [][5]float64, stride, lo, hi int, c, diss float64) {
	for i := lo; i < hi; i++ {
		before, own, after := &w.point[i-1], &w.point[i], &w.point[i+1]
		q2, q, r := &w.row[max(i-2, 0)], &w.row[i-1], &w.row[i]
		g2, g1, g, h := &w.f[max(i-2, 0)], &w.f[i-1], &w.f[i], &rhs[i*stride]
		b, d, c := before.right-4*diss, after.left-4*diss, own.own+c
		bp, dp := b-before.sound, d+after.sound
		bm, dm := b+before.sound, d-after.sound

		// Take away row i−2 times m2, then row i−1 times m1.
		m2 := diss * q2.p
		m1 := (b - m2*q2.d) * q.p
		r.p, r.d = 1/(c-m2*diss-m1*q.d), d-m1*diss
		g[0] = h[0] - m2*g2[0] - m1*g1[0]
		g[1] = h[1] - m2*g2[1] - m1*g1[1]
		g[2] = h[2] - m2*g2[2] - m1*g1[2]

		m2 = diss * q2.pp
		m1 = (bp - m2*q2.dp) * q.pp
		r.pp, r.dp = 1/(c-m2*diss-m1*q.dp), dp-m1*diss
		g[3] = h[3] - m2*g2[3] - m1*g1[3]

		m2 = diss * q2.pm
		m1 = (bm - m2*q2.dm) * q.pm
		r.pm, r.dm = 1/(c-m2*diss-m1*q.dm), dm-m1*diss
		g[4] = h[4] - m2*g2[4] - m1*g1[4]
	}
}

// backSubstitute finds the solution from the last point to the first.
func (w *line) backSubstitute(n int, diss float64) {
	for i := n - 2; i > 0; i-- {
		q, g, g1, g2 := &w.row[i], &w.f[i], &w.f[i+1], &w.f[i+2]
		g[0] = q.p * (g[0] - diss*g2[0] - q.d*g1[0])
		g[1] = q.p * (g[1] - diss*g2[1] - q.d*g1[1])
		g[2] = q.p * (g[2] - diss*g2[2] - q.d*g1[2])
		g[3] = q.pp * (g[3] - diss*g2[3] - q.dp*g1[3])
		g[4] = q.pm * (g[4] - diss*g2[4] - q.dm*g1[4])
	}
}
