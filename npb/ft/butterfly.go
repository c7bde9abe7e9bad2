package ft

import "math"

// The butterflies combine rows of equal length, element by element. Results may be in the place of
// the inputs, row by row. That the rows are equally long is asked for once, so that the loops need
// no bounds checks.

const unequal = "ft: a butterfly of rows that are not equally long"

// butterfly4 is the forward transform of 4 points. Row k of the results is
// Σ_j exp(−2πi jk/4) times row j of the inputs.
func butterfly4(y0, y1, y2, y3, x0, x1, x2, x3 []complex128) {
	n := len(y0)
	if len(y1) != n || len(y2) != n || len(y3) != n ||
		len(x0) != n || len(x1) != n || len(x2) != n || len(x3) != n {
		panic(unequal)
	}
	for q := range n {
		a, b, c, d := x0[q], x1[q], x2[q], x3[q]
		even, odd := a+c, b+d
		y0[q] = even + odd
		y2[q] = even - odd
		even, odd = a-c, b-d
		y1[q] = complex(real(even)+imag(odd), imag(even)-real(odd))
		y3[q] = complex(real(even)-imag(odd), imag(even)+real(odd))
	}
}

// twiddle4 is butterfly4 with row k of the results multiplied by wk.
func twiddle4(y0, y1, y2, y3, x0, x1, x2, x3 []complex128, w1, w2, w3 complex128) {
	n := len(y0)
	if len(y1) != n || len(y2) != n || len(y3) != n ||
		len(x0) != n || len(x1) != n || len(x2) != n || len(x3) != n {
		panic(unequal)
	}
	for q := range n {
		a, b, c, d := x0[q], x1[q], x2[q], x3[q]
		even, odd := a+c, b+d
		y0[q] = even + odd
		y2[q] = w2 * (even - odd)
		even, odd = a-c, b-d
		y1[q] = w1 * complex(real(even)+imag(odd), imag(even)-real(odd))
		y3[q] = w3 * complex(real(even)-imag(odd), imag(even)+real(odd))
	}
}

// butterfly8 is the forward transform of 8 points, by two of 4.
func butterfly8(y0, y1, y2, y3, y4, y5, y6, y7, x0, x1, x2, x3, x4, x5, x6, x7 []complex128) {
	const r = math.Sqrt2 / 2
	n := len(y0)
	if len(y1) != n || len(y2) != n || len(y3) != n || len(y4) != n || len(y5) != n || len(y6) != n || len(y7) != n ||
		len(x0) != n || len(x1) != n || len(x2) != n || len(x3) != n ||
		len(x4) != n || len(x5) != n || len(x6) != n || len(x7) != n {
		panic(unequal)
	}
	for q := range n {
		a, b := x0[q]+x4[q], x2[q]+x6[q]
		e0, e2 := a+b, a-b
		a, b = x0[q]-x4[q], x2[q]-x6[q]
		e1 := complex(real(a)+imag(b), imag(a)-real(b))
		e3 := complex(real(a)-imag(b), imag(a)+real(b))

		a, b = x1[q]+x5[q], x3[q]+x7[q]
		o0, o2 := a+b, a-b
		a, b = x1[q]-x5[q], x3[q]-x7[q]
		o1 := complex(real(a)+imag(b), imag(a)-real(b))
		o3 := complex(real(a)-imag(b), imag(a)+real(b))

		y0[q], y4[q] = e0+o0, e0-o0
		y2[q] = complex(real(e2)+imag(o2), imag(e2)-real(o2))
		y6[q] = complex(real(e2)-imag(o2), imag(e2)+real(o2))
		o1 = complex(r*(real(o1)+imag(o1)), r*(imag(o1)-real(o1)))
		o3 = complex(r*(imag(o3)-real(o3)), r*(-real(o3)-imag(o3)))
		y1[q], y5[q] = e1+o1, e1-o1
		y3[q], y7[q] = e3+o3, e3-o3
	}
}
