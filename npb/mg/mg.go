package mg

import (
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of MG computed.
type Result struct {
	Class    common.Class
	Rnm2     float64 // norm of the residual v − A u after the last cycle
	Verified bool    // Rnm2 agrees with the official value to 1e-8, relative
	Seconds  float64 // wall time of the cycles, set-up and warm-up excluded
	Mops     float64 // official operation count / Seconds / 1e6
}

// Run runs MG for a class: it places the charges, does one untimed cycle to warm up, starts again
// from u = 0 and does the timed cycles. A class that is not among [Classes] has no parameters:
// nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.Rnm2
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s := newSolver(par)
	s.initialise()
	s.resid(par.Levels)
	s.Step()
	s.initialise()

	start := time.Now()
	s.resid(par.Levels)
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= par.Nit; it++ {
		s.mg3P()
		s.resid(par.Levels)
	}
	rnm2 := s.Norm()
	seconds := float64(time.Since(start)) / float64(time.Second)

	return Result{
		Class:    class,
		Rnm2:     rnm2,
		Verified: common.Verify(rnm2, par.Rnm2Ref, tolerance),
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// Report puts the result into the form that all kernels share, with the value and the official
// reference of rnm2.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "mg",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{"rnm2": r.Rnm2},
		References: common.Values{},
	}
	if par, ok := ParamsOf(r.Class); ok {
		report.References["rnm2"] = par.Rnm2Ref
	}
	return report
}
