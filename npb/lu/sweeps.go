package lu

import "github.com/cairn-ad/cairn/npb/common"

// The triangular solves go over the pencils of points with the same j and k. A pencil needs those
// beside it at j−1 and k−1 (upwards: j+1 and k+1): all with the same j+k, a front, are
// independent of each other.

// lowerSweep solves (D + ωL) v = dt·Rsd; v takes the place of Rsd.
func (s *Solver) lowerSweep() {
	last := s.n - 2
	for front := 2; front <= 2*last; front++ {
		s.front = front
		common.For(common.Workers(), s, max(1, front-last), min(last, front-1)+1, blts)
	}
}

// upperSweep solves (D + ωU) w = D·Rsd; w takes the place of Rsd.
func (s *Solver) upperSweep() {
	last := s.n - 2
	for front := 2 * last; front >= 2; front-- {
		s.front = front
		common.For(common.Workers(), s, max(1, front-last), min(last, front-1)+1, buts)
	}
}

// blts does the pencils of the front with k in lo..hi−1, of the block lower triangular solve.
func blts(s *Solver, lo, hi int) {
	dt := s.par.Dt
	for k := lo; k < hi; k++ {
		at := s.index(0, s.front-k, k)
		for p := at + 1; p < at+s.n-1; p++ {
			t0, t1, t2, t3, t4 := jacld(s, p)
			v := &s.Rsd[p]
			v[0], v[1], v[2], v[3], v[4] = solveDiagonal(s, s.RhoI[p], &s.U[p],
				dt*v[0]+t0, dt*v[1]+t1, dt*v[2]+t2, dt*v[3]+t3, dt*v[4]+t4)
		}
	}
}

// buts does the pencils of the front with k in lo..hi−1, of the block upper triangular solve.
func buts(s *Solver, lo, hi int) {
	for k := lo; k < hi; k++ {
		at := s.index(0, s.front-k, k)
		for p := at + s.n - 2; p > at; p-- {
			t0, t1, t2, t3, t4 := jacu(s, p)
			v0, v1, v2, v3, v4 := solveDiagonal(s, s.RhoI[p], &s.U[p], t0, t1, t2, t3, t4)
			v := &s.Rsd[p]
			v[0] += v0
			v[1] += v1
			v[2] += v2
			v[3] += v3
			v[4] += v4
		}
	}
}
