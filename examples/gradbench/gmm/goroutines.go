package gmm

import (
	"math"
	"sync"
)

// ObjectiveTogether is [Objective] with the points divided among goroutines, which the sweeps of
// its adjoint divide in the same way.
//
//cairn:adjoint wrt=alphas,means,icf of=return
//cairn:tangent wrt=alphas,means,icf of=return
func ObjectiveTogether(alphas []float64, means, icf, x [][]float64, prior Wishart, workers int) float64 {
	diagonal, logDet := factors(icf, len(x[0]))
	sums := make([]float64, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			//cairn:joint
			sums[w] = share(alphas, diagonal, logDet, means, icf, x[w*len(x)/workers:(w+1)*len(x)/workers])
		})
	}
	wg.Wait()
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	constant := 0.5 * float64(len(x[0])) * math.Log(2*math.Pi)
	return sum - float64(len(x))*(constant+logSumExp(alphas)) - logPrior(prior, diagonal, logDet, icf)
}

// share is the log of the product of the densities of some points, but for a constant.
func share(alphas, diagonal, logDet []float64, means, icf, x [][]float64) float64 {
	sum := 0.0
	for _, point := range x {
		//cairn:joint
		sum += logDensity(alphas, diagonal, logDet, means, icf, point)
	}
	return sum
}
