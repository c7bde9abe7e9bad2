package integrate

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Trapezoidal", Trapezoidal, TrapezoidalAdjoint, TrapezoidalTangent, []float64{0.1, 0.5, 0.9, 1.4, 2.2, 1, 3, 4}},
		{"Simpsons", Simpsons, SimpsonsAdjoint, SimpsonsTangent, []float64{0.1, 0.5, 0.9, 1.4, 2.2, 1, 3, 4}},
		{"Romberg", Romberg, RombergAdjoint, RombergTangent, []float64{0.1, 0.5, 0.9, 1.4, 2.2, 0.25}},
		{"Legendre", Legendre, LegendreAdjoint, LegendreTangent, []float64{0.1, 1.4, 0.7}},
	} {
		t.Run(c.Name, c.Test)
	}
}
