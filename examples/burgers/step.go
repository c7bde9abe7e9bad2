package burgers

// step advances the velocity u, v by one time step into the interior of un, vn. For w in
// {u, v}, with E, W, N, S the neighbours of a point:
//
//	w+ = w + dt*( -u/(2dx)*(wE-wW) - v/(2dy)*(wN-wS) + mu*((wE-2w+wW)/dx² + (wN-2w+wS)/dy²) )
func step(p Params, un, vn, u, v []float64) {
	nx := p.Nx
	cx, cy := 1/(2*p.Dx), 1/(2*p.Dy)
	dx, dy := p.Mu/(p.Dx*p.Dx), p.Mu/(p.Dy*p.Dy)
	for j := 1; j < p.Ny-1; j++ {
		for k := j*nx + 1; k < j*nx+nx-1; k++ {
			uC, uE, uW, uN, uS := u[k], u[k+1], u[k-1], u[k+nx], u[k-nx]
			vC, vE, vW, vN, vS := v[k], v[k+1], v[k-1], v[k+nx], v[k-nx]
			un[k] = uC + p.Dt*(-uC*cx*(uE-uW)-vC*cy*(uN-uS)+dx*(uE-2*uC+uW)+dy*(uN-2*uC+uS))
			vn[k] = vC + p.Dt*(-uC*cx*(vE-vW)-vC*cy*(vN-vS)+dx*(vE-2*vC+vW)+dy*(vN-2*vC+vS))
		}
	}
}
