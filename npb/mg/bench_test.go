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

// BenchmarkStep times a cycle beside its derivatives.
func BenchmarkStep(b *testing.B) {
	npbtest.BenchmarkStep(b, "MG", func(class common.Class) npbtest.Steps {
		s, err := NewSolver(class)
		if err != nil {
			b.Fatal(err)
		}
		shadow := ad.ZeroLike(s)
		copy(shadow.U, s.V)
		return npbtest.Steps{
			Primal:  func() { s.Step() },
			Tangent: func() { s.StepTangent(shadow) },
			Adjoint: func() { s.StepAdjoint(shadow) },
		}
	})
}
