package schedule

import (
	"math"
	"math/bits"
	"slices"
)

// infinite stands for a cost that no schedule reaches, or that is larger than largest.
// Finite costs are at most largest, so that the sum of two is an int64.
const (
	infinite int64 = math.MaxInt64
	largest  int64 = 1 << 61
)

// minplus computes
//
//	min over j in 1..n-1 of f(n-j) + h(j)
//
// for n = 2, 3, …, where f is known from the start and h(1), h(2), … are handed in with
// push as they become known: h(j) for all j < n before the minimum for n. Both functions
// are non-decreasing and finite on 1..f.last and 1..h.last, infinite beyond.
//
// It does not look at every j, and yet the minimum is exact. Two facts reduce the work.
//
// Kinks. Let j be the smallest minimiser of phi(j) = f(n-j) + h(j) on the finite range
// lo..hi. If it is neither lo nor hi then phi(j) < phi(j-1) and phi(j) <= phi(j+1), so the
// second difference of phi at j is positive; it is the second difference of h at j plus
// that of f at n-j, so one of the two is positive. Hence it is enough to look at lo, at
// hi, at the kinks of h (the places with a positive second difference) and at n minus the
// kinks of f. The functions of [HRevolve] consist of few straight pieces.
//
// Hulls. Let F <= f and H <= h be the lower convex hulls. If at some v the right slope of H
// is not below the left slope of F at n-v, then the convex function F(n-j) + H(j) does not
// decrease for j >= v, so phi(j) >= F(n-v) + H(v) for all j >= v. If this is not below the
// best value known, no j >= v has to be looked at. To the left the same holds with left
// and right exchanged. Any v with these properties will do; the search for v starts from
// the one for n-1, moved by one. The hull of what is known of h is enough, and so is the
// hull of all of f.
//
// Nothing is assumed of where the minimiser lies for n, given the one for n-1: it moves
// to the right nearly always, but not always.
type minplus struct {
	f, h  bent
	guess int      // the last minimiser found: a good j to start from
	cuts  [2]probe // the last v found on the left and on the right
	plain bool     // look at every j; for tests
}

// bent is a function on 1..last with its kinks and its lower convex hull.
type bent struct {
	y     []int64 // y[0] is not used
	last  int     // y is finite up to here
	kinks []int32 // ascending
	hull  []int32 // vertices, ascending
}

// reset starts b again with the memory it has.
func (b *bent) reset() {
	b.y, b.last = append(b.y[:0], 0), 0
	b.kinks, b.hull = b.kinks[:0], b.hull[:0]
}

// push appends the value at len(b.y). After an infinite value only infinite ones follow.
func (b *bent) push(v int64) {
	x := len(b.y)
	b.y = append(b.y, v)
	if v == infinite {
		return
	}
	b.last = x
	if x > 2 && v-b.y[x-1] > b.y[x-1]-b.y[x-2] {
		b.kinks = append(b.kinks, int32(x-1))
	}
	for n := len(b.hull); n >= 2 && !b.slope(n-2).below(b.rise(b.hull[n-1], int32(x))); n-- {
		b.hull = b.hull[:n-1]
	}
	b.hull = append(b.hull, int32(x))
}

// slope is the rise dy >= 0 over the run dx > 0.
type slope struct{ dy, dx uint64 }

// rise returns the slope from x0 to x1.
func (b *bent) rise(x0, x1 int32) slope {
	return slope{uint64(b.y[x1] - b.y[x0]), uint64(x1 - x0)}
}

// slope returns the slope of the hull from its vertex i to the next one.
func (b *bent) slope(i int) slope { return b.rise(b.hull[i], b.hull[i+1]) }

// below reports s < t.
func (s slope) below(t slope) bool {
	hi1, lo1 := bits.Mul64(s.dy, t.dx)
	hi2, lo2 := bits.Mul64(t.dy, s.dx)
	return hi1 < hi2 || hi1 == hi2 && lo1 < lo2
}

// reset prepares for the minima with f = values (values[0] is not used).
func (s *minplus) reset(values []int64) {
	s.f.reset()
	s.h.reset()
	s.guess, s.cuts = 1, [2]probe{}
	for _, v := range values[1:] {
		s.f.push(v)
	}
}

// push hands in the next value of h.
func (s *minplus) push(v int64) { s.h.push(v) }

// min returns the minimum for n and a j that has it, if it is below bound; otherwise it
// returns bound and 0.
func (s *minplus) min(n int, bound int64) (int64, int) {
	lo, hi := max(1, n-s.f.last), min(n-1, s.h.last)
	if lo > hi {
		return bound, 0
	}
	f, h := s.f.y, s.h.y
	best, at := bound, 0
	if s.plain {
		for j := lo; j <= hi; j++ {
			if v := f[n-j] + h[j]; v < best {
				best, at = v, j
			}
		}
		return best, at
	}
	for _, j := range [...]int{hi, lo, s.guess, s.guess + 1} {
		if lo <= j && j <= hi {
			if v := f[n-j] + h[j]; v < best {
				best, at = v, j
			}
		}
	}
	if len(s.f.kinks)+len(s.h.kinks) > fewKinks {
		lo, hi = s.window(n, lo, hi, best)
	}
	for _, k := range inRange(s.h.kinks, lo, hi) {
		if v := f[n-int(k)] + h[k]; v < best {
			best, at = v, int(k)
		}
	}
	for _, k := range inRange(s.f.kinks, n-hi, n-lo) {
		if v := f[k] + h[n-int(k)]; v < best {
			best, at = v, n-int(k)
		}
	}
	if at > 0 {
		s.guess = at
	}
	return best, at
}

// inRange returns the part of the ascending list that lies in lo..hi.
func inRange(list []int32, lo, hi int) []int32 {
	from, _ := slices.BinarySearch(list, int32(lo))
	to, _ := slices.BinarySearch(list[from:], int32(hi+1))
	return list[from : from+to]
}

// fewKinks is the number of kinks up to which all are looked at.
const fewKinks = 32

// probe is a place v where the hulls are compared, and the last vertices of the hulls of
// f and h at or before n-v and v, as indices.
type probe struct{ v, f, h int }

// window returns the part of lo..hi outside of which no j gives less than best.
func (s *minplus) window(n, lo, hi int, best int64) (int, int) {
	p := &s.cuts[1]
	v := min(max(p.v+1, lo), hi+1)
	step := 1 + max(0, p.v-s.cuts[0].v)/16
	if v <= hi && s.rises(p, n, v, best) {
		for v-step >= lo && s.rises(p, n, v-step, best) {
			v -= step
		}
	} else {
		for v = min(v+step, hi+1); v <= hi && !s.rises(p, n, v, best); {
			v = min(v+step, hi+1)
		}
	}
	p.v = v
	right := v - 1

	p = &s.cuts[0]
	v = min(max(p.v+1, lo-1), hi)
	if v >= lo && s.falls(p, n, v, best) {
		for v+step <= hi && s.falls(p, n, v+step, best) {
			v += step
		}
	} else {
		for v = max(v-step, lo-1); v >= lo && !s.falls(p, n, v, best); {
			v = max(v-step, lo-1)
		}
	}
	p.v = v
	return v + 1, right
}

// rises reports that the sum of the hulls is not below best at v and does not decrease to
// the right of it.
func (s *minplus) rises(p *probe, n, v int, best int64) bool {
	s.move(p, n, v)
	return turned(&s.f, &s.h, p.f, p.h, n-v) && s.under(p, n, v) >= best
}

// falls reports that the sum of the hulls is not below best at v and does not increase up
// to it.
func (s *minplus) falls(p *probe, n, v int, best int64) bool {
	s.move(p, n, v)
	return turned(&s.h, &s.f, p.h, p.f, v) && s.under(p, n, v) >= best
}

// move sets the vertices of p to those for v.
func (s *minplus) move(p *probe, n, v int) {
	p.f, p.h = s.f.vertex(p.f, n-v), s.h.vertex(p.h, v)
}

// under is the sum of the hulls at v, with p there.
func (s *minplus) under(p *probe, n, v int) int64 {
	return s.f.under(p.f, n-v, 0) + s.h.under(p.h, v, 1)
}

// turned reports that the sum of the hulls does not decrease where a, at x behind its vertex
// i, goes down and b, behind its vertex j, goes up.
func turned(a, b *bent, i, j, x int) bool {
	if int(a.hull[i]) == x {
		i--
	}
	return i < 0 || j >= len(b.hull)-1 || !b.slope(j).below(a.slope(i))
}

// vertex returns the index of the last vertex at or before x in 1..last, starting the
// search at index i.
func (b *bent) vertex(i, x int) int {
	i = min(i, len(b.hull)-1)
	for int(b.hull[i]) > x {
		i--
	}
	for i+1 < len(b.hull) && int(b.hull[i+1]) <= x {
		i++
	}
	return i
}

// under returns the hull at x, behind vertex i, rounded down if up is 0 and up if it is 1.
// The sum of one rounded down and one rounded up is not above the exact sum rounded up, so
// it is a bound for integers that the exact sum bounds.
func (b *bent) under(i, x int, up uint64) int64 {
	x0 := b.hull[i]
	y := b.y[x0]
	if x == int(x0) {
		return y
	}
	t := b.slope(i)
	hi, lo := bits.Mul64(t.dy, uint64(x-int(x0)))
	lo, carry := bits.Add64(lo, up*(t.dx-1), 0)
	q, _ := bits.Div64(hi+carry, lo, t.dx)
	return y + int64(q)
}
