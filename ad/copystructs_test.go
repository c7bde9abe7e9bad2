package ad

import "testing"

type particle struct {
	id  int
	pos [2]float64
	m   float32
}

// TestCopyStructsAdjoint compares with the transpose of the copy, for every
// overlap of two windows of one slice.
func TestCopyStructsAdjoint(t *testing.T) {
	const size = 7
	for from := range size {
		for to := range size {
			for n := range size - max(from, to) + 1 {
				x := make([]particle, size)
				for i := range x {
					x[i] = particle{id: i, pos: [2]float64{float64(1 + i), float64(10 + i)}, m: float32(100 + i)}
				}
				// want[j] gathers the adjoints of all elements that element j went to.
				goesTo := make([]int, size)
				for i := range goesTo {
					goesTo[i] = i
				}
				copy(goesTo[to:to+n], append([]int{}, goesTo...)[from:from+n])
				want := make([]particle, size)
				for i, j := range goesTo {
					want[j].pos[0] += x[i].pos[0]
					want[j].pos[1] += x[i].pos[1]
					want[j].m += x[i].m
				}
				CopyStructsAdjoint(x[to:to+n], x[from:from+n])
				for i := range x {
					if x[i].id != i || x[i].pos != want[i].pos || x[i].m != want[i].m {
						t.Fatalf("from %d to %d, %d elements: element %d is %v, want %v", from, to, n, i, x[i], want[i])
					}
				}
			}
		}
	}
}

func TestZeroStructs(t *testing.T) {
	x := []particle{{1, [2]float64{2, 3}, 4}, {5, [2]float64{6, 7}, 8}}
	ZeroStructs(x)
	if x[0] != (particle{id: 1}) || x[1] != (particle{id: 5}) {
		t.Fatalf("got %v", x)
	}
	ZeroStructs[particle](nil)
}
