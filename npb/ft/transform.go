package ft

import "math/bits"

// block is the number of transforms that are done side by side, so that a root serves for all of
// them and memory is read in whole cache lines.
const block = 16

// lastRadix is the radix of the last step of a transform of n points: all steps before it have
// radix 4.
func lastRadix(n int) int {
	if bits.TrailingZeros(uint(n))%2 == 0 {
		return 4
	}
	return 8
}

// columns transforms count columns of data in place: point j of column c is data[j*stride+c]. The
// first step reads data, the last writes data, those between go to and fro in work, which has
// 2·n·count elements at least. n is a power of 2, at least 4; w are the roots for n and d.
func columns(data []complex128, n, stride, count int, w []complex128, d direction, work []complex128) {
	radix := lastRadix(n)
	s := n / radix
	if s == 1 {
		last(data, stride, data, stride, count, radix, d)
		return
	}
	quarter := n / 4
	for p := range quarter {
		step(work[4*p*count:], w, p, count, data[p*stride:], quarter*stride, d)
	}
	from := middle(n, count, w, d, work)
	for q := range s {
		last(data[q*stride:], s*stride, work[from+q*count:], s*count, count, radix, d)
	}
}

// row transforms the elements of x in place; their number is a power of 2, at least 4. w are the
// roots for it and d; work has twice as many elements at least.
func row(x []complex128, w []complex128, d direction, work []complex128) {
	n := len(x)
	radix := lastRadix(n)
	s := n / radix
	if s == 1 {
		last(x, 1, x, 1, 1, radix, d)
		return
	}
	first(work, x, w, d)
	from := middle(n, 1, w, d, work)
	last(x, s, work[from:], s, s, radix, d)
}

// middle does all steps but the first and the last of the transforms of count columns of n points,
// that lie side by side at the beginning of work. It returns where in work the result begins.
func middle(n, count int, w []complex128, d direction, work []complex128) int {
	from, to := 0, n*count
	s := 4
	for m := n / 4; m > 8; m /= 4 {
		quarter := m / 4
		size := s * count
		for p := range quarter {
			step(work[to+4*p*size:], w, p*s, size, work[from+p*size:], quarter*size, d)
		}
		from, to = to, from
		s *= 4
	}
	return from
}

// input is the number of the input that a butterfly takes as its input k: in an inverse transform
// they come in reverse order, since that of x_j is the forward transform of x_(−j).
func input(k, radix int, d direction) int {
	if d == inverse {
		return radix - k
	}
	return k
}

// step does a butterfly of radix 4 on rows of n elements, of which row j begins at x[j*gap]. The
// results, multiplied by the roots of index 0, k, 2k and 3k, are put one after the other into y.
func step(y, w []complex128, k, n int, x []complex128, gap int, d direction) {
	one, three := input(1, 4, d)*gap, input(3, 4, d)*gap
	if k == 0 {
		butterfly4(y[:n], y[n:][:n], y[2*n:][:n], y[3*n:][:n],
			x[:n], x[one:][:n], x[2*gap:][:n], x[three:][:n])
		return
	}
	twiddle4(y[:n], y[n:][:n], y[2*n:][:n], y[3*n:][:n],
		x[:n], x[one:][:n], x[2*gap:][:n], x[three:][:n], w[k], w[2*k], w[3*k])
}

// first does the first step of the transform of x, with results in y.
func first(y, x, w []complex128, d direction) {
	n := len(x) / 4
	x0, x1, x2, x3 := x[:n], x[input(1, 4, d)*n:][:n], x[2*n:][:n], x[input(3, 4, d)*n:][:n]
	for p := range n {
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

// last does a butterfly of radix 4 or 8 on rows of n elements, without roots. Row j begins at
// x[j*gap], and result j at y[j*ygap]; results may be in the place of the inputs.
func last(y []complex128, ygap int, x []complex128, gap, n, radix int, d direction) {
	if radix == 4 {
		butterfly4(y[:n], y[ygap:][:n], y[2*ygap:][:n], y[3*ygap:][:n],
			x[:n], x[input(1, 4, d)*gap:][:n], x[2*gap:][:n], x[input(3, 4, d)*gap:][:n])
		return
	}
	butterfly8(y[:n], y[ygap:][:n], y[2*ygap:][:n], y[3*ygap:][:n],
		y[4*ygap:][:n], y[5*ygap:][:n], y[6*ygap:][:n], y[7*ygap:][:n],
		x[:n], x[input(1, 8, d)*gap:][:n], x[input(2, 8, d)*gap:][:n], x[input(3, 8, d)*gap:][:n],
		x[4*gap:][:n], x[input(5, 8, d)*gap:][:n], x[input(6, 8, d)*gap:][:n], x[input(7, 8, d)*gap:][:n])
}
