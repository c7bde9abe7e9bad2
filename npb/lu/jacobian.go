package lu

import "github.com/cairn-ad/cairn/npb/cfd"

// The matrix of the implicit time step is I − dt·∂(operator)/∂u without the dissipation of fourth
// order: a block on the diagonal and one for each neighbour. The reference stores the blocks,
// 25 numbers each, and multiplies by them; here jacld and jacu give the product with a vector at
// once, and most of a block, which is zero or a multiple of few numbers, is never formed.

// jacld returns −ω·L·v at place at: the product of v with the blocks of the three neighbours that
// a lower sweep comes from.
func jacld(s *Solver, at int) (t0, t1, t2, t3, t4 float64) {
	return neighbours(s, s.jAdvection, at-1, at-s.row, at-s.plane)
}

// jacu returns −ω·U·v at place at: the product of v with the blocks of the three neighbours that
// an upper sweep comes from. They differ from those of [jacld] in the sign of the advection.
func jacu(s *Solver, at int) (t0, t1, t2, t3, t4 float64) {
	return neighbours(s, -s.jAdvection, at+1, at+s.row, at+s.plane)
}

// neighbours sums the products of v with the blocks of the neighbours along x, y and z.
func neighbours(s *Solver, advection float64, x, y, z int) (t0, t1, t2, t3, t4 float64) {
	viscous := s.jViscous
	u, v := &s.U[z], &s.Rsd[z]
	z0, z3, z1, z2, z4 := block(advection, viscous, s.jDiffusion[alongZ], s.RhoI[z], s.Qs[z],
		u[3], u[1], u[2], u[4], v[0], v[3], v[1], v[2], v[4])
	u, v = &s.U[y], &s.Rsd[y]
	y0, y2, y3, y1, y4 := block(advection, viscous, s.jDiffusion[alongY], s.RhoI[y], s.Qs[y],
		u[2], u[3], u[1], u[4], v[0], v[2], v[3], v[1], v[4])
	u, v = &s.U[x], &s.Rsd[x]
	x0, x1, x2, x3, x4 := block(advection, viscous, s.jDiffusion[alongX], s.RhoI[x], s.Qs[x],
		u[1], u[2], u[3], u[4], v[0], v[1], v[2], v[3], v[4])
	return z0 + y0 + x0, z1 + y1 + x1, z2 + y2 + x2, z3 + y3 + x3, z4 + y4 + x4
}

// block returns the product of v with the negative block of one neighbour,
//
//	advection·∂(flux)/∂u + viscous·∂(velocity, heat)/∂u + diffusion·I,
//
// with the derivatives at the neighbour's values: 1/density r, kinetic energy q, momentum mn along
// the direction, ma and mb across it, energy e. v and the result have the same order.
func block(advection, viscous, diffusion, r, q, mn, ma, mb, e, v0, vn, va, vb, v4 float64) (f0, fn, fa, fb, f4 float64) {
	const fourThirds = 4.0 / 3
	// Velocity, and what v changes in the velocity and in the kinetic energy.
	cn, ca, cb := mn*r, ma*r, mb*r
	xn, xa, xb := r*(vn-cn*v0), r*(va-ca*v0), r*(vb-cb*v0)
	kinetic := cn*vn + ca*va + cb*vb - q*r*v0

	f0 = advection*vn + diffusion*v0
	fn = advection*(cn*vn+mn*xn+cfd.C2*(v4-kinetic)) + fourThirds*viscous*xn + diffusion*vn
	fa = advection*(cn*va+ma*xn) + viscous*xa + diffusion*va
	fb = advection*(cn*vb+mb*xn) + viscous*xb + diffusion*vb
	f4 = advection*((cfd.C1*v4-cfd.C2*kinetic)*cn+(cfd.C1*e-cfd.C2*q)*xn) +
		viscous*((fourThirds-heat)*cn*xn+(1-heat)*(ca*xa+cb*xb)+heat*r*(v4-e*r*v0)) + diffusion*v4
	return
}

// solveDiagonal returns D⁻¹·t at a place with 1/density r and values u. The block D is lower
// triangular; besides the diagonal it has the first column and the last row.
func solveDiagonal(s *Solver, r float64, u *[5]float64, t0, t1, t2, t3, t4 float64) (v0, v1, v2, v3, v4 float64) {
	momentum := s.dMomentum * r
	conduction := s.dEnergy * r
	work := momentum - conduction
	inverse := 1 / (s.diagonal + momentum)
	c1, c2, c3 := u[1]*r, u[2]*r, u[3]*r

	v0 = t0 / s.diagonal
	v1 = (t1 + momentum*c1*v0) * inverse
	v2 = (t2 + momentum*c2*v0) * inverse
	v3 = (t3 + momentum*c3*v0) * inverse
	v4 = (t4 + conduction*u[4]*r*v0 -
		work*(c1*(v1-c1*v0)+c2*(v2-c2*v0)+c3*(v3-c3*v0))) / (s.diagonal + conduction)
	return
}
