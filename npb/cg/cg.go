package cg

import (
	"math"
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of CG computed.
type Result struct {
	Class    common.Class
	Zeta     float64 // estimate of the eigenvalue after the last step
	Residual float64 // ‖x − A z‖ of the last linear system
	Verified bool    // Zeta agrees with the official value to 1e-10, relative
	Seconds  float64 // wall time of the power method, set-up and warm-up excluded
	Mops     float64 // official operation count / Seconds / 1e6
}

// Run runs CG for a class: it builds the matrix, does one untimed step to warm up, starts
// again from x = 1 and does the timed steps. A class that is not among [Classes] has no
// parameters: nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.Zeta
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	n := par.NA
	a, colidx, rowstr := matrix(par)

	x := make([]float64, n+2)
	z := make([]float64, n+2)
	p := make([]float64, n+2)
	q := make([]float64, n+2)
	r := make([]float64, n+2)

	fillOnes(n+1, x)
	conjGrad(n, a, colidx, rowstr, x, z, p, q, r)
	fillOnes(n+1, x)

	zeta := 0.0
	residual := 0.0
	start := time.Now()
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= par.Niter; it++ {
		residual = conjGrad(n, a, colidx, rowstr, x, z, p, q, r)

		xz := dot(n, x, z)
		norm := 1 / math.Sqrt(dot(n, z, z))
		zeta = par.Shift + 1/xz
		for j := 0; j < n; j++ {
			x[j] = norm * z[j]
		}
	}
	seconds := float64(time.Since(start)) / float64(time.Second)

	return Result{
		Class:    class,
		Zeta:     zeta,
		Residual: residual,
		Verified: common.Verify(zeta, par.ZetaRef, tolerance),
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// fillOnes sets elements 0..n−1 of v to 1.
func fillOnes(n int, v []float64) {
	for j := 0; j < n; j++ {
		v[j] = 1
	}
}

// Report puts the result into the form that all kernels share, with the value and the
// official reference of zeta.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "cg",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{"zeta": r.Zeta},
		References: common.Values{},
	}
	if par, ok := ParamsOf(r.Class); ok {
		report.References["zeta"] = par.ZetaRef
	}
	return report
}
