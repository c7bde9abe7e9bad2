package ep

import (
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of EP computed.
type Result struct {
	Class    common.Class
	SX, SY   float64         // sums of the Gaussian deviates X and Y
	Q        [annuli]float64 // Q[l] pairs have l <= max(|X|, |Y|) < l+1
	Verified bool            // SX and SY agree with the official values to 1e-8, relative
	Seconds  float64         // wall time
	Mops     float64         // official operation count / Seconds / 1e6
}

// Run runs EP for a class: all batches, one after the other. A class that is not among
// [Classes] has no parameters: nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.SX,return.SY,return.Q
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s := NewSums()
	batches := par.batches()
	start := time.Now()
	//cairn:checkpoint scheme=binomial snaps=10
	for k := 0; k < batches; k++ {
		s.Step(k)
	}
	seconds := float64(time.Since(start)) / float64(time.Second)

	return Result{
		Class:    class,
		SX:       s.SX,
		SY:       s.SY,
		Q:        s.Q,
		Verified: common.Verify(s.SX, par.SXRef, tolerance) && common.Verify(s.SY, par.SYRef, tolerance),
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// Report puts the result into the form that all kernels share. The sums have official
// references; the counts and their total, the number of Gaussian pairs, are reported only.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "ep",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{"sx": r.SX, "sy": r.SY},
		References: common.Values{},
	}
	pairs := 0.0
	for l, count := range r.Q {
		report.Values[annulus(l)] = count
		pairs += count
	}
	report.Values["pairs"] = pairs
	if par, ok := ParamsOf(r.Class); ok {
		report.References["sx"] = par.SXRef
		report.References["sy"] = par.SYRef
	}
	return report
}

// annulus is the name of the count of annulus l: q0, q1, ….
func annulus(l int) string { return "q" + string(rune('0'+l)) }
