package ht

// Jacobian returns the derivatives of [Residuals], a column for each parameter of the
// pose: each column takes one run of the tangent.
func Jacobian(theta []float64, m *Model, measured []Measurement) [][]float64 {
	thetad := make([]float64, len(theta))
	columns := make([][]float64, len(theta))
	for i := range columns {
		thetad[i] = 1
		_, columns[i] = ResidualsTangent(theta, thetad, m, measured)
		thetad[i] = 0
	}
	return columns
}

// JacobianOnSkin returns the derivatives of [ResidualsOnSkin]. No residual depends on the
// coordinates of two measurements, so two columns hold the derivatives with respect to
// all of u: in the rows of a measurement, by its own two coordinates. A column for each
// parameter of the pose follows.
func JacobianOnSkin(u, theta []float64, m *Model, measured []Measurement) [][]float64 {
	ud, thetad := make([]float64, len(u)), make([]float64, len(theta))
	columns := make([][]float64, 2+len(theta))
	for i := range columns {
		if i < 2 {
			for j := i; j < len(ud); j += 2 {
				ud[j] = 1
			}
		} else {
			thetad[i-2] = 1
		}
		_, columns[i] = ResidualsOnSkinTangent(u, ud, theta, thetad, m, measured)
		clear(ud)
		clear(thetad)
	}
	return columns
}
