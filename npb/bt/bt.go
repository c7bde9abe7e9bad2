package bt

import (
	"math"
	"time"

	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of BT computed.
type Result struct {
	Class    common.Class
	Norms    cfd.Norms // after the last step
	Verified bool      // norms and time step agree with the official values to cfd.Tolerance
	Seconds  float64   // wall time of the steps, set-up and warm-up excluded
	Mops     float64   // official operation count / Seconds / 1e6
}

// Run runs BT for a class: it does one untimed step to warm up, starts again from the initial
// field, does the timed steps and computes the norms. A class that is not among [Classes] has no
// parameters: nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.Norms
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s, err := newSolver(par)
	if err != nil {
		return Result{Class: class}
	}
	s.Step()
	cfd.Initialize(s.Flow)

	start := time.Now()
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= par.Niter; it++ {
		s.Step()
	}
	seconds := float64(time.Since(start)) / float64(time.Second)

	norms := s.Norms()
	return Result{
		Class:    class,
		Norms:    norms,
		Verified: norms.Verify(par.Reference) && math.Abs(s.Dt-par.Dt) <= cfd.Tolerance,
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// Report puts the result into the form that all kernels share, with the ten norms and their
// official references.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "bt",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     r.Norms.Values(),
		References: common.Values{},
	}
	if par, ok := ParamsOf(r.Class); ok {
		report.References = par.Reference.Values()
	}
	return report
}
