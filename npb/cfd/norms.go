package cfd

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// Tolerance is the official one of BT and SP: of the norms relative, of the time step absolute.
const Tolerance = 1e-8

// Norms are the ten values that verify a run of BT or SP (RNR-94-007, on verification): root mean
// squares, one for each unknown, the mean being over (N−2)³ points.
type Norms struct {
	XCR [5]float64 // of the steady-state residual, summed over the points inside
	XCE [5]float64 // of the difference to the exact solution, summed over all points
}

// Verify says whether all ten norms agree with the reference.
func (n Norms) Verify(reference Norms) bool {
	for m := range n.XCR {
		if !common.Verify(n.XCR[m], reference.XCR[m], Tolerance) ||
			!common.Verify(n.XCE[m], reference.XCE[m], Tolerance) {
			return false
		}
	}
	return true
}

// Values are the norms by the names xcr1 … xcr5 and xce1 … xce5.
func (n Norms) Values() common.Values {
	v := common.Values{}
	for m := range n.XCR {
		digit := string(rune('1' + m))
		v["xcr"+digit] = n.XCR[m]
		v["xce"+digit] = n.XCE[m]
	}
	return v
}

// ComputeNorms returns the norms of U. It computes RHS and Aux anew.
func ComputeNorms(f *Flow) Norms {
	var norms Norms
	errorNorm(f, &norms.XCE)
	ComputeRHS(f)
	rhsNorm(f, &norms.XCR)
	inside := float64(f.N - 2)
	points := inside * inside * inside
	for m := range norms.XCR {
		norms.XCR[m] = math.Sqrt(norms.XCR[m]/points) / f.Dt
		norms.XCE[m] = math.Sqrt(norms.XCE[m] / points)
	}
	return norms
}

// errorNorm adds up the squares of U − Exact over all points.
func errorNorm(f *Flow, sum *[5]float64) {
	n := f.N
	h := 1 / float64(n-1)
	var exact [5]float64
	for k := 0; k < n; k++ {
		for j := 0; j < n; j++ {
			for i := 0; i < n; i++ {
				Exact(float64(i)*h, float64(j)*h, float64(k)*h, &exact)
				u := &f.U[f.Index(k, j, i)]
				for m := range u {
					d := u[m] - exact[m]
					sum[m] += d * d
				}
			}
		}
	}
}

// rhsNorm adds up the squares of RHS over the points inside.
func rhsNorm(f *Flow, sum *[5]float64) {
	n := f.N
	for k := 1; k < n-1; k++ {
		for j := 1; j < n-1; j++ {
			at := f.Index(k, j, 0)
			r := f.RHS[at+1 : at+n-1]
			for i := range r {
				for m := range r[i] {
					sum[m] += r[i][m] * r[i][m]
				}
			}
		}
	}
}
