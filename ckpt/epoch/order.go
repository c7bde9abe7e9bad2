package epoch

import "math/bits"

// order is a permutation of 0 ≤ i < n that is computed item by item, by the swap-or-not
// shuffle (Hoang, Morris, Rogaway: An Enciphering Scheme Based on a Card Shuffle, CRYPTO
// 2012). In each round item x has the partner k−x mod n, and a bit that both share says
// whether they swap places. It needs no memory that grows with n and works for every n.
type order struct {
	n      int
	rounds []round // none: the identity
}

type round struct {
	k   uint64 // 0 ≤ k < n
	key uint64 // of the bits
}

// shuffled returns the order of an epoch. The same arguments always give the same order:
// it must not change, since checkpoints rely on it.
func shuffled(n int, seed uint64, epoch int) order {
	o := order{n: n}
	s := stream(mix(mix(seed+golden) + uint64(epoch)))
	// O(log n) rounds make all orders about equally likely; each of the first 40 halves
	// what is left of the difference even for two items.
	for range 40 + 4*bits.Len(uint(n)) {
		k, _ := bits.Mul64(s.next(), uint64(n))
		o.rounds = append(o.rounds, round{k, s.next()})
	}
	return o
}

// at returns item i of the order.
func (o *order) at(i int) int {
	n, x := uint64(o.n), uint64(i)
	for _, r := range o.rounds {
		y := r.k - x
		y += n & uint64(int64(y)>>63) // n if it is negative
		bit := mix(r.key+max(x, y)*golden) >> 63
		x ^= (x ^ y) & -bit
	}
	return int(x)
}

// stream is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
// OOPSLA 2014).
type stream uint64

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio

func (s *stream) next() uint64 {
	*s += golden
	return mix(uint64(*s))
}

// mix is its output function, a bijection.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
