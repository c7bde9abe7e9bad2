package matad

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestElementsOfInterfaces(t *testing.T) {
	for kind, mk := range kinds(3, 3) {
		for i := range 3 {
			for j := range 3 {
				runCases(t, result(fmt.Sprint(kind, i, j), func(a *trial.Arena) operands { return operands{a: mk(a.Read)} },
					func(x *operands) float64 { return x.a.At(i, j) },
					func(x, d *operands) (float64, float64) { return MatrixAtTangent(x.a, d.a, i, j) },
					func(x, b *operands, retb float64) float64 { return MatrixAtAdjoint(x.a, b.a, i, j, retb) }))
			}
		}
	}
	for name, of := range map[string]func(v mat.Vector) mat.Vector{
		"vector":     func(v mat.Vector) mat.Vector { return v },
		"transposed": func(v mat.Vector) mat.Vector { return v.(*mat.VecDense).TVec() },
	} {
		runCases(t, result(name, func(a *trial.Arena) operands { return operands{x: vec(3, a.Take)} },
			func(x *operands) float64 { return of(x.x).AtVec(1) },
			func(x, d *operands) (float64, float64) { return VectorAtVecTangent(of(x.x), of(d.x), 1) },
			func(x, b *operands, retb float64) float64 { return VectorAtVecAdjoint(of(x.x), of(b.x), 1, retb) }))
	}
}
