package lu

import (
	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// erhs computes the forcing term: the operator of the steady equations, applied to the exact
// solution. Rsd, RhoI and Qs serve as work space.
func (s *Solver) erhs() {
	for k := range s.n {
		for j := range s.n {
			for i := range s.n {
				s.exact(i, j, k, &s.Rsd[s.index(i, j, k)])
			}
		}
	}
	clear(s.frct)
	s.derived(s.Rsd, 0, s.n)
	s.operator(s.frct, s.Rsd, 1, s.n-1)
}

// rhs computes the residual Rsd: the operator of the steady equations, applied to U, minus the
// forcing term. RhoI and Qs are computed on the way.
func (s *Solver) rhs() {
	common.For(common.Workers(), s, 0, s.n, rhsStart)
	common.For(common.Workers(), s, 1, s.n-1, rhsOperator)
}

// rhsStart does planes lo..hi−1 of the part of rhs that looks at single points.
func rhsStart(s *Solver, lo, hi int) {
	for k := lo; k < hi; k++ {
		for j := range s.n {
			at := s.index(0, j, k)
			frct := s.frct[at : at+s.n]
			rsd := s.Rsd[at : at+s.n]
			for i := range rsd {
				r, f := &rsd[i], &frct[i]
				r[0] = -f[0]
				r[1] = -f[1]
				r[2] = -f[2]
				r[3] = -f[3]
				r[4] = -f[4]
			}
		}
	}
	s.derived(s.U, lo, hi)
}

// rhsOperator does planes lo..hi−1 of the part of rhs that looks at neighbours.
func rhsOperator(s *Solver, lo, hi int) { s.operator(s.Rsd, s.U, lo, hi) }

// derived sets RhoI and Qs to those of the values u in planes lo..hi−1.
func (s *Solver) derived(u [][5]float64, lo, hi int) {
	for k := lo; k < hi; k++ {
		for j := range s.n {
			at := s.index(0, j, k)
			us := u[at : at+s.n]
			rho := s.RhoI[at : at+s.n]
			qs := s.Qs[at : at+s.n]
			for i := range us {
				w := &us[i]
				r := 1 / w[0]
				rho[i] = r
				qs[i] = 0.5 * (w[1]*w[1] + w[2]*w[2] + w[3]*w[3]) * r
			}
		}
	}
}

// operator adds the operator of the steady equations, applied to u, to out in the interior of
// planes lo..hi−1: along each direction the central difference of the flux, the viscous and
// diffusive terms and the dissipation of fourth order (RNR-94-007, on the spatial
// discretisation). RhoI and Qs must be those of u in these planes and those beside them.
func (s *Solver) operator(out, u [][5]float64, lo, hi int) {
	for k := lo; k < hi; k++ {
		for j := 1; j < s.n-1; j++ {
			at := s.index(1, j, k)
			s.fluxes(out, u, at, 1, alongX)
			s.fluxes(out, u, at, s.row, alongY)
			s.fluxes(out, u, at, s.plane, alongZ)
			s.dissipateX(out, u, at)
			s.dissipate(out, u, at, j, s.row)
			s.dissipate(out, u, at, k, s.plane)
		}
	}
}

// fluxes adds to the row of n−2 points from at on what the flux and the second differences along
// one direction contribute; a step along it is stride elements of the slices.
func (s *Solver) fluxes(out, u [][5]float64, at, stride, direction int) {
	const third = 1.0 / 3 // 4/3 along the direction, 1 across it
	m := s.n - 2
	advection, diffusion, viscous := s.advection, s.diffusion[direction], s.viscous
	before, here, after := u[at-stride:][:m], u[at:][:m], u[at+stride:][:m]
	qBefore, qHere, qAfter := s.Qs[at-stride:][:m], s.Qs[at:][:m], s.Qs[at+stride:][:m]
	rBefore, rHere, rAfter := s.RhoI[at-stride:][:m], s.RhoI[at:][:m], s.RhoI[at+stride:][:m]
	target := out[at:][:m]
	for i := range target {
		o, a, b, c := &target[i], &before[i], &here[i], &after[i]
		ra, rb, rc := rBefore[i], rHere[i], rAfter[i]
		qa, qb, qc := qBefore[i], qHere[i], qAfter[i]
		na, nb, nc := a[direction&3]*ra, b[direction&3]*rb, c[direction&3]*rc

		o[0] += diffusion*(a[0]-2*b[0]+c[0]) - advection*(c[direction&3]-a[direction&3])
		o[1] += diffusion*(a[1]-2*b[1]+c[1]) - advection*(c[1]*nc-a[1]*na) +
			viscous*(a[1]*ra-2*(b[1]*rb)+c[1]*rc)
		o[2] += diffusion*(a[2]-2*b[2]+c[2]) - advection*(c[2]*nc-a[2]*na) +
			viscous*(a[2]*ra-2*(b[2]*rb)+c[2]*rc)
		o[3] += diffusion*(a[3]-2*b[3]+c[3]) - advection*(c[3]*nc-a[3]*na) +
			viscous*(a[3]*ra-2*(b[3]*rb)+c[3]*rc)
		o[4] += diffusion*(a[4]-2*b[4]+c[4]) -
			advection*((cfd.C1*c[4]-cfd.C2*qc)*nc-(cfd.C1*a[4]-cfd.C2*qa)*na) +
			viscous*((1-heat)*(qa*ra-2*(qb*rb)+qc*rc)+
				third/2*(na*na-2*(nb*nb)+nc*nc)+
				heat*(a[4]*ra-2*(b[4]*rb)+c[4]*rc))
		o[direction&3] += viscous*third*(na-2*nb+nc) -
			advection*cfd.C2*((c[4]-qc)-(a[4]-qa))
	}
}
