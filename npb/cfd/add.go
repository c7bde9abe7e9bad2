package cfd

import "github.com/cairn-ad/cairn/npb/common"

// Add adds the correction RHS to U at all points inside: the last part of a time step.
func Add(f *Flow) { common.For(common.Workers(), f, 1, f.N-1, add) }

// add is Add on the planes lo ≤ k < hi.
func add(f *Flow, lo, hi int) {
	n := f.N
	for k := lo; k < hi; k++ {
		for j := 1; j < n-1; j++ {
			at := f.Index(k, j, 0)
			r, u := f.RHS[at+1:at+n-1], f.U[at+1:at+n-1]
			for i := range u {
				for m := range u[i] {
					u[i][m] += r[i][m]
				}
			}
		}
	}
}
