package ad

import (
	"math"
	"math/bits"
	"strconv"
)

// This file has the arithmetic of patterns: a shadow holds a mask, whose bit k tells
// that the value depends on what direction k of the seeds marks. The mask is kept in
// the bits of the float, so that a shadow still has its primal's type: 64 bits in a
// float64, 32 in a float32, and a complex number has one mask for each of its parts.
// Masks are only moved and joined, never computed with, so a mask that would be a NaN
// or a subnormal number keeps all its bits.

// Mask returns the float whose bits are the mask m.
func Mask(m uint64) float64 { return math.Float64frombits(m) }

// MaskOf returns the mask in x.
func MaskOf(x float64) uint64 { return math.Float64bits(x) }

// Or joins the masks x and y.
func Or[T ~float64](x, y T) T {
	return T(math.Float64frombits(math.Float64bits(float64(x)) | math.Float64bits(float64(y))))
}

// Or32 is [Or] for masks of 32 bits.
func Or32[T ~float32](x, y T) T {
	return T(math.Float32frombits(math.Float32bits(float32(x)) | math.Float32bits(float32(y))))
}

// OrParts joins the masks of the real parts of x and y and those of their imaginary
// parts.
func OrParts[T ~complex128](x, y T) T {
	return T(complex(Or(real(complex128(x)), real(complex128(y))), Or(imag(complex128(x)), imag(complex128(y)))))
}

// OrParts64 is [OrParts] for masks of 32 bits.
func OrParts64[T ~complex64](x, y T) T {
	return T(complex(Or32(real(complex64(x)), real(complex64(y))), Or32(imag(complex64(x)), imag(complex64(y)))))
}

// Join joins the masks of the two parts of z.
func Join[T ~complex128](z T) float64 { return Or(real(complex128(z)), imag(complex128(z))) }

// Join64 is [Join] for masks of 32 bits.
func Join64[T ~complex64](z T) float32 { return Or32(real(complex64(z)), imag(complex64(z))) }

// Both returns the complex number both of whose parts have the mask x.
func Both(x float64) complex128 { return complex(x, x) }

// Both32 is [Both] for masks of 32 bits.
func Both32(x float32) complex64 { return complex(x, x) }

// Narrow returns the mask x in a float32. It panics if x has bits that a float32 has
// no room for.
func Narrow[T ~float64](x T) float32 {
	m := math.Float64bits(float64(x))
	if m>>32 != 0 {
		panicNarrow(m)
	}
	return math.Float32frombits(uint32(m))
}

func panicNarrow(m uint64) {
	panic("ad: the pattern of a function that computes in single precision is found for 32 directions at a time, and direction " +
		strconv.Itoa(bits.Len64(m)-1) + " has a seed: use bits 0 to 31 only")
}

// Widen returns the mask x in a float64.
func Widen[T ~float32](x T) float64 {
	return math.Float64frombits(uint64(math.Float32bits(float32(x))))
}

// NarrowParts is [Narrow] for both parts.
func NarrowParts[T ~complex128](z T) complex64 {
	return complex(Narrow(real(complex128(z))), Narrow(imag(complex128(z))))
}

// WidenParts is [Widen] for both parts.
func WidenParts[T ~complex64](z T) complex128 {
	return complex(Widen(real(complex64(z))), Widen(imag(complex64(z))))
}
