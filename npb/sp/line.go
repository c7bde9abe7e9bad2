package sp

import "github.com/cairn-ad/cairn/npb/cfd"

// line is the work space of one line of points.
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
	sound float64 // Dt/(2h)·C: what the velocity of sound adds to left and takes from right, for u + C
}

// row is an eliminated row of the three matrices: one in the diagonal, then two entries. The
// matrices are those for the characteristic velocities u (three unknowns), u + C and u − C.
type row struct {
	d, e, dp, ep, dm, em float64
}

// bands computes those of point i, which has the velocity v along the line, whose momentum is
// unknown m.
func (w *line) bands(f *cfd.Flow, x cfd.Axis, m, i int, v float64, a *cfd.Aux) {
	t1, t2 := f.Dt*x.T1, f.Dt*x.T2
	mu := cfd.C3 * cfd.C4 * a.RhoI
	across := max(x.D[1], x.D[2], x.D[3])
	rho := max(x.D[m]+4.0/3.0*mu, x.D[4]+cfd.C1*cfd.C5*mu, across+mu, x.D[0])
	p := &w.point[i]
	p.own = 1 + 2*t1*rho
	p.left = t2*v - t1*rho
	p.right = -t2*v - t1*rho
	p.sound = t2 * a.C
}

// gather copies the right-hand side of the points inside, which are stride elements apart from
// element begin on.
func (w *line) gather(f *cfd.Flow, begin, stride int) {
	for i := 1; i < f.N-1; i++ {
		w.f[i] = f.RHS[begin+i*stride]
	}
}

// solve solves the five systems of a line at once, by Gaussian elimination without pivoting and
// back substitution, in w.f (RNR-94-007, SP). The correction is zero at both walls, so their rows
// are left out.
func (w *line) solve(f *cfd.Flow) {
	n := f.N
	diss := f.Dt * cfd.Dissipation
	w.row[0] = row{}
	w.f[0] = [5]float64{}
	for i := 1; i < n-1; i++ {
		// The fourth difference in row i: a, b, c, d, e from the second point before to the second after.
		a, b, c, d, e := diss, -4*diss, 6*diss, -4*diss, diss
		if i <= 2 {
			a = 0
		}
		if i == 1 || i == n-2 {
			c = 5 * diss
		}
		if i >= n-3 {
			e = 0
		}
		b += w.point[i-1].right
		c += w.point[i].own
		d += w.point[i+1].left
		before, after := w.point[i-1].sound, w.point[i+1].sound
		g := &w.f[i]
		r, q := &w.row[i], &w.row[i-1]
		g1 := &w.f[i-1]
		bp, dp := b-before, d+after
		bm, dm := b+before, d-after
		cp, cm := c, c
		if i >= 2 {
			q2, g2 := &w.row[i-2], &w.f[i-2]
			b -= a * q2.d
			c -= a * q2.e
			bp -= a * q2.dp
			cp -= a * q2.ep
			bm -= a * q2.dm
			cm -= a * q2.em
			g[0] -= a * g2[0]
			g[1] -= a * g2[1]
			g[2] -= a * g2[2]
			g[3] -= a * g2[3]
			g[4] -= a * g2[4]
		}
		pivot := 1 / (c - b*q.d)
		r.d = pivot * (d - b*q.e)
		r.e = pivot * e
		g[0] = pivot * (g[0] - b*g1[0])
		g[1] = pivot * (g[1] - b*g1[1])
		g[2] = pivot * (g[2] - b*g1[2])
		pivot = 1 / (cp - bp*q.dp)
		r.dp = pivot * (dp - bp*q.ep)
		r.ep = pivot * e
		g[3] = pivot * (g[3] - bp*g1[3])
		pivot = 1 / (cm - bm*q.dm)
		r.dm = pivot * (dm - bm*q.em)
		r.em = pivot * e
		g[4] = pivot * (g[4] - bm*g1[4])
	}
	w.backSubstitute(n)
}

// backSubstitute finds the solution from the last point to the first.
func (w *line) backSubstitute(n int) {
	var g1, g2 [5]float64 // of the next two points
	for i := n - 2; i > 0; i-- {
		r, g := &w.row[i], &w.f[i]
		g[0] -= r.d*g1[0] + r.e*g2[0]
		g[1] -= r.d*g1[1] + r.e*g2[1]
		g[2] -= r.d*g1[2] + r.e*g2[2]
		g[3] -= r.dp*g1[3] + r.ep*g2[3]
		g[4] -= r.dm*g1[4] + r.em*g2[4]
		g2 = g1
		g1 = *g
	}
}
