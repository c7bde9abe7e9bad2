package cfd

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// ComputeRHS stores in RHS, at all points inside, the time step times the steady-state residual
// of U: the forcing term, the differences of the convective and viscous fluxes and the artificial
// dissipation (RNR-94-007, on the right-hand side of the discretised equations). It also leaves
// Aux as it belongs to U.
func ComputeRHS(f *Flow) {
	common.For(common.Workers(), f, 0, f.N, auxiliary)
	common.For(common.Workers(), f, 1, f.N-1, residual)
}

// auxiliary computes Aux on the planes lo ≤ k < hi.
func auxiliary(f *Flow, lo, hi int) {
	n := f.N
	for k := lo; k < hi; k++ {
		for j := 0; j < n; j++ {
			at := f.Index(k, j, 0)
			u, aux := f.U[at:at+n], f.Aux[at:at+n]
			for i := range u {
				p, a := &u[i], &aux[i]
				r := 1 / p[0]
				a.RhoI = r
				a.U, a.V, a.W = r*p[1], r*p[2], r*p[3]
				square := 0.5 * r * (p[1]*p[1] + p[2]*p[2] + p[3]*p[3])
				a.Kin = square * r
				a.P = C2 * (p[4] - square)
				a.E = r * p[4]
				a.C = math.Sqrt(C1 * r * a.P)
			}
		}
	}
}

// residual computes RHS at the points inside of the planes lo ≤ k < hi, row by row.
func residual(f *Flow, lo, hi int) {
	n := f.N
	plane := f.NX * f.NX
	for k := lo; k < hi; k++ {
		for j := 1; j < n-1; j++ {
			begin, end := f.Index(k, j, 1), f.Index(k, j, n-1)
			r := f.RHS[begin:end]
			copy(r, f.Forcing[begin:end])

			xFlux(r, f.U[begin-1:], f.U[begin:], f.U[begin+1:], f.Aux[begin-1:], f.Aux[begin:], f.Aux[begin+1:], f.X)
			xDissipation(r, f.U[begin-1:end+1])
			yFlux(r, f.U[begin-f.NX:], f.U[begin:], f.U[begin+f.NX:], f.Aux[begin-f.NX:], f.Aux[begin:], f.Aux[begin+f.NX:], f.Y)
			dissipation(r, f.U, begin, f.NX, j, n)
			zFlux(r, f.U[begin-plane:], f.U[begin:], f.U[begin+plane:], f.Aux[begin-plane:], f.Aux[begin:], f.Aux[begin+plane:], f.Z)
			dissipation(r, f.U, begin, plane, k, n)

			for i := range r {
				for m := range r[i] {
					r[i][m] *= f.Dt
				}
			}
		}
	}
}
