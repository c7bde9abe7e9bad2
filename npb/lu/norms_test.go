package lu

import (
	"math"
	"testing"
)

// TestNormOfConstants: the root of the mean square of a constant over the interior is its absolute
// value, whatever the faces hold.
func TestNormOfConstants(t *testing.T) {
	s := newSolver(small(8))
	for at := range s.Rsd {
		s.Rsd[at] = [5]float64{math.NaN(), math.Inf(1), 1e300, 1e300, math.NaN()}
	}
	s.interior(func(at int) { s.Rsd[at] = [5]float64{1, -2, 3, 0, 5e-3} })
	want := [5]float64{1, 2, 3, 0, 5e-3}
	for m, got := range s.l2norm(s.Rsd) {
		if math.Abs(got-want[m]) > 1e-14*want[m] {
			t.Errorf("norm %d is %v, want %v", m, got, want[m])
		}
	}
}

func TestErrorNorm(t *testing.T) {
	s := newSolver(small(7))
	s.interior(func(at int) {
		s.exact(at%s.row, at/s.row%s.row, at/s.plane, &s.U[at])
		for m := range 5 {
			s.U[at][m] += float64(m) * 0.25
		}
	})
	for m, got := range s.errorNorm() {
		if math.Abs(got-float64(m)*0.25) > 1e-13 {
			t.Errorf("unknown %d: error %v, want %v", m, got, float64(m)*0.25)
		}
	}
}

// TestSurfaceIntegral: the trapezoidal rule is exact for a pressure that is linear in each
// coordinate, so the integral is the mean of the corners' pressures times the area, face by face.
func TestSurfaceIntegral(t *testing.T) {
	const n = 9
	s := newSolver(small(n))
	pressure := func(i, j, k int) float64 { return 1 + 0.1*float64(i) + 0.3*float64(j) - 0.05*float64(k*i) }
	for k := range n {
		for j := range n {
			for i := range n {
				// ½|m|²/ρ = 0.5·(1+4+9)/2 = 3.5, p = 0.4·(E − 3.5)
				s.U[s.index(i, j, k)] = [5]float64{2, 1, 2, 3, 3.5 + pressure(i, j, k)/0.4}
			}
		}
	}
	lo, hi := [3]int{1, 1, 2}, [3]int{n - 2, n - 3, n - 2}
	want := 0.0
	for normal := range 3 {
		a, b := (normal+1)%3, (normal+2)%3
		area := float64((hi[a]-lo[a])*(hi[b]-lo[b])) / ((n - 1) * (n - 1))
		for _, at := range []int{lo[normal], hi[normal]} {
			for corner := range 4 {
				var p [3]int
				p[normal] = at
				p[a], p[b] = lo[a], lo[b]
				if corner&1 != 0 {
					p[a] = hi[a]
				}
				if corner&2 != 0 {
					p[b] = hi[b]
				}
				want += area * pressure(p[0], p[1], p[2]) / 4
			}
		}
	}
	if got := s.pintgr(); math.Abs(got-want) > 1e-12*math.Abs(want) {
		t.Errorf("surface integral %v, want %v", got, want)
	}
}
