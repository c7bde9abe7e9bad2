// Package mixture is the likelihood of data under a mixture of normal distributions, with
// functions of floats.
package mixture

import (
	"math"

	"gonum.org/v1/gonum/floats"

	_ "github.com/cairn-ad/cairn/rules/gonum/floatsad" // derivatives of package floats
)

// LogLikelihood is the logarithm of the likelihood of the points x, each of dim numbers. The
// weights of the components are the softmax of logits; component k has the mean
// means[k*dim:(k+1)*dim] and the standard deviation exp(logSigma[k]) in all directions.
//
//cairn:adjoint wrt=logits,means,logSigma of=return
//cairn:tangent wrt=logits,means,logSigma of=return
func LogLikelihood(logits, means, logSigma, x []float64, dim int) float64 {
	sum := 0.0
	terms := make([]float64, len(logits))
	diff := make([]float64, dim)
	for i := 0; i < len(x); i += dim {
		copy(terms, logits)
		for k := range terms {
			floats.SubTo(diff, x[i:i+dim], means[k*dim:(k+1)*dim])
			floats.Scale(math.Exp(-logSigma[k]), diff)
			terms[k] -= floats.Dot(diff, diff)/2 + float64(dim)*logSigma[k]
		}
		sum += floats.LogSumExp(terms)
	}
	n := float64(len(x) / dim)
	return sum - n*floats.LogSumExp(logits) - n*float64(dim)/2*math.Log(2*math.Pi)
}
