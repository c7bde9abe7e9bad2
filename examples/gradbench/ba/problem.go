package ba

import "fmt"

// An Observation says that camera Camera saw point Point.
type Observation struct {
	Camera, Point int
	Seen          Pixel
	Weight        float64
}

// Problem is a set of cameras and points, and what the cameras saw.
type Problem struct {
	Cameras      []Camera
	Points       []Vec
	Observations []Observation
}

// Check reports the first observation of a camera or a point that is not there.
func (p *Problem) Check() error {
	for i, o := range p.Observations {
		if o.Camera < 0 || o.Camera >= len(p.Cameras) || o.Point < 0 || o.Point >= len(p.Points) {
			return fmt.Errorf("ba: observation %d is of point %d by camera %d, but there are %d points and %d cameras",
				i, o.Point, o.Camera, len(p.Points), len(p.Cameras))
		}
	}
	return nil
}

// Residuals returns the errors of reprojection, two for each observation, and after them
// what keeps the weights from vanishing, one for each observation.
func (p *Problem) Residuals() []float64 {
	n := len(p.Observations)
	r := make([]float64, 3*n)
	for i, o := range p.Observations {
		r[2*i], r[2*i+1] = reproject(p.Cameras[o.Camera], p.Points[o.Point], o.Weight, o.Seen)
		r[2*n+i] = regularize(o.Weight)
	}
	return r
}

// The parameters of a row: those of the camera, of the point, and the weight.
const (
	ofCamera = 11
	ofPoint  = 3
	ofRow    = ofCamera + ofPoint + 1
)

// Jacobian is a sparse matrix. Row i holds Vals[Rows[i]:Rows[i+1]], in the columns
// Cols[Rows[i]:Rows[i+1]]. The columns are all cameras, then all points, then all weights.
type Jacobian struct {
	Rows, Cols []int
	Vals       []float64
}

// NewJacobian returns the Jacobian of p with its pattern and without its values.
func (p *Problem) NewJacobian() *Jacobian {
	n := len(p.Observations)
	j := &Jacobian{
		Rows: make([]int, 0, 3*n+1),
		Cols: make([]int, 0, (2*ofRow+1)*n),
		Vals: make([]float64, (2*ofRow+1)*n),
	}
	points := ofCamera * len(p.Cameras)
	weights := points + ofPoint*len(p.Points)
	for i, o := range p.Observations {
		for range 2 {
			j.Rows = append(j.Rows, len(j.Cols))
			j.columns(ofCamera*o.Camera, ofCamera)
			j.columns(points+ofPoint*o.Point, ofPoint)
			j.columns(weights+i, 1)
		}
	}
	for i := range n {
		j.Rows = append(j.Rows, len(j.Cols))
		j.columns(weights+i, 1)
	}
	j.Rows = append(j.Rows, len(j.Cols))
	return j
}

// columns adds n columns from the given one on to the last row.
func (j *Jacobian) columns(from, n int) {
	for c := range n {
		j.Cols = append(j.Cols, from+c)
	}
}

// Jacobian puts the derivatives of [Problem.Residuals] into j, which has the pattern of p:
// for each observation a call of the adjoint in two directions, with the seeds of x and of
// y, and one for the weight.
func (p *Problem) Jacobian(j *Jacobian) {
	n := len(p.Observations)
	for i := range p.Observations {
		o := &p.Observations[i]
		var c [2]Camera
		var x [2]Vec
		var weight [2]float64
		reprojectAdjointVector(p.Cameras[o.Camera], &c, p.Points[o.Point], &x, o.Weight, &weight,
			o.Seen, [2]float64{1, 0}, [2]float64{0, 1})
		for axis := range 2 {
			put(j.Vals[j.Rows[2*i+axis]:], &c[axis], &x[axis], weight[axis])
		}
		w := &j.Vals[j.Rows[2*n+i]]
		*w = 0
		regularizeAdjoint(o.Weight, w, 1)
	}
}

// put writes the gradient of one error of reprojection in the order of the columns.
func put(vals []float64, c *Camera, point *Vec, weight float64) {
	row := (*[ofRow]float64)(vals)
	row[0], row[1], row[2] = c.Rotation.X, c.Rotation.Y, c.Rotation.Z
	row[3], row[4], row[5] = c.Center.X, c.Center.Y, c.Center.Z
	row[6], row[7], row[8] = c.Focal, c.Principal.X, c.Principal.Y
	row[9], row[10] = c.Radial[0], c.Radial[1]
	row[11], row[12], row[13] = point.X, point.Y, point.Z
	row[14] = weight
}
