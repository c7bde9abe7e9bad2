package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// A layout is where the elements of a vector or matrix lie in its Data. It is plain data, so
// that second derivatives can be made of what uses it.
type layout struct {
	n      int // rows
	kind   kind
	cols   int
	stride int // from one row to the next
	first  int // index of the first row
	kl, ku int // diagonals below and above the main one
}

type kind uint8

const (
	inRows kind = iota // all of them have cols elements
	inBand
	inUpper
	inLower
	inUpperBand
	inLowerBand
	inUpperPacked
	inLowerPacked
)

// row is row i: len elements from index at, the first of which is in column col.
func (l layout) row(i int) (col, at, len int) {
	switch l.kind {
	case inBand:
		lo, hi := max(0, i-l.kl), min(l.cols, i+l.ku+1)
		return lo, i*l.stride + lo - i + l.kl, hi - lo
	case inUpper:
		return i, i*l.stride + i, l.n - i
	case inLower:
		return 0, i * l.stride, i + 1
	case inUpperBand:
		return i, i * l.stride, min(l.n, i+l.ku+1) - i
	case inLowerBand:
		lo := max(0, i-l.kl)
		return lo, i*l.stride + l.kl - i + lo, i - lo + 1
	case inUpperPacked:
		return i, i * (2*l.n - i + 1) / 2, l.n - i
	case inLowerPacked:
		return 0, i * (i + 1) / 2, i + 1
	}
	return 0, l.first + i*l.stride, l.cols
}

func general(a blas64.General) layout {
	return layout{n: a.Rows, cols: a.Cols, stride: a.Stride}
}

func band(a blas64.Band) layout {
	return layout{n: min(a.Rows, a.Cols+a.KL), kind: inBand, cols: a.Cols, stride: a.Stride, kl: a.KL, ku: a.KU}
}

// vector is a layout with one element a row.
func vector(x blas64.Vector) layout {
	l := layout{n: x.N, cols: 1, stride: x.Inc}
	if x.Inc < 0 {
		l.first = (1 - x.N) * x.Inc
	}
	return l
}

func triangle(uplo blas.Uplo, n, stride int) layout {
	if uplo == blas.Upper {
		return layout{n: n, kind: inUpper, stride: stride}
	}
	return layout{n: n, kind: inLower, stride: stride}
}

func triangleBand(uplo blas.Uplo, n, k, stride int) layout {
	if uplo == blas.Upper {
		return layout{n: n, kind: inUpperBand, stride: stride, ku: k}
	}
	return layout{n: n, kind: inLowerBand, stride: stride, kl: k}
}

func trianglePacked(uplo blas.Uplo, n int) layout {
	if uplo == blas.Upper {
		return layout{n: n, kind: inUpperPacked}
	}
	return layout{n: n, kind: inLowerPacked}
}

// inner is the sum of the products of the elements of x and y.
func (l layout) inner(x, y []float64) float64 {
	sum := 0.0
	for i := range l.n {
		_, at, n := l.row(i)
		for k := at; k < at+n; k++ {
			sum += x[k] * y[k]
		}
	}
	return sum
}

// axpy adds alpha*x to y.
func (l layout) axpy(alpha float64, x, y []float64) {
	for i := range l.n {
		_, at, n := l.row(i)
		for k := at; k < at+n; k++ {
			y[k] += alpha * x[k]
		}
	}
}

// plus adds alpha*x to y, and nothing if alpha is 0, whatever is in x. Its derivatives are those of
// blas64.Axpy.
func (l layout) plus(alpha float64, x, y []float64) {
	for i := range l.n {
		if _, at, n := l.row(i); n > 0 {
			blas64.Axpy(alpha, blas64.Vector{N: n, Inc: 1, Data: x[at : at+n]}, blas64.Vector{N: n, Inc: 1, Data: y[at : at+n]})
		}
	}
}

// multiply multiplies x by alpha; by 0 it clears, whatever was in x. Its derivatives are those of
// blas64.Scal.
func (l layout) multiply(alpha float64, x []float64) {
	for i := range l.n {
		if _, at, n := l.row(i); n > 0 {
			blas64.Scal(alpha, blas64.Vector{N: n, Inc: 1, Data: x[at : at+n]})
		}
	}
}

// scale multiplies x by alpha; by 0 it clears, whatever was in x.
func (l layout) scale(alpha float64, x []float64) {
	if alpha == 1 {
		return
	}
	for i := range l.n {
		_, at, n := l.row(i)
		for k := at; k < at+n; k++ {
			if alpha == 0 {
				x[k] = 0
			} else {
				x[k] *= alpha
			}
		}
	}
}

// fields is the elements of x in order, whatever its increment.
func fields(x blas64.Vector, data []float64) []float64 {
	if x.Inc == 1 {
		return data[:x.N]
	}
	v := make([]float64, x.N)
	for i := range v {
		_, at, _ := vector(x).row(i)
		v[i] = data[at]
	}
	return v
}

// addFields adds v to the elements of x.
func addFields(alpha float64, v []float64, x blas64.Vector, data []float64) {
	for i, e := range v {
		_, at, _ := vector(x).row(i)
		data[at] += alpha * e
	}
}

// rankOne adds alpha * u * vᵀ to the elements of a.
func (l layout) rankOne(alpha float64, u, v, a []float64) {
	for i := range l.n {
		col, at, n := l.row(i)
		f := alpha * u[i]
		for k := range n {
			a[at+k] += f * v[col+k]
		}
	}
}

// rankTwo adds to the stored elements of a symmetric matrix those of alpha*(u*vᵀ + v*uᵀ).
func (l layout) rankTwo(alpha float64, u, v, a []float64) {
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			a[at+k] += alpha * (u[i]*v[col+k] + v[i]*u[col+k])
		}
	}
}

// fold adds the elements of alpha*u*vᵀ to the numbers that stand for their places in a
// symmetric matrix: two of them for each number off the diagonal.
func (l layout) fold(alpha float64, u, v, a []float64) {
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			if j := col + k; j == i {
				a[at+k] += alpha * u[i] * v[i]
			} else {
				a[at+k] += alpha * (u[i]*v[j] + v[i]*u[j])
			}
		}
	}
}

// symmetric is S*x for the symmetric matrix S of which a has the elements.
func (l layout) symmetric(a, x []float64) []float64 {
	y := make([]float64, l.n)
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			j := col + k
			y[i] += a[at+k] * x[j]
			if i != j {
				y[j] += a[at+k] * x[i]
			}
		}
	}
	return y
}

// both is (A + Aᵀ)*x for the triangle A of which a has the elements.
func (l layout) both(a, x []float64) []float64 {
	y := make([]float64, l.n)
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			y[i] += a[at+k] * x[col+k]
			y[col+k] += a[at+k] * x[i]
		}
	}
	return y
}

// times is A*x, or Aᵀ*x, for the triangle A of which a has the elements, or what is left of
// it without a diagonal of ones.
func (l layout) times(trans, unit bool, a, x []float64) []float64 {
	y := make([]float64, l.n)
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			j := col + k
			switch {
			case unit && i == j:
			case trans:
				y[j] += a[at+k] * x[i]
			default:
				y[i] += a[at+k] * x[j]
			}
		}
	}
	return y
}

// addProduct adds alpha * u * vᵀ, or alpha * v * uᵀ, to the triangle a, without the diagonal
// if that is ones.
func (l layout) addProduct(trans, unit bool, alpha float64, u, v, a []float64) {
	if trans {
		u, v = v, u
	}
	for i := range l.n {
		col, at, n := l.row(i)
		for k := range n {
			if j := col + k; !unit || i != j {
				a[at+k] += alpha * u[i] * v[j]
			}
		}
	}
}
