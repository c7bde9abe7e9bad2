package saddle

import (
	"math"
	"testing"
)

func TestSaddle(t *testing.T) {
	start := []float64{1, 1}
	for name, f := range map[string]func([]float64) []float64{"ff": FF, "fr": FR, "rf": RF, "rr": RR} {
		got := f(start)
		for i, v := range got {
			if len(got) != 4 || math.Abs(v) > 1e-4 || math.Abs(v-FF(start)[i]) > 1e-9 {
				t.Fatalf("%s gives %v, ff %v, the saddle is at 0", name, got, FF(start))
			}
		}
	}
}

func TestDerivatives(t *testing.T) {
	x, start := []float64{0.5, -2}, []float64{1, 1}
	var forward, reverse [2]float64
	TopForwardAdjoint(x, forward[:], start, 1)
	TopReverseAdjoint(x, reverse[:], start, 1)
	for i := range x {
		d := make([]float64, 2)
		d[i] = 1
		_, ff := TopForwardTangent(x, d, start)
		_, fr := TopReverseTangent(x, d, start)
		for _, got := range []float64{ff, fr, forward[i], reverse[i]} {
			if math.Abs(got-2*x[i]) > 1e-9 {
				t.Errorf("component %d: %v, want %v", i, got, 2*x[i])
			}
		}
	}
}
