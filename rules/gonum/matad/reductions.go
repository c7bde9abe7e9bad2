package matad

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// SumTangent is the tangent of mat.Sum.
//
//cairn:rule of=mat.Sum tangent=SumTangent adjoint=SumAdjoint writes=none
func SumTangent(a, ad mat.Matrix) (ret, retd float64) {
	if d := tangentOf(ad); d != nil {
		retd = mat.Sum(d)
	}
	return mat.Sum(a), retd
}

// SumAdjoint is the adjoint of mat.Sum.
func SumAdjoint(a, ab mat.Matrix, retb float64) float64 {
	if active(ab) {
		add(a, ab, retb, byElement(a, func(_, _ int, _ float64) float64 { return 1 }))
	}
	return mat.Sum(a)
}

// TraceTangent is the tangent of mat.Trace.
//
//cairn:rule of=mat.Trace tangent=TraceTangent adjoint=TraceAdjoint writes=none
func TraceTangent(a, ad mat.Matrix) (ret, retd float64) {
	if d := tangentOf(ad); d != nil {
		retd = mat.Trace(d)
	}
	return mat.Trace(a), retd
}

// TraceAdjoint is the adjoint of mat.Trace.
func TraceAdjoint(a, ab mat.Matrix, retb float64) float64 {
	addIdentity(a, ab, retb)
	return mat.Trace(a)
}

func addIdentity(a, ab mat.Matrix, alpha float64) {
	if !active(ab) {
		return
	}
	n, _ := a.Dims()
	one := mat.NewDense(n, n, nil)
	for i := range n {
		one.Set(i, i, 1)
	}
	add(a, ab, alpha, one)
}

// DotTangent is the tangent of mat.Dot.
//
//cairn:rule of=mat.Dot tangent=DotTangent adjoint=DotAdjoint writes=none
func DotTangent(a, ad, b, bd mat.Vector) (ret, retd float64) {
	if d := tangentOf(ad); d != nil {
		retd += inner(d, b)
	}
	if d := tangentOf(bd); d != nil {
		retd += inner(a, d)
	}
	return mat.Dot(a, b), retd
}

// DotAdjoint is the adjoint of mat.Dot.
func DotAdjoint(a, ab, b, bb mat.Vector, retb float64) float64 {
	add(a, ab, retb, b)
	add(b, bb, retb, a)
	return mat.Dot(a, b)
}

// InnerTangent is the tangent of mat.Inner, xᵀ*a*y.
//
//cairn:rule of=mat.Inner tangent=InnerTangent adjoint=InnerAdjoint writes=none
func InnerTangent(x, xd mat.Vector, a, ad mat.Matrix, y, yd mat.Vector) (ret, retd float64) {
	if d := tangentOf(xd); d != nil {
		retd += inner(d, mul(a, y))
	}
	if d := tangentOf(ad); d != nil {
		retd += inner(x, mul(d, y))
	}
	if d := tangentOf(yd); d != nil {
		retd += inner(x, mul(a, d))
	}
	return mat.Inner(x, a, y), retd
}

// InnerAdjoint is the adjoint of mat.Inner.
func InnerAdjoint(x, xb mat.Vector, a, ab mat.Matrix, y, yb mat.Vector, retb float64) float64 {
	toX, toY := mul(a, y), mul(a.T(), x)
	if active(ab) {
		add(a, ab, retb, mul(x, y.T()))
	}
	add(x, xb, retb, toX)
	add(y, yb, retb, toY)
	return mat.Inner(x, a, y)
}

// MaxTangent is the tangent of mat.Max: that of the first element which is the largest.
//
//cairn:rule of=mat.Max tangent=MaxTangent adjoint=MaxAdjoint writes=none
func MaxTangent(a, ad mat.Matrix) (ret, retd float64) {
	ret = mat.Max(a)
	return ret, elementTangent(a, ad, ret)
}

// MaxAdjoint is the adjoint of mat.Max.
func MaxAdjoint(a, ab mat.Matrix, retb float64) float64 {
	ret := mat.Max(a)
	elementAdjoint(a, ab, ret, retb)
	return ret
}

// MinTangent is the tangent of mat.Min: that of the first element which is the smallest.
//
//cairn:rule of=mat.Min tangent=MinTangent adjoint=MinAdjoint writes=none
func MinTangent(a, ad mat.Matrix) (ret, retd float64) {
	ret = mat.Min(a)
	return ret, elementTangent(a, ad, ret)
}

// MinAdjoint is the adjoint of mat.Min.
func MinAdjoint(a, ab mat.Matrix, retb float64) float64 {
	ret := mat.Min(a)
	elementAdjoint(a, ab, ret, retb)
	return ret
}

// find is the place of the first element with a value, row by row.
func find(a mat.Matrix, v float64) (i, j int, ok bool) {
	r, c := a.Dims()
	for i := range r {
		for j := range c {
			if a.At(i, j) == v {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

func elementTangent(a, ad mat.Matrix, v float64) float64 {
	d := tangentOf(ad)
	if i, j, ok := find(a, v); ok && d != nil {
		return d.At(i, j)
	}
	return 0
}

func elementAdjoint(a, ab mat.Matrix, v, retb float64) {
	if i, j, ok := find(a, v); ok && active(ab) {
		r, c := a.Dims()
		g := mat.NewDense(r, c, nil)
		g.Set(i, j, 1)
		add(a, ab, retb, g)
	}
}

// NormTangent is the tangent of mat.Norm, where norm is 1, 2 for the Frobenius norm, or
// infinity. A norm of zero has the derivative zero; of several columns or rows with the
// largest sum the first one counts.
//
//cairn:rule of=mat.Norm tangent=NormTangent adjoint=NormAdjoint writes=none
func NormTangent(a, ad mat.Matrix, norm float64) (ret, retd float64) {
	ret = mat.Norm(a, norm)
	if d := tangentOf(ad); d != nil {
		retd = inner(d, normPartials(a, ret, norm))
	}
	return ret, retd
}

// NormAdjoint is the adjoint of mat.Norm.
func NormAdjoint(a, ab mat.Matrix, norm, retb float64) float64 {
	ret := mat.Norm(a, norm)
	if active(ab) {
		add(a, ab, retb, normPartials(a, ret, norm))
	}
	return ret
}

func normPartials(a mat.Matrix, norm, order float64) *mat.Dense {
	column, row := -1, -1
	switch {
	case order == 1:
		column = largestColumn(a)
	case math.IsInf(order, 1):
		row = largestColumn(a.T())
	}
	return byElement(a, func(i, j int, v float64) float64 {
		switch {
		case math.IsNaN(norm):
			return norm
		case norm == 0 || v == 0:
			return 0
		case order == 2:
			return v / norm
		case i == row || j == column:
			return math.Copysign(1, v)
		}
		return 0
	})
}

func largestColumn(a mat.Matrix) int {
	r, c := a.Dims()
	best, at := -1.0, 0
	for j := range c {
		sum := 0.0
		for i := range r {
			sum += math.Abs(a.At(i, j))
		}
		if sum > best {
			best, at = sum, j
		}
	}
	return at
}
