package cfd

// The three functions of this file add to the right-hand side, for elements begin ≤ at < end of a
// row, what the neighbours in one direction contribute: the differences of the fluxes and the
// dissipation. The convective flux is
//
//	(ρv, ρu₁v, ρu₂v, ρu₃v, (ρe + p)v) + p in the place of the normal momentum,
//
// v being the normal velocity; it is differenced centrally over two spacings. The viscous terms
// are second differences (RNR-94-007, on the spatial discretisation). Values before the point in
// the direction end in l, those after it in r; those of two points further in ll and rr.

const (
	fourThirds = 4.0 / 3.0
	sixth      = 1.0 / 6.0
)

// xFlux is the direction of x, where the normal momentum is unknown 1.
func xFlux(f *Flow, begin, end int, s stencil) {
	n := end - begin
	r := f.RHS[begin:][:n]
	u, ul, ur := f.U[begin:][:n], f.U[begin-s.stride:][:n], f.U[begin+s.stride:][:n]
	ull, urr := f.U[begin-s.before:][:n], f.U[begin+s.after:][:n]
	a, al, ar := f.Aux[begin:][:n], f.Aux[begin-s.stride:][:n], f.Aux[begin+s.stride:][:n]
	wll, wl, w, wr, wrr := s.wll, s.wl, s.w, s.wr, s.wrr
	t2, visc := s.t2, s.viscosity
	for i := range r {
		p, pl, pr, pll, prr := &u[i], &ul[i], &ur[i], &ull[i], &urr[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		q := &r[i]
		v, vl, vr := b.V[0], bl.V[0], br.V[0]
		q[0] += wll*pll[0] + wl*pl[0] + w*p[0] + wr*pr[0] + wrr*prr[0] -
			t2*(pr[1]-pl[1])
		q[1] += wll*pll[1] + wl*pl[1] + w*p[1] + wr*pr[1] + wrr*prr[1] +
			fourThirds*visc*(vr-2*v+vl) - t2*(pr[1]*vr-pl[1]*vl+(br.P-bl.P))
		q[2] += wll*pll[2] + wl*pl[2] + w*p[2] + wr*pr[2] + wrr*prr[2] +
			visc*(br.V[1]-2*b.V[1]+bl.V[1]) - t2*(pr[2]*vr-pl[2]*vl)
		q[3] += wll*pll[3] + wl*pl[3] + w*p[3] + wr*pr[3] + wrr*prr[3] +
			visc*(br.V[2]-2*b.V[2]+bl.V[2]) - t2*(pr[3]*vr-pl[3]*vl)
		q[4] += wll*pll[4] + wl*pl[4] + w*p[4] + wr*pr[4] + wrr*prr[4] +
			visc*(br.Q-2*b.Q+bl.Q+(vr*vr-2*v*v+vl*vl)*sixth) - t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}

// yFlux is the direction of y, where the normal momentum is unknown 2.
func yFlux(f *Flow, begin, end int, s stencil) {
	n := end - begin
	r := f.RHS[begin:][:n]
	u, ul, ur := f.U[begin:][:n], f.U[begin-s.stride:][:n], f.U[begin+s.stride:][:n]
	ull, urr := f.U[begin-s.before:][:n], f.U[begin+s.after:][:n]
	a, al, ar := f.Aux[begin:][:n], f.Aux[begin-s.stride:][:n], f.Aux[begin+s.stride:][:n]
	wll, wl, w, wr, wrr := s.wll, s.wl, s.w, s.wr, s.wrr
	t2, visc := s.t2, s.viscosity
	for i := range r {
		p, pl, pr, pll, prr := &u[i], &ul[i], &ur[i], &ull[i], &urr[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		q := &r[i]
		v, vl, vr := b.V[1], bl.V[1], br.V[1]
		q[0] += wll*pll[0] + wl*pl[0] + w*p[0] + wr*pr[0] + wrr*prr[0] -
			t2*(pr[2]-pl[2])
		q[1] += wll*pll[1] + wl*pl[1] + w*p[1] + wr*pr[1] + wrr*prr[1] +
			visc*(br.V[0]-2*b.V[0]+bl.V[0]) - t2*(pr[1]*vr-pl[1]*vl)
		q[2] += wll*pll[2] + wl*pl[2] + w*p[2] + wr*pr[2] + wrr*prr[2] +
			fourThirds*visc*(vr-2*v+vl) - t2*(pr[2]*vr-pl[2]*vl+(br.P-bl.P))
		q[3] += wll*pll[3] + wl*pl[3] + w*p[3] + wr*pr[3] + wrr*prr[3] +
			visc*(br.V[2]-2*b.V[2]+bl.V[2]) - t2*(pr[3]*vr-pl[3]*vl)
		q[4] += wll*pll[4] + wl*pl[4] + w*p[4] + wr*pr[4] + wrr*prr[4] +
			visc*(br.Q-2*b.Q+bl.Q+(vr*vr-2*v*v+vl*vl)*sixth) - t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}

// zFlux is the direction of z, where the normal momentum is unknown 3.
func zFlux(f *Flow, begin, end int, s stencil) {
	n := end - begin
	r := f.RHS[begin:][:n]
	u, ul, ur := f.U[begin:][:n], f.U[begin-s.stride:][:n], f.U[begin+s.stride:][:n]
	ull, urr := f.U[begin-s.before:][:n], f.U[begin+s.after:][:n]
	a, al, ar := f.Aux[begin:][:n], f.Aux[begin-s.stride:][:n], f.Aux[begin+s.stride:][:n]
	wll, wl, w, wr, wrr := s.wll, s.wl, s.w, s.wr, s.wrr
	t2, visc := s.t2, s.viscosity
	for i := range r {
		p, pl, pr, pll, prr := &u[i], &ul[i], &ur[i], &ull[i], &urr[i]
		b, bl, br := &a[i], &al[i], &ar[i]
		q := &r[i]
		v, vl, vr := b.V[2], bl.V[2], br.V[2]
		q[0] += wll*pll[0] + wl*pl[0] + w*p[0] + wr*pr[0] + wrr*prr[0] -
			t2*(pr[3]-pl[3])
		q[1] += wll*pll[1] + wl*pl[1] + w*p[1] + wr*pr[1] + wrr*prr[1] +
			visc*(br.V[0]-2*b.V[0]+bl.V[0]) - t2*(pr[1]*vr-pl[1]*vl)
		q[2] += wll*pll[2] + wl*pl[2] + w*p[2] + wr*pr[2] + wrr*prr[2] +
			visc*(br.V[1]-2*b.V[1]+bl.V[1]) - t2*(pr[2]*vr-pl[2]*vl)
		q[3] += wll*pll[3] + wl*pl[3] + w*p[3] + wr*pr[3] + wrr*prr[3] +
			fourThirds*visc*(vr-2*v+vl) - t2*(pr[3]*vr-pl[3]*vl+(br.P-bl.P))
		q[4] += wll*pll[4] + wl*pl[4] + w*p[4] + wr*pr[4] + wrr*prr[4] +
			visc*(br.Q-2*b.Q+bl.Q+(vr*vr-2*v*v+vl*vl)*sixth) - t2*((pr[4]+br.P)*vr-(pl[4]+bl.P)*vl)
	}
}
