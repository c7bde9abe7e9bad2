package ht

import "github.com/cairn-ad/cairn/sparse"

// A Plan is how the Jacobian of [Residuals], or of [ResidualsOnSkin], is worked out for any
// pose: a bone bends the vertices that it moves and no others, so that one direction gives
// the columns of several parameters, of joints that no vertex has both of. A plan has room for
// the work, so that it serves one goroutine at a time.
type Plan struct {
	*sparse.Plan
	m        *Model
	measured []Measurement
	onSkin   bool
	seeds    [][]float64 // of u, if onSkin, then of theta, for each color
	r        []float64   // room for the residuals
	rd       [10][]float64
}

// NewPlan returns the plan for the Jacobian of [Residuals]: three rows for each measurement
// and a column for each parameter of the pose.
func NewPlan(m *Model, measured []Measurement) (*Plan, error) { return newPlan(m, measured, false) }

// NewPlanOnSkin returns the plan for the Jacobian of [ResidualsOnSkin]: two columns for each
// measurement come first.
func NewPlanOnSkin(m *Model, measured []Measurement) (*Plan, error) {
	return newPlan(m, measured, true)
}

func newPlan(m *Model, measured []Measurement, onSkin bool) (*Plan, error) {
	p := &Plan{m: m, measured: measured, onSkin: onSkin}
	n := ofPose
	if onSkin {
		n += 2 * len(measured)
	}
	x := make([]float64, n)
	u, theta := p.split(x)
	theta[0] = 1 // without a turn nothing depends on the axis
	p.r = make([]float64, 3*len(measured))
	for k := range p.rd {
		p.rd[k] = make([]float64, len(p.r))
	}
	pattern, err := sparse.Detect(len(p.r), n, func(seed, out []float64) {
		if ud, thetad := p.split(seed); onSkin {
			ResidualsOnSkinPattern(p.r, out, u, ud, theta, thetad, m, measured)
		} else {
			ResidualsPattern(p.r, out, theta, thetad, m, measured)
		}
	})
	if err != nil {
		return nil, err
	}
	coloring, err := sparse.ColorColumns(pattern, sparse.Natural)
	if err != nil {
		return nil, err
	}
	if p.Plan, err = sparse.ByColumns(pattern, coloring); err != nil {
		return nil, err
	}
	p.seeds = p.Seeds()
	return p, nil
}

// split takes a vector of all parameters apart.
func (p *Plan) split(x []float64) (u, theta []float64) {
	n := len(x) - ofPose
	return x[:n], x[n:]
}

// Jacobian sets dst, a matrix of the plan's pattern, or a new one if dst is nil, to the
// derivatives of [Residuals].
func (p *Plan) Jacobian(dst *sparse.Matrix, theta []float64) *sparse.Matrix {
	if dst == nil {
		dst = sparse.NewMatrix(p.Pattern)
	}
	const n = 8 // as in vector=8
	var thetad [n][]float64
	for first := 0; first < len(p.seeds); first += n {
		for k := range n {
			thetad[k] = p.seed(first + k)
		}
		ResidualsTangentVector(p.r, [n][]float64(p.rd[:n]), theta, thetad, p.m, p.measured)
		p.ReadVector(first, p.rd[:n], dst)
	}
	return dst
}

// JacobianOnSkin sets dst, a matrix of the plan's pattern, or a new one if dst is nil, to
// the derivatives of [ResidualsOnSkin].
func (p *Plan) JacobianOnSkin(dst *sparse.Matrix, u, theta []float64) *sparse.Matrix {
	if dst == nil {
		dst = sparse.NewMatrix(p.Pattern)
	}
	const n = 10 // as in vector=10
	var ud, thetad [n][]float64
	for first := 0; first < len(p.seeds); first += n {
		for k := range n {
			ud[k], thetad[k] = p.split(p.seed(first + k))
		}
		ResidualsOnSkinTangentVector(p.r, p.rd, u, ud, theta, thetad, p.m, p.measured)
		p.ReadVector(first, p.rd[:], dst)
	}
	return dst
}

// seed is the direction of color c; beyond the last one that of any, which nobody reads.
func (p *Plan) seed(c int) []float64 { return p.seeds[min(c, len(p.seeds)-1)] }
