package ad

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

type mesh struct {
	u, un   []float64
	rows    [][]float64
	index   []int
	dt      float64
	n       int
	name    string
	small   [2]float32
	cells   []point
	parent  *mesh
	centre  *point
	weights map[string]float64
	//lint:ignore U1000 reached by reflection only
	hook  func()
	extra any
	z     complex128
}

func TestZeroLikeShapes(t *testing.T) {
	if z := ZeroLike(3.5); z != 0 {
		t.Errorf("float64: %v", z)
	}
	if z := ZeroLike(3); z != 3 {
		t.Errorf("int: %v", z)
	}
	if z := ZeroLike([2]float32{1, 2}); z != [2]float32{} {
		t.Errorf("array: %v", z)
	}
	if z := ZeroLike([]float64(nil)); z != nil {
		t.Errorf("nil slice: %v", z)
	}
	if z := ZeroLike([]float64{}); z == nil || len(z) != 0 {
		t.Errorf("empty slice: %#v", z)
	}
	if z := ZeroLike([]float32{}); z == nil || len(z) != 0 {
		t.Errorf("empty slice: %#v", z)
	}
	if z := ZeroLike((*mesh)(nil)); z != nil {
		t.Errorf("nil pointer: %v", z)
	}
	if z := ZeroLike(make([]float64, 2, 5)); len(z) != 2 || cap(z) != 5 {
		t.Errorf("length %d and capacity %d, want 2 and 5", len(z), cap(z))
	}
	if z := ZeroLike(make([]float32, 0, 5)); len(z) != 0 || cap(z) != 5 {
		t.Errorf("length %d and capacity %d, want 0 and 5", len(z), cap(z))
	}
	x := [][]float64{{1, 2}, nil, {}, {3}}
	if z := ZeroLike(x); !reflect.DeepEqual(z, [][]float64{{0, 0}, nil, {}, {0}}) {
		t.Errorf("nested: %#v", z)
	}
	if x[0][1] != 2 || x[3][0] != 3 {
		t.Error("the primal has changed")
	}
}

func TestZeroLikeStruct(t *testing.T) {
	m := &mesh{
		u: []float64{1, 2}, un: []float64{3}, rows: [][]float64{{1}, {2, 3}}, index: []int{7, 8}, dt: 0.1, n: 5, name: "m",
		small: [2]float32{1, 2}, cells: []point{{1, 2, 3}, {4, 5, 6}}, centre: &point{1, 1, 9},
		weights: map[string]float64{"a": 1}, extra: 4.5, z: 1 + 2i,
		parent: &mesh{u: []float64{9}, n: 3},
	}
	z := ZeroLike(m)
	want := &mesh{
		u: []float64{0, 0}, un: []float64{0}, rows: [][]float64{{0}, {0, 0}}, index: []int{7, 8}, n: 5, name: "m",
		cells: []point{{tag: 3}, {tag: 6}}, centre: &point{tag: 9},
		weights: map[string]float64{"a": 0}, extra: 4.5,
		parent: &mesh{u: []float64{0}, n: 3},
	}
	if !reflect.DeepEqual(z, want) {
		t.Errorf("got %+v, want %+v", z, want)
	}
	z.u[0], z.index[0], z.centre.tag, z.parent.n = 100, 100, 100, 100
	if m.u[0] != 1 || m.index[0] != 7 || m.centre.tag != 9 || m.parent.n != 3 {
		t.Error("the shadow shares memory with its primal")
	}
}

func TestZeroLikeAliasing(t *testing.T) {
	buf := make([]float64, 10)
	type views struct {
		whole, head, tail, again []float64
		alone                    []float64
	}
	z := ZeroLike(views{whole: buf, head: buf[:3:3], tail: buf[7:], again: buf, alone: make([]float64, 10)})
	z.whole[0], z.whole[8] = 1, 2
	if z.head[0] != 1 || z.tail[1] != 2 || z.again[0] != 1 {
		t.Error("views of one array do not share it in the shadow")
	}
	if slices.Max(z.alone) != 0 {
		t.Error("an array of its own is shared in the shadow")
	}
	if cap(z.head) != 3 || cap(z.tail) != 3 {
		t.Errorf("capacities %d and %d, want 3 and 3", cap(z.head), cap(z.tail))
	}
}

// Slices that overlap only in part, with none that holds them all.
func TestZeroLikePartialOverlap(t *testing.T) {
	buf := make([]point, 10)
	x := [][]point{buf[4:9:9], buf[0:5:5], buf[8:10:10]}
	z := ZeroLike(x)
	z[1][4].x, z[0][4].y = 1, 2
	if z[0][0].x != 1 || z[2][0].y != 2 {
		t.Error("partly overlapping slices do not share their overlap in the shadow")
	}
	// The same without overlap: neighbours stay apart.
	z = ZeroLike([][]point{buf[0:5:5], buf[5:10:10]})
	z[0] = append(z[0], point{x: 3})
	if z[1][0].x != 0 {
		t.Error("neighbours have become one array")
	}
}

func TestZeroLikeRowsOfOneArray(t *testing.T) {
	buf := make([]float64, 12)
	var rows [][]float64
	for i := range 4 {
		rows = append(rows, buf[3*i:3*i+3])
	}
	rows = append(rows, rows[1])
	z := ZeroLike(rows)
	z[1][2] = 5
	if z[4][2] != 5 {
		t.Error("the same row twice is two rows in the shadow")
	}
	if z[0][:6][5] != 5 {
		t.Error("rows of one array are separate in the shadow")
	}
}

func TestZeroLikePointers(t *testing.T) {
	pts := []point{{1, 2, 3}, {4, 5, 6}}
	type ref struct {
		second *point
		all    []point
		y      *float64
		none   *struct{}
	}
	z := ZeroLike(ref{&pts[1], pts, &pts[1].y, new(struct{})})
	if z.second != &z.all[1] || z.y != &z.all[1].y {
		t.Error("a pointer into a slice points elsewhere in the shadow")
	}
	if z.second.tag != 6 || z.second.x != 0 || z.none == nil {
		t.Errorf("the shadow holds %+v", *z.second)
	}

	ring := &mesh{n: 1}
	ring.parent = &mesh{n: 2, parent: ring}
	zr := ZeroLike(ring)
	if zr.parent.parent != zr || zr == ring || zr.n != 1 || zr.parent.n != 2 {
		t.Error("a ring of pointers is not a ring in the shadow")
	}
}

type ladder *[2]ladder

func TestOddRecursiveTypes(t *testing.T) {
	a := ladder(new([2]ladder))
	a[0], a[1] = a, ladder(new([2]ladder))
	z := ZeroLike(a)
	if z[0] != z || z[1] == nil || z[1] == z || z[1][0] != nil {
		t.Error("the shadow of a pointer to an array of itself has another shape")
	}
	b := a[1]
	var s Snapshot
	s.Save(&a)
	a[1], a[0] = nil, nil
	a = nil
	s.Restore(&a)
	if a == nil || a[0] != a || a[1] != b {
		t.Error("the snapshot of a pointer to an array of itself is not what was saved")
	}
}

func TestZeroLikeArrayInSlice(t *testing.T) {
	type pair struct{ x [2]float64 }
	pairs := make([]pair, 3)
	z := ZeroLike(struct {
		all []pair
		one []float64
	}{pairs[0:2:2], pairs[1].x[:]})
	z.one[1] = 4
	if z.all[1].x[1] != 4 {
		t.Error("a slice of an array inside a slice is separate in the shadow")
	}
}

func TestZeroLikeUnsafeOverlap(t *testing.T) {
	type point [3]float64
	pts := make([]point, 4)
	x := struct {
		a []point
		b []float64
	}{pts[:2:2], unsafe.Slice(&pts[1][0], 5)}
	panics(t, "cannot mirror memory shared as", func() { ZeroLike(x) })
	x.a, x.b = pts[1:3:3], unsafe.Slice(&pts[0][0], 5) // whole points after all
	z := ZeroLike(x)
	z.b[3] = 4
	if z.a[0][0] != 4 {
		t.Error("a view of points as floats is separate in the shadow")
	}
}

func TestAddLike(t *testing.T) {
	dst := &mesh{u: []float64{1, 2}, rows: [][]float64{{1}, nil}, dt: 1, n: 4, small: [2]float32{1, 2}, cells: []point{{1, 2, 3}}, centre: &point{}, index: []int{1}, z: 1}
	src := &mesh{u: []float64{10, 20}, rows: [][]float64{{10}, nil}, dt: 10, n: 40, small: [2]float32{10, 20}, cells: []point{{10, 20, 30}}, centre: &point{x: 7}, index: []int{5}, z: 10i}
	AddLike(dst, src)
	want := &mesh{u: []float64{11, 22}, rows: [][]float64{{11}, nil}, dt: 11, n: 4, small: [2]float32{11, 22}, cells: []point{{11, 22, 3}}, centre: &point{x: 7}, index: []int{1}, z: 1 + 10i}
	if !reflect.DeepEqual(dst, want) {
		t.Errorf("got %+v, want %+v", dst, want)
	}
	x := []float64{1}
	AddLike(x, []float64{2})
	y := [][]float32{{1}, {2}}
	AddLike(y, [][]float32{{10}, {20}})
	if x[0] != 3 || y[0][0] != 11 || y[1][0] != 22 {
		t.Errorf("sums %v %v", x, y)
	}
	f := 1.0
	g := 2.0
	AddLike(&f, &g)
	if f != 3 {
		t.Errorf("sum %v", f)
	}
}

// blockOf has arrays of everything that an array can hold.
type blockOf struct {
	pts  [2]point
	rows [2][]float64
	refs [2]*point
	deep [2][2][]point
	//lint:ignore U1000 reached by reflection only
	none [0]point
	nums [3]int16
}

func newBlock(x float64) *blockOf {
	return &blockOf{
		pts: [2]point{{x, x, 1}, {x, x, 2}}, rows: [2][]float64{{x}, {x, x}}, refs: [2]*point{{x, x, 3}, nil},
		deep: [2][2][]point{{{{x, x, 4}}, nil}, {nil, {{x, x, 5}}}}, nums: [3]int16{1, 2, 3},
	}
}

func TestArrays(t *testing.T) {
	b := newBlock(7)
	if z := ZeroLike(b); !reflect.DeepEqual(z, newBlock(0)) {
		t.Errorf("shadow %+v", z)
	}
	AddLike(b, newBlock(10))
	if !reflect.DeepEqual(b, newBlock(17)) {
		t.Errorf("sum %+v", b)
	}
	var s Snapshot
	s.Save(b)
	row, ref := &b.rows[1][1], b.refs[0]
	*row, *ref, b.deep[1][1][0].x, b.nums[2], b.pts[1].x = 0, point{}, 0, 0, 0
	b.rows[1], b.refs[0], b.deep[0][0] = nil, nil, nil
	s.Restore(b)
	if !reflect.DeepEqual(b, newBlock(17)) || &b.rows[1][1] != row || b.refs[0] != ref {
		t.Errorf("restored %+v", b)
	}
	p := NewProbe()
	p.Watch("b", b)
	Read(p, &b.pts[1].y)
	Write(p, &b.rows[1][0])
	Read(p, &b.refs[0].tag)
	Write(p, &b.deep[1][1][0])
	Read(p, &b.nums[1])
	expect(t, p, "b", "----R-"+"-W-"+"--R"+"---"+"WWW"+"-R-")
}

func TestAddLikeOnce(t *testing.T) {
	buf, add := make([]float64, 6), []float64{1, 2, 3, 4, 5, 6}
	AddLike([][]float64{buf, buf[2:4], buf[1:3], buf[3:]}, [][]float64{add, add[2:4], add[1:3], add[3:]})
	if !slices.Equal(buf, add) {
		t.Errorf("shared memory holds %v, want each of %v once", buf, add)
	}
	buf = make([]float64, 6)
	AddLike([][]float64{buf[3:6], buf[0:2], buf[1:4]}, [][]float64{add[3:6], add[0:2], add[1:4]})
	if !slices.Equal(buf, add) {
		t.Errorf("partly shared memory holds %v, want each of %v once", buf, add)
	}
	// The same source into two places, and two sources into one place, are not shared.
	a, b := make([]float64, 2), make([]float64, 2)
	AddLike([][]float64{a, b, b}, [][]float64{{1, 2}, {10, 20}, {100, 200}})
	if !slices.Equal(a, []float64{1, 2}) || !slices.Equal(b, []float64{110, 220}) {
		t.Errorf("sums %v %v", a, b)
	}
	ring, other := &mesh{dt: 1}, &mesh{dt: 10}
	ring.parent, other.parent = ring, other
	AddLike(ring, other)
	if ring.dt != 11 {
		t.Errorf("a ring adds %v, want 11", ring.dt)
	}
}

func TestAddLikeOfItself(t *testing.T) {
	x := &mesh{u: []float64{1, 2}, dt: 3}
	AddLike(x, x)
	if x.u[1] != 4 || x.dt != 6 {
		t.Errorf("x added to itself gives %v and %v", x.u, x.dt)
	}
}

func TestAddLikeMismatch(t *testing.T) {
	panics(t, "length 2 where src has one of length 1", func() { AddLike(make([]float64, 2), make([]float64, 1)) })
	panics(t, "[]float64 of length 1", func() { AddLike([][]float64{{1}}, [][]float64{{1, 2}}) })
	panics(t, "*ad.point one is nil", func() { AddLike(&mesh{centre: &point{}}, &mesh{}) })
	panics(t, "by value", func() { AddLike(1.0, 2.0) })
	panics(t, "by value", func() { AddLike(mesh{}, mesh{}) })
	// Nothing is added when a mismatch is found later.
	a := [][]float64{{1}, {2}}
	panics(t, "different shapes", func() { AddLike(a, [][]float64{{1}, nil}) })
	if a[0][0] != 1 {
		t.Error("a sum of different shapes has begun")
	}
}

// TestMoved: the seeds have the shape that is there after the moves, what is added to the
// shape from before; where both agree nothing is made anew.
func TestMoved(t *testing.T) {
	mine := [][]float64{{1, 2, 3}, {4}, {5, 6}}
	theirs := [][]float64{{10}, {20, 30, 40}, {50, 60}}
	kept := &theirs[2][0]
	AddMoved(&theirs, &mine)
	want := [][]float64{{1, 2, 3}, {4}, {55, 66}}
	if !reflect.DeepEqual(theirs, want) || &theirs[2][0] != kept {
		t.Errorf("got %v, want %v in the old memory where it fits", theirs, want)
	}
	if mine[0][0] = 7; theirs[0][0] != 1 {
		t.Error("what was made anew is the memory of the other")
	}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "F: it moves slices about in y") || !strings.Contains(p, "yb must have the shape") {
			t.Errorf("panic %q", p)
		}
	}()
	SeedMoved("F", "y", mine, [][]float64{{1}, {2, 3, 4}, {5, 6}})
}
