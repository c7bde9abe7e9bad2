package ad_test

import (
	"math"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

type (
	real64 float64
	real32 float32
	pair   struct {
		a  float64
		b  [2]float32
		c  complex128
		cs []complex64
	}
)

// moved moves a value in the ways that generated code does: through calls, structs,
// arrays, slices, interfaces and copies.
//
//go:noinline
func moved(p pair) pair {
	q := []pair{p, {}}
	copy(q[1:], q)
	r := append(q[1:], q...)[0]
	r.cs = append([]complex64{}, r.cs...)
	var any any = r
	return any.(pair)
}

// TestMasksKeepTheirBits: every single bit, all bits, and those that make signalling
// NaNs and subnormal numbers survive moves.
func TestMasksKeepTheirBits(t *testing.T) {
	masks := []uint64{0, math.MaxUint64, 0x7ff0000000000001, 0xfff4000000000001, 0x7f8000017f800001}
	for k := range 64 {
		masks = append(masks, 1<<k, 1<<k|1)
	}
	for _, m := range masks {
		x, y := ad.Mask(m), ad.Widen(math.Float32frombits(uint32(m)))
		f := ad.Narrow(y)
		p := moved(pair{x, [2]float32{f, f}, complex(y, x), []complex64{complex(f, 0), complex(0, f)}})
		if ad.MaskOf(p.a) != m || ad.MaskOf(imag(p.c)) != m || ad.MaskOf(real(p.c)) != m&math.MaxUint32 {
			t.Errorf("%#x in a float64 becomes %#x, %#x", m, ad.MaskOf(p.a), ad.MaskOf(imag(p.c)))
		}
		for _, g := range []float32{p.b[0], p.b[1], real(p.cs[0]), imag(p.cs[1])} {
			if math.Float32bits(g) != uint32(m) {
				t.Errorf("%#x in a float32 becomes %#x", uint32(m), math.Float32bits(g))
			}
		}
	}
}

func TestMasksJoin(t *testing.T) {
	x, y := uint64(0x7ff8000000000005), uint64(0x000000000000000a)
	want := x | y
	if got := ad.MaskOf(ad.Or(ad.Mask(x), ad.Mask(y))); got != want {
		t.Errorf("Or gives %#x", got)
	}
	if got := ad.MaskOf(float64(ad.Or(real64(ad.Mask(x)), 0))); got != x {
		t.Errorf("Or of a named type gives %#x", got)
	}
	if got := math.Float32bits(float32(ad.Or32(real32(math.Float32frombits(0x7f800001)), real32(math.Float32frombits(2))))); got != 0x7f800003 {
		t.Errorf("Or32 gives %#x", got)
	}
	z := ad.OrParts(complex(ad.Mask(1), ad.Mask(2)), complex(ad.Mask(4), ad.Mask(8)))
	if ad.MaskOf(real(z)) != 5 || ad.MaskOf(imag(z)) != 10 || ad.MaskOf(ad.Join(z)) != 15 {
		t.Errorf("OrParts gives %v, Join %v", z, ad.Join(z))
	}
	c := ad.NarrowParts(z)
	if c = ad.OrParts64(c, 0); math.Float32bits(ad.Join64(c)) != 15 || ad.WidenParts(c) != z {
		t.Errorf("in single precision OrParts64 gives %v, WidenParts %v", c, ad.WidenParts(c))
	}
	if b := ad.Both(ad.Mask(3)); real(b) != imag(b) || ad.MaskOf(real(b)) != 3 {
		t.Errorf("Both gives %v", b)
	}
	if b := ad.Both32(ad.Narrow(ad.Mask(3))); real(b) != imag(b) || math.Float32bits(real(b)) != 3 {
		t.Errorf("Both32 gives %v", b)
	}
}

func TestNarrowRefusesWhatItWouldLose(t *testing.T) {
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "direction 32 has a seed") {
			t.Errorf("the panic is %q", p)
		}
	}()
	ad.Narrow(ad.Mask(1<<32 | 1))
}
