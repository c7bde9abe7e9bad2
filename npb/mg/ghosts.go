package mg

// The periodic boundary: comm3 of the reference in two parts, so that the rows of a plane can be
// completed by who has just computed it.

// commRows sets the ghost points at the edges of a plane of n×n points from the opposite side.
func commRows(plane []float64, n int) {
	for i := n; i < n*(n-1); i += n {
		row := plane[i:][:n]
		row[0] = row[n-2]
		row[n-1] = row[1]
	}
	copy(plane[:n], plane[n*(n-2):n*(n-1)])
	copy(plane[n*(n-1):n*n], plane[n:2*n])
}

// commPlanes sets the first and the last plane of a grid from the opposite side.
func commPlanes(x []float64, n int) {
	m := n * n
	copy(x[:m], x[m*(n-2):m*(n-1)])
	copy(x[m*(n-1):m*n], x[m:2*m])
}
