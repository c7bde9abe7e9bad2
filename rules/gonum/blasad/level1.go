package blasad

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/cairn-ad/cairn/rules/gonum/internal/memory"
)

// DotTangent is the tangent of blas64.Dot.
//
//cairn:rule of=blas64.Dot tangent=DotTangent adjoint=DotAdjoint writes=none
func DotTangent(x, xd, y, yd blas64.Vector) (ret, retd float64) {
	ret = blas64.Dot(x, y)
	if len(xd.Data) > 0 {
		retd += blas64.Dot(withVector(x, xd.Data), y)
	}
	if len(yd.Data) > 0 {
		retd += blas64.Dot(x, withVector(y, yd.Data))
	}
	return ret, retd
}

// DotAdjoint is the adjoint of blas64.Dot.
func DotAdjoint(x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, retb float64) float64 {
	if b := vectorData(xb); len(b) > 0 {
		blas64.Axpy(retb, y, withVector(x, b))
	}
	if b := vectorData(yb); len(b) > 0 {
		blas64.Axpy(retb, x, withVector(y, b))
	}
	return blas64.Dot(x, y)
}

// Nrm2Tangent is the tangent of blas64.Nrm2. That of a norm of zero is zero.
//
//cairn:rule of=blas64.Nrm2 tangent=Nrm2Tangent adjoint=Nrm2Adjoint writes=none
func Nrm2Tangent(x, xd blas64.Vector) (ret, retd float64) {
	ret = blas64.Nrm2(x)
	if len(xd.Data) > 0 && ret != 0 {
		retd = blas64.Dot(x, withVector(x, xd.Data)) / ret
	}
	return ret, retd
}

// Nrm2Adjoint is the adjoint of blas64.Nrm2. A norm of zero has no derivative and adds
// nothing.
func Nrm2Adjoint(x blas64.Vector, xb *blas64.Vector, retb float64) float64 {
	ret := blas64.Nrm2(x)
	if b := vectorData(xb); len(b) > 0 && ret != 0 {
		blas64.Axpy(retb/ret, x, withVector(x, b))
	}
	return ret
}

// AsumTangent is the tangent of blas64.Asum. A zero in x adds nothing.
//
//cairn:rule of=blas64.Asum tangent=AsumTangent adjoint=AsumAdjoint writes=none
func AsumTangent(x, xd blas64.Vector) (ret, retd float64) {
	ret = blas64.Asum(x)
	if len(xd.Data) > 0 {
		for i := range x.N {
			_, at, _ := vector(x).row(i)
			retd += xd.Data[at] * sign(x.Data[at])
		}
	}
	return ret, retd
}

// AsumAdjoint is the adjoint of blas64.Asum.
func AsumAdjoint(x blas64.Vector, xb *blas64.Vector, retb float64) float64 {
	ret := blas64.Asum(x)
	if b := vectorData(xb); len(b) > 0 {
		for i := range x.N {
			_, at, _ := vector(x).row(i)
			b[at] += retb * sign(x.Data[at])
		}
	}
	return ret
}

// AxpyTangent is the tangent of blas64.Axpy, y += alpha*x.
//
//cairn:rule of=blas64.Axpy tangent=AxpyTangent adjoint=AxpyAdjoint reads=x writes=y
func AxpyTangent(alpha, alphad float64, x, xd, y, yd blas64.Vector) {
	sameOrApart("Axpy", x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		if len(xd.Data) > 0 {
			blas64.Axpy(alpha, withVector(x, xd.Data), yd)
		}
		blas64.Axpy(alphad, x, yd)
	}
	blas64.Axpy(alpha, x, y)
}

// AxpyAdjoint is the adjoint of blas64.Axpy.
func AxpyAdjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector) {
	sameOrApart("Axpy", x, y)
	if c := vectorData(yb); len(c) > 0 {
		seed := withVector(y, c)
		if alphab != nil {
			*alphab += blas64.Dot(seed, x)
		}
		if b := vectorData(xb); len(b) > 0 {
			blas64.Axpy(alpha, seed, withVector(x, b))
		}
	}
	blas64.Axpy(alpha, x, y)
}

// ScalTangent is the tangent of blas64.Scal, x *= alpha.
//
//cairn:rule of=blas64.Scal tangent=ScalTangent adjoint=ScalAdjoint writes=x
func ScalTangent(alpha, alphad float64, x, xd blas64.Vector) {
	if len(xd.Data) > 0 {
		xd = withVector(x, xd.Data)
		blas64.Scal(alpha, xd)
		blas64.Axpy(alphad, x, xd)
	}
	blas64.Scal(alpha, x)
}

// ScalAdjoint is the adjoint of blas64.Scal.
func ScalAdjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector) {
	if b := vectorData(xb); len(b) > 0 {
		seed := withVector(x, b)
		if alphab != nil {
			*alphab += blas64.Dot(seed, x)
		}
		blas64.Scal(alpha, seed)
	}
	blas64.Scal(alpha, x)
}

// CopyTangent is the tangent of blas64.Copy, y = x.
//
//cairn:rule of=blas64.Copy tangent=CopyTangent adjoint=CopyAdjoint reads=none writes=y
func CopyTangent(x, xd, y, yd blas64.Vector) {
	sameOrApart("Copy", x, y)
	switch {
	case len(yd.Data) == 0:
	case len(xd.Data) == 0:
		vector(y).scale(0, yd.Data)
	default:
		blas64.Copy(withVector(x, xd.Data), withVector(y, yd.Data))
	}
	blas64.Copy(x, y)
}

// CopyAdjoint is the adjoint of blas64.Copy.
func CopyAdjoint(x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector) {
	sameOrApart("Copy", x, y)
	if c := vectorData(yb); len(c) > 0 && !memory.Same(vectorArea(x), vectorArea(y)) {
		if b := vectorData(xb); len(b) > 0 {
			blas64.Axpy(1, withVector(y, c), withVector(x, b))
		}
		vector(y).scale(0, c)
	}
	blas64.Copy(x, y)
}

// SwapTangent is the tangent of blas64.Swap.
//
//cairn:rule of=blas64.Swap tangent=SwapTangent adjoint=SwapAdjoint reads=none writes=x,y
func SwapTangent(x, xd, y, yd blas64.Vector) {
	sameOrApart("Swap", x, y)
	if xs, ys := bothOrNone("Swap", xd.Data, yd.Data); len(xs) > 0 {
		blas64.Swap(withVector(x, xs), withVector(y, ys))
	}
	blas64.Swap(x, y)
}

// SwapAdjoint is the adjoint of blas64.Swap.
func SwapAdjoint(x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector) {
	sameOrApart("Swap", x, y)
	if xs, ys := bothOrNone("Swap", vectorData(xb), vectorData(yb)); len(xs) > 0 {
		blas64.Swap(withVector(x, xs), withVector(y, ys))
	}
	blas64.Swap(x, y)
}

// RotTangent is the tangent of blas64.Rot, a rotation of the points (x[i], y[i]).
//
//cairn:rule of=blas64.Rot tangent=RotTangent adjoint=RotAdjoint writes=x,y
func RotTangent(x, xd, y, yd blas64.Vector, c, cd, s, sd float64) {
	apart("Rot", "x", vectorArea(x), "y", vectorArea(y))
	xs, ys := bothOrNone("Rot", xd.Data, yd.Data)
	if len(xs) > 0 {
		xd, yd = withVector(x, xs), withVector(y, ys)
		blas64.Rot(xd, yd, c, s)
		blas64.Axpy(cd, x, xd)
		blas64.Axpy(sd, y, xd)
		blas64.Axpy(cd, y, yd)
		blas64.Axpy(-sd, x, yd)
	}
	blas64.Rot(x, y, c, s)
}

// RotAdjoint is the adjoint of blas64.Rot.
func RotAdjoint(x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, c float64, cb *float64, s float64, sb *float64) {
	apart("Rot", "x", vectorArea(x), "y", vectorArea(y))
	xs, ys := bothOrNone("Rot", vectorData(xb), vectorData(yb))
	if len(xs) > 0 {
		xseed, yseed := withVector(x, xs), withVector(y, ys)
		if cb != nil {
			*cb += blas64.Dot(xseed, x) + blas64.Dot(yseed, y)
		}
		if sb != nil {
			*sb += blas64.Dot(xseed, y) - blas64.Dot(yseed, x)
		}
		blas64.Rot(xseed, yseed, c, -s)
	}
	blas64.Rot(x, y, c, s)
}

// RotgTangent is the tangent of blas64.Rotg. At b = 0 it takes the branch of |a| > |b|; z has
// no derivative where c is 0, and nothing has one at the origin: these are NaN.
//
//cairn:rule of=blas64.Rotg tangent=RotgTangent adjoint=RotgAdjoint writes=none
func RotgTangent(a, ad, b, bd float64) (c, cd, s, sd, r, rd, z, zd float64) {
	c, s, r, z = blas64.Rotg(a, b)
	turn := (c*bd - s*ad) / r
	cd, sd, rd = -s*turn, c*turn, c*ad+s*bd
	zd = rotgZ(a, b, c, s) * turn
	return
}

// RotgAdjoint is the adjoint of blas64.Rotg.
func RotgAdjoint(a float64, ab *float64, b float64, bb *float64, cb, sb, rb, zb float64) (c, s, r, z float64) {
	c, s, r, z = blas64.Rotg(a, b)
	turn := -s*cb + c*sb
	if zb != 0 {
		turn += rotgZ(a, b, c, s) * zb
	}
	if ab != nil {
		*ab += c*rb - s*turn/r
	}
	if bb != nil {
		*bb += s*rb + c*turn/r
	}
	return
}

// rotgZ is the derivative of z with respect to the angle of the rotation.
func rotgZ(a, b, c, s float64) float64 {
	switch {
	case math.Abs(a) > math.Abs(b):
		return c
	case c != 0:
		return s / (c * c)
	}
	return math.NaN()
}

// RotmTangent is the tangent of blas64.Rotm, the product of H with the points (x[i], y[i]).
//
//cairn:rule of=blas64.Rotm tangent=RotmTangent adjoint=RotmAdjoint writes=x,y
func RotmTangent(x, xd, y, yd blas64.Vector, p, pd blas.DrotmParams) {
	apart("Rotm", "x", vectorArea(x), "y", vectorArea(y))
	xs, ys := bothOrNone("Rotm", xd.Data, yd.Data)
	if len(xs) > 0 && x.N > 0 {
		xd, yd = withVector(x, xs), withVector(y, ys)
		blas64.Rotm(xd, yd, p)
		h := rotmFree(p.Flag)
		for k, to := range []blas64.Vector{xd, yd, xd, yd} {
			if h[k] {
				blas64.Axpy(pd.H[k], []blas64.Vector{x, x, y, y}[k], to)
			}
		}
	}
	blas64.Rotm(x, y, p)
}

// RotmAdjoint is the adjoint of blas64.Rotm.
func RotmAdjoint(x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, p blas.DrotmParams, pb *blas.DrotmParams) {
	apart("Rotm", "x", vectorArea(x), "y", vectorArea(y))
	xs, ys := bothOrNone("Rotm", vectorData(xb), vectorData(yb))
	if len(xs) > 0 && x.N > 0 {
		xseed, yseed := withVector(x, xs), withVector(y, ys)
		if pb != nil {
			h := rotmFree(p.Flag)
			for k, from := range []blas64.Vector{xseed, yseed, xseed, yseed} {
				if h[k] {
					pb.H[k] += blas64.Dot(from, []blas64.Vector{x, x, y, y}[k])
				}
			}
		}
		blas64.Rotm(xseed, yseed, rotmTransposed(p))
	}
	blas64.Rotm(x, y, p)
}

// rotmFree tells which elements of H, stored by columns, are not fixed by the flag.
func rotmFree(f blas.Flag) [4]bool {
	switch f {
	case blas.Rescaling:
		return [4]bool{true, true, true, true}
	case blas.OffDiagonal:
		return [4]bool{1: true, 2: true}
	case blas.Diagonal:
		return [4]bool{0: true, 3: true}
	}
	return [4]bool{}
}

// rotmTransposed is the transpose of H with all elements.
func rotmTransposed(p blas.DrotmParams) blas.DrotmParams {
	h := p.H
	switch p.Flag {
	case blas.Identity:
		return p
	case blas.OffDiagonal:
		h[0], h[3] = 1, 1
	case blas.Diagonal:
		h[1], h[2] = -1, 1
	}
	h[1], h[2] = h[2], h[1]
	return blas.DrotmParams{Flag: blas.Rescaling, H: h}
}

// bothOrNone returns shadows of two vectors that are mixed with each other.
func bothOrNone(fn string, x, y []float64) (xs, ys []float64) {
	if (len(x) == 0) != (len(y) == 0) {
		panic("blas64." + fn + ": only one of the vectors has a shadow")
	}
	return x, y
}

// apart and sameOrApart panic if what is written shares elements with something else. Second
// derivatives call adjoints, which ask that too.
//
//cairn:source of=unchecked
func apart(fn, aName string, a memory.Area, bName string, b memory.Area) {
	memory.Apart("blas64."+fn, aName, a, bName, b)
}

func unchecked(string, string, memory.Area, string, memory.Area) {}

//cairn:source of=uncheckedVectors
func sameOrApart(fn string, x, y blas64.Vector) {
	if x.N > 1 && (x.Inc < 0) != (y.Inc < 0) {
		apart(fn, "x", vectorArea(x), "y", vectorArea(y))
		return
	}
	memory.SameOrApart("blas64."+fn, "x", vectorArea(x), "y", vectorArea(y))
}

func uncheckedVectors(string, blas64.Vector, blas64.Vector) {}

func sign(x float64) float64 {
	if x == 0 {
		return 0
	}
	return math.Copysign(1, x)
}
