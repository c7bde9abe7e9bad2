package burgers

func step(p Params, un, vn, u, v []float64) {
	nx, m := p.Nx, p.Nx-2
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	for j := 1; j < p.Ny-1; j++ {
		k := j*nx + 1
		uo, ue, uw, uu, ud, ur := u[k:][:m], u[k+1:][:m], u[k-1:][:m], u[k+nx:][:m], u[k-nx:][:m], un[k:][:m]
		vo, ve, vw, vu, vd, vr := v[k:][:m], v[k+1:][:m], v[k-1:][:m], v[k+nx:][:m], v[k-nx:][:m], vn[k:][:m]
		for i := 0; i < m; i++ {
			uC, uE, uW, uN, uS := uo[i], ue[i], uw[i], uu[i], ud[i]
			vC, vE, vW, vN, vS := vo[i], ve[i], vw[i], vu[i], vd[i]
			a, b := cx*uC, cy*vC
			ur[i] = uC - a*(uE-uW) - b*(uN-uS) + dx*(uE-2*uC+uW) + dy*(uN-2*uC+uS)
			vr[i] = vC - a*(vE-vW) - b*(vN-vS) + dx*(vE-2*vC+vW) + dy*(vN-2*vC+vS)
		}
	}
}
