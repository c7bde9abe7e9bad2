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
	ComputeAux(f)
	common.For(common.Workers(), f, 1, f.N-1, RHSPlanes)
}

// ComputeAux stores in Aux, at all points, what belongs to U: the first part of [ComputeRHS].
func ComputeAux(f *Flow) { common.For(common.Workers(), f, 0, f.N, auxiliary) }

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
				a.V[0], a.V[1], a.V[2] = r*p[1], r*p[2], r*p[3]
				square := 0.5 * r * (p[1]*p[1] + p[2]*p[2] + p[3]*p[3])
				a.Kin = square * r
				pressure := C2 * (p[4] - square)
				a.P = pressure
				a.Q = (1-C1*C5)*a.Kin + C1*C5*r*p[4]
				a.C = math.Sqrt(C1 * r * pressure)
			}
		}
	}
}

// RHSPlanes computes RHS from U and Aux at the points inside of the planes lo ≤ k < hi, row by
// row: the second part of [ComputeRHS]. Planes 0 and N−1 have no points inside.
func RHSPlanes(f *Flow, lo, hi int) {
	n := f.N
	var x [5]stencil
	for at := range x {
		x[at] = newStencil(f.X, f.Dt, 1, [5]int{1, 2, 3, n - 3, n - 2}[at], n)
	}
	for k := lo; k < hi; k++ {
		z := newStencil(f.Z, f.Dt, f.NX*f.NX, k, n)
		for j := 1; j < n-1; j++ {
			y := newStencil(f.Y, f.Dt, f.NX, j, n)
			begin, end := f.Index(k, j, 1), f.Index(k, j, n-1)
			force(f.RHS[begin:end], f.Forcing[begin:end], f.Dt)
			xFlux(f, begin, begin+1, x[0])
			xFlux(f, begin+1, begin+2, x[1])
			xFlux(f, begin+2, end-2, x[2])
			xFlux(f, end-2, end-1, x[3])
			xFlux(f, end-1, end, x[4])
			yFlux(f, begin, end, y)
			zFlux(f, begin, end, z)
		}
	}
}

// force stores the time step times the forcing term in a row.
func force(r, forcing [][5]float64, dt float64) {
	forcing = forcing[:len(r)]
	for i := range r {
		s, g := &r[i], &forcing[i]
		s[0], s[1], s[2], s[3], s[4] = dt*g[0], dt*g[1], dt*g[2], dt*g[3], dt*g[4]
	}
}
