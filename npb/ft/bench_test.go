package ft

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// BenchmarkRun times the official timed section of each class.
func BenchmarkRun(b *testing.B) {
	npbtest.BenchmarkRun(b, Classes(), func(class common.Class) common.Result { return Run(class).Report() })
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
