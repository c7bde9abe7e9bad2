package ba

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// random returns a problem in which each observation has a random camera and a random
// point; the published instances repeat one observation. The cameras stand around the
// origin at a distance of some 10, the points lie around the origin.
func random(cameras, points, observations int) *Problem {
	r := rand.New(rand.NewPCG(3, 4))
	vec := func(size float64) Vec {
		return Vec{size * r.NormFloat64(), size * r.NormFloat64(), size * r.NormFloat64()}
	}
	p := &Problem{}
	for range cameras {
		c := Camera{
			Rotation:  vec(0.3),
			Center:    vec(0.5),
			Focal:     500 + 50*r.NormFloat64(),
			Principal: Pixel{r.NormFloat64(), r.NormFloat64()},
			Radial:    [2]float64{0.1 * r.NormFloat64(), 0.02 * r.NormFloat64()},
		}
		c.Center.Z += 10
		p.Cameras = append(p.Cameras, c)
	}
	for range points {
		p.Points = append(p.Points, vec(1))
	}
	for range observations {
		o := Observation{Camera: r.IntN(cameras), Point: r.IntN(points), Weight: 0.5 + r.Float64()}
		seen := p.Cameras[o.Camera].project(p.Points[o.Point])
		o.Seen = Pixel{seen.X + r.NormFloat64(), seen.Y + r.NormFloat64()}
		p.Observations = append(p.Observations, o)
	}
	return p
}

// plain evaluates the formula with the matrix of the rotation.
func plain(c Camera, point Vec) Pixel {
	a := c.Rotation
	angle := math.Hypot(math.Hypot(a.X, a.Y), a.Z)
	w := [3]float64{a.X / angle, a.Y / angle, a.Z / angle}
	crossed := [3][3]float64{{0, -w[2], w[1]}, {w[2], 0, -w[0]}, {-w[1], w[0], 0}}
	x := [3]float64{point.X - c.Center.X, point.Y - c.Center.Y, point.Z - c.Center.Z}
	var y [3]float64
	for i := range y {
		for j := range x {
			r := math.Sin(angle)*crossed[i][j] + (1-math.Cos(angle))*w[i]*w[j]
			if i == j {
				r += math.Cos(angle)
			}
			y[i] += r * x[j]
		}
	}
	radius := math.Hypot(y[0]/y[2], y[1]/y[2])
	scale := c.Focal * (1 + c.Radial[0]*math.Pow(radius, 2) + c.Radial[1]*math.Pow(radius, 4))
	return Pixel{scale*y[0]/y[2] + c.Principal.X, scale*y[1]/y[2] + c.Principal.Y}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

func TestResiduals(t *testing.T) {
	p := random(5, 20, 60)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	r := p.Residuals()
	for i, o := range p.Observations {
		want := plain(p.Cameras[o.Camera], p.Points[o.Point])
		near(t, "error in x", r[2*i], o.Weight*(want.X-o.Seen.X), 1e-12)
		near(t, "error in y", r[2*i+1], o.Weight*(want.Y-o.Seen.Y), 1e-12)
	}
}

// The weight, its residual and the derivative are those of the test of ADBench
// (test/cpp/modules/common/BaTests.cpp).
func TestWeight(t *testing.T) {
	weightb := 0.0
	near(t, "residual", regularizeAdjoint(0.417022, &weightb, 1), 8.26092651515999976e-01, 1e-15)
	near(t, "derivative", weightb, -8.34044000000000008e-01, 1e-15)
}

// row is a camera, a point and a weight, or their adjoints.
type row struct {
	camera Camera
	point  Vec
	weight float64
}

func (r *row) put(vals []float64) { put(vals, &r.camera, &r.point, r.weight) }

// unpack makes camera, point and weight of fifteen parameters.
func unpack(x []float64) row {
	return row{
		Camera{Vec{x[0], x[1], x[2]}, Vec{x[3], x[4], x[5]}, x[6], Pixel{x[7], x[8]}, [2]float64{x[9], x[10]}},
		Vec{x[11], x[12], x[13]},
		x[14],
	}
}

func TestDerivatives(t *testing.T) {
	p := random(3, 5, 4)
	p.Cameras = append(p.Cameras, p.Cameras[0])
	p.Cameras[3].Rotation = Vec{} // the rotation without an axis
	p.Observations = append(p.Observations, Observation{3, 1, Pixel{1, 2}, 0.7})
	for _, o := range p.Observations {
		x := make([]float64, ofRow)
		(&row{p.Cameras[o.Camera], p.Points[o.Point], o.Weight}).put(x)
		trial.Components(t, trial.Function{
			Value: func(x []float64) []float64 {
				g := unpack(x)
				ex, ey := reproject(g.camera, g.point, g.weight, o.Seen)
				return []float64{ex, ey}
			},
			Tangent: func(x, d []float64) []float64 {
				g, gd := unpack(x), unpack(d)
				_, exd, _, eyd := reprojectTangent(g.camera, gd.camera, g.point, gd.point, g.weight, gd.weight, o.Seen)
				return []float64{exd, eyd}
			},
			Adjoint: func(x, seed []float64) []float64 {
				var b row
				g, xb := unpack(x), make([]float64, ofRow)
				reprojectAdjoint(g.camera, &b.camera, g.point, &b.point, g.weight, &b.weight, o.Seen, seed[0], seed[1])
				b.put(xb)
				return xb
			},
		}, x, 1e-3)
	}
}

// TestJacobian holds the assembled matrix against central differences of all residuals
// along a direction in all parameters.
func TestJacobian(t *testing.T) {
	p := random(4, 9, 30)
	j := p.NewJacobian()
	if rows, entries := len(j.Rows)-1, len(j.Vals); rows != 3*30 || entries != 31*30 || len(j.Cols) != entries {
		t.Fatalf("%d rows, %d entries in %d columns", rows, entries, len(j.Cols))
	}
	p.Jacobian(j)
	p.Jacobian(j) // the second one overwrites the first
	r := rand.New(rand.NewPCG(5, 6))
	d := make([]float64, 11*4+3*9+30)
	for i := range d {
		d[i] = 2*r.Float64() - 1
	}
	const h = 1e-5
	plus, minus := moved(p, h, d).Residuals(), moved(p, -h, d).Residuals()
	for i := range plus {
		product := 0.0
		for at := j.Rows[i]; at < j.Rows[i+1]; at++ {
			product += j.Vals[at] * d[j.Cols[at]]
		}
		near(t, "product with a direction", product, (plus[i]-minus[i])/(2*h), 1e-7)
	}
}

// moved returns p + h d.
func moved(p *Problem, h float64, d []float64) *Problem {
	q := &Problem{slices.Clone(p.Cameras), slices.Clone(p.Points), slices.Clone(p.Observations)}
	next := func(v *float64) { *v, d = *v+h*d[0], d[1:] }
	for i := range q.Cameras {
		c := &q.Cameras[i]
		for _, v := range []*float64{
			&c.Rotation.X, &c.Rotation.Y, &c.Rotation.Z, &c.Center.X, &c.Center.Y, &c.Center.Z,
			&c.Focal, &c.Principal.X, &c.Principal.Y, &c.Radial[0], &c.Radial[1],
		} {
			next(v)
		}
	}
	for i := range q.Points {
		for _, v := range []*float64{&q.Points[i].X, &q.Points[i].Y, &q.Points[i].Z} {
			next(v)
		}
	}
	for i := range q.Observations {
		next(&q.Observations[i].Weight)
	}
	return q
}

func TestCheck(t *testing.T) {
	p := random(2, 2, 1)
	p.Observations[0].Point = 2
	if err := p.Check(); err == nil {
		t.Error("an observation of a point that is not there passes")
	}
}

func TestAllocations(t *testing.T) {
	p := random(3, 20, 50)
	j := p.NewJacobian()
	bench.Allocations(t, nil, func() { p.Jacobian(j) })
}
