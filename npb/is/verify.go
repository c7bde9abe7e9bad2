package is

// partialVerify compares the ranks of the five verified keys in iteration it with the official
// ones (RNR-94-007, kernel IS; NPB 3.x, rank).
func (s *Ranking) partialVerify(it int) {
	for i, rank := range s.testedRanks() {
		if rank == s.par.rankOf(i, it) {
			s.Passed++
		}
	}
}

// testedRanks are the ranks of the verified keys: how many keys are smaller.
func (s *Ranking) testedRanks() [tests]int {
	var ranks [tests]int
	for i, key := range s.tested {
		if key > 0 {
			ranks[i] = int(s.ranks[key-1])
		}
	}
	return ranks
}

// fullVerify passes if the ranks of the last iteration sort the keys (NPB 3.x, full_verify).
func (s *Ranking) fullVerify() {
	sorted := make([]int32, len(s.Keys))
	for _, key := range s.Keys {
		s.ranks[key]--
		sorted[s.ranks[key]] = key
	}
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1] > sorted[i] {
			return
		}
	}
	s.Passed++
}
