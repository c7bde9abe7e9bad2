package bt

import "github.com/cairn-ad/cairn/npb/cfd"

// The three sweeps of a step (RNR-94-007, BT, on the implicit part). Each solves in place, for the
// right-hand side, the block tridiagonal systems of all lines in one direction that are inside.

// xSolve solves the lines in the planes lo ≤ k < hi; w is work space.
func xSolve(f *cfd.Flow, lo, hi int, w *line) {
	for k := lo; k < hi; k++ {
		for j := 1; j < f.N-1; j++ {
			solveLine(f, f.X, order{2, 3, 1}, f.Index(k, j, 0), 1, w)
		}
	}
}

// ySolve solves the lines in the planes lo ≤ k < hi; w is work space.
func ySolve(f *cfd.Flow, lo, hi int, w *line) {
	for k := lo; k < hi; k++ {
		for i := 1; i < f.N-1; i++ {
			solveLine(f, f.Y, order{1, 3, 2}, f.Index(k, 0, i), f.NX, w)
		}
	}
}

// zSolve solves the lines in the rows lo ≤ j < hi; w is work space.
func zSolve(f *cfd.Flow, lo, hi int, w *line) {
	for j := lo; j < hi; j++ {
		for i := 1; i < f.N-1; i++ {
			solveLine(f, f.Z, order{1, 2, 3}, f.Index(0, j, i), f.NX*f.NX, w)
		}
	}
}

// order tells which unknowns are the momenta across a line, a and b, and along it, n. On a line
// unknowns are in the order density, a, b, n, energy: then the blocks look alike in all directions,
// and those of the couplings have their zeros where elimination uses them.
type order struct{ a, b, n int }

// line is the work space of one line.
type line struct {
	point [cfd.MaxN]blocks
	c     [cfd.MaxN][5][5]float64 // inverse of the eliminated diagonal block times the upper block
	f     [cfd.MaxN][5]float64    // right-hand side, then solution
}

// solveLine solves the system of one line of points, which are stride elements apart from
// element begin on. The correction is zero at both walls, so the rows of the walls are left out.
func solveLine(f *cfd.Flow, x cfd.Axis, o order, begin, stride int, w *line) {
	t1, t2 := f.Dt*x.T1, f.Dt*x.T2
	for i := 0; i < f.N; i++ {
		jacobians(&f.U[begin+i*stride], &f.Aux[begin+i*stride], t1, t2, t1*x.D, o, &w.point[i])
	}
	for i := 1; i < f.N-1; i++ {
		r, g := &f.RHS[begin+i*stride], &w.f[i]
		g[0], g[1], g[2], g[3], g[4] = r[0], r[o.a], r[o.b], r[o.n], r[4]

		var b [5][5]float64
		w.point[i].own.expand(&b)
		if i > 1 {
			matvecSub(&w.point[i-1].lower, &w.f[i-1], g)
			matmulSub(&w.point[i-1].lower, &w.c[i-1], &b)
		}
		binvcrhs(&b, &w.point[i+1].upper, &w.c[i], g)
	}
	backSubstitute(f, o, begin, stride, w)
}

// backSubstitute finds the solution from the last point to the first and stores it in RHS.
func backSubstitute(f *cfd.Flow, o order, begin, stride int, w *line) {
	n := f.N
	var next [5]float64
	for i := n - 2; i > 0; i-- {
		c, g := &w.c[i], &w.f[i]
		x0, x1, x2, x3, x4 := next[0], next[1], next[2], next[3], next[4]
		for m := range c {
			next[m] = g[m] - (c[m][0]*x0 + c[m][1]*x1 + c[m][2]*x2 + c[m][3]*x3 + c[m][4]*x4)
		}
		r := &f.RHS[begin+i*stride]
		r[0], r[o.a], r[o.b], r[o.n], r[4] = next[0], next[1], next[2], next[3], next[4]
	}
}
