package floatsad

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// DotTangent is the tangent of floats.Dot.
//
//cairn:rule of=floats.Dot tangent=DotTangent adjoint=DotAdjoint writes=none
func DotTangent(s1, s1d, s2, s2d []float64) (ret, retd float64) {
	return floats.Dot(s1, s2), dot(s1d, s2) + dot(s2d, s1)
}

// DotAdjoint is the adjoint of floats.Dot.
func DotAdjoint(s1, s1b, s2, s2b []float64, retb float64) float64 {
	for i := range s1b {
		s1b[i] += retb * s2[i]
	}
	for i := range s2b {
		s2b[i] += retb * s1[i]
	}
	return floats.Dot(s1, s2)
}

// SumTangent is the tangent of floats.Sum.
//
//cairn:rule of=floats.Sum tangent=SumTangent adjoint=SumAdjoint reads=none writes=none
func SumTangent(s, sd []float64) (ret, retd float64) { return floats.Sum(s), floats.Sum(sd) }

// SumAdjoint is the adjoint of floats.Sum.
func SumAdjoint(s, sb []float64, retb float64) float64 {
	floats.AddConst(retb, sb)
	return floats.Sum(s)
}

// SumCompensatedTangent is the tangent of floats.SumCompensated.
//
//cairn:rule of=floats.SumCompensated tangent=SumCompensatedTangent adjoint=SumCompensatedAdjoint reads=none writes=none
func SumCompensatedTangent(s, sd []float64) (ret, retd float64) {
	return floats.SumCompensated(s), floats.SumCompensated(sd)
}

// SumCompensatedAdjoint is the adjoint of floats.SumCompensated.
func SumCompensatedAdjoint(s, sb []float64, retb float64) float64 {
	floats.AddConst(retb, sb)
	return floats.SumCompensated(s)
}

// ProdTangent is the tangent of floats.Prod. Elements may be zero.
//
//cairn:rule of=floats.Prod tangent=ProdTangent adjoint=ProdAdjoint writes=none
func ProdTangent(s, sd []float64) (ret, retd float64) {
	before := 1.0
	for i := range sd {
		retd = retd*s[i] + before*sd[i]
		before *= s[i]
	}
	return floats.Prod(s), retd
}

// ProdAdjoint is the adjoint of floats.Prod. Elements may be zero.
func ProdAdjoint(s, sb []float64, retb float64) float64 {
	if len(sb) > 0 {
		before := products(s)
		after := retb
		for i := len(s) - 1; i >= 0; i-- {
			sb[i] += before[i] * after
			after *= s[i]
		}
	}
	return floats.Prod(s)
}

// products returns the product of s[:i] for each i.
func products(s []float64) []float64 {
	p := make([]float64, len(s))
	before := 1.0
	for i, v := range s {
		p[i] = before
		before *= v
	}
	return p
}

// CumSumTangent is the tangent of floats.CumSum, dst[i] = s[0] + … + s[i].
//
//cairn:rule of=floats.CumSum tangent=CumSumTangent adjoint=CumSumAdjoint reads=none writes=dst returns=dst
func CumSumTangent(dst, dstd, s, sd []float64) (ret, retd []float64) {
	sameOrApart("CumSum", dst, s)
	sum := 0.0
	for i := range dstd {
		sum += at(sd, i)
		dstd[i] = sum
	}
	return floats.CumSum(dst, s), dstd
}

// CumSumAdjoint is the adjoint of floats.CumSum.
func CumSumAdjoint(dst, dstb, s, sb []float64) []float64 {
	sameOrApart("CumSum", dst, s)
	sum := 0.0
	for i := len(dstb) - 1; i >= 0; i-- {
		sum += dstb[i]
		dstb[i] = 0
		if sb != nil {
			sb[i] += sum
		}
	}
	return floats.CumSum(dst, s)
}

// CumProdTangent is the tangent of floats.CumProd, dst[i] = s[0] * … * s[i].
//
//cairn:rule of=floats.CumProd tangent=CumProdTangent adjoint=CumProdAdjoint reads=s writes=dst returns=dst
func CumProdTangent(dst, dstd, s, sd []float64) (ret, retd []float64) {
	sameOrApart("CumProd", dst, s)
	before, sum := 1.0, 0.0
	for i := range dstd {
		sum = sum*s[i] + before*at(sd, i)
		before *= s[i]
		dstd[i] = sum
	}
	return floats.CumProd(dst, s), dstd
}

// CumProdAdjoint is the adjoint of floats.CumProd.
func CumProdAdjoint(dst, dstb, s, sb []float64) []float64 {
	sameOrApart("CumProd", dst, s)
	before, after := products(s), 0.0
	for i := len(dstb) - 1; i >= 0; i-- {
		after += dstb[i]
		dstb[i] = 0
		if sb != nil {
			sb[i] += before[i] * after
		}
		after *= s[i]
	}
	return floats.CumProd(dst, s)
}

// LogSumExpTangent is the tangent of floats.LogSumExp.
//
//cairn:rule of=floats.LogSumExp tangent=LogSumExpTangent adjoint=LogSumExpAdjoint writes=none
func LogSumExpTangent(s, sd []float64) (ret, retd float64) {
	ret = floats.LogSumExp(s)
	for i, d := range sd {
		retd += d * math.Exp(s[i]-ret)
	}
	return ret, retd
}

// LogSumExpAdjoint is the adjoint of floats.LogSumExp.
func LogSumExpAdjoint(s, sb []float64, retb float64) float64 {
	ret := floats.LogSumExp(s)
	for i := range sb {
		sb[i] += retb * math.Exp(s[i]-ret)
	}
	return ret
}

// NormTangent is the tangent of floats.Norm.
//
//cairn:rule of=floats.Norm tangent=NormTangent adjoint=NormAdjoint writes=none
func NormTangent(s, sd []float64, L, Ld float64) (ret, retd float64) {
	ret = floats.Norm(s, L)
	p, order := normPartials(len(s), func(i int) float64 { return s[i] }, ret, L)
	return ret, dot(sd, p) + order*Ld
}

// NormAdjoint is the adjoint of floats.Norm. A norm that is zero has no derivative, and adds
// nothing; of several elements that are the largest, the first one counts.
func NormAdjoint(s, sb []float64, L float64, Lb *float64, retb float64) float64 {
	ret := floats.Norm(s, L)
	p, order := normPartials(len(s), func(i int) float64 { return s[i] }, ret, L)
	if len(sb) > 0 {
		floats.AddScaled(sb, retb, p)
	}
	addTo(Lb, order*retb)
	return ret
}

// DistanceTangent is the tangent of floats.Distance.
//
//cairn:rule of=floats.Distance tangent=DistanceTangent adjoint=DistanceAdjoint writes=none
func DistanceTangent(s, sd, t, td []float64, L, Ld float64) (ret, retd float64) {
	ret = floats.Distance(s, t, L)
	p, order := normPartials(len(s), func(i int) float64 { return s[i] - t[i] }, ret, L)
	return ret, dot(sd, p) - dot(td, p) + order*Ld
}

// DistanceAdjoint is the adjoint of floats.Distance; what holds for Norm holds here.
func DistanceAdjoint(s, sb, t, tb []float64, L float64, Lb *float64, retb float64) float64 {
	ret := floats.Distance(s, t, L)
	p, order := normPartials(len(s), func(i int) float64 { return s[i] - t[i] }, ret, L)
	for i := range sb {
		sb[i] += retb * p[i]
	}
	for i := range tb {
		tb[i] -= retb * p[i]
	}
	addTo(Lb, order*retb)
	return ret
}

// normPartials returns the derivatives of the l-norm of n numbers, and that by l.
func normPartials(n int, x func(i int) float64, norm, l float64) (p []float64, order float64) {
	if !(l > 0) {
		panic(fmt.Sprintf("floats.Norm, floats.Distance: no derivative of a norm of order %v", l))
	}
	p = make([]float64, n)
	if norm == 0 {
		return p, 0
	}
	if math.IsNaN(norm) {
		floats.AddConst(norm, p)
		return p, norm
	}
	for i := range p {
		v := x(i)
		if r := math.Abs(v) / norm; r > 0 && !math.IsInf(l, 1) {
			order += norm / l * math.Pow(r, l) * math.Log(r)
		}
		switch {
		case l == 1:
			p[i] = sign(v)
		case l == 2:
			p[i] = v / norm
		case math.IsInf(l, 1):
			if math.Abs(v) == norm {
				p[i] = sign(v)
				return p, 0
			}
		case v != 0:
			p[i] = sign(v) * math.Pow(math.Abs(v)/norm, l-1)
		}
	}
	return p, order
}

func sign(x float64) float64 {
	if x == 0 {
		return 0
	}
	return math.Copysign(1, x)
}
