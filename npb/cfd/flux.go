package cfd

// The three functions of this file add the differences of the fluxes in one direction to a row of
// right-hand sides. Beside the row itself, u with auxiliary values a, they get its neighbours
// before it (ul, al) and after it (ur, ar) in that direction. The convective flux is
//
//	(ρv, ρu₁v, ρu₂v, ρu₃v, (ρe + p)v) + p in the place of the normal momentum,
//
// v being the normal velocity; it is differenced centrally over two spacings. The viscous terms
// are second differences (RNR-94-007, on the spatial discretisation).

const fourThirds = 4.0 / 3.0

// xFlux is the direction of x, where the normal momentum is unknown 1.
func xFlux(r, ul, u, ur [][5]float64, al, a, ar []Aux, x Axis) {
	n := len(r)
	ul, u, ur = ul[:n], u[:n], ur[:n]
	al, a, ar = al[:n], a[:n], ar[:n]
	t2, shear, heat, normal, energy := x.T2, x.Shear, x.Heat, x.Normal, x.Energy
	d0, d1, d2, d3, d4 := x.T1*x.D[0], x.T1*x.D[1], x.T1*x.D[2], x.T1*x.D[3], x.T1*x.D[4]
	for i := range r {
		p, pl, pr := &u[i], &ul[i], &ur[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		s := &r[i]
		vl, v, vr := bl.U, b.U, br.U
		s[0] += d0*(pr[0]-2*p[0]+pl[0]) - t2*(pr[1]-pl[1])
		s[1] += d1*(pr[1]-2*p[1]+pl[1]) + fourThirds*shear*(vr-2*v+vl) -
			t2*(pr[1]*vr-pl[1]*vl+(br.P-bl.P))
		s[2] += d2*(pr[2]-2*p[2]+pl[2]) + shear*(br.V-2*b.V+bl.V) - t2*(pr[2]*vr-pl[2]*vl)
		s[3] += d3*(pr[3]-2*p[3]+pl[3]) + shear*(br.W-2*b.W+bl.W) - t2*(pr[3]*vr-pl[3]*vl)
		s[4] += d4*(pr[4]-2*p[4]+pl[4]) + heat*(br.Kin-2*b.Kin+bl.Kin) +
			normal*(vr*vr-2*v*v+vl*vl) + energy*(br.E-2*b.E+bl.E) -
			t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}

// yFlux is the direction of y, where the normal momentum is unknown 2.
func yFlux(r, ul, u, ur [][5]float64, al, a, ar []Aux, y Axis) {
	n := len(r)
	ul, u, ur = ul[:n], u[:n], ur[:n]
	al, a, ar = al[:n], a[:n], ar[:n]
	t2, shear, heat, normal, energy := y.T2, y.Shear, y.Heat, y.Normal, y.Energy
	d0, d1, d2, d3, d4 := y.T1*y.D[0], y.T1*y.D[1], y.T1*y.D[2], y.T1*y.D[3], y.T1*y.D[4]
	for i := range r {
		p, pl, pr := &u[i], &ul[i], &ur[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		s := &r[i]
		vl, v, vr := bl.V, b.V, br.V
		s[0] += d0*(pr[0]-2*p[0]+pl[0]) - t2*(pr[2]-pl[2])
		s[1] += d1*(pr[1]-2*p[1]+pl[1]) + shear*(br.U-2*b.U+bl.U) - t2*(pr[1]*vr-pl[1]*vl)
		s[2] += d2*(pr[2]-2*p[2]+pl[2]) + fourThirds*shear*(vr-2*v+vl) -
			t2*(pr[2]*vr-pl[2]*vl+(br.P-bl.P))
		s[3] += d3*(pr[3]-2*p[3]+pl[3]) + shear*(br.W-2*b.W+bl.W) - t2*(pr[3]*vr-pl[3]*vl)
		s[4] += d4*(pr[4]-2*p[4]+pl[4]) + heat*(br.Kin-2*b.Kin+bl.Kin) +
			normal*(vr*vr-2*v*v+vl*vl) + energy*(br.E-2*b.E+bl.E) -
			t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}

// zFlux is the direction of z, where the normal momentum is unknown 3.
func zFlux(r, ul, u, ur [][5]float64, al, a, ar []Aux, z Axis) {
	n := len(r)
	ul, u, ur = ul[:n], u[:n], ur[:n]
	al, a, ar = al[:n], a[:n], ar[:n]
	t2, shear, heat, normal, energy := z.T2, z.Shear, z.Heat, z.Normal, z.Energy
	d0, d1, d2, d3, d4 := z.T1*z.D[0], z.T1*z.D[1], z.T1*z.D[2], z.T1*z.D[3], z.T1*z.D[4]
	for i := range r {
		p, pl, pr := &u[i], &ul[i], &ur[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		s := &r[i]
		vl, v, vr := bl.W, b.W, br.W
		s[0] += d0*(pr[0]-2*p[0]+pl[0]) - t2*(pr[3]-pl[3])
		s[1] += d1*(pr[1]-2*p[1]+pl[1]) + shear*(br.U-2*b.U+bl.U) - t2*(pr[1]*vr-pl[1]*vl)
		s[2] += d2*(pr[2]-2*p[2]+pl[2]) + shear*(br.V-2*b.V+bl.V) - t2*(pr[2]*vr-pl[2]*vl)
		s[3] += d3*(pr[3]-2*p[3]+pl[3]) + fourThirds*shear*(vr-2*v+vl) -
			t2*(pr[3]*vr-pl[3]*vl+(br.P-bl.P))
		s[4] += d4*(pr[4]-2*p[4]+pl[4]) + heat*(br.Kin-2*b.Kin+bl.Kin) +
			normal*(vr*vr-2*v*v+vl*vl) + energy*(br.E-2*b.E+bl.E) -
			t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}
