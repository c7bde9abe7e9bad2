package cfd

// A stencil has what a point inside adds up in one direction: the weights of the unknowns of five
// neighbouring points, which hold the second- and the fourth-order dissipation, and the factors of
// the fluxes. All are times the time step.
type stencil struct {
	stride        int // elements from a point to the next
	before, after int // elements to the second point before and after; 0 if it has no weight

	wll, wl, w, wr, wrr float64
	t2, viscosity       float64
}

// newStencil is that of point at of n in a direction, 0 < at < n−1 (RNR-94-007, on the artificial
// dissipation): the fourth difference 1, −4, 6, −4, 1 becomes −4, 6, −4, 1 at the second point from a
// wall and 5, −4, 1 at the first.
func newStencil(x Axis, dt float64, stride, at, n int) stencil {
	second, fourth := dt*x.T1*x.D, dt*Dissipation
	s := stencil{
		stride: stride, before: 2 * stride, after: 2 * stride,
		wll: -fourth, wl: second + 4*fourth, w: -2*second - 6*fourth, wr: second + 4*fourth, wrr: -fourth,
		t2: dt * x.T2, viscosity: dt * x.T1 * Viscosity,
	}
	if at <= 2 {
		s.before, s.wll = 0, 0
	}
	if at >= n-3 {
		s.after, s.wrr = 0, 0
	}
	if at == 1 {
		s.wl, s.w = second, s.w+fourth
	}
	if at == n-2 {
		s.wr, s.w = second, s.w+fourth
	}
	return s
}
