package cg

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// matrix makes the matrix of a class. It is data of the problem: nothing is differentiated
// with respect to it.
//
//cairn:passive
func matrix(p Params) (a []float64, colidx []int32, rowstr []int) {
	rng := common.NewRandom(common.Seed)
	rng.Next() // the specification discards one draw before the matrix
	return makea(p, rng)
}

// makea builds the benchmark matrix (RNR-94-007, kernel CG; NPB 3.x, makea),
//
//	A = Σ_i ω_i v_i v_iᵀ + (rcond − shift) I,   ω_i = rcond^(i/n),   i = 0..n−1,
//
// in compressed sparse rows: row j holds a[k] in column colidx[k] for rowstr[j] <= k <
// rowstr[j+1], columns ascending. rowstr has n+1 elements. The vectors v_i are sparse and
// random, drawn from rng; see randomVectors.
func makea(p Params, rng *common.Random) (a []float64, colidx []int32, rowstr []int) {
	n := p.NA
	width := p.Nonzer + 1
	size, index, value := randomVectors(n, p.Nonzer, rng)
	first, member := transpose(n, width, size, index)
	rowstr = rowStarts(n, width, size, index, first, member)

	a = make([]float64, rowstr[n])
	colidx = make([]int32, rowstr[n])
	omega := powers(n)
	end := make([]int, n)
	copy(end, rowstr)
	// Column by column, so that every row receives its columns in ascending order and an
	// element that several vectors contribute to is always the last one of its row.
	for col := 0; col < n; col++ {
		for m := first[col]; m < first[col+1]; m++ {
			i := int(member[m]) / width
			vcol := value[member[m]]
			for s := i * width; s < i*width+int(size[i]); s++ {
				row := int(index[s])
				va := vcol * (omega[i] * value[s])
				if row == i && col == i {
					va += rcond - p.Shift
				}
				k := end[row]
				if k > rowstr[row] && int(colidx[k-1]) == col {
					a[k-1] += va
				} else {
					a[k] = va
					colidx[k] = int32(col)
					end[row] = k + 1
				}
			}
		}
	}
	return a, colidx, rowstr
}

// randomVectors draws the n sparse vectors v_i. Vector i has size[i] nonzeros in the slots
// i·(nonzer+1) and after: index gives the position, value the element. Each has nonzer random
// elements at random distinct positions, and element i is set to 1/2 (which adds one nonzero
// unless i was drawn).
func randomVectors(n, nonzer int, rng *common.Random) (size, index []int32, value []float64) {
	width := nonzer + 1
	size = make([]int32, n)
	index = make([]int32, n*width)
	value = make([]float64, n*width)
	pow2 := 1
	for pow2 < n {
		pow2 *= 2
	}
	for i := 0; i < n; i++ {
		base := i * width
		end := base
		for end < base+nonzer {
			element := rng.Next()
			position := int32(float64(pow2) * rng.Next())
			if int(position) >= n || slotOf(position, index, base, end) < end {
				continue
			}
			index[end] = position
			value[end] = element
			end++
		}
		diagonal := slotOf(int32(i), index, base, end)
		index[diagonal] = int32(i)
		value[diagonal] = 0.5
		if diagonal == end {
			end++
		}
		size[i] = int32(end - base)
	}
	return size, index, value
}

// slotOf is the slot in [base, end) that holds position, or end when none does.
func slotOf(position int32, index []int32, base, end int) int {
	for s := base; s < end; s++ {
		if index[s] == position {
			return s
		}
	}
	return end
}

// transpose turns the vectors' lists of positions round: the slots that hold position c are
// member[first[c]:first[c+1]], ascending. first has n+1 elements.
func transpose(n, width int, size, index []int32) (first []int, member []int32) {
	first = make([]int, n+1)
	for i := 0; i < n; i++ {
		for s := i * width; s < i*width+int(size[i]); s++ {
			first[index[s]+1]++
		}
	}
	for c := 0; c < n; c++ {
		first[c+1] += first[c]
	}
	next := make([]int, n)
	copy(next, first)
	member = make([]int32, first[n])
	for i := 0; i < n; i++ {
		for s := i * width; s < i*width+int(size[i]); s++ {
			c := index[s]
			member[next[c]] = int32(s)
			next[c]++
		}
	}
	return first, member
}

// rowStarts counts the distinct nonzeros of every row of Σ v_i v_iᵀ and returns where each
// row starts when they are stored one after the other.
func rowStarts(n, width int, size, index []int32, first []int, member []int32) []int {
	rowstr := make([]int, n+1)
	lastRow := make([]int32, n) // 1 + the last row that counted this column
	for row := 0; row < n; row++ {
		count := 0
		for m := first[row]; m < first[row+1]; m++ {
			i := int(member[m]) / width
			for s := i * width; s < i*width+int(size[i]); s++ {
				if lastRow[index[s]] != int32(row+1) {
					lastRow[index[s]] = int32(row + 1)
					count++
				}
			}
		}
		rowstr[row+1] = rowstr[row] + count
	}
	return rowstr
}

// powers returns ω_i = rcond^(i/n) for i = 0..n−1 as running products.
func powers(n int) []float64 {
	omega := make([]float64, n)
	ratio := math.Pow(rcond, 1/float64(n))
	w := 1.0
	for i := 0; i < n; i++ {
		omega[i] = w
		w *= ratio
	}
	return omega
}
