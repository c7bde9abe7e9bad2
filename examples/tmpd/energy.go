package burgers

// Energy advances the velocity u0, v0 by p.Steps steps and returns its mean kinetic
// energy. Its reverse sweep keeps snaps snapshots of the velocity and runs stretches of
// the time loop again.
//
//cairn:adjoint wrt=u0,v0 of=return
//cairn:tangent wrt=u0,v0 of=return
func Energy(p Params, u0, v0 []float64, snaps int) float64 {
	u, un := make([]float64, p.Points()), make([]float64, p.Points())
	v, vn := make([]float64, p.Points()), make([]float64, p.Points())
	copy(u, u0)
	copy(v, v0)
	copy(un, u0)
	copy(vn, v0)
	//cairn:checkpoint scheme=binomial snaps=snaps
	for t := 0; t < p.Steps; t++ {
		step(p, un, vn, u, v)
		u, un = un, u
		v, vn = vn, v
	}
	return Mean(p, u, v)
}

// EnergyStored is [Energy] with a reverse sweep that keeps every step.
//
//cairn:adjoint wrt=u0,v0 of=return
func EnergyStored(p Params, u0, v0 []float64) float64 {
	u, un := make([]float64, p.Points()), make([]float64, p.Points())
	v, vn := make([]float64, p.Points()), make([]float64, p.Points())
	copy(u, u0)
	copy(v, v0)
	copy(un, u0)
	copy(vn, v0)
	//cairn:checkpoint scheme=store
	for t := 0; t < p.Steps; t++ {
		step(p, un, vn, u, v)
		u, un = un, u
		v, vn = vn, v
	}
	return Mean(p, u, v)
}

// Mean returns the sum of u²+v² over the interior points, divided by the number of all
// points.
func Mean(p Params, u, v []float64) float64 {
	sum := 0.0
	for j := 1; j < p.Ny-1; j++ {
		for i := 1; i < p.Nx-1; i++ {
			k := j*p.Nx + i
			sum += u[k]*u[k] + v[k]*v[k]
		}
	}
	return sum / float64(p.Points())
}
