package main

import (
	"errors"
	"slices"

	"github.com/cairn-ad/cairn/examples/gradbench/ht"
	"github.com/cairn-ad/cairn/sparse"
)

// htInput is a hand, measured points and a pose.
type htInput struct {
	Theta []float64
	Us    [][]float64 // none, or two for each point
	Data  struct {
		Model           htModel
		Correspondences []int
		Points          [][]float64
	}

	model    *ht.Model
	measured []ht.Measurement
	u        []float64
	plan     *ht.Plan
}

// htModel has all matrices in full.
type htModel struct {
	Parents   []int
	Relative  [][][]float64 `json:"base_relatives"`
	Inverse   [][][]float64 `json:"inverse_base_absolutes"`
	Positions [][]float64   `json:"base_positions"`
	Weights   [][]float64   // of each bone for each vertex
	Triangles [][3]int
	Mirrored  bool `json:"is_mirrored"`
}

func (in *htInput) shape() error {
	m := &in.Data.Model
	if m.Mirrored {
		return errors.New("a mirrored hand is not supported: no published one is")
	}
	in.model = &ht.Model{Parents: m.Parents, Triangles: m.Triangles}
	for i := range m.Parents {
		in.model.Relative = append(in.model.Relative, affine(m.Relative[i]))
		in.model.Inverse = append(in.model.Inverse, affine(m.Inverse[i]))
	}
	for i, p := range m.Positions {
		v := ht.Vertex{Rest: ht.Vec(p[:3])}
		for bone, w := range m.Weights[i] {
			if w != 0 {
				v.Moved = append(v.Moved, ht.Influence{Bone: bone, Weight: w})
			}
		}
		in.model.Skin = append(in.model.Skin, v)
	}
	for i, on := range in.Data.Correspondences {
		in.measured = append(in.measured, ht.Measurement{On: on, Point: ht.Vec(in.Data.Points[i])})
	}
	in.u = slices.Concat(in.Us...)
	plan := ht.NewPlan
	if len(in.u) > 0 {
		plan = ht.NewPlanOnSkin
	}
	var err error
	in.plan, err = plan(in.model, in.measured)
	return err
}

func affine(m [][]float64) ht.Affine {
	return ht.Affine{[4]float64(m[0]), [4]float64(m[1]), [4]float64(m[2])}
}

func (in htInput) residuals() any {
	r := make([]float64, 3*len(in.measured))
	if len(in.u) == 0 {
		ht.Residuals(r, in.Theta, in.model, in.measured)
	} else {
		ht.ResidualsOnSkin(r, in.u, in.Theta, in.model, in.measured)
	}
	return r
}

// jacobian has two columns for all coordinates on triangles, since a row depends on those of
// its own point only.
func (in htInput) jacobian() any {
	var j *sparse.Matrix
	first := 0
	if len(in.u) == 0 {
		j = in.plan.Jacobian(nil, in.Theta)
	} else {
		j = in.plan.JacobianOnSkin(nil, in.u, in.Theta)
		first = 2
	}
	rows := make([][]float64, 3*len(in.measured))
	for i := range rows {
		rows[i] = make([]float64, first+len(in.Theta))
		for k := range first {
			rows[i][k] = j.At(i, 2*(i/3)+k)
		}
		for k := range in.Theta {
			rows[i][first+k] = j.At(i, len(in.u)+k)
		}
	}
	return rows
}
