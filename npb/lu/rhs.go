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
	last := s.n - 2
	for k := lo; k < hi; k++ {
		for j := 1; j <= last; j++ {
			at := s.index(0, j, k)
			s.along(out, u, at+1, 1, 1, alongX, 1)
			s.along(out, u, at+2, 1, 1, alongX, 2)
			s.along(out, u, at+3, last-4, 1, alongX, 3)
			s.along(out, u, at+last-1, 1, 1, alongX, last-1)
			s.along(out, u, at+last, 1, 1, alongX, last)
			s.along(out, u, at+1, last, s.row, alongY, j)
			s.along(out, u, at+1, last, s.plane, alongZ, k)
		}
	}
}

// along adds to m points of a row, from at on, what the differences along one direction contribute.
// A step along it is stride elements of the slices; place counts these steps from the face to
// the first of the points, all of which are of the same kind.
func (s *Solver) along(out, u [][5]float64, at, m, stride, direction, place int) {
	advection, viscous := s.advection, s.viscous
	conduction, work := viscous*heat, viscous*(1-heat)
	third, sixth := viscous/3, viscous/6 // the viscosity is 4/3 along the direction, 1 across it
	kind := s.kind(place)
	w := &s.stencils[direction][kind]
	w0, w1, w2, w3, w4 := w[0], w[1], w[2], w[3], w[4]
	before, after := -2*stride, 2*stride
	switch kind {
	case firstPoint: // w0 is 0
		before = 0
	case lastPoint: // w4 is 0
		after = 0
	}

	as, bs, cs, ds, es := u[at+before:][:m], u[at-stride:][:m], u[at:][:m], u[at+stride:][:m], u[at+after:][:m]
	qbs, qcs, qds := s.Qs[at-stride:][:m], s.Qs[at:][:m], s.Qs[at+stride:][:m]
	rbs, rcs, rds := s.RhoI[at-stride:][:m], s.RhoI[at:][:m], s.RhoI[at+stride:][:m]
	target := out[at:][:m]
	for i := range target {
		o, a, b, c, d, e := &target[i], &as[i], &bs[i], &cs[i], &ds[i], &es[i]
		rb, rc, rd := rbs[i], rcs[i], rds[i]
		nb, nc, nd := b[direction&3]*rb, c[direction&3]*rc, d[direction&3]*rd // velocity
		pb, pd := cfd.C2*(b[4]-qbs[i]), cfd.C2*(d[4]-qds[i])                  // pressure
		fb, fd := advection*nb, advection*nd
		// What the momentum of the point and its neighbours is multiplied by, and the energy.
		mb, mc, md := w1+fb+viscous*rb, w2-2*viscous*rc, w3-fd+viscous*rd
		eb, ec, ed := w1+fb+conduction*rb, w2-2*conduction*rc, w3-fd+conduction*rd

		o[0] += w0*a[0] + w1*b[0] + w2*c[0] + w3*d[0] + w4*e[0] - advection*(d[direction&3]-b[direction&3])
		o[1] += w0*a[1] + mb*b[1] + mc*c[1] + md*d[1] + w4*e[1]
		o[2] += w0*a[2] + mb*b[2] + mc*c[2] + md*d[2] + w4*e[2]
		o[3] += w0*a[3] + mb*b[3] + mc*c[3] + md*d[3] + w4*e[3]
		o[4] += w0*a[4] + eb*b[4] + ec*c[4] + ed*d[4] + w4*e[4] + fb*pb - fd*pd +
			work*(qbs[i]*rb-2*(qcs[i]*rc)+qds[i]*rd) + sixth*(nb*nb-2*(nc*nc)+nd*nd)
		o[direction&3] += third*(nb-2*nc+nd) + advection*(pb-pd)
	}
}
