package implicit

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// near asks for agreement to 1e-12 of the largest number.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	scale := 0.0
	for _, v := range want {
		scale = math.Max(scale, math.Abs(v))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*scale) {
			t.Errorf("%s: number %d is %.17g, want %.17g", what, i, got[i], want[i])
			return
		}
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

func TestAnomaly(t *testing.T) {
	for _, m := range []float64{0.1, 1, 3, 5} {
		for _, e := range []float64{0, 0.3, 0.8} {
			a := Anomaly(m, e)
			want := []float64{1 / (1 - e*math.Cos(a)), math.Sin(a) / (1 - e*math.Cos(a))}
			var mb, eb float64
			if got := AnomalyAdjoint(m, &mb, e, &eb, 1); got != a {
				t.Errorf("the adjoint gives the anomaly %v, want %v", got, a)
			}
			near(t, "adjoint", []float64{mb, eb}, want)
			_, md := AnomalyTangent(m, 1, e, 0)
			_, ed := AnomalyTangent(m, 0, e, 1)
			near(t, "tangent", []float64{md, ed}, want)
		}
	}
}

// TestCircle: by the theorem, J d(x, y) = (2 r dr, -x y dk) with the Jacobian J of the
// two equations.
func TestCircle(t *testing.T) {
	r, k := 1.3, 0.7
	x, y := Circle(r, k)
	fx, fy, gx := 2*x, 2*y, k*y
	det := fx - fy*gx
	xr, yr := 2*r/det, -gx*2*r/det
	xk, yk := fy*x*y/det, -fx*x*y/det
	var rb, kb float64
	CircleAdjoint(r, &rb, k, &kb, 1, 0)
	near(t, "adjoint of x", []float64{rb, kb}, []float64{xr, xk})
	rb, kb = 0, 0
	CircleAdjoint(r, &rb, k, &kb, 0, 1)
	near(t, "adjoint of y", []float64{rb, kb}, []float64{yr, yk})
	_, xd, _, yd := CircleTangent(r, 1, k, 0)
	near(t, "tangent", []float64{xd, yd}, []float64{xr, yr})
}

// system is a linear system whose matrix is linear in its coefficients, up to a part that
// does not depend on them.
type system struct {
	n, coefficients int
	apply           func(k, u, b []float64)
}

// theorem returns what the implicit-function theorem gives for the solution u and the
// adjoint ub of it: the adjoints of coefficients and right-hand side, by elimination.
func (s system) theorem(k, u, ub []float64) (kb, bb []float64) {
	a := make([][]float64, s.n)
	for j := range a {
		a[j] = make([]float64, s.n)
	}
	for j := range a { // transposed: column j becomes row j
		e := make([]float64, s.n)
		e[j] = 1
		s.apply(k, e, a[j])
	}
	bb = eliminate(a, ub)
	zero, with := make([]float64, s.n), make([]float64, s.n)
	s.apply(make([]float64, s.coefficients), u, zero)
	for j := range s.coefficients {
		e := make([]float64, s.coefficients)
		e[j] = 1
		s.apply(e, u, with)
		kb = append(kb, dot(bb, zero)-dot(bb, with))
	}
	return kb, bb
}

// eliminate is Gauss's method with pivots.
func eliminate(a [][]float64, b []float64) []float64 {
	n, x := len(b), append([]float64{}, b...)
	for k := range n {
		p := k
		for i := k; i < n; i++ {
			if math.Abs(a[i][k]) > math.Abs(a[p][k]) {
				p = i
			}
		}
		a[k], a[p], x[k], x[p] = a[p], a[k], x[p], x[k]
		for i := k + 1; i < n; i++ {
			f := a[i][k] / a[k][k]
			for j := k; j < n; j++ {
				a[i][j] -= f * a[k][j]
			}
			x[i] -= f * x[k]
		}
	}
	for i := n - 1; i >= 0; i-- {
		x[i] = (x[i] - dot(a[i][i+1:], x[i+1:])) / a[i][i]
	}
	return x
}

func random(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.5 + r.Float64()
	}
	return x
}

// TestSplittings compares the sweeps with the theorem, the values at the ends included.
func TestSplittings(t *testing.T) {
	const s = 0.2
	for _, n := range []int{2, 3, 20} {
		line := system{n, n, func(k, u, b []float64) {
			b[0], b[n-1] = u[0], u[n-1]
			for i := 1; i < n-1; i++ {
				b[i] = (k[i]+k[i+1]+s)*u[i] - k[i]*u[i-1] - k[i+1]*u[i+1]
			}
		}}
		k, b, ub := random(n, 1), random(n, 2), random(n, 3)
		for name, c := range map[string]struct {
			primal  func() []float64
			adjoint func(kb, bb, ub []float64)
			tangent func(kd, bd []float64) []float64
		}{
			"Jacobi": {
				func() []float64 { return Jacobi(k, b, s, 1001) },
				func(kb, bb, ub []float64) { JacobiAdjoint(k, kb, b, bb, s, 1001, ub) },
				func(kd, bd []float64) []float64 { _, ud := JacobiTangent(k, kd, b, bd, s, 1001); return ud },
			},
			"GaussSeidel": {
				func() []float64 { return GaussSeidel(k, b, s) },
				func(kb, bb, ub []float64) { GaussSeidelAdjoint(k, kb, b, bb, s, ub) },
				func(kd, bd []float64) []float64 { _, ud := GaussSeidelTangent(k, kd, b, bd, s); return ud },
			},
		} {
			kb, bb := make([]float64, n), make([]float64, n)
			c.adjoint(kb, bb, append([]float64{}, ub...))
			wantK, wantB := line.theorem(k, c.primal(), ub)
			near(t, name+", adjoint of k", kb, wantK)
			near(t, name+", adjoint of b", bb, wantB)
			kd, bd := random(n, 4), random(n, 5)
			near(t, name+", tangent", []float64{dot(ub, c.tangent(kd, bd))}, []float64{dot(wantK, kd) + dot(wantB, bd)})
		}
	}
}

// TestMemory: nothing is recorded for an iteration.
func TestMemory(t *testing.T) {
	k, b := random(50, 1), random(50, 2)
	bytes := map[int]int64{}
	for _, sweeps := range []int{500, 5000, 50000} {
		st := ad.NewStack()
		kb, bb := make([]float64, 50), make([]float64, 50)
		_, ub := JacobiForward(k, kb, b, bb, 0.2, sweeps, st)
		ub[10] = 1
		JacobiReverse(k, kb, b, bb, 0.2, sweeps, st)
		bytes[sweeps] = st.PeakBytes()
		st.Release()
	}
	if bytes[500] != bytes[50000] || bytes[5000] != bytes[50000] || bytes[500] > 10000 {
		t.Errorf("bytes on the stack for numbers of sweeps: %v", bytes)
	}
}

func TestGrid(t *testing.T) {
	const n = 6
	g := &Grid{N: n, X: random(n*n, 1), Y: random(n*n, 2), Leak: 0.3}
	b := random(n*n, 3)
	grid := system{n * n, 2 * n * n, func(k, u, b []float64) {
		(&Grid{N: n, X: k[:n*n], Y: k[n*n:], Leak: 0.3}).Apply(u, b)
	}}
	u := make([]float64, n*n)
	g.Potential(b, u, 1e-15)
	ub := make([]float64, n*n)
	for i := range u {
		ub[i] = 2 * u[i] / float64(1+i)
	}
	wantK, wantB := grid.theorem(append(append([]float64{}, g.X...), g.Y...), u, ub)
	gb, bb := ad.ZeroLike(g), make([]float64, n*n)
	g.PowerAdjoint(gb, b, bb, 1e-15, 1)
	near(t, "walls", append(append([]float64{}, gb.X...), gb.Y...), wantK)
	near(t, "sources", bb, wantB)
	near(t, "leak", []float64{gb.Leak}, []float64{-dot(wantB, u)})
	gd, bd := &Grid{X: random(n*n, 4), Y: random(n*n, 5)}, random(n*n, 6)
	_, d := g.PowerTangent(gd, b, bd, 1e-15)
	near(t, "tangent", []float64{d}, []float64{dot(wantK, append(append([]float64{}, gd.X...), gd.Y...)) + dot(wantB, bd)})
}

func TestSparse(t *testing.T) {
	const n = 12
	a := &Sparse{Start: []int{0}}
	for i := range n {
		for _, j := range []int{i, i + 1, i + 4} {
			if j < n {
				a.Col = append(a.Col, j)
			}
		}
		a.Start = append(a.Start, len(a.Col))
	}
	a.Val = random(len(a.Col), 1)
	for i := range n {
		a.Val[a.Start[i]] += 4
	}
	b := random(n, 2)
	matrix := system{n, len(a.Val), func(k, x, b []float64) { (&Sparse{a.Start, a.Col, k}).Apply(x, b) }}
	x := a.Solve(b, 1e-15)
	xb := make([]float64, n)
	for i := range x {
		xb[i] = 2 * x[i] / float64(1+i)
	}
	wantA, wantB := matrix.theorem(a.Val, x, xb)
	ab, bb := ad.ZeroLike(a), make([]float64, n)
	a.ResponseAdjoint(ab, b, bb, 1e-15, 1)
	near(t, "values", ab.Val, wantA)
	near(t, "right-hand side", bb, wantB)
	aD, bd := &Sparse{Val: random(len(a.Val), 4), Start: a.Start, Col: a.Col}, random(n, 5)
	_, d := a.ResponseTangent(aD, b, bd, 1e-15)
	near(t, "tangent", []float64{d}, []float64{dot(wantA, aD.Val) + dot(wantB, bd)})
}
