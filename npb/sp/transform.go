package sp

import "github.com/cairn-ad/cairn/npb/cfd"

// The four changes of variables of a step (RNR-94-007, SP, on the diagonal form): Tx⁻¹ before the
// sweep in x, the products N⁻¹ = Ty⁻¹ Tx and P⁻¹ = Tz⁻¹ Ty after those in x and y, and Tz after
// that in z, where Tx, Ty and Tz hold the eigenvectors of the flux Jacobians.

const (
	halfRoot = 0.70710678118654752440 // √½
	c2iv     = 1 / cfd.C2
)

// txinvr multiplies the right-hand side at the points inside of the planes lo ≤ k < hi by Tx⁻¹.
func txinvr(f *cfd.Flow, lo, hi int) {
	n := f.N
	for k := lo; k < hi; k++ {
		for j := 1; j < n-1; j++ {
			begin := f.Index(k, j, 0)
			rhs, aux := f.RHS[begin+1:begin+n-1], f.Aux[begin+1:begin+n-1]
			for i := range rhs {
				r, a := &rhs[i], &aux[i]
				r0, r1, r2, r3, r4 := r[0], r[1], r[2], r[3], r[4]
				t1 := cfd.C2 / (a.C * a.C) * (a.Kin*r0 - a.V[0]*r1 - a.V[1]*r2 - a.V[2]*r3 + r4)
				t2 := halfRoot * a.RhoI * (a.V[0]*r0 - r1)
				t3 := halfRoot * a.RhoI * a.C * t1
				r[0] = r0 - t1
				r[1], r[2] = -a.RhoI*(a.V[2]*r0-r3), a.RhoI*(a.V[1]*r0-r2)
				r[3], r[4] = t3-t2, t3+t2
			}
		}
	}
}

// ninvr stores N⁻¹·g in r.
func ninvr(g, r *[5]float64) {
	t1 := halfRoot * g[2]
	t2 := 0.5 * (g[3] + g[4])
	r[0], r[1], r[2] = -g[1], g[0], halfRoot*(g[3]-g[4])
	r[3], r[4] = t2-t1, t2+t1
}

// pinvr stores P⁻¹·g in r.
func pinvr(g, r *[5]float64) {
	t1 := halfRoot * g[0]
	t2 := 0.5 * (g[3] + g[4])
	r[0], r[1], r[2] = halfRoot*(g[3]-g[4]), -g[2], g[1]
	r[3], r[4] = t2-t1, t2+t1
}

// tzetar stores Tz·g in r, at a point with the unknowns u and the auxiliary values a.
func tzetar(g, u *[5]float64, a *cfd.Aux, r *[5]float64) {
	rho := u[0]
	t1 := halfRoot * rho / a.C * (g[3] + g[4])
	t2 := g[2] + t1
	t3 := halfRoot * rho * (g[3] - g[4])
	r[0] = t2
	r[1] = a.V[0]*t2 - rho*g[1]
	r[2] = a.V[1]*t2 + rho*g[0]
	r[3] = a.V[2]*t2 + t3
	r[4] = rho*(a.V[1]*g[0]-a.V[0]*g[1]) + a.Kin*t2 + c2iv*(a.C*a.C)*t1 + a.V[2]*t3
}
