package bt

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
