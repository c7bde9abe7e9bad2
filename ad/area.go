package ad

// area keeps the values of one kind on a [Stack] in chunks that never move: growing
// copies nothing, and the memory in use is the memory needed. The chunk in use and the
// place in it are fields of Stack, so that a push or pop is small enough to be inlined.
type area[T any] struct {
	chunks [][]T
	filled []int // values in each of the chunks below the one in use: see [Stack.Room]
	k      int   // chunk in use
	base   int   // values in the chunks below it
	peak   int   // high-water mark, as far as pops have shown it
}

const (
	firstChunk = 1 << 9
	lastChunk  = 1 << 16
)

// top is the chunk in use, the number of values in it, and the highest that number has
// been. The fast paths of Stack hold while 0 < n <= high for a pop and n < len(chunk)
// for a push; the first is one comparison, n-1 < high.
type top[T any] struct {
	chunk   []T
	n, high uint
}

// up returns the next chunk, for a push when the present one, with n values, has no room.
func (a *area[T]) up(n uint) top[T] { return a.upFor(n, 1) }

// upFor is up for size values at once, which are to lie in one chunk. A chunk with nothing in it
// gives way to a larger one.
func (a *area[T]) upFor(n uint, size int) top[T] {
	if n > 0 {
		a.filled = append(a.filled[:a.k], int(n))
		a.base += int(n)
		a.k++
	}
	a.peak = max(a.peak, a.base)
	if a.k == len(a.chunks) {
		a.chunks = append(a.chunks, nil)
	}
	if len(a.chunks[a.k]) < size {
		n := max(min(firstChunk<<min(a.k, 16), lastChunk), size)
		a.chunks[a.k] = make([]T, n, n+firstChunk) // with room for what Take puts together
	}
	c := a.chunks[a.k]
	return top[T]{chunk: c, high: uint(min(a.peak-a.base, len(c)))}
}

// down returns where a pop can be done when n values are in the chunk in use: if it is
// empty, the chunk below; otherwise the same one, with a new high-water mark.
func (a *area[T]) down(n uint) top[T] {
	if n == 0 {
		if a.k == 0 {
			panic("ad: a pop from an empty stack: the reverse sweep takes back more than the forward sweep recorded, please report the generated function")
		}
		a.k--
		a.base -= a.filled[a.k]
		n = uint(a.filled[a.k])
		return top[T]{a.chunks[a.k], n, n}
	}
	a.peak = max(a.peak, a.base+int(n))
	return top[T]{a.chunks[a.k], n, n}
}

// cut returns the top after a reset from n values in the chunk in use to height values
// in all.
func (a *area[T]) cut(n uint, height int) top[T] {
	a.peak = a.high(n)
	for a.base > height {
		a.k--
		a.base -= a.filled[a.k]
	}
	if len(a.chunks) == 0 {
		return top[T]{}
	}
	c := a.chunks[a.k]
	return top[T]{c, uint(height - a.base), uint(min(a.peak-a.base, len(c)))}
}

// height is the number of values, n of them in the chunk in use.
func (a *area[T]) height(n uint) int { return a.base + int(n) }

// high is the high-water mark with n values in the chunk in use.
func (a *area[T]) high(n uint) int { return max(a.peak, a.height(n)) }
