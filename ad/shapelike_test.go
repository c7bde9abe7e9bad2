package ad_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/ad"
)

type matrix struct {
	rows, cols int
	name       string
	data       []float64
	parts      [][]float64
	next       *matrix
	both       [2]struct{ V []complex128 }
}

func TestShapeLike(t *testing.T) {
	src := &matrix{
		rows: 2, cols: 1, name: "a", data: []float64{1, 2}, parts: [][]float64{{1}, nil, {2, 3}},
		next: &matrix{rows: 7, data: []float64{4}},
	}
	src.both[1].V = []complex128{1i}
	dst := &matrix{}
	ad.ShapeLike(dst, src, ad.HeadsOf(src))
	want := ad.ZeroLike(*src)
	if d := cmp.Diff(want, *dst, cmp.AllowUnexported(matrix{})); d != "" {
		t.Errorf("of an empty shadow (-want +got):\n%s", d)
	}
	if dst.next == src.next || &dst.data[0] == &src.data[0] {
		t.Error("the shadow shares memory with its primal")
	}

	data, row, next := dst.data, dst.parts[2], dst.next
	dst.data[1], dst.parts[2][0], dst.next.data[0] = 5, 6, 7
	was := ad.HeadsOf(src)
	src.rows, src.parts[0] = 3, []float64{1, 2}
	src.next.data = []float64{1, 2, 3}
	ad.ShapeLike(dst, src, was)
	if &dst.data[0] != &data[0] || &dst.parts[2][0] != &row[0] || dst.next != next {
		t.Error("what kept its shape has moved")
	}
	if dst.data[1] != 5 || dst.parts[2][0] != 6 {
		t.Error("floats of what kept its shape have changed")
	}
	if dst.rows != 3 || len(dst.parts[0]) != 2 || len(dst.next.data) != 3 || dst.next.data[0] != 0 {
		t.Errorf("after a change the shadow is %+v", dst)
	}

	was = ad.HeadsOf(src)
	src.data = []float64{8, 9}
	ad.ShapeLike(dst, src, was)
	if &dst.data[0] == &data[0] || dst.data[1] != 0 {
		t.Error("other memory of the same length has the old shadow")
	}
	was = ad.HeadsOf(src)
	src.data, src.next, src.parts = nil, nil, src.parts[:1]
	ad.ShapeLike(dst, src, was)
	if dst.data != nil || dst.next != nil || len(dst.parts) != 1 {
		t.Errorf("after it has shrunk the shadow is %+v", dst)
	}
	ad.ShapeLike(nil, src, ad.HeadsOf[matrix](nil))
	ad.ShapeLike(dst, nil, nil)
}

type ring struct {
	v    []float64
	next *ring
}

func TestShapeLikeEndsInRings(t *testing.T) {
	a := &ring{v: []float64{1}}
	a.next = &ring{v: []float64{2, 3}, next: a}
	b := ad.ZeroLike(a)
	was := ad.HeadsOf(a)
	a.next.v = []float64{4}
	ad.ShapeLike(b, a, was)
	if b.next.next != b || len(b.next.v) != 1 {
		t.Error("the ring is broken")
	}
}

type vector interface{ Len() int }

type dense struct{ data []float64 }

func (d *dense) Len() int { return len(d.data) }

type reversed struct{ Vector vector }

func (r reversed) Len() int { return r.Vector.Len() }

type named float64

func (named) Len() int { return 1 }

func TestBoxed(t *testing.T) {
	d := &dense{[]float64{1, 2}}
	var v vector = reversed{reversed{d}}
	if ad.As[reversed](v).Vector.(reversed).Vector != vector(d) || ad.Inside(v) != any(d) || ad.Inside(d) != any(d) {
		t.Error("As or Inside gives something else")
	}
	z := ad.ZeroBoxed(v)
	zd := ad.Inside(z).(*dense)
	if zd == d || len(zd.data) != 2 || zd.data[1] != 0 || d.data[1] != 2 {
		t.Errorf("the shadow is %v", zd.data)
	}
	if ad.ZeroBoxed(vector(nil)) != nil {
		t.Error("the shadow of nil is not nil")
	}
	defer func() {
		if recover() == nil {
			t.Error("Inside of a number does not panic")
		}
	}()
	ad.Inside(vector(named(3)))
}
