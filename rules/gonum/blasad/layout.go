package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// A layout is where the elements of a vector or matrix lie in its Data: row i is len elements
// from index at, the first of which is in column col.
type layout struct {
	n   int
	row func(i int) (col, at, len int)
}

func general(a blas64.General) layout {
	return layout{n: a.Rows, row: func(i int) (col, at, len int) { return 0, i * a.Stride, a.Cols }}
}

func band(a blas64.Band) layout {
	return layout{n: min(a.Rows, a.Cols+a.KL), row: func(i int) (col, at, len int) {
		lo, hi := max(0, i-a.KL), min(a.Cols, i+a.KU+1)
		return lo, i*a.Stride + lo - i + a.KL, hi - lo
	}}
}

// vector is a layout with one element a row.
func vector(x blas64.Vector) layout {
	first := 0
	if x.Inc < 0 {
		first = (1 - x.N) * x.Inc
	}
	return layout{n: x.N, row: func(i int) (col, at, len int) { return 0, first + i*x.Inc, 1 }}
}

func triangle(uplo blas.Uplo, n, stride int) layout {
	return layout{n: n, row: func(i int) (col, at, len int) {
		if uplo == blas.Upper {
			return i, i*stride + i, n - i
		}
		return 0, i * stride, i + 1
	}}
}

func triangleBand(uplo blas.Uplo, n, k, stride int) layout {
	return layout{n: n, row: func(i int) (col, at, len int) {
		if uplo == blas.Upper {
			return i, i * stride, min(n, i+k+1) - i
		}
		lo := max(0, i-k)
		return lo, i*stride + k - i + lo, i - lo + 1
	}}
}

func trianglePacked(uplo blas.Uplo, n int) layout {
	return layout{n: n, row: func(i int) (col, at, len int) {
		if uplo == blas.Upper {
			return i, i * (2*n - i + 1) / 2, n - i
		}
		return 0, i * (i + 1) / 2, i + 1
	}}
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
