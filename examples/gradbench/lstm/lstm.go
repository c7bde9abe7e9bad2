// Package lstm is a small recurrent network that predicts the next character of a text,
// the fourth problem of ADBench, and the gradient of its loss.
//
// In: the weights, the state to begin with, a text. Out: the mean loss of the predictions
// ([Objective]) and its derivatives with respect to all weights (ObjectiveAdjoint, which
// cairngen wrote).
//
// The network is a stack of cells with long short-term memory (Hochreiter and
// Schmidhuber, Neural Computation 9 (1997) 1735-1780), with diagonal matrices as in
// ADBench, which published the problem without a paper.
package lstm

import "math"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Objective is the mean loss over a sequence of characters, each of them b numbers.
//
// Layer i has the weights main[2i] and the biases main[2i+1], for the gates that forget,
// take in and give out and for the change of the cell, b of each. extra holds the weights
// of the input, the weights of the output and the biases of the output. state[2i] and
// state[2i+1] are what layer i gives out and what it remembers before the first
// character.
//
//cairn:adjoint wrt=main,extra of=return
//cairn:tangent wrt=main,extra of=return
func Objective(main, extra, state, sequence [][]float64) float64 {
	b := len(extra[0])
	s := make([][]float64, len(state))
	for i := range s {
		s[i] = make([]float64, b)
		copy(s[i], state[i])
	}
	y := make([]float64, b)
	total := 0.0
	for t := 0; t < len(sequence)-1; t++ {
		predict(y, main, extra, s, sequence[t])
		total += logLikelihood(y, sequence[t+1])
	}
	return -total / float64(b*(len(sequence)-1))
}

// predict advances the state s by the character x and sets y to the scores of what
// follows it.
func predict(y []float64, main, extra, s [][]float64, x []float64) {
	for j := range y {
		y[j] = x[j] * extra[0][j]
	}
	for i := 0; i < len(main); i += 2 {
		layer(main[i], main[i+1], s[i], s[i+1], y)
		copy(y, s[i])
	}
	for j := range y {
		y[j] = y[j]*extra[1][j] + extra[2][j]
	}
}

// layer advances one layer by its input x.
func layer(weight, bias, hidden, cell, x []float64) {
	b := len(x)
	for j := range x {
		forget := sigmoid(x[j]*weight[j] + bias[j])
		in := sigmoid(hidden[j]*weight[b+j] + bias[b+j])
		out := sigmoid(x[j]*weight[2*b+j] + bias[2*b+j])
		change := math.Tanh(hidden[j]*weight[3*b+j] + bias[3*b+j])
		cell[j] = cell[j]*forget + in*change
		hidden[j] = out * math.Tanh(cell[j])
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// logLikelihood is the logarithm of the probability that the scores y give to the
// character next. The 2 below the logarithm is in all implementations of the benchmark.
func logLikelihood(y, next []float64) float64 {
	sum := 2.0
	for _, v := range y {
		sum += math.Exp(v)
	}
	norm := math.Log(sum)
	log := 0.0
	for j, v := range y {
		log += next[j] * (v - norm)
	}
	return log
}
