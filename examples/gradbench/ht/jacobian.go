package ht

// directions is the number of columns that one run of a tangent gives, as the directives
// say: two runs make the whole matrix.
const directions = 14

// seeds are the directions of one run: in each, all independents are zero but one.
type seeds [directions][]float64

func newSeeds(n int) (s seeds) {
	for k := range s {
		s[k] = make([]float64, n)
	}
	return s
}

// Jacobian returns the derivatives of [Residuals], a column for each parameter of the
// pose.
func Jacobian(theta []float64, m *Model, measured []Measurement) [][]float64 {
	thetad := newSeeds(len(theta))
	set := func(k, column int, to float64) { thetad[k][column] = to }
	return byColumns(len(theta), set, func() [directions][]float64 {
		_, rd := ResidualsTangentVector(theta, thetad, m, measured)
		return rd
	})
}

// JacobianOnSkin returns the derivatives of [ResidualsOnSkin]. No residual depends on the
// coordinates of two measurements, so two columns hold the derivatives with respect to
// all of u: in the rows of a measurement, by its own two coordinates. A column for each
// parameter of the pose follows.
func JacobianOnSkin(u, theta []float64, m *Model, measured []Measurement) [][]float64 {
	ud, thetad := newSeeds(len(u)), newSeeds(len(theta))
	set := func(k, column int, to float64) {
		if column >= 2 {
			thetad[k][column-2] = to
			return
		}
		for j := column; j < len(u); j += 2 {
			ud[k][j] = to
		}
	}
	return byColumns(2+len(theta), set, func() [directions][]float64 {
		_, rd := ResidualsOnSkinTangentVector(u, ud, theta, thetad, m, measured)
		return rd
	})
}

// byColumns makes n columns, as many at a time as a run of the tangent gives. The function
// set makes direction k that of a column, for 1, or zero again, for 0; in the last run some
// directions may stay zero.
func byColumns(n int, set func(k, column int, to float64), run func() [directions][]float64) [][]float64 {
	columns := make([][]float64, 0, n)
	for first := 0; first < n; first += directions {
		used := min(directions, n-first)
		for k := range used {
			set(k, first+k, 1)
		}
		made := run()
		columns = append(columns, made[:used]...)
		for k := range used {
			set(k, first+k, 0)
		}
	}
	return columns
}
