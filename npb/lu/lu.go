package lu

import (
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of LU computed.
type Result struct {
	Class    common.Class
	Residual [5]float64 // norms of the residual of each unknown, after the last iteration
	Error    [5]float64 // norms of the difference from the exact solution
	Surface  float64    // surface integral of the pressure
	Verified bool       // all of them agree with the official values to 1e-8, relative
	Seconds  float64    // wall time of the iterations, set-up and warm-up excluded
	Mops     float64    // official operation count / Seconds / 1e6
}

// Run runs LU for a class: it sets the problem up, does one untimed iteration to warm up, sets
// the initial values again and does the timed iterations. The reference would look for
// convergence wherever it computes norms; with the official parameters that is only after the
// last iteration. A class that is not among [Classes] has no parameters: nothing is computed,
// and the result says Verified = false.
//
//cairn:scrutinize of=return.Residual,return.Error,return.Surface
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s := newSolver(par)
	s.initialise()
	s.Step()
	s.initialise()

	start := time.Now()
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= par.Niter; it++ {
		s.Step()
	}
	seconds := float64(time.Since(start)) / float64(time.Second)

	residual, deviation, surface := s.Norms()
	return Result{
		Class:    class,
		Residual: residual,
		Error:    deviation,
		Surface:  surface,
		Verified: verify(par, residual, deviation, surface),
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// verify says whether all values agree with the official ones.
func verify(par Params, residual, deviation [5]float64, surface float64) bool {
	verified := common.Verify(surface, par.SurfaceRef, tolerance)
	for m := range 5 {
		verified = verified &&
			common.Verify(residual[m], par.ResidualRef[m], tolerance) &&
			common.Verify(deviation[m], par.ErrorRef[m], tolerance)
	}
	return verified
}

// Report puts the result into the form that all kernels share: the norms of the residual are
// called rsdnm1 … rsdnm5, those of the error errnm1 … errnm5, and the surface integral frc.
func (r Result) Report() common.Result {
	par, ok := ParamsOf(r.Class)
	report := common.Result{
		Kernel:     "lu",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{},
		References: common.Values{},
	}
	put := func(name string, value, reference float64) {
		report.Values[name] = value
		if ok {
			report.References[name] = reference
		}
	}
	for m, suffix := range []string{"1", "2", "3", "4", "5"} {
		put("rsdnm"+suffix, r.Residual[m], par.ResidualRef[m])
		put("errnm"+suffix, r.Error[m], par.ErrorRef[m])
	}
	put("frc", r.Surface, par.SurfaceRef)
	return report
}
