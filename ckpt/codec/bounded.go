package codec

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cairn-ad/cairn/ckpt"
)

// Bounded is lossy: of each floating-point number it keeps a multiple of a step, so that no
// element is further than bound from what it was. Neighbouring multiples are then predicted
// as by [Lorenzo], and Zstandard does the rest (after Tian et al., cuSZ, 2020). NaNs,
// infinities, and numbers of more than 2^50 steps are kept as they are. Take it with
// [ckpt.Lossy]. The bound is absolute: for one relative to the range of a variable multiply
// the two.
func Bounded(bound float64) ckpt.LossyCodec { return bounded{bound} }

type bounded struct{ bound float64 }

func (bounded) Name() string     { return "bounded+zstd" }
func (b bounded) Bound() float64 { return b.bound }

const (
	mostSteps    = 1 << 50
	boundedFront = 1 + 8 + 4 // mode, step, number of exceptions
)

// Encode implements ckpt.Codec. What Zstandard encodes is: the mode of the filter in one
// byte; the step, a float64; the number of exceptions in 4 bytes; the shuffled differences
// of the multiples, 8 bytes each; for each exception the number of its word in 4 bytes; and
// its bits, as many as a word has.
func (b bounded) Encode(dst, src []byte, form ckpt.Form) ([]byte, error) {
	size := wordOf(form)
	if !float(form) || len(src)%size != 0 {
		return nil, fmt.Errorf("numbers of kind %v cannot be stored with a bound", form.Kind)
	}
	if !(b.bound > 0) || math.IsInf(b.bound, 0) {
		return nil, fmt.Errorf("%v is no bound", b.bound)
	}
	f := filters.Get().(*filter)
	defer filters.Put(f)
	f.load(src, size)
	step := 2 * b.bound
	var places, values []byte
	last := int64(0)
	for i, bits := range f.words {
		x := floatOf(bits, size)
		if q := math.RoundToEven(x / step); math.Abs(q) < mostSteps && within(x, rounded(int64(q), step, size), b.bound) {
			last = int64(q)
		} else {
			places = le.AppendUint32(places, uint32(i))
			values = appendWord(values, bits, size)
		}
		f.words[i] = uint64(last)
	}
	f.size = 8
	left, above := steps(form)
	f.mode = f.choose(left, above)
	if f.mode == none { // signed multiples
		f.mode = line
	}
	f.difference(left, above)
	f.bytes = append(f.bytes[:0], byte(f.mode))
	f.bytes = le.AppendUint64(f.bytes, math.Float64bits(step))
	f.bytes = le.AppendUint32(f.bytes, uint32(len(places)/4))
	f.bytes = append(append(f.shuffle(f.bytes), places...), values...)
	return compress(dst, f.bytes)
}

// within reports whether y stands for x within the bound.
func within(x, y, bound float64) bool { return math.Abs(x-y) <= bound }

// rounded is the number that a multiple of the step stands for.
func rounded(q int64, step float64, size int) float64 {
	y := float64(q) * step
	if size == 4 {
		return float64(float32(y))
	}
	return y
}

func floatOf(bits uint64, size int) float64 {
	if size == 4 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

func bitsOf(x float64, size int) uint64 {
	if size == 4 {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

func appendWord(dst []byte, bits uint64, size int) []byte {
	if size == 4 {
		return le.AppendUint32(dst, uint32(bits))
	}
	return le.AppendUint64(dst, bits)
}

var errBounded = errors.New("its lengths contradict each other")

// Decode implements ckpt.Codec.
func (b bounded) Decode(dst, src []byte, n int, form ckpt.Form) ([]byte, error) {
	size := wordOf(form)
	if !float(form) || n%size != 0 {
		return nil, errBounded
	}
	f := filters.Get().(*filter)
	defer filters.Put(f)
	count := n / size
	if err := f.inflate(src, boundedFront+8*count, boundedFront+count*(12+size)); err != nil {
		return nil, err
	}
	front := f.bytes
	step, exceptions := math.Float64frombits(le.Uint64(front[1:])), int(le.Uint32(front[9:]))
	if exceptions < 0 || exceptions > count || len(front) != boundedFront+8*count+exceptions*(4+size) {
		return nil, errBounded
	}
	f.mode = mode(front[0])
	if f.mode != line && (f.mode != plane || form.Row <= 0) {
		return nil, errMode
	}
	f.unshuffle(front[boundedFront:][:8*count], 8)
	f.sum(steps(form))
	for i, q := range f.words {
		f.words[i] = bitsOf(rounded(int64(q), step, size), size)
	}
	places := front[boundedFront+8*count:]
	values := places[4*exceptions:]
	for k := range exceptions {
		i := le.Uint32(places[4*k:])
		if int64(i) >= int64(count) {
			return nil, errBounded
		}
		if size == 4 {
			f.words[i] = uint64(le.Uint32(values[4*k:]))
		} else {
			f.words[i] = le.Uint64(values[8*k:])
		}
	}
	f.size = size
	f.tail = nil
	return f.store(slices.Grow(dst, n)), nil
}

// inflate decodes at least least bytes, and at most most.
func (f *filter) inflate(src []byte, least, most int) error {
	d, err := decoder()
	if err != nil {
		return err
	}
	if cap(f.bytes) < most {
		f.bytes = make([]byte, 0, most)
	}
	out, err := d.DecodeAll(src, f.bytes[:0:most]) // which stops at the capacity
	if err != nil {
		return err
	}
	if len(out) < least {
		return errBounded
	}
	f.bytes = out
	return nil
}
