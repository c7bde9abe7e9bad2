package is

import (
	"fmt"

	"github.com/cairn-ad/cairn/npb/common"
)

// A Ranking is the state of the main loop, in the open: a program that saves the state between
// two iterations and resumes it later drives the loop itself. Keys and Passed are all that an
// iteration needs of those before it; the rest is work space, which Rank fills before it reads it.
type Ranking struct {
	Keys   []int32 // the sequence
	Passed int     // verifications passed so far

	par    Params
	chunks int // parts of the sequence that are counted apart
	tested [tests]int32

	counts []int32 // counts[c·maxKey + v]: keys of chunk c that are v
	ranks  []int32 // ranks[v]: keys that are v or less
	totals [ranges]int32
}

// ranges is the number of parts of the keys' values whose counts are summed apart.
const ranges = 64

// NewRanking makes the keys of a class. It returns an error if the class is not among [Classes].
func NewRanking(class common.Class) (*Ranking, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("is: class %q has no parameters: use one of %v", class, Classes())
	}
	return newRanking(par), nil
}

// newRanking cuts the sequence into one chunk for each worker, but not into so many that their
// counts, which have to be summed, outnumber the keys.
func newRanking(par Params) *Ranking {
	chunks := min(common.Workers().Procs(), par.keys()/par.maxKey())
	return &Ranking{
		Keys:   makeKeys(par),
		par:    par,
		chunks: chunks,
		counts: make([]int32, chunks*par.maxKey()),
		ranks:  make([]int32, par.maxKey()),
	}
}

// Rank does iteration it, counted from 1, of the loop in [Run] (RNR-94-007, kernel IS; NPB 3.x,
// rank): it changes two keys, ranks all, and verifies the ranks of five.
func (s *Ranking) Rank(it int) {
	s.Keys[it] = int32(it)
	s.Keys[it+iterations] = int32(s.par.maxKey() - it)
	for i, index := range s.par.TestIndex {
		s.tested[i] = s.Keys[index]
	}
	common.For(common.Workers(), s, 0, s.chunks, countKeys)
	common.For(common.Workers(), s, 0, ranges, sumCounts)
	below := int32(0)
	for r, total := range s.totals {
		s.totals[r] = below
		below += total
	}
	common.For(common.Workers(), s, 0, ranges, addTotals)
	s.partialVerify(it)
}

// countKeys counts the keys of chunks lo to hi−1, each into counts of its own.
func countKeys(s *Ranking, lo, hi int) {
	for c := lo; c < hi; c++ {
		size := s.par.maxKey()
		count := s.counts[c*size : (c+1)*size]
		clear(count)
		for _, key := range s.Keys[c*len(s.Keys)/s.chunks : (c+1)*len(s.Keys)/s.chunks] {
			count[key]++
		}
	}
}

// sumCounts sums up the counts of all chunks within ranges lo to hi−1 of values: ranks[v] becomes
// the number of keys from the start of v's range to v.
func sumCounts(s *Ranking, lo, hi int) {
	size := len(s.ranks)
	for r := lo; r < hi; r++ {
		begin, end := r*size/ranges, (r+1)*size/ranges
		rank := s.ranks[begin:end]
		copy(rank, s.counts[begin:end])
		for c := 1; c < s.chunks; c++ {
			count := s.counts[c*size+begin : c*size+end]
			for v := range rank {
				rank[v] += count[v]
			}
		}
		sum := int32(0)
		for v := range rank {
			sum += rank[v]
			rank[v] = sum
		}
		s.totals[r] = sum
	}
}

// addTotals adds to the ranks of ranges lo to hi−1 the number of keys in the ranges before.
func addTotals(s *Ranking, lo, hi int) {
	size := len(s.ranks)
	for r := lo; r < hi; r++ {
		below := s.totals[r]
		rank := s.ranks[r*size/ranges : (r+1)*size/ranges]
		for v := range rank {
			rank[v] += below
		}
	}
}
