package ep

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// A batch is cut into blocks, which are summed apart and then added in order: what a batch
// adds to the sums does not depend on how many goroutines shared its blocks.
const (
	blocks    = 64
	blockSize = 1 << logBatch / blocks // pairs
)

// Sums is the state of the main loop, in the open: a program that saves the state between two
// batches and resumes it later drives the loop itself.
type Sums struct {
	SX, SY float64         // sums of the Gaussian deviates so far
	Q      [annuli]float64 // Q[l] pairs so far have l <= max(|X|, |Y|) < l+1

	batch int           // the batch at work
	part  [blocks]block // what its blocks add
}

// A block is what one block of a batch adds to the sums.
type block struct {
	sx, sy float64
	q      [annuli]int32
}

// NewSums returns the sums before the first batch.
func NewSums() *Sums { return new(Sums) }

// Step adds batch k, counted from 0, of 2^16 pairs: one pass of the loop in [Run]. Batches may
// come in any order; the order changes the rounding of the sums only.
//
//cairn:adjoint wrt=s.SX,s.SY,s.Q of=s.SX,s.SY,s.Q
//cairn:tangent wrt=s.SX,s.SY,s.Q of=s.SX,s.SY,s.Q
func (s *Sums) Step(k int) {
	s.batch = k
	common.For(common.Workers(), s, 0, blocks, gaussianBlocks)
	for b := range s.part {
		p := &s.part[b]
		s.SX += p.sx
		s.SY += p.sy
		for l, count := range p.q {
			s.Q[l] += float64(count)
		}
	}
}

// gaussianBlocks sums blocks lo to hi−1 of the batch at work (RNR-94-007, kernel EP): of a pair
// of uniform numbers in (−1,1) with t = x² + y² <= 1 it makes the Gaussian pair
//
//	X = x·√(−2 ln t / t),   Y = y·√(−2 ln t / t).
func gaussianBlocks(s *Sums, lo, hi int) {
	for b := lo; b < hi; b++ {
		g := common.NewRandom(common.SeedEP)
		g.Jump(2 * (uint64(s.batch)<<logBatch + uint64(b)*blockSize))
		sx, sy := 0.0, 0.0
		var q [annuli]int32
		for i := 0; i < blockSize; i++ {
			x := 2*g.Next() - 1
			y := 2*g.Next() - 1
			t := x*x + y*y
			if t > 1 {
				continue
			}
			f := math.Sqrt(-2 * math.Log(t) / t)
			gx := x * f
			gy := y * f
			q[int(max(math.Abs(gx), math.Abs(gy)))]++
			sx += gx
			sy += gy
		}
		s.part[b] = block{sx, sy, q}
	}
}
