package npbtest

import (
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/npb/common"
)

// Steps are one iteration of a kernel's main loop and its derivatives, each on the state that
// the calls before it have left.
type Steps struct {
	Primal, Tangent, Adjoint func()
}

// BenchmarkStep times the iteration of the classes S and W beside its derivatives. The three run
// in turns, so that whatever else the machine does falls on all of them: the metrics adjoint/step
// and tangent/step are medians of the ratios of neighbours; step-ms is the median of the iteration.
func BenchmarkStep(b *testing.B, start func(class common.Class) Steps) {
	b.Helper()
	for _, class := range []common.Class{common.ClassS, common.ClassW} {
		b.Run(string(class), func(b *testing.B) {
			s := start(class)
			s.Primal()
			s.Tangent()
			s.Adjoint()
			var steps, tangents, adjoints []float64
			for b.Loop() {
				step := seconds(s.Primal)
				steps = append(steps, step)
				tangents = append(tangents, seconds(s.Tangent)/step)
				adjoints = append(adjoints, seconds(s.Adjoint)/step)
			}
			b.ReportMetric(median(steps)*1e3, "step-ms")
			b.ReportMetric(median(tangents), "tangent/step")
			b.ReportMetric(median(adjoints), "adjoint/step")
		})
	}
}

// seconds is the time that f takes.
func seconds(f func()) float64 {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}

// median of a list that is not empty; it sorts the list.
func median(x []float64) float64 {
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
