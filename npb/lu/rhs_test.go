package lu

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// flux is the flux of mass, momentum and energy along a direction.
func flux(u [5]float64, direction int) (f [5]float64) {
	velocity := u[direction] / u[0]
	pressure := cfd.C2 * (u[4] - (u[1]*u[1]+u[2]*u[2]+u[3]*u[3])/(2*u[0]))
	for m := range f {
		f[m] = u[m] * velocity
	}
	f[direction] += pressure
	f[4] += pressure * velocity
	return f
}

// viscousFlux is that between two neighbours at distance h, as the reference implementation has it.
func viscousFlux(a, b [5]float64, direction int, h float64) (f [5]float64) {
	squares, heatFlux := 0.0, b[4]/b[0]-a[4]/a[0]
	for m := 1; m <= 3; m++ {
		va, vb := a[m]/a[0], b[m]/b[0]
		f[m] = (vb - va) / h
		squares += vb*vb - va*va
		if m == direction {
			f[m] *= 4.0 / 3
			f[4] += (vb*vb - va*va) / 6 / h
		}
	}
	f[4] += 0.5*(1-cfd.C1*cfd.C5)*squares/h + cfd.C1*cfd.C5*heatFlux/h
	for m := range f {
		f[m] *= cfd.C3 * cfd.C4
	}
	return f
}

// TestOperatorFromFluxes compares the operator with its definition by fluxes, on random values:
// along each direction, at each distance from the faces.
func TestOperatorFromFluxes(t *testing.T) {
	for _, n := range []int{6, 9} {
		s := perturbed(n, 5)
		h := 1 / float64(n-1)
		got := make([][5]float64, len(s.U))
		s.operator(got, s.U, 1, n-1)
		fourth := map[int][5]float64{1: {0, 0, 5, -4, 1}, 2: {0, -4, 6, -4, 1}, n - 3: {1, -4, 6, -4, 0}, n - 2: {1, -4, 5, 0, 0}}
		s.interior(func(at int) {
			place := [3]int{at % s.row, at / s.row % s.row, at / s.plane}
			var want, size [5]float64
			for axis, stride := range [3]int{1, s.row, s.plane} {
				direction := axis + 1
				before, here, after := s.U[at-stride], s.U[at], s.U[at+stride]
				f0, f1 := flux(before, direction), flux(after, direction)
				v0, v1 := viscousFlux(before, here, direction, h), viscousFlux(here, after, direction, h)
				stencil, special := fourth[place[axis]]
				if !special {
					stencil = [5]float64{1, -4, 6, -4, 1}
				}
				for m := range want {
					want[m] += (f0[m]-f1[m])/(2*h) + (v1[m]-v0[m])/h +
						[]float64{0.75, 0.75, 1}[axis]*(before[m]-2*here[m]+after[m])/(h*h)
					size[m] += math.Abs(f0[m])/h + math.Abs(here[m])/(h*h)
					for x, weight := range stencil {
						if weight != 0 {
							want[m] -= 0.25 * weight * s.U[at+(x-2)*stride][m]
						}
					}
				}
			}
			for m := range want {
				if !(math.Abs(got[at][m]-want[m]) <= 1e-13*size[m]) {
					t.Errorf("n = %d, point %v, unknown %d: %v, want %v", n, place, m, got[at][m], want[m])
				}
			}
		})
	}
}
