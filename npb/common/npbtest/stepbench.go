package npbtest

import (
	"fmt"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/npb/common"
)

// Steps are one iteration of a kernel's main loop and its derivatives, each on the state that
// the calls before it have left.
type Steps struct {
	Primal, Tangent, Adjoint func()
}

// BenchmarkStep measures the iteration of the classes S and W beside its derivatives, in turn.
func BenchmarkStep(b *testing.B, kernel string, start func(class common.Class) Steps) {
	b.Helper()
	for _, class := range []common.Class{common.ClassS, common.ClassW} {
		s := start(class)
		name := fmt.Sprintf("NPB %s class %s, ", kernel, class)
		bench.Run(b, bench.Problem{Name: name + "tangent of a step", Primal: s.Primal, Derivative: s.Tangent})
		bench.Run(b, bench.Problem{Name: name + "adjoint of a step", Primal: s.Primal, Derivative: s.Adjoint, Target: 5})
	}
}
