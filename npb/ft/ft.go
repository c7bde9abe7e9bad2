package ft

import (
	"fmt"
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of FT computed.
type Result struct {
	Class    common.Class
	Sums     [maxSteps + 1]complex128 // the checksum after step k in element k
	Verified bool                     // all checksums agree with the official ones to 1e-12, relative
	Seconds  float64                  // wall time from the initial values to the last checksum
	Mops     float64                  // official operation count / Seconds / 1e6
}

// Run runs FT for a class: it makes and transforms the initial values once to warm up, and again
// with the clock running, and does the steps. A class that is not among [Classes] has no
// parameters: nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.Sums
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s := newSolver(par)
	s.initialise()

	start := time.Now()
	s.initialise()
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= par.Niter; it++ {
		s.evolve()
		s.fft(inverse)
		s.checksum(it)
	}
	seconds := float64(time.Since(start)) / float64(time.Second)

	var sums [maxSteps + 1]complex128
	copy(sums[:], s.Sums)
	return Result{
		Class:    class,
		Sums:     sums,
		Verified: verify(s.Sums, References(class)),
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// Report puts the result into the form that all kernels share, with the values and the official
// references of the real and imaginary parts of the checksums.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "ft",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{},
		References: common.Values{},
	}
	for k, reference := range References(r.Class) {
		enter(report.Values, k+1, r.Sums[k+1])
		enter(report.References, k+1, reference)
	}
	return report
}

// enter notes the checksum of step k.
func enter(v common.Values, k int, sum complex128) {
	v[fmt.Sprintf("checksum%02d.re", k)] = real(sum)
	v[fmt.Sprintf("checksum%02d.im", k)] = imag(sum)
}
