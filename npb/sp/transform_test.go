package sp

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// stages are the steps of a vector g at point at through the variables of the three directions
// and back: Tx⁻¹g, Ty⁻¹g, Tz⁻¹g and Tz Tz⁻¹g.
func stages(s *Solver, at int, g [5]float64) (x, y, z, back [5]float64) {
	s.RHS[at] = g
	txinvr(s.Flow, 1, s.N-1)
	x = s.RHS[at]
	ninvr(&x, &y)
	pinvr(&y, &z)
	tzetar(&z, &s.U[at], &s.Aux[at], &back)
	return x, y, z, back
}

// unit is a vector of the standard basis.
func unit(m int) (g [5]float64) {
	g[m] = 1
	return g
}

// TestTransformsCancel: Tz P⁻¹ N⁻¹ Tx⁻¹ is the identity.
func TestTransformsCancel(t *testing.T) {
	s := mustSolver(t, small)
	s.Step()
	cfd.ComputeRHS(s.Flow)
	for m := range 5 {
		_, _, _, back := stages(s, s.Index(2, 3, 4), unit(m))
		for l, want := range unit(m) {
			if !(math.Abs(back[l]-want) < 1e-12) {
				t.Errorf("column %d: %v", m, back)
				break
			}
		}
	}
}

// TestTransformsDiagonalize: in the variables of a direction the Jacobian of the flux is the
// diagonal of v, v, v, v + C, v − C. The Jacobian is that of differences.
func TestTransformsDiagonalize(t *testing.T) {
	s := mustSolver(t, small)
	s.Step()
	cfd.ComputeRHS(s.Flow)
	at := s.Index(2, 3, 4)
	u, a := s.U[at], s.Aux[at]
	for d := range 3 {
		flux := func(u [5]float64) (f [5]float64) {
			v := u[1+d] / u[0]
			p := cfd.C2 * (u[4] - (u[1]*u[1]+u[2]*u[2]+u[3]*u[3])/(2*u[0]))
			for m := range f {
				f[m] = u[m] * v
			}
			f[1+d] += p
			f[4] += p * v
			return f
		}
		pick := func(g [5]float64) [5]float64 {
			x, y, z, _ := stages(s, at, g)
			return [3][5]float64{x, y, z}[d]
		}
		v := a.V[d]
		speeds := [5]float64{v, v, v, v + a.C, v - a.C}
		for m := range 5 {
			const h = 1e-4
			plus, minus := u, u
			plus[m] += h
			minus[m] -= h
			high, low := flux(plus), flux(minus)
			for l := range high {
				high[l] = (high[l] - low[l]) / (2 * h)
			}
			got, want := pick(high), pick(unit(m))
			for l := range got {
				if !(math.Abs(got[l]-speeds[l]*want[l]) < 1e-6) {
					t.Errorf("direction %d, unknown %d, characteristic %d: %v, want %v", d, m, l, got[l], speeds[l]*want[l])
				}
			}
		}
	}
}
