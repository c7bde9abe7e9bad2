package floatsad

import (
	"slices"

	"gonum.org/v1/gonum/floats"
)

// MaxTangent is the tangent of floats.Max: that of the first element which is the largest.
//
//cairn:rule of=floats.Max tangent=MaxTangent adjoint=MaxAdjoint writes=none
func MaxTangent(s, sd []float64) (ret, retd float64) {
	i := floats.MaxIdx(s)
	return s[i], at(sd, i)
}

// MaxAdjoint is the adjoint of floats.Max.
func MaxAdjoint(s, sb []float64, retb float64) float64 {
	i := floats.MaxIdx(s)
	if sb != nil {
		sb[i] += retb
	}
	return s[i]
}

// MinTangent is the tangent of floats.Min: that of the first element which is the smallest.
//
//cairn:rule of=floats.Min tangent=MinTangent adjoint=MinAdjoint writes=none
func MinTangent(s, sd []float64) (ret, retd float64) {
	i := floats.MinIdx(s)
	return s[i], at(sd, i)
}

// MinAdjoint is the adjoint of floats.Min.
func MinAdjoint(s, sb []float64, retb float64) float64 {
	i := floats.MinIdx(s)
	if sb != nil {
		sb[i] += retb
	}
	return s[i]
}

// ReverseTangent is the tangent of floats.Reverse.
//
//cairn:rule of=floats.Reverse tangent=ReverseTangent adjoint=ReverseAdjoint reads=none writes=s
func ReverseTangent(s, sd []float64) {
	floats.Reverse(sd)
	floats.Reverse(s)
}

// ReverseAdjoint is the adjoint of floats.Reverse.
func ReverseAdjoint(s, sb []float64) {
	floats.Reverse(sb)
	floats.Reverse(s)
}

// ArgsortTangent is the tangent of floats.Argsort.
//
//cairn:rule of=floats.Argsort tangent=ArgsortTangent adjoint=ArgsortAdjoint writes=dst,inds
func ArgsortTangent(dst, dstd []float64, inds []int) {
	floats.Argsort(dst, inds)
	gather(dstd, inds)
}

// ArgsortAdjoint is the adjoint of floats.Argsort.
func ArgsortAdjoint(dst, dstb []float64, inds []int) {
	floats.Argsort(dst, inds)
	scatter(dstb, inds)
}

// ArgsortStableTangent is the tangent of floats.ArgsortStable.
//
//cairn:rule of=floats.ArgsortStable tangent=ArgsortStableTangent adjoint=ArgsortStableAdjoint writes=dst,inds
func ArgsortStableTangent(dst, dstd []float64, inds []int) {
	floats.ArgsortStable(dst, inds)
	gather(dstd, inds)
}

// ArgsortStableAdjoint is the adjoint of floats.ArgsortStable.
func ArgsortStableAdjoint(dst, dstb []float64, inds []int) {
	floats.ArgsortStable(dst, inds)
	scatter(dstb, inds)
}

// gather sets x[i] to the old x[inds[i]].
func gather(x []float64, inds []int) {
	old := slices.Clone(x)
	for i := range x {
		x[i] = old[inds[i]]
	}
}

// scatter sets x[inds[i]] to the old x[i].
func scatter(x []float64, inds []int) {
	old := slices.Clone(x)
	for i, v := range old {
		x[inds[i]] = v
	}
}
