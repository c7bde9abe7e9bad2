package lu

// setbv sets the six faces of the cube to the exact solution.
func (s *Solver) setbv() {
	last := s.n - 1
	for k := range s.n {
		for j := range s.n {
			if k == 0 || k == last || j == 0 || j == last {
				for i := range s.n {
					s.exact(i, j, k, &s.U[s.index(i, j, k)])
				}
			} else {
				s.exact(0, j, k, &s.U[s.index(0, j, k)])
				s.exact(last, j, k, &s.U[s.index(last, j, k)])
			}
		}
	}
}

// setiv sets the interior to what the faces give by transfinite interpolation: with the
// projections P along each direction, the linear interpolations between two opposite faces,
// it is Px + Py + Pz − PxPy − PyPz − PzPx + PxPyPz, where a product is that of the values
// (RNR-94-007, on the initial values).
func (s *Solver) setiv() {
	last := s.n - 1
	h := 1 / float64(last)
	for k := 1; k < last; k++ {
		for j := 1; j < last; j++ {
			for i := 1; i < last; i++ {
				var x0, x1, y0, y1, z0, z1 [5]float64
				s.exact(0, j, k, &x0)
				s.exact(last, j, k, &x1)
				s.exact(i, 0, k, &y0)
				s.exact(i, last, k, &y1)
				s.exact(i, j, 0, &z0)
				s.exact(i, j, last, &z1)
				u := &s.U[s.index(i, j, k)]
				for m := range u {
					px := between(x0[m], x1[m], float64(i)*h)
					py := between(y0[m], y1[m], float64(j)*h)
					pz := between(z0[m], z1[m], float64(k)*h)
					u[m] = px + py + pz - px*py - py*pz - pz*px + px*py*pz
				}
			}
		}
	}
}

// between is the linear interpolation from a, at t = 0, to b, at t = 1.
func between(a, b, t float64) float64 { return (1-t)*a + t*b }
