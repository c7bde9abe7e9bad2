package lu

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// BenchmarkStep times an iteration of class S, its tangent and its adjoint.
func BenchmarkStep(b *testing.B) {
	par, _ := ParamsOf("S")
	s := newSolver(par)
	s.initialise()
	d := ad.ZeroLike(s)
	b.Run("primal", func(b *testing.B) {
		for b.Loop() {
			s.Step()
		}
	})
	b.Run("tangent", func(b *testing.B) {
		for b.Loop() {
			s.StepTangent(d)
		}
	})
	b.Run("adjoint", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.StepAdjoint(d)
		}
	})
}
