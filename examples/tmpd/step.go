package burgers

// step advances the velocity u, v by one explicit Euler step with centred differences
// and puts the result into the interior of un, vn. With w for u or v, and E, W, N, S the
// neighbours of a point:
//
//	w+ = w + dt*( -u/(2dx)*(wE-wW) - v/(2dy)*(wN-wS) + mu*((wE-2w+wW)/dx² + (wN-2w+wS)/dy²) )
//
// All four slices are stored by rows of p.Nx points and must not overlap. Constant
// factors are collected before the loop, which changes the result by rounding only.
func step(p Params, un, vn, u, v []float64) {
	nx, n := p.Nx, p.Nx*p.Ny
	u, v, un, vn = u[:n], v[:n], un[:n], vn[:n] // one length, one bounds check
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	for j := 1; j < p.Ny-1; j++ {
		for k := j*nx + 1; k < j*nx+nx-1; k++ {
			uC, uE, uW, uN, uS := u[k], u[k+1], u[k-1], u[k+nx], u[k-nx]
			vC, vE, vW, vN, vS := v[k], v[k+1], v[k-1], v[k+nx], v[k-nx]
			a, b := cx*uC, cy*vC
			un[k] = uC - a*(uE-uW) - b*(uN-uS) + dx*(uE-2*uC+uW) + dy*(uN-2*uC+uS)
			vn[k] = vC - a*(vE-vW) - b*(vN-vS) + dx*(vE-2*vC+vW) + dy*(vN-2*vC+vS)
		}
	}
}
