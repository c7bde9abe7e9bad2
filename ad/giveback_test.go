package ad_test

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

func TestGiveBack(t *testing.T) {
	before := matrix{data: []float64{1, 2}, parts: [][]float64{{3}, {4, 5}, {6}}}
	before.both[1].V = []complex128{1}
	b := before
	b.parts = append([][]float64(nil), before.parts...)
	before.parts = b.parts
	data, row, both := b.data, b.parts[1], b.both[1].V
	heads := ad.NewSnapshot()
	heads.SaveHeaders(&b)

	b.data = []float64{10, 20}                          // the adjoint's own memory of the old shape
	b.parts = [][]float64{b.parts[0], {10, 10}, {0, 0}} // one in place, one new, one of another shape with zeros
	b.parts[0][0] = 30
	b.both[1].V = []complex128{2i}
	ad.GiveBack(heads, "F", &b)
	heads.Release()

	if &b.data[0] != &data[0] || &b.parts[1][0] != &row[0] || &b.both[1].V[0] != &both[0] {
		t.Error("the shadow has not the slices and pointers from before")
	}
	if b.data[0] != 11 || b.data[1] != 22 || b.parts[0][0] != 30 || b.parts[1][0] != 14 || b.parts[1][1] != 15 ||
		b.parts[2][0] != 6 || b.both[1].V[0] != 1+2i {
		t.Errorf("the shadow is %+v", b)
	}
}

func TestGiveBackRefuses(t *testing.T) {
	b := matrix{data: []float64{1, 2}}
	heads := ad.NewSnapshot()
	heads.SaveHeaders(&b)
	b.data = []float64{0, 0, 1}
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "the adjoint of F leaves adjoints in 3 elements of a slice that had 2") {
			t.Errorf("panic %q", p)
		}
	}()
	ad.GiveBack(heads, "F", &b)
}
