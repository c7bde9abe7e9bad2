package codec

import (
	"math/bits"
	"reflect"
	"sync"

	"github.com/cairn-ad/cairn/ckpt"
)

// mode is what a filter has done with the words of a chunk.
type mode byte

const (
	none  mode = iota
	line       // the differences of neighbours in a row
	plane      // and the differences of those of two rows
	modes
)

// filter holds the words of a chunk: its numbers, or the two parts of complex ones.
type filter struct {
	words []uint64
	size  int    // bytes of a word
	tail  []byte // what is left of the chunk
	mode  mode
	bytes []byte // scratch
}

var filters = sync.Pool{New: func() any { return new(filter) }}

// wordOf returns the bytes of a word: those of a number, 8 if they are of several kinds.
func wordOf(form ckpt.Form) int {
	switch n := form.Kind.Size(); {
	case n == 0:
		return 8
	case form.Kind.Complex():
		return n / 2
	default:
		return n
	}
}

// load cuts a chunk into words.
func (f *filter) load(src []byte, size int) {
	n := len(src) / size
	f.size, f.mode = size, none
	f.words = room(f.words, n)
	w := f.words
	switch size {
	case 8:
		for i := range w {
			w[i] = le.Uint64(src[8*i:])
		}
	case 4:
		for i := range w {
			w[i] = uint64(le.Uint32(src[4*i:]))
		}
	case 2:
		for i := range w {
			w[i] = uint64(le.Uint16(src[2*i:]))
		}
	default:
		for i := range w {
			w[i] = uint64(src[i])
		}
	}
	f.tail = src[n*size:]
}

// store appends the words and the tail, the inverse of load.
func (f *filter) store(dst []byte) []byte {
	switch f.size {
	case 8:
		for _, x := range f.words {
			dst = le.AppendUint64(dst, x)
		}
	case 4:
		for _, x := range f.words {
			dst = le.AppendUint32(dst, uint32(x))
		}
	case 2:
		for _, x := range f.words {
			dst = le.AppendUint16(dst, uint16(x))
		}
	default:
		for _, x := range f.words {
			dst = append(dst, byte(x))
		}
	}
	return append(dst, f.tail...)
}

func room(w []uint64, n int) []uint64 {
	if cap(w) < n {
		return make([]uint64, n)
	}
	return w[:n]
}

// shuffle appends the lowest bytes of all words, then the next ones, and so on.
func (f *filter) shuffle(dst []byte) []byte {
	n, at := len(f.words), len(dst)
	if cap(dst) < at+n*f.size+f.size {
		dst = append(make([]byte, 0, at+n*f.size+f.size), dst...)
	}
	dst = dst[:at+n*f.size]
	for k := range f.size {
		plane := dst[at+k*n:][:n]
		for i, x := range f.words {
			plane[i] = byte(x >> (8 * k))
		}
	}
	return dst
}

// unshuffle reads the words, the inverse of shuffle, and the tail.
func (f *filter) unshuffle(src []byte, size int) {
	n := len(src) / size
	f.size, f.words = size, room(f.words, n)
	clear(f.words)
	for k := range size {
		for i, x := range src[k*n:][:n] {
			f.words[i] |= uint64(x) << (8 * k)
		}
	}
	f.tail = src[n*size:]
}

// steps returns the distance, in words, of the neighbours in a row and in a column; 0 if
// there is no neighbour.
func steps(form ckpt.Form) (left, above int) {
	left = 1
	if form.Kind.Complex() {
		left = 2
	}
	return left, left * form.Row
}

// probe is how many words decide on the mode, beside those that they are compared with.
const probe = 4096

// predict replaces the words by their differences from what is predicted, in the mode that
// promises the least bits.
func (f *filter) predict(form ckpt.Form) {
	if form.Kind == ckpt.Kind(reflect.Invalid) || form.Kind == ckpt.Kind(reflect.Bool) {
		return
	}
	if float(form) {
		f.order()
	}
	left, above := steps(form)
	f.mode = f.choose(left, above)
	f.difference(left, above)
	if f.mode == none && float(form) {
		f.disorder()
	}
}

// choose estimates the bits of all modes in the middle of the chunk.
func (f *filter) choose(left, above int) mode {
	reach := left + above
	if reach >= len(f.words) {
		reach, above = left, 0
	}
	from := max(reach, len(f.words)/2-probe/2)
	to := min(len(f.words), from+probe)
	var cost [modes]int
	w := f.words
	for i := from; i < to; i++ {
		x := w[i]
		cost[none] += bits.Len64(x)
		cost[line] += bits.Len64(f.zigzag(x - w[i-left]))
		if above > 0 {
			cost[plane] += bits.Len64(f.zigzag(x - w[i-left] - w[i-above] + w[i-above-left]))
		}
	}
	best := none
	if cost[line] < cost[best] {
		best = line
	}
	if above > 0 && cost[plane] < cost[best] {
		best = plane
	}
	return best
}

// difference is the Lorenzo predictor in the filter's mode: in two dimensions it is the
// difference of neighbours in a row, of which the difference of neighbours in a column is
// taken. Before the first word there are zeros.
func (f *filter) difference(left, above int) {
	if f.mode == none {
		return
	}
	w := f.words
	delta(w, left)
	if f.mode == plane {
		delta(w, above)
	}
	for i, x := range w {
		w[i] = f.zigzag(x)
	}
}

func delta(w []uint64, step int) {
	for i := len(w) - 1; i >= step; i-- {
		w[i] -= w[i-step]
	}
}

func undelta(w []uint64, step int) {
	for i := step; i < len(w); i++ {
		w[i] += w[i-step]
	}
}

// restore is the inverse of predict.
func (f *filter) restore(form ckpt.Form) error {
	if f.mode == none {
		return nil
	}
	if f.mode >= modes || form.Kind == ckpt.Kind(reflect.Invalid) || f.mode == plane && form.Row <= 0 {
		return errMode
	}
	f.sum(steps(form))
	if float(form) {
		f.disorder()
	}
	return nil
}

// sum is the inverse of difference.
func (f *filter) sum(left, above int) {
	w := f.words
	for i, x := range w {
		w[i] = x>>1 ^ -(x & 1)
	}
	if f.mode == plane {
		undelta(w, above)
	}
	undelta(w, left)
}

// zigzag makes small numbers of small differences of either sign, modulo the size of a word.
func (f *filter) zigzag(d uint64) uint64 {
	free := uint(64 - 8*f.size)
	s := int64(d << free)
	return (uint64(s<<1) ^ uint64(s>>63)) >> free & (^uint64(0) >> free)
}

func float(form ckpt.Form) bool {
	return form.Kind.Complex() || form.Kind.Real() && !form.Kind.Integer()
}

// order maps the bits of floating-point numbers to integers in the same order: those below
// zero are complemented, the others get the highest bit.
func (f *filter) order() {
	top := uint64(1) << (8*f.size - 1)
	mask := top | (top - 1)
	for i, x := range f.words {
		if x&top != 0 {
			f.words[i] = ^x & mask
		} else {
			f.words[i] = x | top
		}
	}
}

// disorder is the inverse of order.
func (f *filter) disorder() {
	top := uint64(1) << (8*f.size - 1)
	mask := top | (top - 1)
	for i, x := range f.words {
		if x &= mask; x&top != 0 {
			f.words[i] = x &^ top
		} else {
			f.words[i] = ^x & mask
		}
	}
}
