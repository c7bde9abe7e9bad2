package cfd

// Initialize stores the initial field in U (RNR-94-007, on the initial condition): the exact
// solution on the six walls, and inside the blend of the values at the six nearest points of the
// walls, by the Boolean sum of the linear interpolations between opposite walls.
func Initialize(f *Flow) {
	n := f.N
	h := 1 / float64(n-1)
	for k := 0; k < n; k++ {
		zeta := float64(k) * h
		for j := 0; j < n; j++ {
			eta := float64(j) * h
			for i := 0; i < n; i++ {
				u := &f.U[f.Index(k, j, i)]
				if k == 0 || j == 0 || i == 0 || k == n-1 || j == n-1 || i == n-1 {
					Exact(float64(i)*h, eta, zeta, u)
				} else {
					blend(float64(i)*h, eta, zeta, u)
				}
			}
		}
	}
}

// blend stores in u the Boolean sum of the interpolations between the walls at one point.
func blend(xi, eta, zeta float64, u *[5]float64) {
	var west, east, south, north, bottom, top [5]float64
	Exact(0, eta, zeta, &west)
	Exact(1, eta, zeta, &east)
	Exact(xi, 0, zeta, &south)
	Exact(xi, 1, zeta, &north)
	Exact(xi, eta, 0, &bottom)
	Exact(xi, eta, 1, &top)
	for m := range u {
		x := xi*east[m] + (1-xi)*west[m]
		y := eta*north[m] + (1-eta)*south[m]
		z := zeta*top[m] + (1-zeta)*bottom[m]
		u[m] = x + y + z - x*y - x*z - y*z + x*y*z
	}
}

// fillExact stores the exact solution in U at all points.
func fillExact(f *Flow) {
	n := f.N
	h := 1 / float64(n-1)
	for k := 0; k < n; k++ {
		for j := 0; j < n; j++ {
			for i := 0; i < n; i++ {
				Exact(float64(i)*h, float64(j)*h, float64(k)*h, &f.U[f.Index(k, j, i)])
			}
		}
	}
}

// ExactRHS stores the forcing term: minus what the discretised equations, without it, give for
// the exact solution. U, Aux and RHS are used for this and hold nothing of use afterwards.
func ExactRHS(f *Flow) {
	clear(f.Forcing)
	fillExact(f)
	ComputeRHS(f)
	for i := range f.Forcing {
		for m := range f.Forcing[i] {
			f.Forcing[i][m] = -f.RHS[i][m] / f.Dt
		}
	}
}
