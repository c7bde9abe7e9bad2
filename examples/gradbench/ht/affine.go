package ht

import "math"

// Vec is a point or a direction in space.
type Vec [3]float64

// Affine is an affine map: a matrix, and in the last column what is added.
type Affine [3][4]float64

// after returns the map that applies b first and a after it.
func (a Affine) after(b Affine) Affine {
	var c Affine
	for i := range c {
		for j := range c[i] {
			for k := range b {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
		c[i][3] += a[i][3]
	}
	return c
}

// at returns the image of v.
func (a Affine) at(v Vec) Vec {
	var w Vec
	for i := range w {
		w[i] = a[i][0]*v[0] + a[i][1]*v[1] + a[i][2]*v[2] + a[i][3]
	}
	return w
}

// bend turns by flexion about the x axis, then by abduction about the z axis.
func bend(flexion, abduction float64) Affine {
	sx, cx := math.Sin(flexion), math.Cos(flexion)
	sz, cz := math.Sin(abduction), math.Cos(abduction)
	return Affine{
		{cz, -sz * cx, sz * sx},
		{sz, cz * cx, -cz * sx},
		{0, sx, cx},
	}
}

// rotation turns about axis by as many radians as the axis is long. The benchmark takes
// turns below 1e-4 to be none.
func rotation(axis Vec) Affine {
	square := axis[0]*axis[0] + axis[1]*axis[1] + axis[2]*axis[2]
	if square < 1e-8 { // not its root, which has no derivative at 0
		return Affine{{1}, {0, 1}, {0, 0, 1}}
	}
	angle := math.Sqrt(square)
	x, y, z := axis[0]/angle, axis[1]/angle, axis[2]/angle
	s, c := math.Sin(angle), math.Cos(angle)
	return Affine{
		{x*x + (1-x*x)*c, x*y*(1-c) - z*s, x*z*(1-c) + y*s},
		{x*y*(1-c) + z*s, y*y + (1-y*y)*c, y*z*(1-c) - x*s},
		{x*z*(1-c) - y*s, y*z*(1-c) + x*s, z*z + (1-z*z)*c},
	}
}
