package cfd

// AddRows adds the correction RHS to U at the points inside of the rows lo ≤ j < hi of all planes:
// the last part of a time step (RNR-94-007, BT and SP). Rows 0 and N−1 have no points inside.
func AddRows(f *Flow, lo, hi int) {
	n := f.N
	for j := lo; j < hi; j++ {
		for k := 1; k < n-1; k++ {
			at := f.Index(k, j, 0)
			r, u := f.RHS[at+1:at+n-1], f.U[at+1:at+n-1]
			for i := range u {
				p, q := &u[i], &r[i]
				p[0] += q[0]
				p[1] += q[1]
				p[2] += q[2]
				p[3] += q[3]
				p[4] += q[4]
			}
		}
	}
}
