package burgers

func step(p Params, un, vn, u, v []float64) {
	nx := p.Nx
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	d := 2*dx + 2*dy
	for j := 1; j < p.Ny-1; j++ {
		for k := j*nx + 1; k < j*nx+nx-1; k++ {
			uC, vC := u[k], v[k]
			uE, uW, uN, uS := u[k+1], u[k-1], u[k+nx], u[k-nx]
			vE, vW, vN, vS := v[k+1], v[k-1], v[k+nx], v[k-nx]
			a, b := cx*uC, cy*vC
			e, w, n, s := dx-a, dx+a, dy-b, dy+b
			un[k] = uC + (e*uE + w*uW + n*uN + s*uS - d*uC)
			vn[k] = vC + (e*vE + w*vW + n*vN + s*vS - d*vC)
		}
	}
}
