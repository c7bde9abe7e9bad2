package mg

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

// BenchmarkStep times a cycle of class S and its derivatives.
func BenchmarkStep(b *testing.B) {
	s, err := NewSolver(common.ClassS)
	if err != nil {
		b.Fatal(err)
	}
	shadow := ad.ZeroLike(s)
	copy(shadow.U, s.V)
	b.Run("primal", func(b *testing.B) {
		for b.Loop() {
			s.Step()
		}
	})
	b.Run("tangent", func(b *testing.B) {
		for b.Loop() {
			s.StepTangent(shadow)
		}
	})
	b.Run("adjoint", func(b *testing.B) {
		for b.Loop() {
			s.StepAdjoint(shadow)
		}
	})
}
