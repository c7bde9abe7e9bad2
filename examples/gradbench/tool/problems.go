package main

import (
	"encoding/json"
	"slices"

	"github.com/cairn-ad/cairn/examples/gradbench/ba"
	"github.com/cairn-ad/cairn/examples/gradbench/det"
	"github.com/cairn-ad/cairn/examples/gradbench/gmm"
	"github.com/cairn-ad/cairn/examples/gradbench/hello"
	"github.com/cairn-ad/cairn/examples/gradbench/kmeans"
	"github.com/cairn-ad/cairn/examples/gradbench/llsq"
	"github.com/cairn-ad/cairn/examples/gradbench/lse"
	"github.com/cairn-ad/cairn/examples/gradbench/lstm"
	"github.com/cairn-ad/cairn/examples/gradbench/ode"
	"github.com/cairn-ad/cairn/examples/gradbench/particle"
	"github.com/cairn-ad/cairn/examples/gradbench/saddle"
)

// A function reads its input, and returns what is to be run and timed.
type function func(input json.RawMessage) (run func() any, err error)

// problems are the modules with their functions.
var problems = map[string]map[string]function{
	"hello": {
		"square": on(func(x float64) any { return hello.Square(x) }),
		"double": on(func(x float64) any { return hello.Double(x) }),
	},
	"det": {
		"primal": on(func(in detInput) any { return det.Determinant(in.A, in.Ell) }),
		"gradient": on(func(in detInput) any {
			g := make([]float64, len(in.A))
			det.DeterminantAdjoint(in.A, g, in.Ell, 1)
			return g
		}),
	},
	"lse": {
		"primal": on(func(in lseInput) any { return lse.LogSumExp(in.X) }),
		"gradient": on(func(in lseInput) any {
			g := make([]float64, len(in.X))
			lse.LogSumExpAdjoint(in.X, g, 1)
			return g
		}),
	},
	"llsq": {
		"primal": on(func(in llsqInput) any { return llsq.Objective(in.X, in.N) }),
		"gradient": on(func(in llsqInput) any {
			g := make([]float64, len(in.X))
			llsq.ObjectiveAdjoint(in.X, g, in.N, 1)
			return g
		}),
	},
	"ode": {
		"primal":   on(func(in odeInput) any { y := make([]float64, len(in.X)); ode.Solve(y, in.X, in.S); return y }),
		"gradient": on(func(in odeInput) any { return ode.Gradient(in.X, in.S) }),
	},
	"kmeans": {
		"cost": on(func(in kmeansInput) any { return kmeans.Cost(in.Points, in.Centroids) }),
		"dir":  on(func(in kmeansInput) any { return kmeans.Direction(in.Points, in.Centroids) }),
	},
	"gmm": {
		"objective": on(func(in gmmInput) any { return gmm.LogPosterior(in.Alpha, in.Mu, in.icf, in.X, in.prior) }),
		"jacobian":  on(gmmInput.gradient),
	},
	"lstm": {
		"objective": on(func(in lstmInput) any { return lstm.Objective(in.Main, in.Extra, in.State, in.Sequence) }),
		"jacobian":  on(lstmInput.gradient),
	},
	"ba": {
		"objective": on(baInput.residuals),
		"jacobian":  on(baInput.jacobian),
	},
	"particle": {
		"ff": on(func(in particleInput) any { return particle.FF(in.W) }),
		"fr": on(func(in particleInput) any { return particle.FR(in.W) }),
		"rf": on(func(in particleInput) any { return particle.RF(in.W) }),
		"rr": on(func(in particleInput) any { return particle.RR(in.W) }),
	},
	"saddle": {
		"ff": on(func(in saddleInput) any { return saddle.FF(in.Start) }),
		"fr": on(func(in saddleInput) any { return saddle.FR(in.Start) }),
		"rf": on(func(in saddleInput) any { return saddle.RF(in.Start) }),
		"rr": on(func(in saddleInput) any { return saddle.RR(in.Start) }),
	},
	"ht": {
		"objective": on(htInput.residuals),
		"jacobian":  on(htInput.jacobian),
	},
}

// on makes a function of one with an input of type I. The input may have to be brought
// into shape after it is read, which is not timed.
func on[I any](f func(in I) any) function {
	return func(input json.RawMessage) (func() any, error) {
		var in I
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, err
		}
		if s, ok := any(&in).(interface{ shape() error }); ok {
			if err := s.shape(); err != nil {
				return nil, err
			}
		}
		return func() any { return f(in) }, nil
	}
}

type (
	detInput struct {
		A   []float64
		Ell int
	}
	lseInput  struct{ X []float64 }
	llsqInput struct {
		X []float64
		N int
	}
	odeInput struct {
		X []float64
		S int
	}
	particleInput struct{ W float64 }
	saddleInput   struct{ Start []float64 }
	kmeansInput   struct{ Points, Centroids [][]float64 }
	lstmInput     struct {
		Main     [][]float64 `json:"main_params"`
		Extra    [][]float64 `json:"extra_params"`
		State    [][]float64
		Sequence [][]float64
	}
)

// like returns rows of zeros that are as long as those of x.
func like(x [][]float64) [][]float64 {
	y := make([][]float64, len(x))
	for i := range y {
		y[i] = make([]float64, len(x[i]))
	}
	return y
}

func (in lstmInput) gradient() any {
	main, extra := like(in.Main), like(in.Extra)
	lstm.ObjectiveAdjoint(in.Main, main, in.Extra, extra, in.State, in.Sequence, 1)
	return slices.Concat(slices.Concat(main, extra)...)
}

// gmmInput has the two parts of the inverse covariances apart.
type gmmInput struct {
	D           int
	Alpha       []float64
	Mu, Q, L, X [][]float64
	Gamma       float64
	M           int

	icf   [][]float64
	prior gmm.Wishart
}

func (in *gmmInput) shape() error {
	in.prior = gmm.Wishart{Gamma: in.Gamma, M: in.M}
	for k, q := range in.Q {
		in.icf = append(in.icf, slices.Concat(q, in.L[k]))
	}
	return nil
}

type gmmOutput struct {
	Alpha []float64   `json:"alpha"`
	Mu    [][]float64 `json:"mu"`
	Q     [][]float64 `json:"q"`
	L     [][]float64 `json:"l"`
}

func (in gmmInput) gradient() any {
	out := gmmOutput{Alpha: make([]float64, len(in.Alpha)), Mu: like(in.Mu)}
	icf := like(in.icf)
	gmm.LogPosteriorAdjoint(in.Alpha, out.Alpha, in.Mu, out.Mu, in.icf, icf, in.X, in.prior, 1)
	for _, row := range icf {
		out.Q, out.L = append(out.Q, row[:in.D]), append(out.L, row[in.D:])
	}
	return out
}

// baInput stands for many observations: all cameras, points, weights and places are
// the same.
type baInput struct {
	N, M, P int
	Cam, X  []float64
	W       float64
	Feat    []float64

	problem *ba.Problem
}

func (in *baInput) shape() error {
	c, x := in.Cam, in.X
	camera := ba.Camera{
		Rotation:  ba.Vec{X: c[0], Y: c[1], Z: c[2]},
		Center:    ba.Vec{X: c[3], Y: c[4], Z: c[5]},
		Focal:     c[6],
		Principal: ba.Pixel{X: c[7], Y: c[8]},
		Radial:    [2]float64{c[9], c[10]},
	}
	in.problem = &ba.Problem{
		Cameras: slices.Repeat([]ba.Camera{camera}, in.N),
		Points:  slices.Repeat([]ba.Vec{{X: x[0], Y: x[1], Z: x[2]}}, in.M),
	}
	for i := range in.P {
		in.problem.Observations = append(in.problem.Observations, ba.Observation{
			Camera: i % in.N, Point: i % in.M, Weight: in.W,
			Seen: ba.Pixel{X: in.Feat[0], Y: in.Feat[1]},
		})
	}
	return in.problem.Check()
}

type (
	baResiduals struct {
		Reprojection baPair   `json:"reproj_error"`
		Weight       baSingle `json:"w_err"`
	}
	baPair struct {
		Elements []float64 `json:"elements"`
		Repeated int       `json:"repeated"`
	}
	baSingle struct {
		Element  float64 `json:"element"`
		Repeated int     `json:"repeated"`
	}
	baJacobian struct {
		Rows []int     `json:"rows"`
		Cols []int     `json:"cols"`
		Vals []float64 `json:"vals"`
	}
)

func (in baInput) residuals() any {
	r := in.problem.Residuals()
	return baResiduals{baPair{r[:2], in.P}, baSingle{r[2*in.P], in.P}}
}

// jacobian returns the first thirty numbers of each list and the last: the benchmark asks
// for no more, since the rest repeats them.
func (in baInput) jacobian() any {
	j := in.problem.NewJacobian()
	in.problem.Jacobian(j)
	return baJacobian{ends(j.Rows), ends(j.Cols), ends(j.Vals)}
}

func ends[T any](x []T) []T {
	const first = 30
	return append(slices.Clone(x[:min(first, len(x))]), x[len(x)-1])
}
