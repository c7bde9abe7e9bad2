package sp

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/npb/common"
)

// BenchmarkRun times the official timed section of each class. Its metric is the official rate;
// ns/op includes the set-up and the warm-up.
func BenchmarkRun(b *testing.B) {
	for _, class := range Classes() {
		b.Run(string(class), func(b *testing.B) {
			seconds := 0.0
			rate := 0.0
			for b.Loop() {
				r := Run(class)
				if !r.Verified {
					b.Fatalf("class %s: norms %v are not verified", class, r.Norms)
				}
				seconds += r.Seconds
				rate += r.Mops * r.Seconds
			}
			b.ReportMetric(rate/seconds, "Mop/s")
			b.ReportMetric(seconds/float64(b.N), "timed-s/op")
		})
	}
}

// BenchmarkStep times one step of class W beside its derivatives.
func BenchmarkStep(b *testing.B) {
	s, err := NewSolver(common.ClassW)
	if err != nil {
		b.Fatal(err)
	}
	direction := ad.ZeroLike(s)
	for i := range direction.U {
		direction.U[i][0] = 1
	}
	for name, step := range map[string]func(){
		"primal":  s.Step,
		"tangent": func() { s.StepTangent(direction) },
		"adjoint": func() { s.StepAdjoint(direction) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				step()
			}
		})
	}
}
