package bt

import "github.com/cairn-ad/cairn/npb/cfd"

// coupling is a 5×5 block between neighbours on a line, in the order density, momenta across
// the line, momentum along it, energy. What is not named is zero.
type coupling struct {
	m00, m03                float64
	m10, m11, m13           float64
	m20, m22, m23           float64
	m30, m31, m32, m33, m34 float64
	m40, m41, m42, m43, m44 float64
}

// diagonal is the block of a point in its own row before elimination.
type diagonal struct {
	m00                     float64
	m10, m11                float64
	m20, m22                float64
	m30, m33                float64
	m40, m41, m42, m43, m44 float64
}

// expand stores the block in b with its zeros.
func (d *diagonal) expand(b *[5][5]float64) {
	b[0][0] = d.m00
	b[1][0], b[1][1] = d.m10, d.m11
	b[2][0], b[2][2] = d.m20, d.m22
	b[3][0], b[3][3] = d.m30, d.m33
	b[4][0], b[4][1], b[4][2], b[4][3], b[4][4] = d.m40, d.m41, d.m42, d.m43, d.m44
}

// Factors of the viscous Jacobian.
const (
	c34       = cfd.Viscosity
	c1345     = cfd.C1 * cfd.C5 * c34
	con43     = 4.0 / 3.0
	fromPlain = c34 - c1345       // in the row of the energy, the momenta across
	fromAlong = con43*c34 - c1345 // and the momentum along the line
)

// blocks are what a point contributes to the matrix of its line.
type blocks struct {
	lower coupling // in the row of the next point
	own   diagonal // in its own row
	upper coupling // in the row of the point before
}

// jacobians computes the blocks of a point with the unknowns u and the auxiliary values aux: with
// the flux Jacobian F times t2 = Dt/(2h), the viscous Jacobian N times t1 = Dt/h² and the
// dissipation D times the same, which is d, lower is −F − N − D, own is I + 2N + 2D, and upper is
// F − N − D (RNR-94-007, BT; fjac and njac in the reference implementation).
func jacobians(u *[5]float64, aux *cfd.Aux, t1, t2, d float64, o order, b *blocks) {
	r := aux.RhoI
	va, vb, vn := r*u[o.a], r*u[o.b], r*u[o.n]
	kin := aux.Kin
	energy := r * u[4]
	h := cfd.C1 * energy

	// N: the shear stress, and the conduction of heat and the work of the stress.
	shear := t1 * c34 * r
	na0, nb0, nn0 := -shear*va, -shear*vb, -con43*shear*vn
	tr := t1 * r
	ne0 := -tr * (fromAlong*(vn*vn) + fromPlain*(va*va+vb*vb) + c1345*energy)
	nea, neb, nen, nee := fromPlain*tr*va, fromPlain*tr*vb, fromAlong*tr*vn, c1345*tr

	own := &b.own
	own.m00 = 1 + 2*d
	own.m10, own.m11 = 2*na0, 1+2*(shear+d)
	own.m20, own.m22 = 2*nb0, 1+2*(shear+d)
	own.m30, own.m33 = 2*nn0, 1+2*(con43*shear+d)
	own.m40, own.m41, own.m42, own.m43, own.m44 = 2*ne0, 2*nea, 2*neb, 2*nen, 1+2*(nee+d)

	// F: the convective flux.
	tn := t2 * vn
	fan, fbn := t2*va, t2*vb
	fa0, fb0 := -va*tn, -vb*tn
	fn0, fnn := cfd.C2*t2*kin-vn*tn, (2-cfd.C2)*tn
	fna, fnb, fne := -cfd.C2*fan, -cfd.C2*fbn, cfd.C2*t2
	fe0, fen := (2*cfd.C2*kin-h)*tn, t2*h-cfd.C2*(vn*tn+t2*kin)
	fea, feb, fee := cfd.C2*fa0, cfd.C2*fb0, cfd.C1*tn

	low := &b.lower
	low.m00, low.m03 = -d, -t2
	low.m10, low.m11, low.m13 = -fa0-na0, -tn-shear-d, -fan
	low.m20, low.m22, low.m23 = -fb0-nb0, -tn-shear-d, -fbn
	low.m30, low.m31, low.m32, low.m33, low.m34 = -fn0-nn0, -fna, -fnb, -fnn-con43*shear-d, -fne
	low.m40, low.m41, low.m42, low.m43, low.m44 = -fe0-ne0, -fea-nea, -feb-neb, -fen-nen, -fee-nee-d

	upper := &b.upper
	upper.m00, upper.m03 = -d, t2
	upper.m10, upper.m11, upper.m13 = fa0-na0, tn-shear-d, fan
	upper.m20, upper.m22, upper.m23 = fb0-nb0, tn-shear-d, fbn
	upper.m30, upper.m31, upper.m32, upper.m33, upper.m34 = fn0-nn0, fna, fnb, fnn-con43*shear-d, fne
	upper.m40, upper.m41, upper.m42, upper.m43, upper.m44 = fe0-ne0, fea-nea, feb-neb, fen-nen, fee-nee-d
}
