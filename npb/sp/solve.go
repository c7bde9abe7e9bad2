package sp

import "github.com/cairn-ad/cairn/npb/cfd"

// The three sweeps of a step (RNR-94-007, SP, on the implicit part). Each solves in place, for the
// right-hand side in characteristic variables of its direction, the pentadiagonal systems of all
// lines that are inside, and changes to the variables of the next direction.

// xSolve solves the lines in the planes lo ≤ k < hi; w is work space.
func xSolve(f *cfd.Flow, lo, hi int, w *line) {
	for k := lo; k < hi; k++ {
		for j := 1; j < f.N-1; j++ {
			begin := f.Index(k, j, 0)
			w.assemble(f, f.X, 0, begin, 1)
			w.solve(f.RHS[begin:], 1, f.N, f.Dt*cfd.Dissipation)
			for i := 1; i < f.N-1; i++ {
				ninvr(&w.f[i], &f.RHS[begin+i])
			}
		}
	}
}

// ySolve solves the lines in the planes lo ≤ k < hi; w is work space.
func ySolve(f *cfd.Flow, lo, hi int, w *line) {
	for k := lo; k < hi; k++ {
		for i := 1; i < f.N-1; i++ {
			begin := f.Index(k, 0, i)
			w.assemble(f, f.Y, 1, begin, f.NX)
			w.solve(f.RHS[begin:], f.NX, f.N, f.Dt*cfd.Dissipation)
			for j := 1; j < f.N-1; j++ {
				pinvr(&w.f[j], &f.RHS[begin+j*f.NX])
			}
		}
	}
}

// zSolve solves the lines in the rows lo ≤ j < hi; w is work space.
func zSolve(f *cfd.Flow, lo, hi int, w *line) {
	plane := f.NX * f.NX
	for j := lo; j < hi; j++ {
		for i := 1; i < f.N-1; i++ {
			begin := f.Index(0, j, i)
			w.assemble(f, f.Z, 2, begin, plane)
			w.solve(f.RHS[begin:], plane, f.N, f.Dt*cfd.Dissipation)
			for k := 1; k < f.N-1; k++ {
				at := begin + k*plane
				tzetar(&w.f[k], &f.U[at], &f.Aux[at], &f.RHS[at])
			}
		}
	}
}
