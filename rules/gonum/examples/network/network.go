// Package network is a small neural network: two layers, their loss on a batch of examples, and
// its gradient with respect to all weights.
package network

import (
	"math"

	"gonum.org/v1/gonum/mat"

	_ "github.com/cairn-ad/cairn/rules/gonum/matad" // derivatives of package mat
)

// Weights are those of the layers: inputs to hidden units, and hidden units to outputs.
type Weights struct {
	W1, W2 *mat.Dense
	B1, B2 *mat.VecDense
}

// Loss is half of the mean of the squared distances of the outputs from the targets y, over the
// rows of x, each of which is one example.
//
//cairn:adjoint wrt=w of=return
//cairn:tangent wrt=w of=return
func Loss(w *Weights, x, y *mat.Dense) float64 {
	var hidden, out, err mat.Dense
	layer(&hidden, x, w.W1, w.B1)
	r, c := hidden.Dims()
	for i := range r {
		for j := range c {
			hidden.Set(i, j, math.Tanh(hidden.At(i, j)))
		}
	}
	layer(&out, &hidden, w.W2, w.B2)
	err.Sub(&out, y)
	n, _ := x.Dims()
	norm := mat.Norm(&err, 2)
	return norm * norm / (2 * float64(n))
}

// layer sets z to x*w plus b in each row.
func layer(z, x, w *mat.Dense, b *mat.VecDense) {
	z.Mul(x, w)
	r, c := z.Dims()
	for i := range r {
		for j := range c {
			z.Set(i, j, z.At(i, j)+b.AtVec(j))
		}
	}
}
