package schedule

import "sort"

// splitter finds the least f(i) + g(n-i) over 0 < i < n, f(i) = i + v[i], without trying
// every i. Neither f nor g is convex, but both are nearly so. With the lower convex hulls
// F <= f and G <= g, the bound F(i) + G(n-i) is convex in i. The search goes from a guess
// in both directions, and ends where the bound exceeds the best value found, less 1
// because values are integers, and does not fall any more: from there on no i can be
// better. So the result is exact, whatever f and g are; how nearly convex they are
// decides only the time.
type splitter struct {
	v, g         []int64 // g ends where there is no value any more
	fHull, gHull hull
}

// split returns the least value below best and its i, or 0 and best if there is none. f
// is known up to n-1 and in its hull.
func (s *splitter) split(n, guess, best int64) (at, value int64) {
	lo, hi := max(1, n-int64(len(s.g))+1), n-1
	if lo > hi {
		return 0, best
	}
	guess = min(max(guess, lo), hi)
	try := func(i int64) {
		if w := i + s.v[i] + s.g[n-i]; w < best {
			at, best = i, w
		}
	}
	try(guess)
	try(min(guess+1, hi))
	p, q := s.fHull.find(guess), s.gHull.find(n-guess)
	for i := guess; i < hi; i++ {
		try(i)
		p, q = s.fHull.walk(i, p), s.gHull.walk(n-i, q)
		// To the right f goes along the segment after i, g along the one before n-i.
		left := q
		if s.gHull.x[q] == n-i {
			left--
		}
		if s.exceeds(i, n, p, q, best) && !less(&s.fHull, p, &s.gHull, left) {
			break
		}
	}
	try(hi)
	p, q = s.fHull.find(guess), s.gHull.find(n-guess)
	for i := guess; i > lo; i-- {
		try(i)
		p, q = s.fHull.walk(i, p), s.gHull.walk(n-i, q)
		left := p
		if s.fHull.x[p] == i {
			left--
		}
		if s.exceeds(i, n, p, q, best) && !less(&s.gHull, q, &s.fHull, left) {
			break
		}
	}
	try(lo)
	return at, best
}

// exceeds reports whether the bound at i is more than best-1. p and q are the segments of
// i and n-i.
func (s *splitter) exceeds(i, n int64, p, q int, best int64) bool {
	f, fr, fd := s.fHull.at(i, p)
	g, gr, gd := s.gHull.at(n-i, q)
	switch d := f + g - (best - 1); {
	case d < -1:
		return false
	case d == -1:
		return fr*gd+gr*fd > fd*gd
	case d == 0:
		return fr > 0 || gr > 0
	}
	return true
}

// hull is the lower convex hull of points with ascending x.
type hull struct{ x, y []int64 }

// add adds a point to the right of all others.
func (h *hull) add(x, y int64) {
	k := len(h.x)
	for k >= 2 && (h.y[k-1]-h.y[k-2])*(x-h.x[k-1]) >= (y-h.y[k-1])*(h.x[k-1]-h.x[k-2]) {
		k--
	}
	h.x, h.y = append(h.x[:k], x), append(h.y[:k], y)
}

// find returns the last corner that is not to the right of x.
func (h *hull) find(x int64) int {
	return sort.Search(len(h.x), func(i int) bool { return h.x[i] > x }) - 1
}

// walk does the same from a corner close by.
func (h *hull) walk(x int64, p int) int {
	for h.x[p] > x {
		p--
	}
	for p+1 < len(h.x) && h.x[p+1] <= x {
		p++
	}
	return p
}

// at returns the value at x, between the corners p and p+1, as whole + rest/div with
// 0 <= rest < div. The values do not fall from left to right.
func (h *hull) at(x int64, p int) (whole, rest, div int64) {
	if h.x[p] == x {
		return h.y[p], 0, 1
	}
	div = h.x[p+1] - h.x[p]
	rise := (h.y[p+1] - h.y[p]) * (x - h.x[p])
	return h.y[p] + rise/div, rise % div, div
}

// less reports whether the segment of a after its corner p is less steep than that of b
// after q. A missing segment is as steep as can be.
func less(a *hull, p int, b *hull, q int) bool {
	if p+1 >= len(a.x) {
		return false
	}
	if q < 0 || q+1 >= len(b.x) {
		return true
	}
	return (a.y[p+1]-a.y[p])*(b.x[q+1]-b.x[q]) < (b.y[q+1]-b.y[q])*(a.x[p+1]-a.x[p])
}
