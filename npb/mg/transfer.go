package mg

import "github.com/cairn-ad/cairn/npb/common"

// rprj3 restricts the residual of level k+1 to level k by full weighting (RNR-94-007, kernel MG):
// a point gets 1/2 of its own value on the finer level, 1/4 of those of its neighbours over faces,
// 1/8 over edges, 1/16 over corners.
func (s *Solver) rprj3(k int) {
	n := width(k)
	s.level = k
	common.For(common.Workers(), s, 1, n-1, rprj3Planes)
	commPlanes(s.R[s.start[k]:][:n*n*n], n)
}

// rprj3Planes does planes lo..hi−1 of the coarser level.
func rprj3Planes(s *Solver, lo, hi int) {
	k := s.level
	nc, nf := width(k), width(k+1)
	coarse := s.R[s.start[k]:][:nc*nc*nc]
	fine := s.R[s.start[k+1]:][:nf*nf*nf]
	for j3 := lo; j3 < hi; j3++ {
		below := fine[(2*j3-1)*nf*nf:][:nf*nf]
		plane := fine[2*j3*nf*nf:][:nf*nf]
		above := fine[(2*j3+1)*nf*nf:][:nf*nf]
		for j2 := 1; j2 < nc-1; j2++ {
			at := 2 * j2 * nf
			rprj3Row(coarse[(j3*nc+j2)*nc:][:nc],
				below[at-nf:][:nf], below[at:][:nf], below[at+nf:][:nf],
				plane[at-nf:][:nf], plane[at:][:nf], plane[at+nf:][:nf],
				above[at-nf:][:nf], above[at:][:nf], above[at+nf:][:nf])
		}
		commRows(coarse[j3*nc*nc:][:nc*nc], nc)
	}
}

// rprj3Row does one row. xy is the row of the finer level in plane x, 0 to 2 for below, at and
// above, and row y of it. The weights are products of those in the three directions.
func rprj3Row(coarse, x00, x01, x02, x10, x11, x12, x20, x21, x22 []float64) {
	n := len(coarse) - 2
	coarse = coarse[1:][:n]
	before := 0.25*x11[1] + 0.125*(x10[1]+x12[1]+x01[1]+x21[1]) + 0.0625*(x00[1]+x02[1]+x20[1]+x22[1])
	for j := range n {
		i := 2 + 2*j
		at := 0.25*x11[i] + 0.125*(x10[i]+x12[i]+x01[i]+x21[i]) + 0.0625*(x00[i]+x02[i]+x20[i]+x22[i])
		i++
		after := 0.25*x11[i] + 0.125*(x10[i]+x12[i]+x01[i]+x21[i]) + 0.0625*(x00[i]+x02[i]+x20[i]+x22[i])
		coarse[j] = 2*at + (before + after)
		before = after
	}
}

// interp adds the correction u of level k to that of level k+1, by trilinear interpolation
// (RNR-94-007, kernel MG).
func (s *Solver) interp(k int) {
	s.level = k
	common.For(common.Workers(), s, 0, width(k)-1, interpPlanes)
}

// interpPlanes does planes 2·lo..2·hi−1 of the finer level.
func interpPlanes(s *Solver, lo, hi int) {
	k := s.level
	nc, nf := width(k), width(k+1)
	coarse := s.U[s.start[k]:][:nc*nc*nc]
	fine := s.U[s.start[k+1]:][:nf*nf*nf]
	for j3 := lo; j3 < hi; j3++ {
		below := coarse[j3*nc*nc:][:nc*nc]
		above := coarse[(j3+1)*nc*nc:][:nc*nc]
		for j2 := 0; j2 < nc-1; j2++ {
			at := (2*j3*nf + 2*j2) * nf
			interpRow(fine[at:][:nf], fine[at+nf:][:nf], fine[at+nf*nf:][:nf], fine[at+nf*nf+nf:][:nf],
				below[j2*nc:][:nc], below[(j2+1)*nc:][:nc], above[j2*nc:][:nc], above[(j2+1)*nc:][:nc])
		}
	}
}

// interpRow does the four rows of the finer level, fxy in plane x and row y, that lie in a cell
// between the four rows zxy of the coarser one.
func interpRow(f00, f01, f10, f11, z00, z01, z10, z11 []float64) {
	n := len(z00) - 1
	a0 := z00[0]
	b0 := z00[0] + z01[0]
	c0 := z00[0] + z10[0]
	d0 := b0 + (z10[0] + z11[0])
	for j := range n {
		a1 := z00[j+1]
		b1 := a1 + z01[j+1]
		c1 := a1 + z10[j+1]
		d1 := b1 + (z10[j+1] + z11[j+1])
		i := 2 * j
		f00[i] += a0
		f00[i+1] += 0.5 * (a0 + a1)
		f01[i] += 0.5 * b0
		f01[i+1] += 0.25 * (b0 + b1)
		f10[i] += 0.5 * c0
		f10[i+1] += 0.25 * (c0 + c1)
		f11[i] += 0.25 * d0
		f11[i+1] += 0.125 * (d0 + d1)
		a0, b0, c0, d0 = a1, b1, c1, d1
	}
}
