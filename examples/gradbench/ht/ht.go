// Package ht is hand tracking, the third problem of ADBench, which calls it Hand: the
// pose in which a model of a hand explains measured points.
//
// In: a model, measured points, a pose. Out: the distances from the hand to the points
// ([Residuals], [ResidualsOnSkin]) and their sparse Jacobians ([Plan]), in one run of the
// tangents that cairngen wrote. The adjoints are here, too.
//
// The model is that of Taylor et al., "User-specific hand modeling from monocular depth
// sequences", CVPR 2014; the problem is described in Srajer, Kukelova and Fitzgibbon, "A
// benchmark of selected algorithmic differentiation tools on some problems in computer
// vision and machine learning", Optimization Methods and Software 33 (2018) 889-906,
// section 4.3.
package ht

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Model is a skeleton with a skin.
type Model struct {
	Parents   []int    // the bone from which each bone starts, an earlier one; -1 for the first
	Relative  []Affine // from each bone to its parent, at rest
	Inverse   []Affine // from the hand to each bone, at rest
	Skin      []Vertex
	Triangles [][3]int // of vertices
}

// Vertex is a point of the skin.
type Vertex struct {
	Rest  Vec
	Moved []Influence
}

// Influence is the share of a bone in where a vertex goes.
type Influence struct {
	Bone   int
	Weight float64
}

// A Measurement is a point and where it belongs: to a vertex, or to a triangle.
type Measurement struct {
	On    int
	Point Vec
}

const (
	fingers = 5
	angles  = 4 // of a finger: flexion and abduction of its first joint, flexion of two more
	global  = 6 // a rotation and a translation of the hand
	ofPose  = global + fingers*angles
)

// Residuals sets r to the vectors from vertices to measured points, three numbers for each
// measurement. The pose theta is the rotation and the translation of the hand, then
// the angles of the fingers.
//
//cairn:pattern wrt=theta of=r
//cairn:tangent wrt=theta of=r vector=8
//cairn:adjoint wrt=theta of=r
func Residuals(r, theta []float64, m *Model, measured []Measurement) {
	bones := m.pose(theta)
	turn := place(theta)
	for i, p := range measured {
		v := turn.at(skinned(bones, m.Skin[p.On]))
		for k := range v {
			r[3*i+k] = p.Point[k] - v[k]
		}
	}
}

// ResidualsOnSkin is [Residuals] for points that lie anywhere on triangles: u holds two
// barycentric coordinates for each measurement.
//
//cairn:pattern wrt=u,theta of=r
//cairn:tangent wrt=u,theta of=r vector=10
//cairn:adjoint wrt=u,theta of=r
func ResidualsOnSkin(r, u, theta []float64, m *Model, measured []Measurement) {
	bones := m.pose(theta)
	turn := place(theta)
	for i, p := range measured {
		t := m.Triangles[p.On]
		a := turn.at(skinned(bones, m.Skin[t[0]]))
		b := turn.at(skinned(bones, m.Skin[t[1]]))
		c := turn.at(skinned(bones, m.Skin[t[2]]))
		for k := range a {
			r[3*i+k] = p.Point[k] - (u[2*i]*a[k] + u[2*i+1]*b[k] + (1-u[2*i]-u[2*i+1])*c[k])
		}
	}
}

// place is where the pose puts the hand as a whole.
func place(theta []float64) Affine {
	a := rotation(Vec{theta[0], theta[1], theta[2]})
	for i := range a {
		a[i][3] = theta[3+i]
	}
	return a
}

// pose returns the maps from the hand at rest to the hand with bent fingers, one for
// each bone. Finger f has the bones 4f+2, 4f+3 and 4f+4 with joints; the others are
// stiff.
func (m *Model) pose(theta []float64) []Affine {
	local := make([]Affine, len(m.Relative))
	copy(local, m.Relative)
	for f := range fingers {
		t := theta[global+angles*f:]
		local[4*f+2] = local[4*f+2].after(bend(t[0], t[1]))
		local[4*f+3] = local[4*f+3].after(bend(t[2], 0))
		local[4*f+4] = local[4*f+4].after(bend(t[3], 0))
	}
	absolute := make([]Affine, len(local))
	for i, parent := range m.Parents {
		if parent < 0 {
			absolute[i] = local[i]
		} else {
			absolute[i] = absolute[parent].after(local[i])
		}
	}
	bones := make([]Affine, len(local))
	for i := range bones {
		bones[i] = absolute[i].after(m.Inverse[i])
	}
	return bones
}

// skinned is where the bones take a vertex: the mean of where each one would take it.
func skinned(bones []Affine, v Vertex) Vec {
	var sum Vec
	for _, in := range v.Moved {
		w := bones[in.Bone].at(v.Rest)
		for k := range sum {
			sum[k] += in.Weight * w[k]
		}
	}
	return sum
}
