package lu

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestBlocksAreTheJacobian: D + L + U is I − dt·∂(operator)/∂u, by central differences. The
// dissipation of fourth order is no part of the matrix.
func TestBlocksAreTheJacobian(t *testing.T) {
	const n, h = 7, 1e-5
	s := perturbed(n, 1)
	source := rand.New(rand.NewPCG(2, 3))
	v := make([][5]float64, len(s.U))
	s.interior(func(at int) {
		for m := range 5 {
			v[at][m] = source.NormFloat64()
		}
	})

	shifted := func(step float64) [][5]float64 {
		p := perturbed(n, 1)
		for direction := range p.stencils {
			p.stencils[direction] = makeStencils(diffusion[direction]*(n-1)*(n-1), 0)
		}
		s.interior(func(at int) {
			for m := range 5 {
				p.U[at][m] += step * v[at][m]
			}
		})
		p.rhs()
		return p.Rsd
	}
	plus, minus := shifted(h), shifted(-h)
	copy(s.Rsd, v)
	s.interior(func(at int) {
		var l, u, d [5]float64
		l[0], l[1], l[2], l[3], l[4] = jacld(s, at)
		u[0], u[1], u[2], u[3], u[4] = jacu(s, at)
		for m := range d {
			derivative := (plus[at][m] - minus[at][m]) / (2 * h)
			d[m] = v[at][m] - s.par.Dt*derivative + (l[m]+u[m])/omega
		}
		// d is D·v if the blocks beside the diagonal are right.
		var got [5]float64
		got[0], got[1], got[2], got[3], got[4] = solveDiagonal(s, s.RhoI[at], &s.U[at], d[0], d[1], d[2], d[3], d[4])
		for m := range got {
			if !(math.Abs(got[m]-v[at][m]) < 1e-7) {
				t.Errorf("point %d, unknown %d: D⁻¹·D·v = %v, v = %v", at, m, got[m], v[at][m])
			}
		}
	})
}

// TestSweepsSolve: after a sweep every point satisfies its equation with the final values of
// its neighbours, so the order of the points was right.
func TestSweepsSolve(t *testing.T) {
	for _, n := range []int{6, 9} {
		s := perturbed(n, 4)
		dt := s.par.Dt
		before := make([][5]float64, len(s.Rsd))
		check := func(sweep string, want func(at int) [5]float64) {
			t.Helper()
			s.interior(func(at int) {
				w := want(at)
				for m := range w {
					if got := s.Rsd[at][m]; !(math.Abs(got-w[m]) <= 1e-12*(1+math.Abs(w[m]))) {
						t.Errorf("n = %d, %s sweep, point %d, unknown %d: %v, want %v", n, sweep, at, m, got, w[m])
					}
				}
			})
		}
		copy(before, s.Rsd)
		s.lowerSweep()
		check("lower", func(at int) (v [5]float64) {
			l0, l1, l2, l3, l4 := jacld(s, at)
			b := before[at]
			v[0], v[1], v[2], v[3], v[4] = solveDiagonal(s, s.RhoI[at], &s.U[at], dt*b[0]+l0, dt*b[1]+l1, dt*b[2]+l2, dt*b[3]+l3, dt*b[4]+l4)
			return v
		})
		copy(before, s.Rsd)
		s.upperSweep()
		check("upper", func(at int) (v [5]float64) {
			u0, u1, u2, u3, u4 := jacu(s, at)
			v[0], v[1], v[2], v[3], v[4] = solveDiagonal(s, s.RhoI[at], &s.U[at], u0, u1, u2, u3, u4)
			for m := range v {
				v[m] += before[at][m]
			}
			return v
		})
	}
}
