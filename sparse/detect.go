package sparse

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Detect returns the pattern of an m by n Jacobian. The function depends is one that was
// made by //cairn:pattern, at the point of interest: it gets masks of the n inputs as
// seed, and leaves masks of the m outputs in out:
//
//	sparse.Detect(len(y), len(x), func(seed, out []float64) { FPattern(x, seed, y, out) })
//
// It is called once for 64 columns, or for 32 with float32. Use [DetectBits] for a function
// that has float64 inputs and outputs but computes in single precision inside. The pattern
// is that of the branches which the function takes at this point.
func Detect[F float32 | float64](m, n int, depends func(seed, out []F)) (*Pattern, error) {
	width := 64
	if isSingle[F]() {
		width = 32
	}
	return DetectBits(m, n, width, depends)
}

// DetectBits is [Detect] for the given number of columns in one sweep, from 1 to 64, or to
// 32 for float32.
func DetectBits[F float32 | float64](m, n, width int, depends func(seed, out []F)) (*Pattern, error) {
	most := 64
	if isSingle[F]() {
		most = 32
	}
	switch {
	case m < 0 || n < 0:
		return nil, fmt.Errorf("sparse: a matrix of %d rows and %d columns", m, n)
	case width < 1 || width > most:
		return nil, fmt.Errorf("sparse: %d columns in one sweep, which must be from 1 to %d", width, most)
	case depends == nil:
		return nil, errors.New("sparse: no function to detect the pattern of")
	}
	rows := make([][]int, m)
	seed, out := make([]F, n), make([]F, m)
	for from := 0; from < n; from += width {
		strip := min(width, n-from)
		clear(seed)
		clear(out)
		for k := range strip {
			seed[from+k] = mask[F](1 << k)
		}
		depends(seed, out)
		for i, x := range out {
			b := maskOf(x)
			if bits.Len64(b) > strip {
				return nil, fmt.Errorf("sparse: output %d has the mask %#x where only %d columns were seeded: the function computes something else than a pattern", i, b, strip)
			}
			for ; b != 0; b &= b - 1 {
				rows[i] = append(rows[i], from+bits.TrailingZeros64(b))
			}
		}
	}
	return FromRows(n, rows)
}

func isSingle[F float32 | float64]() bool {
	_, ok := any(F(0)).(float32)
	return ok
}

// mask returns the float with the bits b.
func mask[F float32 | float64](b uint64) F {
	var x F
	switch p := any(&x).(type) {
	case *float32:
		*p = math.Float32frombits(uint32(b))
	case *float64:
		*p = math.Float64frombits(b)
	}
	return x
}

// maskOf returns the bits of x.
func maskOf[F float32 | float64](x F) uint64 {
	switch p := any(&x).(type) {
	case *float32:
		return uint64(math.Float32bits(*p))
	case *float64:
		return math.Float64bits(*p)
	}
	return 0
}
