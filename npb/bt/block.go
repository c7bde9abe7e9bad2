package bt

// matvecSub subtracts a·x from y.
func matvecSub(a *coupling, x, y *[5]float64) {
	x0, x1, x2, x3, x4 := x[0], x[1], x[2], x[3], x[4]
	y[0] -= a.m00*x0 + a.m03*x3
	y[1] -= a.m10*x0 + a.m11*x1 + a.m13*x3
	y[2] -= a.m20*x0 + a.m22*x2 + a.m23*x3
	y[3] -= a.m30*x0 + a.m31*x1 + a.m32*x2 + a.m33*x3 + a.m34*x4
	y[4] -= a.m40*x0 + a.m41*x1 + a.m42*x2 + a.m43*x3 + a.m44*x4
}

// matmulSub subtracts a·c from b.
func matmulSub(a *coupling, c, b *[5][5]float64) {
	for m := range b {
		c0, c1, c2, c3, c4 := c[0][m], c[1][m], c[2][m], c[3][m], c[4][m]
		b[0][m] -= a.m00*c0 + a.m03*c3
		b[1][m] -= a.m10*c0 + a.m11*c1 + a.m13*c3
		b[2][m] -= a.m20*c0 + a.m22*c2 + a.m23*c3
		b[3][m] -= a.m30*c0 + a.m31*c1 + a.m32*c2 + a.m33*c3 + a.m34*c4
		b[4][m] -= a.m40*c0 + a.m41*c1 + a.m42*c2 + a.m43*c3 + a.m44*c4
	}
}

// binvcrhs stores b⁻¹·upper in c and b⁻¹·f in f, by Gaussian elimination without pivoting: the
// block is the identity plus terms of the order of the time step. b is used up. The zeros of upper
// save half of the forward elimination.
func binvcrhs(b *[5][5]float64, upper *coupling, c *[5][5]float64, f *[5]float64) {
	// b = LU, with ones in the diagonal of L; p are the reciprocals of the pivots.
	p0 := 1 / b[0][0]
	u01, u02, u03, u04 := b[0][1], b[0][2], b[0][3], b[0][4]
	l10, l20, l30, l40 := p0*b[1][0], p0*b[2][0], p0*b[3][0], p0*b[4][0]

	p1 := 1 / (b[1][1] - l10*u01)
	u12, u13, u14 := b[1][2]-l10*u02, b[1][3]-l10*u03, b[1][4]-l10*u04
	l21, l31, l41 := p1*(b[2][1]-l20*u01), p1*(b[3][1]-l30*u01), p1*(b[4][1]-l40*u01)

	p2 := 1 / (b[2][2] - l20*u02 - l21*u12)
	u23, u24 := b[2][3]-l20*u03-l21*u13, b[2][4]-l20*u04-l21*u14
	l32, l42 := p2*(b[3][2]-l30*u02-l31*u12), p2*(b[4][2]-l40*u02-l41*u12)

	p3 := 1 / (b[3][3] - l30*u03 - l31*u13 - l32*u23)
	u34 := b[3][4] - l30*u04 - l31*u14 - l32*u24
	l43 := p3 * (b[4][3] - l40*u03 - l41*u13 - l42*u23)

	p4 := 1 / (b[4][4] - l40*u04 - l41*u14 - l42*u24 - l43*u34)

	// L y = [upper f], column by column.
	c[0][0] = upper.m00
	c[1][0] = upper.m10 - l10*c[0][0]
	c[2][0] = upper.m20 - l20*c[0][0] - l21*c[1][0]
	c[3][0] = upper.m30 - l30*c[0][0] - l31*c[1][0] - l32*c[2][0]
	c[4][0] = upper.m40 - l40*c[0][0] - l41*c[1][0] - l42*c[2][0] - l43*c[3][0]

	c[0][1] = 0
	c[1][1] = upper.m11
	c[2][1] = -l21 * c[1][1]
	c[3][1] = upper.m31 - l31*c[1][1] - l32*c[2][1]
	c[4][1] = upper.m41 - l41*c[1][1] - l42*c[2][1] - l43*c[3][1]

	c[0][2] = 0
	c[1][2] = 0
	c[2][2] = upper.m22
	c[3][2] = upper.m32 - l32*c[2][2]
	c[4][2] = upper.m42 - l42*c[2][2] - l43*c[3][2]

	c[0][3] = upper.m03
	c[1][3] = upper.m13 - l10*c[0][3]
	c[2][3] = upper.m23 - l20*c[0][3] - l21*c[1][3]
	c[3][3] = upper.m33 - l30*c[0][3] - l31*c[1][3] - l32*c[2][3]
	c[4][3] = upper.m43 - l40*c[0][3] - l41*c[1][3] - l42*c[2][3] - l43*c[3][3]

	c[0][4] = 0
	c[1][4] = 0
	c[2][4] = 0
	c[3][4] = upper.m34
	c[4][4] = upper.m44 - l43*c[3][4]

	f[1] -= l10 * f[0]
	f[2] -= l20*f[0] + l21*f[1]
	f[3] -= l30*f[0] + l31*f[1] + l32*f[2]
	f[4] -= l40*f[0] + l41*f[1] + l42*f[2] + l43*f[3]

	// U x = y.
	for m := range c {
		x4 := p4 * c[4][m]
		x3 := p3 * (c[3][m] - u34*x4)
		x2 := p2 * (c[2][m] - u23*x3 - u24*x4)
		x1 := p1 * (c[1][m] - u12*x2 - u13*x3 - u14*x4)
		x0 := p0 * (c[0][m] - u01*x1 - u02*x2 - u03*x3 - u04*x4)
		c[0][m], c[1][m], c[2][m], c[3][m], c[4][m] = x0, x1, x2, x3, x4
	}
	f[4] = p4 * f[4]
	f[3] = p3 * (f[3] - u34*f[4])
	f[2] = p2 * (f[2] - u23*f[3] - u24*f[4])
	f[1] = p1 * (f[1] - u12*f[2] - u13*f[3] - u14*f[4])
	f[0] = p0 * (f[0] - u01*f[1] - u02*f[2] - u03*f[3] - u04*f[4])
}
