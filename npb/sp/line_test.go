package sp

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// TestLineSolves builds the three pentadiagonal matrices of random lines entry by entry, and
// multiplies them by the solution.
func TestLineSolves(t *testing.T) {
	for _, n := range []int{6, 7, 8, 20, cfd.MaxN} {
		source := rand.New(rand.NewPCG(uint64(n), 6))
		var w line
		for i := range w.row { // rubbish of another line must not count
			w.row[i] = row{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
			w.f[i][0] = math.NaN()
		}
		w.row[0] = row{} // the walls, which no line writes
		for _, wall := range []int{0, n - 1, n} {
			w.f[wall] = [5]float64{}
		}
		const diss = 0.02
		var given [cfd.MaxN][5]float64
		for i := range n {
			w.point[i] = bands{2 + source.Float64(), source.NormFloat64() / 4, source.NormFloat64() / 4, source.Float64() / 4}
			if i > 0 && i < n-1 {
				for m := range 5 {
					given[i][m] = source.NormFloat64()
				}
			}
		}
		w.solve(given[:], 1, n, diss)
		for i := 1; i < n-1; i++ {
			weights := [5]float64{1, -4, 6, -4, 1}
			switch i {
			case 1:
				weights = [5]float64{0, 0, 5, -4, 1}
			case n - 2:
				weights = [5]float64{1, -4, 5, 0, 0}
			}
			for m, sign := range [5]float64{0, 0, 0, 1, -1} {
				got := 0.0
				for o, weight := range weights {
					at := i + o - 2
					if at < 1 || at > n-2 {
						continue // at a wall the correction is zero
					}
					entry := diss * weight
					switch o {
					case 1:
						entry += w.point[at].right - sign*w.point[at].sound
					case 2:
						entry += w.point[at].own
					case 3:
						entry += w.point[at].left + sign*w.point[at].sound
					}
					got += entry * w.f[at][m]
				}
				if !(math.Abs(got-given[i][m]) < 1e-13) {
					t.Errorf("n = %d, row %d, unknown %d: %v, want %v", n, i, m, got, given[i][m])
				}
			}
		}
	}
}

// TestBands: the matrix of a line without sound and dissipation of fourth order, from the
// coefficients of the specification.
func TestBands(t *testing.T) {
	s := mustSolver(t, small)
	s.Step()
	for d, x := range []cfd.Axis{s.X, s.Y, s.Z} {
		stride := []int{1, s.NX, s.NX * s.NX}[d]
		begin := s.Index(3, 3, 3) - 3*stride
		var w line
		w.assemble(s.Flow, x, d, begin, stride)
		h := 1.0 / float64(s.N-1)
		for i := range s.N {
			u := s.U[begin+i*stride]
			a := s.Aux[begin+i*stride]
			mu := 0.1 / a.RhoI * a.RhoI * a.RhoI
			spec := x.D + max(4.0/3.0*mu, 1.4*1.4*mu, mu, 0)
			second, first := s.Dt/(h*h)*spec, s.Dt/(2*h)*a.V[d]
			p := w.point[i]
			for _, pair := range [][2]float64{
				{p.own, 1 + 2*second}, {p.left, first - second}, {p.right, -first - second}, {p.sound, s.Dt / (2 * h) * a.C},
			} {
				if !(math.Abs(pair[0]-pair[1]) < 1e-12) {
					t.Errorf("direction %d, point %d: %v, want %v", d, i, pair[0], pair[1])
				}
			}
			if a.RhoI <= 0 || u[0] <= 0 {
				t.Errorf("direction %d, point %d: density %v, its reciprocal %v", d, i, u[0], a.RhoI)
			}
		}
	}
}
