package bt

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// convective is the flux of the unknowns u along direction n, 1, 2, 3 for x, y, z.
func convective(u [5]float64, n int) (flux [5]float64) {
	v := u[n] / u[0]
	p := cfd.C2 * (u[4] - (u[1]*u[1]+u[2]*u[2]+u[3]*u[3])/(2*u[0]))
	for m := range flux {
		flux[m] = u[m] * v
	}
	flux[n] += p
	flux[4] += p * v
	return flux
}

// viscous is what is differenced twice along direction n in the viscous terms, without viscosity.
func viscous(u [5]float64, n int) (q [5]float64) {
	kin := 0.0
	for m := 1; m < 4; m++ {
		q[m] = u[m] / u[0]
		kin += q[m] * q[m] / 2
	}
	q[4] = (1-cfd.C1*cfd.C5)*kin + q[n]*q[n]/6 + cfd.C1*cfd.C5*u[4]/u[0]
	q[n] *= 4.0 / 3.0
	return q
}

// jacobian is that of f at u, by central differences.
func jacobian(f func(u [5]float64, n int) [5]float64, u [5]float64, n int) (j [5][5]float64) {
	const h = 1e-4
	for l := range u {
		plus, minus := u, u
		plus[l] += h
		minus[l] -= h
		high, low := f(plus, n), f(minus, n)
		for m := range u {
			j[m][l] = (high[m] - low[m]) / (2 * h)
		}
	}
	return j
}

var directions = []struct {
	name  string
	order order
}{{"x", order{2, 3, 1}}, {"y", order{1, 3, 2}}, {"z", order{1, 2, 3}}}

// axis is direction d of the flow with the distance of its neighbours.
func axis(f *cfd.Flow, d int) (cfd.Axis, int) {
	return []cfd.Axis{f.X, f.Y, f.Z}[d], []int{1, f.NX, f.NX * f.NX}[d]
}

// TestJacobians compares the blocks of a point with differences of the fluxes.
func TestJacobians(t *testing.T) {
	s := mustSolver(t, small)
	s.Step()
	cfd.ComputeRHS(s.Flow)
	for d, dir := range directions {
		x, _ := axis(s.Flow, d)
		o := dir.order
		at := s.Index(3, 2, 4)
		flux, visc := jacobian(convective, s.U[at], o.n), jacobian(viscous, s.U[at], o.n)
		t1, t2 := s.Dt*x.T1, s.Dt*x.T2
		var b blocks
		jacobians(&s.U[at], &s.Aux[at], t1, t2, t1*x.D, o, &b)
		var own [5][5]float64
		b.own.expand(&own)
		low, up := b.lower.dense(), b.upper.dense()
		place := [5]int{0, o.a, o.b, o.n, 4}
		for m := range 5 {
			for l := range 5 {
				f, n := t2*flux[place[m]][place[l]], t1*cfd.Viscosity*visc[place[m]][place[l]]
				one := 0.0
				if m == l {
					one = 1
					n += t1 * x.D
				}
				for _, c := range []struct {
					name      string
					got, want float64
				}{{"lower", low[m][l], -f - n}, {"own", own[m][l], one + 2*n}, {"upper", up[m][l], f - n}} {
					if !closeTo(c.got, c.want, 1e-7) {
						t.Errorf("%s: %s block, (%d,%d): %v, want %v", dir.name, c.name, m, l, c.got, c.want)
					}
				}
			}
		}
	}
}

// TestSweepsSolve: the block tridiagonal matrix of a line times what a sweep leaves is what it
// was given, on all lines in all directions.
func TestSweepsSolve(t *testing.T) {
	for d, solve := range []func(f *cfd.Flow, lo, hi int, w *line){xSolve, ySolve, zSolve} {
		for _, n := range []int{6, 7, 10} {
			s := mustSolver(t, Params{N: n, Dt: 0.02})
			s.Step()
			cfd.ComputeRHS(s.Flow)
			source := rand.New(rand.NewPCG(uint64(n), 5))
			given := make([][5]float64, len(s.RHS))
			inner(s.Flow, func(at int) {
				given[at] = randomVector(source)
				s.RHS[at] = given[at]
			})
			solve(s.Flow, 1, n-1, new(line))
			x, stride := axis(s.Flow, d)
			o := directions[d].order
			// What the blocks of a point, as neighbour or itself, contribute to a row.
			term := func(at int, pick func(b *blocks) [5][5]float64) [5]float64 {
				t1 := s.Dt * x.T1
				var b blocks
				jacobians(&s.U[at], &s.Aux[at], t1, s.Dt*x.T2, t1*x.D, o, &b)
				r := s.RHS[at]
				return times(pick(&b), [5]float64{r[0], r[o.a], r[o.b], r[o.n], r[4]})
			}
			inner(s.Flow, func(at int) {
				low := term(at-stride, func(b *blocks) [5][5]float64 { return b.lower.dense() })
				own := term(at, func(b *blocks) (own [5][5]float64) { b.own.expand(&own); return own })
				up := term(at+stride, func(b *blocks) [5][5]float64 { return b.upper.dense() })
				g := given[at]
				for m, want := range [5]float64{g[0], g[o.a], g[o.b], g[o.n], g[4]} {
					if got := low[m] + own[m] + up[m]; !(math.Abs(got-want) < 1e-11) {
						t.Fatalf("%s, n = %d, element %d, row %d: %v, want %v", directions[d].name, n, at, m, got, want)
					}
				}
			})
			for i := range s.RHS {
				if given[i] == [5]float64{} && s.RHS[i] != [5]float64{} {
					t.Fatalf("n = %d: the correction at a wall is %v", n, s.RHS[i])
				}
			}
		}
	}
}

// inner calls f for the elements of all points inside.
func inner(flow *cfd.Flow, f func(at int)) {
	for k := 1; k < flow.N-1; k++ {
		for j := 1; j < flow.N-1; j++ {
			for i := 1; i < flow.N-1; i++ {
				f(flow.Index(k, j, i))
			}
		}
	}
}
