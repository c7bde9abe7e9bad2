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
			un[k] = u[k] + p.Dt*(-u[k]*cx*(u[k+1]-u[k-1])-v[k]*cy*(u[k+nx]-u[k-nx])+
				dx*(u[k+1]-2*u[k]+u[k-1])+dy*(u[k+nx]-2*u[k]+u[k-nx]))
			vn[k] = v[k] + p.Dt*(-u[k]*cx*(v[k+1]-v[k-1])-v[k]*cy*(v[k+nx]-v[k-nx])+
				dx*(v[k+1]-2*v[k]+v[k-1])+dy*(v[k+nx]-2*v[k]+v[k-nx]))
		}
	}
}
