package ft

import "math/bits"

// block is the number of transforms that are done side by side, so that a root serves for all of
// them and memory is read in whole cache lines.
const block = 8

// scratch is a place for one block of the longest transforms.
type scratch [maxPoints * block]complex128

// lastRadix is the radix of the last step of a transform of n points: all steps before it have
// radix 4.
func lastRadix(n int) int {
	if bits.TrailingZeros(uint(n))%2 == 0 {
		return 4
	}
	return 8
}

// columns transforms count columns of data in place: point j of column c is data[j*stride+c]. Each
// step of Stockham's algorithm reads from one place and writes to another: the first reads data,
// the last writes data. n is a power of 2, at least 4; a and b are work space for n·count elements.
func columns(data []complex128, n, stride, count int, w []complex128, d direction, a, b []complex128) {
	radix := lastRadix(n)
	s := n / radix
	if s == 1 {
		last(data, stride, data, stride, count, radix, d)
		return
	}
	quarter := n / 4
	for p := range quarter {
		step(a[4*p*count:], w, p, d, data[p*stride:][:count], data[(p+quarter)*stride:][:count],
			data[(p+2*quarter)*stride:][:count], data[(p+3*quarter)*stride:][:count])
	}
	from := middle(n, count, w, d, a, b)
	for q := range s {
		last(data[q*stride:], s*stride, from[q*count:], s*count, count, radix, d)
	}
}

// row transforms the elements of x in place; their number is a power of 2, at least 4. a and b are
// work space for as many.
func row(x []complex128, w []complex128, d direction, a, b []complex128) {
	n := len(x)
	radix := lastRadix(n)
	s := n / radix
	if s == 1 {
		last(x, 1, x, 1, 1, radix, d)
		return
	}
	first(a, x, w, d)
	from := middle(n, 1, w, d, a, b)
	last(x, s, from, s, s, radix, d)
}

// middle does all steps but the first and the last of the transforms of count columns of n points,
// that lie side by side in a. It returns that of a and b in which the result is.
func middle(n, count int, w []complex128, d direction, a, b []complex128) []complex128 {
	s := 4
	for m := n / 4; m > 8; m /= 4 {
		quarter := m / 4
		size := s * count
		for p := range quarter {
			step(b[4*p*size:], w, p*s, d, a[p*size:][:size], a[(p+quarter)*size:][:size],
				a[(p+2*quarter)*size:][:size], a[(p+3*quarter)*size:][:size])
		}
		a, b = b, a
		s *= 4
	}
	return a
}

// step does one butterfly of radix 4 on rows of equal length. The results, multiplied by the roots
// of index 0, k, 2k and 3k, are put one after the other into y.
func step(y, w []complex128, k int, d direction, x0, x1, x2, x3 []complex128) {
	n := len(x0)
	if d == inverse {
		x1, x3 = x3, x1
	}
	if k == 0 {
		butterfly4(y[:n], y[n:][:n], y[2*n:][:n], y[3*n:][:n], x0, x1, x2, x3)
		return
	}
	twiddle4(y[:n], y[n:][:n], y[2*n:][:n], y[3*n:][:n], x0, x1, x2, x3, w[k], w[2*k], w[3*k])
}

// first does the first step of the transform of x, with results in y.
func first(y, x, w []complex128, d direction) {
	quarter := len(x) / 4
	x0, x1, x2, x3 := x[:quarter], x[quarter:][:quarter], x[2*quarter:][:quarter], x[3*quarter:][:quarter]
	if d == inverse {
		x1, x3 = x3, x1
	}
	for p := range quarter {
		a, b, c, d := x0[p], x1[p], x2[p], x3[p]
		z := y[4*p:][:4]
		even, odd := a+c, b+d
		z[0] = even + odd
		z[2] = w[2*p] * (even - odd)
		even, odd = a-c, b-d
		z[1] = w[p] * complex(real(even)+imag(odd), imag(even)-real(odd))
		z[3] = w[3*p] * complex(real(even)-imag(odd), imag(even)+real(odd))
	}
}

// last does a butterfly of radix 4 or 8 on rows of n elements, without roots. Row k begins at x[k*gap],
// and its result at y[k*ygap]; the result may be in the place of the input.
func last(y []complex128, ygap int, x []complex128, gap, n, radix int, d direction) {
	x0, x1, x2, x3 := x[:n], x[gap:][:n], x[2*gap:][:n], x[3*gap:][:n]
	y0, y1, y2, y3 := y[:n], y[ygap:][:n], y[2*ygap:][:n], y[3*ygap:][:n]
	if radix == 4 {
		if d == inverse {
			x1, x3 = x3, x1
		}
		butterfly4(y0, y1, y2, y3, x0, x1, x2, x3)
		return
	}
	x4, x5, x6, x7 := x[4*gap:][:n], x[5*gap:][:n], x[6*gap:][:n], x[7*gap:][:n]
	y4, y5, y6, y7 := y[4*ygap:][:n], y[5*ygap:][:n], y[6*ygap:][:n], y[7*ygap:][:n]
	if d == inverse {
		x1, x2, x3, x5, x6, x7 = x7, x6, x5, x3, x2, x1
	}
	butterfly8(y0, y1, y2, y3, y4, y5, y6, y7, x0, x1, x2, x3, x4, x5, x6, x7)
}
