package ht

import (
	"math"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/sparse"
)

// parameters returns u, then theta.
func (c instance) parameters() []float64 { return slices.Concat(c.u, c.theta) }

// split takes a vector like that of parameters apart.
func (c instance) split(x []float64) (u, theta []float64) { return x[:len(c.u)], x[len(c.u):] }

// room is a slice for the residuals.
func (c instance) room() []float64 { return make([]float64, 3*len(c.measured)) }

func (c instance) residuals(x []float64) []float64 {
	r := c.room()
	c.setResiduals(r, x)
	return r
}

func (c instance) setResiduals(r, x []float64) {
	u, theta := c.split(x)
	if c.u == nil {
		Residuals(r, theta, c.m, c.measured)
	} else {
		ResidualsOnSkin(r, u, theta, c.m, c.measured)
	}
}

func (c instance) tangent(x, d []float64) []float64 {
	r, rd := c.room(), c.room()
	u, theta := c.split(x)
	if ud, thetad := c.split(d); c.u == nil {
		ResidualsTangent(r, rd, theta, thetad, c.m, c.measured)
	} else {
		ResidualsOnSkinTangent(r, rd, u, ud, theta, thetad, c.m, c.measured)
	}
	return rd
}

func (c instance) adjoint(x, seed []float64) []float64 {
	xb := make([]float64, len(x))
	c.addAdjoint(xb, x, c.room(), slices.Clone(seed))
	return xb
}

// addAdjoint adds to xb, and overwrites r and rb.
func (c instance) addAdjoint(xb, x, r, rb []float64) {
	u, theta := c.split(x)
	if ub, thetab := c.split(xb); c.u == nil {
		ResidualsAdjoint(r, rb, theta, thetab, c.m, c.measured)
	} else {
		ResidualsOnSkinAdjoint(r, rb, u, ub, theta, thetab, c.m, c.measured)
	}
}

func (c instance) plan(tb testing.TB) *Plan {
	tb.Helper()
	make := NewPlan
	if c.u != nil {
		make = NewPlanOnSkin
	}
	p, err := make(c.m, c.measured)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func (c instance) jacobian(p *Plan, dst *sparse.Matrix) *sparse.Matrix {
	if c.u == nil {
		return p.Jacobian(dst, c.theta)
	}
	return p.JacobianOnSkin(dst, c.u, c.theta)
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func instances(t *testing.T) map[string]instance {
	return map[string]instance{
		"simple": read(t, "simple.txt", false),
		"skin":   read(t, "skin.txt", true),
	}
}

type matrix [4][4]float64

func full(a Affine) matrix { return matrix{a[0], a[1], a[2], {3: 1}} }

func (a matrix) times(b matrix) (c matrix) {
	for i := range c {
		for j := range c[i] {
			for k := range b {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return c
}

// turn is the rotation about one of the axes x, y, z.
func turn(axis int, angle float64) matrix {
	a := matrix{{0: 1}, {1: 1}, {2: 1}, {3: 1}}
	j, k := (axis+1)%3, (axis+2)%3
	a[j][j], a[k][k] = math.Cos(angle), math.Cos(angle)
	a[k][j], a[j][k] = math.Sin(angle), -math.Sin(angle)
	return a
}

// about turns about any axis: by the series of the exponential of the matrix that
// crosses with it.
func about(w []float64) matrix {
	crossed := matrix{{0, -w[2], w[1]}, {w[2], 0, -w[0]}, {-w[1], w[0], 0}}
	sum, term := turn(0, 0), turn(0, 0)
	for n := 1; n < 40; n++ {
		term = term.times(crossed)
		for i := range term {
			for j := range term[i] {
				term[i][j] /= float64(n)
				sum[i][j] += term[i][j]
			}
		}
	}
	return sum
}

// vertex is the place of a vertex, by full matrices from the vertex up to the hand.
func vertex(m *Model, theta []float64, v Vertex) Vec {
	bent := func(bone int) matrix {
		finger, joint := (bone-2)/4, (bone-2)%4
		t := theta[6+4*max(0, finger):]
		switch {
		case bone < 2 || joint == 3:
			return turn(0, 0)
		case joint == 0:
			return turn(2, t[1]).times(turn(0, t[0]))
		}
		return turn(0, t[1+joint])
	}
	var sum Vec
	for _, in := range v.Moved {
		p := matrix{{v.Rest[0]}, {v.Rest[1]}, {v.Rest[2]}, {1}}
		p = full(m.Inverse[in.Bone]).times(p)
		for bone := in.Bone; bone >= 0; bone = m.Parents[bone] {
			p = full(m.Relative[bone]).times(bent(bone)).times(p)
		}
		p = about(theta[:3]).times(p)
		for k := range sum {
			sum[k] += in.Weight * (p[k][0] + theta[3+k])
		}
	}
	return sum
}

func TestResiduals(t *testing.T) {
	for name, c := range instances(t) {
		r := c.residuals(c.parameters())
		for i, p := range c.measured {
			want := p.Point
			corners, share := []int{p.On}, []float64{1}
			if c.u != nil {
				corners = c.m.Triangles[p.On][:]
				share = []float64{c.u[2*i], c.u[2*i+1], 1 - c.u[2*i] - c.u[2*i+1]}
			}
			for j, corner := range corners {
				v := vertex(c.m, c.theta, c.m.Skin[corner])
				for k := range want {
					want[k] -= share[j] * v[k]
				}
			}
			for k := range want {
				if got := r[3*i+k]; math.Abs(got-want[k]) > 1e-12 {
					t.Errorf("%s: residual %d of measurement %d is %.17g, want %.17g", name, k, i, got, want[k])
				}
			}
		}
	}
}

func TestDerivatives(t *testing.T) {
	for name, c := range instances(t) {
		t.Run(name, func(t *testing.T) {
			trial.Components(t, trial.Function{Value: c.residuals, Tangent: c.tangent, Adjoint: c.adjoint}, c.parameters(), 0)
		})
	}
}

// TestAtRest is about the pose at which a fit begins. The benchmark takes a turn near 0 to
// be none, so that no residual depends on it there.
func TestAtRest(t *testing.T) {
	c := read(t, "simple.txt", false)
	c.theta = make([]float64, len(c.theta))
	xb := c.adjoint(c.theta, ones(3*len(c.measured)))
	for i, b := range xb {
		turn := i < 3
		if turn != (b == 0) || math.IsNaN(b) {
			t.Errorf("component %d of the adjoint is %v", i, b)
		}
	}
	if _, err := gradcheck.DotProduct(c.tangent, c.adjoint, c.theta, nil, nil, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
}

// TestJacobian holds the matrix against tangents column by column, to the bit, and against
// adjoints row by row. The pose at rest has a branch of its own.
func TestJacobian(t *testing.T) {
	for name, c := range instances(t) {
		rest := c
		rest.theta = make([]float64, len(c.theta))
		plan := c.plan(t)
		for _, c := range []instance{c, rest} {
			got := c.jacobian(plan, nil)
			x := c.parameters()
			for j := range x {
				d := make([]float64, len(x))
				d[j] = 1
				for i, want := range c.tangent(x, d) {
					if got := got.At(i, j); got != want {
						t.Fatalf("%s: entry %d,%d is %v, a tangent alone gives %v", name, i, j, got, want)
					}
				}
			}
			for i := range 3 * len(c.measured) {
				seed := make([]float64, 3*len(c.measured))
				seed[i] = 1
				for j, want := range c.adjoint(x, seed) {
					if got := got.At(i, j); !(math.Abs(got-want) <= 1e-14) {
						t.Fatalf("%s: entry %d,%d is %.17g, an adjoint gives %.17g", name, i, j, got, want)
					}
				}
			}
		}
	}
}

// TestSweeps: of the eight directions for a pose the turn takes three, the translation one,
// and the fingers share four.
func TestSweeps(t *testing.T) {
	want := map[string]int{"simple": 8, "skin": 10}
	for name, c := range instances(t) {
		if got := c.plan(t).Products(); got != want[name] {
			t.Errorf("%s: %d directions", name, got)
		}
	}
}

// TestSeveralRuns: a skin that all bones move takes a direction for each parameter, but for
// the three of a translation.
func TestSeveralRuns(t *testing.T) {
	c := read(t, "simple.txt", false)
	all := Vertex{Rest: Vec{1, 2, 3}}
	for bone := range c.m.Parents {
		all.Moved = append(all.Moved, Influence{bone, 1 / float64(1+bone)})
	}
	c.m.Skin = []Vertex{all}
	c.measured = []Measurement{{Point: Vec{1, 1, 1}}}
	plan := c.plan(t)
	if plan.Products() != ofPose-2 {
		t.Errorf("%d directions", plan.Products())
	}
	got := c.jacobian(plan, nil)
	for j := range c.theta {
		d := make([]float64, len(c.theta))
		d[j] = 1
		for i, want := range c.tangent(c.theta, d) {
			if got := got.At(i, j); got != want {
				t.Errorf("entry %d,%d is %v, a tangent alone gives %v", i, j, got, want)
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	for _, c := range instances(t) {
		x, r, rb := c.parameters(), c.room(), c.room()
		xb := make([]float64, len(x))
		bench.Allocations(t, nil, func() { c.addAdjoint(xb, x, r, rb) })
		plan := c.plan(t)
		dst := c.jacobian(plan, nil)
		bench.Allocations(t, nil, func() { c.jacobian(plan, dst) })
	}
}
