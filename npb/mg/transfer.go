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

// rprj3Row does one row. Row xy of the finer level is in plane x, 0 to 2 for below, at and above, and
// there row y. The weights are products of those in the three directions.
func rprj3Row(coarse, x00, x01, x02, x10, x11, x12, x20, x21, x22 []float64) {
	n := len(x11)
	if len(x00) != n || len(x01) != n || len(x02) != n || len(x10) != n || len(x12) != n ||
		len(x20) != n || len(x21) != n || len(x22) != n {
		panic(unequal)
	}
	before := 0.25*x11[1] + 0.125*(x10[1]+x12[1]+x01[1]+x21[1]) + 0.0625*(x00[1]+x02[1]+x20[1]+x22[1])
	j := 1
	for i := 2; i < n-1; i += 2 {
		at := 0.5*x11[i] + 0.25*(x10[i]+x12[i]+x01[i]+x21[i]) + 0.125*(x00[i]+x02[i]+x20[i]+x22[i])
		after := 0.25*x11[i+1] + 0.125*(x10[i+1]+x12[i+1]+x01[i+1]+x21[i+1]) +
			0.0625*(x00[i+1]+x02[i+1]+x20[i+1]+x22[i+1])
		coarse[j] = at + (before + after)
		before = after
		j++
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
	n := len(f00)
	if len(f01) != n || len(f10) != n || len(f11) != n {
		panic(unequal)
	}
	a := z00[0]
	b := 0.5 * (a + z01[0])
	c := 0.5 * (a + z10[0])
	d := 0.5*b + 0.25*(z10[0]+z11[0])
	j := 1
	for i := 0; i < n-1; i += 2 {
		nextA := z00[j]
		nextB := 0.5 * (nextA + z01[j])
		nextC := 0.5 * (nextA + z10[j])
		nextD := 0.5*nextB + 0.25*(z10[j]+z11[j])
		f00[i] += a
		f00[i+1] += 0.5 * (a + nextA)
		f01[i] += b
		f01[i+1] += 0.5 * (b + nextB)
		f10[i] += c
		f10[i+1] += 0.5 * (c + nextC)
		f11[i] += d
		f11[i+1] += 0.5 * (d + nextD)
		a, b, c, d = nextA, nextB, nextC, nextD
		j++
	}
}
