package burgers

import "sync"

// EnergyTogether is [EnergyStored] with each step divided among goroutines, which the sweeps
// of its adjoint divide in the same way.
//
//cairn:adjoint wrt=u0,v0 of=return
//cairn:tangent wrt=u0,v0 of=return
func EnergyTogether(p Params, u0, v0 []float64, workers int) float64 {
	q, next := make([]Velocity, len(u0)), make([]Velocity, len(u0))
	start(q, u0, v0)
	start(next, u0, v0)
	//cairn:checkpoint scheme=store
	for t := 0; t < p.Steps; t++ {
		stepTogether(p, next, q, workers)
		q, next = next, q
	}
	return energy(p, q)
}

// stepTogether is [step] by goroutines, each for a strip of rows.
func stepTogether(p Params, next, q []Velocity, workers int) {
	nx := p.Nx
	cx, cy := p.Dt/(2*p.Dx), p.Dt/(2*p.Dy)
	dx, dy := p.Dt*p.Mu/(p.Dx*p.Dx), p.Dt*p.Mu/(p.Dy*p.Dy)
	d := 2*dx + 2*dy
	rows := p.Ny - 2
	var wg sync.WaitGroup
	for w := range workers {
		first, end := 1+w*rows/workers, 1+(w+1)*rows/workers
		wg.Go(func() {
			for j := first; j < end; j++ {
				for k := j*nx + 1; k < (j+1)*nx-1; k++ {
					u, uE, uW, uN, uS := q[k].U, q[k+1].U, q[k-1].U, q[k+nx].U, q[k-nx].U
					v, vE, vW, vN, vS := q[k].V, q[k+1].V, q[k-1].V, q[k+nx].V, q[k-nx].V
					a, b := cx*u, cy*v
					w, e, s, n := dx+a, dx-a, dy+b, dy-b
					next[k].U = u + (e*uE + w*uW + n*uN + s*uS - d*u)
					next[k].V = v + (e*vE + w*vW + n*vN + s*vS - d*v)
				}
			}
		})
	}
	wg.Wait()
}
