package cfd

import (
	"math"
	"testing"
)

// convective is the flux of the unknowns u in direction d: 0, 1, 2 for x, y, z.
func convective(u [5]float64, d int) (flux [5]float64) {
	v := u[1+d] / u[0]
	p := C2 * (u[4] - (u[1]*u[1]+u[2]*u[2]+u[3]*u[3])/(2*u[0]))
	for m := range flux {
		flux[m] = u[m] * v
	}
	flux[1+d] += p
	flux[4] += p * v
	return flux
}

// viscous are the quantities whose second differences, times C3·C4/h², are the viscous terms in
// direction d: ∂²/∂d² of (0, v₁, v₂, v₃ with 4/3 of the normal one, (1−C1C5)·|v|²/2 + vₙ²/6 + C1C5·e).
func viscous(u [5]float64, d int) (q [5]float64) {
	square := 0.0
	for m := 1; m < 4; m++ {
		q[m] = u[m] / u[0]
		square += q[m] * q[m]
	}
	q[4] = (1-C1*C5)*square/2 + q[1+d]*q[1+d]/6 + C1*C5*u[4]/u[0]
	q[1+d] *= 4.0 / 3.0
	return q
}

// fourth are the coefficients of the fourth difference at point at of n, from at−2 to at+2.
func fourth(at, n int) [5]float64 {
	switch at {
	case 1:
		return [5]float64{0, 0, 5, -4, 1}
	case 2:
		return [5]float64{0, -4, 6, -4, 1}
	case n - 3:
		return [5]float64{1, -4, 6, -4, 0}
	case n - 2:
		return [5]float64{1, -4, 5, 0, 0}
	}
	return [5]float64{1, -4, 6, -4, 1}
}

// TestRHSByDefinition compares with the discretised equations, written point by point from the
// fluxes, on grids small and odd.
func TestRHSByDefinition(t *testing.T) {
	for _, n := range []int{6, 7, 10} {
		f := mustFlow(t, n, 0.03)
		fillExact(f)
		perturb(f, 0.2)
		for i := range f.Forcing {
			for m := range 5 {
				f.Forcing[i][m] = float64(i%7) - float64(m)
			}
		}
		for i := range f.RHS {
			f.RHS[i][0] = math.NaN() // must not count
		}
		ComputeRHS(f)
		h := 1 / float64(n-1)
		for k := 1; k < n-1; k++ {
			for j := 1; j < n-1; j++ {
				for i := 1; i < n-1; i++ {
					center := f.Index(k, j, i)
					want := f.Forcing[center]
					for d, stride := range [3]int{1, f.NX, f.NX * f.NX} {
						l, c, r := f.U[center-stride], f.U[center], f.U[center+stride]
						fl, fr := convective(l, d), convective(r, d)
						ql, qc, qr := viscous(l, d), viscous(c, d), viscous(r, d)
						weights := fourth([3]int{i, j, k}[d], n)
						second := [3]float64{0.75, 0.75, 1}[d]
						for m := range want {
							want[m] -= (fr[m] - fl[m]) / (2 * h)
							want[m] += C3 * C4 * (qr[m] - 2*qc[m] + ql[m]) / (h * h)
							want[m] += second * (r[m] - 2*c[m] + l[m]) / (h * h)
							for o, w := range weights {
								if w != 0 {
									want[m] -= 0.25 * w * f.U[center+(o-2)*stride][m]
								}
							}
						}
					}
					for m := range want {
						got := f.RHS[center][m]
						if w := 0.03 * want[m]; !(math.Abs(got-w) <= 1e-11*math.Max(1, math.Abs(w))) {
							t.Fatalf("n = %d, point (%d,%d,%d), unknown %d: %v, want %v", n, k, j, i, m, got, w)
						}
					}
				}
			}
		}
	}
}

// TestAuxiliary: the values at one point whose density is a power of two.
func TestAuxiliary(t *testing.T) {
	f := mustFlow(t, 6, 1)
	for i := range f.U {
		f.U[i] = [5]float64{2, 4, 8, 12, 150}
	}
	auxiliary(f, 0, 6)
	want := Aux{RhoI: 0.5, V: [3]float64{2, 4, 6}, Kin: 28, P: 0.4 * 94, Q: 1.96*75 - 0.96*28, C: math.Sqrt(1.4 * 0.4 * 47)}
	got := f.Aux[f.Index(5, 0, 5)]
	for _, pair := range [][2]float64{{got.P, want.P}, {got.Q, want.Q}, {got.C, want.C}} {
		if math.Abs(pair[0]-pair[1]) > 1e-15*pair[1] {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if got.RhoI != want.RhoI || got.V != want.V || got.Kin != want.Kin {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestExactSolutionIsSteady: with the forcing term the exact solution has no residual, and a
// step leaves it as it is.
func TestExactSolutionIsSteady(t *testing.T) {
	f := mustFlow(t, 9, 0.01)
	ExactRHS(f)
	fillExact(f)
	norms := ComputeNorms(f)
	for m := range 5 {
		if norms.XCE[m] != 0 {
			t.Errorf("error %v of unknown %d", norms.XCE[m], m)
		}
		if !(norms.XCR[m] < 1e-12) {
			t.Errorf("residual %v of unknown %d", norms.XCR[m], m)
		}
	}
	if f.Forcing[0] != [5]float64{} || f.Forcing[f.Index(4, 4, 4)][0] == 0 {
		t.Errorf("forcing %v at a wall, %v in the middle", f.Forcing[0], f.Forcing[f.Index(4, 4, 4)])
	}
}

// TestAddRows: the correction is added inside, and nothing else changes.
func TestAddRows(t *testing.T) {
	f := mustFlow(t, 6, 1)
	for i := range f.RHS {
		f.RHS[i] = [5]float64{1, 2, 3, 4, 5}
	}
	AddRows(f, 1, 5)
	changed := 0
	for i := range f.U {
		if f.U[i] == f.RHS[i] {
			changed++
		} else if f.U[i] != [5]float64{} {
			t.Fatalf("element %d is %v", i, f.U[i])
		}
	}
	if changed != 4*4*4 || f.U[f.Index(1, 1, 1)][4] != 5 || f.U[f.Index(4, 4, 4)][0] != 1 {
		t.Errorf("%d points have changed", changed)
	}
}
