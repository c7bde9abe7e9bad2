// Package standard differentiates functions of the standard library.
package standard

import (
	"cmp"
	"slices"
	"sort"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SlicesMax(x []float64) float64 {
	return slices.Max(x) * slices.Min(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Reverse(x []float64) float64 {
	y := make([]float64, len(x))
	copy(y, x)
	slices.Reverse(y)
	return y[1] * y[5] * x[1]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Search(x []float64) float64 {
	i := sort.SearchFloat64s([]float64{0, 0.2, 0.4}, x[0])
	return x[1] * float64(i)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SearchFunc(x []float64) float64 {
	i := sort.Search(len(x), func(i int) bool { return x[i] > 1 })
	return x[i] * x[i]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Compare(x []float64) float64 {
	return x[0] * float64(cmp.Compare(x[0], x[1]))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Index(x []float64) float64 {
	return x[0] * float64(slices.Index(x, 0.7))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Contains(x []float64) float64 {
	if slices.Contains(x, 0.5) {
		return x[0]
	}
	return x[1] * x[1]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sort(x []float64) float64 {
	y := make([]float64, len(x))
	copy(y, x)
	slices.Sort(y)
	sort.Float64s(x)
	return y[0]*x[1] + y[len(y)-1]*y[len(y)-1]
}
