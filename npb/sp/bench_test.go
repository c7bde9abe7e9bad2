package sp

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

// BenchmarkStep times a step beside its derivatives.
func BenchmarkStep(b *testing.B) {
	npbtest.BenchmarkStep(b, "SP", func(class common.Class) npbtest.Steps {
		s, err := NewSolver(class)
		if err != nil {
			b.Fatal(err)
		}
		shadow := ad.ZeroLike(s)
		for i := range shadow.U {
			shadow.U[i][0] = 1
		}
		return npbtest.Steps{
			Primal:  func() { s.Step() },
			Tangent: func() { s.StepTangent(shadow) },
			Adjoint: func() { s.StepAdjoint(shadow) },
		}
	})
}
