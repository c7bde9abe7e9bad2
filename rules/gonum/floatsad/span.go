package floatsad

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// SpanTangent is the tangent of floats.Span, points from l to u at equal distances.
//
//cairn:rule of=floats.Span tangent=SpanTangent adjoint=SpanAdjoint reads=none writes=dst returns=dst
func SpanTangent(dst, dstd []float64, l, ld, u, ud float64) (ret, retd []float64) {
	finite("Span", l, u)
	for i := range dstd {
		f := fraction(i, len(dst))
		dstd[i] = (1-f)*ld + f*ud
	}
	return floats.Span(dst, l, u), dstd
}

// SpanAdjoint is the adjoint of floats.Span.
func SpanAdjoint(dst, dstb []float64, l float64, lb *float64, u float64, ub *float64) []float64 {
	finite("Span", l, u)
	for i, seed := range dstb {
		dstb[i] = 0
		f := fraction(i, len(dst))
		addTo(lb, (1-f)*seed)
		addTo(ub, f*seed)
	}
	return floats.Span(dst, l, u)
}

// LogSpanTangent is the tangent of floats.LogSpan, points from l to u whose logarithms are
// at equal distances.
//
//cairn:rule of=floats.LogSpan tangent=LogSpanTangent adjoint=LogSpanAdjoint reads=none writes=dst returns=dst
func LogSpanTangent(dst, dstd []float64, l, ld, u, ud float64) (ret, retd []float64) {
	finite("LogSpan", math.Log(l), math.Log(u))
	ret = floats.LogSpan(dst, l, u)
	for i := range dstd {
		f := fraction(i, len(dst))
		dstd[i] = dst[i] * ((1-f)*ld/l + f*ud/u)
	}
	return ret, dstd
}

// LogSpanAdjoint is the adjoint of floats.LogSpan.
func LogSpanAdjoint(dst, dstb []float64, l float64, lb *float64, u float64, ub *float64) []float64 {
	finite("LogSpan", math.Log(l), math.Log(u))
	ret := floats.LogSpan(dst, l, u)
	for i, seed := range dstb {
		dstb[i] = 0
		f := fraction(i, len(dst))
		addTo(lb, (1-f)*seed*dst[i]/l)
		addTo(ub, f*seed*dst[i]/u)
	}
	return ret
}

// fraction is how far the point i of n lies from the first to the last one.
func fraction(i, n int) float64 { return float64(i) / float64(n-1) }

// finite panics at ends of which gonum treats each kind in a way of its own.
func finite(fn string, ends ...float64) {
	for _, x := range ends {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			panic(fmt.Sprintf("floats.%s has no derivative where an end is not finite", fn))
		}
	}
}

func addTo(b *float64, v float64) {
	if b != nil {
		*b += v
	}
}
