package iterate

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

type iteration struct {
	call    func(data, start []float64, steps int) float64
	tangent func(data, datad, start, startd []float64, steps int) (ret, retd float64)
	adjoint func(data, datab, start, startb []float64, steps int, retb float64) float64
	forward func(data, datab, start, startb []float64, steps int, st *ad.Stack) float64
	reverse func(data, datab, start, startb []float64, steps int, retb float64, st *ad.Stack)
}

var iterations = map[string]iteration{
	"Recorded":  {Recorded, RecordedTangent, RecordedAdjoint, RecordedForward, RecordedReverse},
	"Scheduled": {Scheduled, ScheduledTangent, ScheduledAdjoint, ScheduledForward, ScheduledReverse},
}

func TestIterations(t *testing.T) {
	for name, f := range iterations {
		for _, n := range []int{1, 2, 4} {
			for _, steps := range []int{0, 1, 7} {
				// The iteration changes start in place, so the data go in as copies.
				copies := func(s []float64) (data, start []float64) {
					s = append([]float64(nil), s...)
					return s[:n*n], s[n*n:]
				}
				c := trial.Case{
					X: trial.Positive(n*n + n),
					Func: func(s []float64) []float64 {
						data, start := copies(s)
						return []float64{f.call(data, start, steps)}
					},
					Tangent: func(s, d []float64) (y, yd []float64) {
						data, start := copies(s)
						datad, startd := copies(d)
						v, vd := f.tangent(data, datad, start, startd, steps)
						return []float64{v}, []float64{vd}
					},
					Adjoint: func(s, b, yb []float64) []float64 {
						data, start := copies(s)
						return []float64{f.adjoint(data, b[:n*n], start, b[n*n:], steps, yb[0])}
					},
				}
				t.Run(name, c.Test)
				c.Adjoint = func(s, b, yb []float64) []float64 {
					data, start := copies(s)
					st := ad.NewStack()
					v := f.forward(data, b[:n*n], start, b[n*n:], steps, st)
					f.reverse(data, b[:n*n], start, b[n*n:], steps, yb[0], st)
					st.Release()
					return []float64{v}
				}
				t.Run(name+" split", c.Test)
			}
		}
	}
}

// TestSame: recording and a schedule give the same gradient, bit for bit.
func TestSame(t *testing.T) {
	const n, steps = 4, 9
	var want []float64
	for name, f := range iterations {
		x, b := trial.Positive(n*n+n), make([]float64, n*n+n)
		f.adjoint(x[:n*n], b[:n*n], x[n*n:], b[n*n:], steps, 1)
		if want == nil {
			want = b
		}
		for i := range b {
			if b[i] != want[i] {
				t.Errorf("%s: element %d of the gradient is %v, elsewhere %v", name, i, b[i], want[i])
			}
		}
	}
}

func TestNewton(t *testing.T) {
	for _, n := range []int{1, 3} {
		x := trial.Points(n * n)
		for i := range n {
			x[i*n+i] += 4
		}
		t.Run("", trial.Case{
			X:    x,
			Func: func(s []float64) []float64 { return []float64{Newton(s, n)} },
			Tangent: func(s, d []float64) (y, yd []float64) {
				v, vd := NewtonTangent(s, d, n)
				return []float64{v}, []float64{vd}
			},
			Adjoint: func(s, b, yb []float64) []float64 { return []float64{NewtonAdjoint(s, b, n, yb[0])} },
		}.Test)
	}
}
