package cli

import (
	"math"
	"math/cmplx"
	"reflect"
	"strconv"

	"github.com/cairn-ad/cairn/ckpt"
)

// stats sums up the stored elements of a variable that has one kind of elements: real
// numbers, booleans as 0 and 1, complex numbers by their modulus.
type stats struct {
	kind     ckpt.Kind
	n        int // numbers that are no NaN
	nan, inf int
	lo, hi   float64
	ilo, ihi int64  // of signed integers
	ulo, uhi uint64 // of others without fraction
	mean     float64
	infinite float64 // sum of the infinities
	first    string  // the first element
}

// Block implements ckpt.Sink.
func (s *stats) Block(b ckpt.Block) error {
	if s.first == "" && b.Count > 0 {
		s.first = b.Text(0)
	}
	if s.kind = b.Kind; reflect.Kind(b.Kind) == reflect.String {
		return nil
	}
	for i := range b.Count {
		s.add(b, i)
	}
	return nil
}

func (s *stats) add(b ckpt.Block, i int) {
	var x float64
	switch {
	case b.Kind.Complex():
		if x = cmplx.Abs(b.Complex128(i)); cmplx.IsNaN(b.Complex128(i)) {
			x = math.NaN()
		}
	case b.Kind.Signed():
		y := b.Int(i)
		if x = float64(y); s.n == 0 {
			s.ilo, s.ihi = y, y
		}
		s.ilo, s.ihi = min(s.ilo, y), max(s.ihi, y)
	case b.Kind.Unsigned():
		y := b.Bits(i)
		if x = float64(y); s.n == 0 {
			s.ulo, s.uhi = y, y
		}
		s.ulo, s.uhi = min(s.ulo, y), max(s.uhi, y)
	default:
		x = b.Float64(i)
	}
	if math.IsNaN(x) {
		s.nan++
		return
	}
	if s.n == 0 {
		s.lo, s.hi = x, x
	}
	s.lo, s.hi = min(s.lo, x), max(s.hi, x)
	s.n++
	if math.IsInf(x, 0) {
		s.inf++
		s.infinite += x
		return
	}
	n := float64(s.n - s.inf)
	if d := x - s.mean; !math.IsInf(d, 0) {
		s.mean += d / n
	} else { // the difference is beyond the largest number, the mean is not
		s.mean += x/n - s.mean/n
	}
}

// texts returns least, greatest and mean, or "-" if there is none.
func (s *stats) texts() (lo, hi, mean string) {
	if s.n == 0 {
		return "-", "-", "-"
	}
	m := s.mean
	if s.inf > 0 {
		m = s.infinite
	}
	mean = short(m)
	switch {
	case s.kind.Signed():
		return strconv.FormatInt(s.ilo, 10), strconv.FormatInt(s.ihi, 10), mean
	case s.kind.Unsigned():
		return strconv.FormatUint(s.ulo, 10), strconv.FormatUint(s.uhi, 10), mean
	case reflect.Kind(s.kind) == reflect.Bool:
		return strconv.FormatBool(s.lo == 1), strconv.FormatBool(s.hi == 1), mean
	}
	return short(s.lo), short(s.hi), mean
}

// numbers returns the three for JSON, null where there is none or it is not finite.
func (s *stats) numbers() (lo, hi, mean any) {
	if s.n == 0 {
		return nil, nil, nil
	}
	m := s.mean
	if s.inf > 0 {
		m = s.infinite
	}
	switch {
	case s.kind.Signed():
		return s.ilo, s.ihi, m
	case s.kind.Unsigned():
		return s.ulo, s.uhi, m
	}
	return finite(s.lo), finite(s.hi), finite(m)
}

func finite(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return x
}

func short(x float64) string { return strconv.FormatFloat(x, 'g', 7, 64) }
