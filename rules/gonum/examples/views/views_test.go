package views

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestSchur(t *testing.T) {
	for _, size := range [][2]int{{2, 1}, {5, 2}, {5, 4}} {
		n, k := size[0], size[1]
		x := trial.Points(n * n)
		for i := range n {
			x[i*n+i] += 4
		}
		t.Run("", trial.Case{
			X: x,
			Func: func(s []float64) []float64 {
				logDet, row := Schur(s, n, k)
				return []float64{logDet, row}
			},
			Tangent: func(s, d []float64) (y, yd []float64) {
				logDet, logDetd, row, rowd := SchurTangent(s, d, n, k)
				return []float64{logDet, row}, []float64{logDetd, rowd}
			},
			Adjoint: func(s, b, yb []float64) []float64 {
				logDet, row := SchurAdjoint(s, b, n, k, yb[0], yb[1])
				return []float64{logDet, row}
			},
		}.Test)
	}
}

func TestGram(t *testing.T) {
	for _, n := range []int{2, 3, 5} {
		joint := func(s, b, yb []float64) []float64 {
			GramAdjoint(s, b, n)
			return nil
		}
		split := func(s, b, yb []float64) []float64 {
			seeds := append([]float64(nil), b...)
			st := ad.NewStack()
			GramForward(s, b, n, st)
			after := append([]float64(nil), s...)
			copy(b, seeds)
			GramReverse(s, b, n, st)
			st.Release()
			copy(s, after)
			return nil
		}
		for name, adjoint := range map[string]func(s, b, yb []float64) []float64{"joint": joint, "split": split} {
			t.Run(name, trial.Case{
				X:       trial.Points(n * n),
				Func:    func(s []float64) []float64 { Gram(s, n); return nil },
				Tangent: func(s, d []float64) (y, yd []float64) { GramTangent(s, d, n); return nil, nil },
				Adjoint: adjoint,
			}.Test)
		}
	}
}
