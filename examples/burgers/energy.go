package burgers

// Energy advances the velocity u0, v0 by p.Steps steps and returns its mean kinetic
// energy. The reverse sweep of its adjoint keeps at most snaps snapshots of the flow and
// runs stretches of the time loop again. The primal does not look at snaps.
//
//cairn:adjoint wrt=u0,v0 of=return
//cairn:tangent wrt=u0,v0 of=return
func Energy(p Params, u0, v0 []float64, snaps int) float64 {
	q, next := make([]Velocity, len(u0)), make([]Velocity, len(u0))
	start(q, u0, v0)
	start(next, u0, v0) // for its boundary, which no step changes
	//cairn:checkpoint scheme=binomial snaps=snaps
	for t := 0; t < p.Steps; t++ {
		step(p, next, q)
		q, next = next, q
	}
	return energy(p, q)
}

// EnergyOnDisk is [Energy] with snaps snapshots in memory and disk more in a temporary
// file.
//
//cairn:adjoint wrt=u0,v0 of=return
func EnergyOnDisk(p Params, u0, v0 []float64, snaps, disk int) float64 {
	q, next := make([]Velocity, len(u0)), make([]Velocity, len(u0))
	start(q, u0, v0)
	start(next, u0, v0)
	//cairn:checkpoint scheme=multistage snaps=snaps disk=disk storage=file
	for t := 0; t < p.Steps; t++ {
		step(p, next, q)
		q, next = next, q
	}
	return energy(p, q)
}

// EnergyStored is [Energy] with a reverse sweep that keeps every step.
//
//cairn:adjoint wrt=u0,v0 of=return
func EnergyStored(p Params, u0, v0 []float64) float64 {
	q, next := make([]Velocity, len(u0)), make([]Velocity, len(u0))
	start(q, u0, v0)
	start(next, u0, v0)
	//cairn:checkpoint scheme=store
	for t := 0; t < p.Steps; t++ {
		step(p, next, q)
		q, next = next, q
	}
	return energy(p, q)
}

// start sets q to the velocity u, v.
func start(q []Velocity, u, v []float64) {
	for k := range q {
		q[k].U = u[k]
		q[k].V = v[k]
	}
}

// energy returns the sum of U²+V² over the interior points, divided by the number of
// all points.
func energy(p Params, q []Velocity) float64 {
	sum := 0.0
	for j := 1; j < p.Ny-1; j++ {
		for k := j*p.Nx + 1; k < (j+1)*p.Nx-1; k++ {
			u, v := q[k].U, q[k].V
			sum += u*u + v*v
		}
	}
	return sum / float64(p.Nx*p.Ny)
}
