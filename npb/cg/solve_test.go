package cg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

// tridiagonal is the matrix (−1, 4, −1) of order n: symmetric, eigenvalues in (2, 6).
func tridiagonal(n int) (a []float64, colidx []int32, rowstr []int) {
	rowstr = []int{0}
	for j := range n {
		for c := max(0, j-1); c <= min(n-1, j+1); c++ {
			value := -1.0
			if c == j {
				value = 4
			}
			a = append(a, value)
			colidx = append(colidx, int32(c))
		}
		rowstr = append(rowstr, len(a))
	}
	return a, colidx, rowstr
}

// vectors are z, p, q and r, filled with rubbish that conjGrad must not depend on.
func vectors(n int) (z, p, q, r []float64) {
	var all [4][]float64
	for i := range all {
		all[i] = make([]float64, n+2)
		for j := range all[i] {
			all[i][j] = math.NaN()
		}
	}
	return all[0], all[1], all[2], all[3]
}

func TestConjGradSolves(t *testing.T) {
	const n = 50
	a, colidx, rowstr := tridiagonal(n)
	source := rand.New(rand.NewPCG(3, 4))
	want := make([]float64, n+2)
	for j := range n {
		want[j] = source.NormFloat64()
	}
	x := make([]float64, n+2)
	multiply(n, a, colidx, rowstr, want, x)

	z, p, q, r := vectors(n)
	residual := conjGrad(n, a, colidx, rowstr, x, z, p, q, r)
	// Condition number below 3: the error shrinks by (√3−1)/(√3+1) = 0.27 per iteration,
	// so 25 iterations reach rounding.
	if !(residual < 1e-12) {
		t.Errorf("residual %v", residual)
	}
	for j := range n {
		if !(math.Abs(z[j]-want[j]) < 1e-12) {
			t.Errorf("z[%d] = %v, want %v", j, z[j], want[j])
		}
	}
}

// TestConjGradResidual: the norm that conjGrad returns is that of x − A z, here where 25
// iterations are far from enough.
func TestConjGradResidual(t *testing.T) {
	const n = 200
	a, colidx, rowstr := tridiagonal(n)
	for k := range a {
		if a[k] > 0 {
			a[k] = 2 // condition number of order n²
		}
	}
	x := make([]float64, n+2)
	fillOnes(n+1, x)
	z, p, q, r := vectors(n)
	got := conjGrad(n, a, colidx, rowstr, x, z, p, q, r)

	az := make([]float64, n)
	multiply(n, a, colidx, rowstr, z, az)
	want := 0.0
	for j := range n {
		want = math.Hypot(want, x[j]-az[j])
	}
	if want < 0.1 || math.Abs(got-want) > 1e-12*want {
		t.Errorf("residual %v, want %v", got, want)
	}
}

// TestPaddingDoesNotMatter holds what the scrutiny of CG finds: of the two elements beyond the
// unknowns, element n is copied but enters no sum, and element n+1 is never read or written.
func TestPaddingDoesNotMatter(t *testing.T) {
	par := mustParams(t, common.ClassS)
	n := par.NA
	a, colidx, rowstr := makea(par, generator())
	solve := func(padding float64) (z, p []float64, residual float64) {
		x := make([]float64, n+2)
		fillOnes(n+1, x)
		x[n] = padding
		x[n+1] = math.NaN()
		z, p, q, r := vectors(n)
		residual = conjGrad(n, a, colidx, rowstr, x, z, p, q, r)
		for name, v := range map[string][]float64{"z": z, "p": p, "q": q, "r": r} {
			if !math.IsNaN(v[n+1]) {
				t.Errorf("%s[n+1] was written", name)
			}
		}
		return z, p, residual
	}
	z1, p1, res1 := solve(1)
	z2, p2, res2 := solve(-1e300)
	if p1[n] != 1 || p2[n] != -1e300 {
		t.Errorf("element n of x did not reach p: %v, %v", p1[n], p2[n])
	}
	if res1 != res2 {
		t.Errorf("residual depends on x[n]: %v, %v", res1, res2)
	}
	for j := range n {
		if z1[j] != z2[j] {
			t.Fatalf("z[%d] depends on x[n]: %v, %v", j, z1[j], z2[j])
		}
	}
}

// TestMultiplyEveryRowLength covers rows of 0 to 9 nonzeros, around the unrolling by four.
func TestMultiplyEveryRowLength(t *testing.T) {
	const n = 10
	var a []float64
	var colidx []int32
	rowstr := []int{0}
	v := make([]float64, n)
	want := make([]float64, n)
	for j := range n {
		v[j] = float64(j*j + 1)
		for c := range j {
			element := float64(10*j - c)
			a = append(a, element)
			colidx = append(colidx, int32(c))
			want[j] += element * v[c] // small integers: exact in any order
		}
		rowstr = append(rowstr, len(a))
	}
	// Derivatives are made from the second form.
	for name, product := range map[string]func(int, []float64, []int32, []int, []float64, []float64){
		"multiply": multiply, "multiplyAlone": multiplyAlone,
	} {
		got := make([]float64, n)
		product(n, a, colidx, rowstr, v, got)
		for j := range n {
			if got[j] != want[j] {
				t.Errorf("%s: row of %d nonzeros gives %v, want %v", name, j, got[j], want[j])
			}
		}
	}
}

func TestConjGradDoesNotAllocate(t *testing.T) {
	defer common.SetProcs(common.SetProcs(2))
	const n = 50
	a, colidx, rowstr := tridiagonal(n)
	x := make([]float64, n+2)
	fillOnes(n+1, x)
	z, p, q, r := vectors(n)
	allocs := testing.AllocsPerRun(10, func() {
		conjGrad(n, a, colidx, rowstr, x, z, p, q, r)
	})
	if allocs != 0 {
		t.Errorf("%v allocations per call", allocs)
	}
}
