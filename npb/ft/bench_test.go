package ft

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/npb/common"
)

// BenchmarkRun times the official timed section of each class. Its metric is the official rate;
// ns/op includes the warm-up.
func BenchmarkRun(b *testing.B) {
	for _, class := range Classes() {
		b.Run(string(class), func(b *testing.B) {
			seconds := 0.0
			rate := 0.0
			for b.Loop() {
				r := Run(class)
				if !r.Verified {
					b.Fatalf("class %s: sums %v are not verified", class, r.Sums)
				}
				seconds += r.Seconds
				rate += r.Mops * r.Seconds
			}
			b.ReportMetric(rate/seconds, "Mop/s")
			b.ReportMetric(seconds/float64(b.N), "timed-s/op")
		})
	}
}

// BenchmarkStep times a step of class S and its derivatives.
func BenchmarkStep(b *testing.B) {
	s, err := NewSolver(common.ClassS)
	if err != nil {
		b.Fatal(err)
	}
	shadow := ad.ZeroLike(s)
	shadow.Sums[1] = 1
	b.Run("primal", func(b *testing.B) {
		for b.Loop() {
			s.Step(1)
		}
	})
	b.Run("tangent", func(b *testing.B) {
		for b.Loop() {
			s.StepTangent(shadow, 1)
		}
	})
	b.Run("adjoint", func(b *testing.B) {
		for b.Loop() {
			s.StepAdjoint(shadow, 1)
		}
	})
}
