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
	const (
		along  = 4.0 / 3 // times the viscosity along the direction, 1 across it
		across = 1 - heat
	)
	// Velocity, kinetic energy and energy by mass; the density times what v changes in the velocity.
	cn, ca, cb, qr, er := mn*r, ma*r, mb*r, q*r, e*r
	yn, ya, yb := vn-cn*v0, va-ca*v0, vb-cb*v0
	// What v changes in the kinetic energy, in two parts and qr·v0, and in the pressure.
	kn, kt := cn*yn, ca*ya+cb*yb
	p := cfd.C2 * (v4 - (kn + kt + qr*v0))

	flow, change, friction := advection*cn, advection*yn, viscous*r
	all := flow + diffusion
	f0 = advection*vn + diffusion*v0
	fn = all*vn + (flow+along*friction)*yn + advection*p
	fa = all*va + ca*change + friction*ya
	fb = all*vb + cb*change + friction*yb
	f4 = all*v4 + flow*p + (er+cfd.C2*(er-qr))*change +
		friction*((along-heat)*kn+across*kt+heat*(v4-er*v0))
	return
}

// solveDiagonal returns D⁻¹·t at a place with 1/density r and values u. The block D is lower
// triangular; besides the diagonal it has the first column and the last row.
func solveDiagonal(s *Solver, r float64, u *[5]float64, t0, t1, t2, t3, t4 float64) (v0, v1, v2, v3, v4 float64) {
	momentum := s.dMomentum * r
	conduction := s.dEnergy * r
	inverse, inverse4 := 1/(s.diagonal+momentum), 1/(s.diagonal+conduction)
	c1, c2, c3 := u[1]*r, u[2]*r, u[3]*r
	// The density times what the solution changes in the velocity.
	y1, y2, y3 := (t1-c1*t0)*inverse, (t2-c2*t0)*inverse, (t3-c3*t0)*inverse

	v0 = t0 * s.byDiagonal
	v1 = y1 + c1*v0
	v2 = y2 + c2*v0
	v3 = y3 + c3*v0
	v4 = (t4 + conduction*(u[4]*r)*v0 - (momentum-conduction)*(c1*y1+c2*y2+c3*y3)) * inverse4
	return
}
