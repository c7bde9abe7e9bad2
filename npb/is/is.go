package is

import (
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Result is what one run of IS computed.
type Result struct {
	Class    common.Class
	Ranks    [tests]int // of the verified keys in the last iteration
	Passed   int        // verifications passed: five in each iteration and the full one
	Verified bool       // Passed is 51
	Seconds  float64    // wall time of the rankings, set-up, warm-up and full verification excluded
	Mops     float64    // official operation count / Seconds / 1e6
}

// Run runs IS for a class: it makes the keys, ranks them once to warm up, and then does the timed
// rankings and the full verification. A class that is not among [Classes] has no parameters:
// nothing is computed, and the result says Verified = false.
//
//cairn:scrutinize of=return.Passed,return.Ranks
func Run(class common.Class) Result {
	par, ok := ParamsOf(class)
	if !ok {
		return Result{Class: class}
	}
	s := newRanking(par)
	s.Rank(1)
	s.Passed = 0

	start := time.Now()
	//cairn:checkpoint scheme=binomial snaps=10
	for it := 1; it <= iterations; it++ {
		s.Rank(it)
	}
	seconds := float64(time.Since(start)) / float64(time.Second)
	ranks := s.testedRanks()
	s.fullVerify()

	return Result{
		Class:    class,
		Ranks:    ranks,
		Passed:   s.Passed,
		Verified: s.Passed == allPassed,
		Seconds:  seconds,
		Mops:     common.Mops(operations(par), seconds),
	}
}

// Report puts the result into the form that all kernels share, with the number of verifications
// passed and the ranks of the last iteration.
func (r Result) Report() common.Result {
	report := common.Result{
		Kernel:     "is",
		Class:      r.Class,
		Verified:   r.Verified,
		Seconds:    r.Seconds,
		Mops:       r.Mops,
		Values:     common.Values{"passed": float64(r.Passed)},
		References: common.Values{},
	}
	par, ok := ParamsOf(r.Class)
	if ok {
		report.References["passed"] = allPassed
	}
	for i, rank := range r.Ranks {
		name := "rank" + string(rune('0'+i))
		report.Values[name] = float64(rank)
		if ok {
			report.References[name] = float64(par.rankOf(i, iterations))
		}
	}
	return report
}
