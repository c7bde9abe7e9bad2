package mg

// pairRows holds three rows in turn while an operator goes over a plane: those below, at and above
// the current one. In a row stand the sums of the two neighbours of each point in the planes
// beside. What the 27 points of a stencil have in common is so summed once.
type pairRows [3 * maxWidth]float64

// row is the place of row i2, with n elements.
func (p *pairRows) row(i2, n int) []float64 {
	return p[i2%3*maxWidth:][:n]
}

// addRows sets sum = x + y.
func addRows(sum, x, y []float64) {
	x = x[:len(sum)]
	y = y[:len(sum)]
	for i := range sum {
		sum[i] = x[i] + y[i]
	}
}
