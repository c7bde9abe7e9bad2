package burgers

// Velocity is the velocity at one grid point.
type Velocity struct{ U, V float64 }

// step advances q by one explicit Euler step with centred differences and puts the
// result into the interior of next, which must not overlap q. With u, v the old velocity
// at a point, w either of them, and E, W, N, S the neighbours of the point:
//
//	w+ = w + dt*( -u/(2dx)*(wE-wW) - v/(2dy)*(wN-wS) + mu*((wE-2w+wW)/dx² + (wN-2w+wS)/dy²) )
//
// It is computed with the factors of each neighbour collected; they are the same for
// both components.
func step(p Params, next, q []Velocity) {
	nx := p.Nx
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	d := 2*dx + 2*dy
	for j := 1; j < p.Ny-1; j++ {
		for k := j*nx + 1; k < (j+1)*nx-1; k++ {
			u, uE, uW, uN, uS := q[k].U, q[k+1].U, q[k-1].U, q[k+nx].U, q[k-nx].U
			v, vE, vW, vN, vS := q[k].V, q[k+1].V, q[k-1].V, q[k+nx].V, q[k-nx].V
			a, b := cx*u, cy*v
			w, e, s, n := dx+a, dx-a, dy+b, dy-b
			next[k].U = u + (e*uE + w*uW + n*uN + s*uS - d*u)
			next[k].V = v + (e*vE + w*vW + n*vN + s*vS - d*v)
		}
	}
}
