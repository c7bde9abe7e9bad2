package cg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

// generator is the generator as Run hands it to makea.
func generator() *common.Random {
	g := common.NewRandom(common.Seed)
	g.Next()
	return g
}

// tiny has the shape of a class at an order where a dense matrix is cheap.
var tiny = Params{NA: 60, Nonzer: 4, Niter: 3, Shift: 5}

func TestRandomVectors(t *testing.T) {
	for _, p := range []Params{tiny, mustParams(t, common.ClassS)} {
		size, index, value := randomVectors(p.NA, p.Nonzer, generator())
		for i := range p.NA {
			base := i * (p.Nonzer + 1)
			n := int(size[i])
			if n != p.Nonzer && n != p.Nonzer+1 {
				t.Fatalf("vector %d has %d nonzeros", i, n)
			}
			seen := map[int32]bool{}
			for s := base; s < base+n; s++ {
				position := index[s]
				if position < 0 || int(position) >= p.NA || seen[position] {
					t.Fatalf("vector %d: position %d is outside or repeated", i, position)
				}
				seen[position] = true
				if value[s] <= 0 || value[s] >= 1 {
					t.Fatalf("vector %d: element %v is not in (0,1)", i, value[s])
				}
				if int(position) == i && value[s] != 0.5 {
					t.Fatalf("vector %d: element on the diagonal is %v, not 1/2", i, value[s])
				}
			}
			if !seen[int32(i)] {
				t.Fatalf("vector %d has no element on the diagonal", i)
			}
		}
	}
}

// TestMatrixIsTheSum compares with the definition, summed into a dense matrix.
func TestMatrixIsTheSum(t *testing.T) {
	p := tiny
	n := p.NA
	size, index, value := randomVectors(n, p.Nonzer, generator())
	dense := make([][]float64, n)
	for j := range dense {
		dense[j] = make([]float64, n)
		dense[j][j] = rcond - p.Shift
	}
	for i := range n {
		omega := math.Pow(rcond, float64(i)/float64(n))
		base := i * (p.Nonzer + 1)
		for s := base; s < base+int(size[i]); s++ {
			for u := base; u < base+int(size[i]); u++ {
				dense[index[s]][index[u]] += omega * value[s] * value[u]
			}
		}
	}
	a, colidx, rowstr := makea(p, generator())
	stored := 0
	for j := range n {
		row := make([]float64, n)
		for k := rowstr[j]; k < rowstr[j+1]; k++ {
			row[colidx[k]] = a[k]
		}
		for c := range n {
			if math.Abs(row[c]-dense[j][c]) > 1e-14*math.Max(1, math.Abs(dense[j][c])) {
				t.Fatalf("element (%d,%d) is %v, want %v", j, c, row[c], dense[j][c])
			}
			if dense[j][c] != 0 {
				stored++
			}
		}
	}
	if stored != len(a) {
		t.Errorf("%d elements stored, %d are nonzero", len(a), stored)
	}
}

// TestMatrixPattern: the number of nonzeros of each class is widely published with the matrix
// (S 78148, W 508402, A 1853104); the pattern is symmetric with ascending columns, and so are
// the values up to the order of two multiplications.
func TestMatrixPattern(t *testing.T) {
	nonzeros := map[common.Class]int{
		common.ClassS: 78148,
		common.ClassW: 508402,
		common.ClassA: 1853104,
	}
	for class, want := range nonzeros {
		p := mustParams(t, class)
		a, colidx, rowstr := makea(p, generator())
		if len(a) != want || len(colidx) != want || rowstr[0] != 0 || rowstr[p.NA] != want {
			t.Fatalf("class %s: %d values, %d columns, rows end at %d, want %d",
				class, len(a), len(colidx), rowstr[p.NA], want)
		}
		// Rows in order give each column its elements in order: next[c] walks down column c,
		// which by symmetry is row c.
		next := make([]int, p.NA)
		copy(next, rowstr)
		for j := range p.NA {
			for k := rowstr[j]; k < rowstr[j+1]; k++ {
				c := int(colidx[k])
				if k > rowstr[j] && colidx[k-1] >= colidx[k] {
					t.Fatalf("class %s: row %d: columns do not ascend at %d", class, j, c)
				}
				m := next[c]
				next[c]++
				if m >= rowstr[c+1] || int(colidx[m]) != j {
					t.Fatalf("class %s: (%d,%d) is stored, its mirror is not", class, j, c)
				}
				if math.Abs(a[m]-a[k]) > 1e-13*math.Abs(a[k]) {
					t.Fatalf("class %s: (%d,%d) is %v, its mirror %v", class, j, c, a[k], a[m])
				}
			}
		}
	}
}

// TestMatrixTimesVector: A y = Σ ω_i v_i (v_iᵀ y) + (rcond − shift) y, with y = 1 (the row sums)
// and with a random y.
func TestMatrixTimesVector(t *testing.T) {
	p := mustParams(t, common.ClassS)
	n := p.NA
	a, colidx, rowstr := makea(p, generator())
	size, index, value := randomVectors(n, p.Nonzer, generator())

	ones := make([]float64, n)
	fillOnes(n, ones)
	random := make([]float64, n)
	source := rand.New(rand.NewPCG(1, 2))
	for j := range random {
		random[j] = source.NormFloat64()
	}
	for name, y := range map[string][]float64{"ones": ones, "random": random} {
		got := make([]float64, n)
		multiply(n, a, colidx, rowstr, y, got)
		want := make([]float64, n)
		for i := range n {
			want[i] += (rcond - p.Shift) * y[i]
			base := i * (p.Nonzer + 1)
			inner := 0.0
			for s := base; s < base+int(size[i]); s++ {
				inner += value[s] * y[index[s]]
			}
			inner *= math.Pow(rcond, float64(i)/float64(n))
			for s := base; s < base+int(size[i]); s++ {
				want[index[s]] += inner * value[s]
			}
		}
		for j := range n {
			if math.Abs(got[j]-want[j]) > 1e-11 {
				t.Fatalf("%s: element %d is %v, want %v", name, j, got[j], want[j])
			}
		}
	}
}
