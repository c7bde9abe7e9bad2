package ad

import (
	"reflect"
	"slices"
	"testing"
)

type cellKey struct {
	I int8
	S string
	B [2]bool
}

func TestKeysAreInOrder(t *testing.T) {
	if got := Keys(map[string]int{"b": 1, "": 2, "a": 3}); !slices.Equal(got, []string{"", "a", "b"}) {
		t.Error(got)
	}
	if got := Keys(map[int]bool{3: true, -2: false, 0: true}); !slices.Equal(got, []int{-2, 0, 3}) {
		t.Error(got)
	}
	type small uint8
	if got := Keys(map[small]int{200: 1, 3: 2}); !slices.Equal(got, []small{3, 200}) {
		t.Error(got)
	}
	if got := Keys(map[bool]int{true: 1, false: 2}); !slices.Equal(got, []bool{false, true}) {
		t.Error(got)
	}
	want := []cellKey{{I: -1}, {S: "a"}, {S: "a", B: [2]bool{false, true}}, {S: "b"}, {I: 1}}
	m := map[cellKey]float64{}
	for _, k := range want {
		m[k] = 1
	}
	if got := Keys(m); !slices.Equal(got, want) {
		t.Error(got)
	}
	if got := Keys(map[int]int(nil)); len(got) != 0 {
		t.Error(got)
	}
}

func TestEntriesComeBack(t *testing.T) {
	st := NewStack()
	m := map[string][2]float64{"a": {1, 2}}
	PushEntry(st, m, "a")
	m["a"] = [2]float64{3, 4}
	PushEntry(st, m, "b")
	m["b"] = [2]float64{5, 6}
	PushEntry(st, m, "a")
	delete(m, "a")
	PopEntry(st, m, "a")
	if !reflect.DeepEqual(m, map[string][2]float64{"a": {3, 4}, "b": {5, 6}}) {
		t.Error(m)
	}
	PopEntry(st, m, "b")
	PopEntry(st, m, "a")
	if !reflect.DeepEqual(m, map[string][2]float64{"a": {1, 2}}) {
		t.Error(m)
	}
	var null map[string]int
	PushEntry(st, null, "a")
	PopEntry(st, null, "a")
	st.Release()
}

type weight float32

func TestAdjointsOfEntries(t *testing.T) {
	m := map[int]point{1: {}, 2: {}}
	mb := map[int]point{1: {x: 1}}
	AddEntry(Has(m, 1), mb, 1, point{x: 2, y: 3})
	AddEntry(Has(m, 2), mb, 2, point{y: 4})
	AddEntry(Has(m, 3), mb, 3, point{y: 5})
	if !reflect.DeepEqual(mb, map[int]point{1: {x: 3, y: 3}, 2: {y: 4}}) {
		t.Error(mb)
	}
	if got := TakeEntry(true, mb, 1); got != (point{x: 3, y: 3}) {
		t.Error(got)
	}
	if got := TakeEntry(false, mb, 2); got != (point{y: 4}) {
		t.Error(got)
	}
	if !reflect.DeepEqual(mb, map[int]point{1: {}}) {
		t.Error(mb)
	}
	n := map[string]weight{}
	AddEntry(true, n, "a", 2)
	AddEntry(true, n, "a", 3)
	c := map[string]complex128{"z": 1i}
	AddEntry(true, c, "z", 2)
	if n["a"] != 5 || c["z"] != 2+1i {
		t.Error(n, c)
	}
	if got := TakeEntry(false, map[int]float64(nil), 1); got != 0 {
		t.Error(got)
	}
}

type withMaps struct {
	w     map[string]float64
	rows  map[int][]float64
	inner map[string]map[int]float64
	names map[int]string
	same  map[string]float64
	row   []float64
	null  map[int]float64
}

func newWithMaps() *withMaps {
	s := &withMaps{
		w:     map[string]float64{"a": 1, "b": 2},
		rows:  map[int][]float64{1: {1, 2}, 2: nil},
		inner: map[string]map[int]float64{"x": {1: 5}},
		names: map[int]string{1: "one"},
	}
	s.same, s.row = s.w, s.rows[1]
	return s
}

func TestZeroLikeMaps(t *testing.T) {
	s := newWithMaps()
	z := ZeroLike(s)
	want := &withMaps{
		w:     map[string]float64{"a": 0, "b": 0},
		rows:  map[int][]float64{1: {0, 0}, 2: nil},
		inner: map[string]map[int]float64{"x": {1: 0}},
		names: s.names,
		same:  map[string]float64{"a": 0, "b": 0}, row: []float64{0, 0},
	}
	if !reflect.DeepEqual(z, want) || z.null != nil {
		t.Errorf("got %+v", z)
	}
	z.w["a"], z.rows[1][0] = 3, 4
	if z.same["a"] != 3 || z.row[0] != 4 || s.w["a"] != 1 || s.row[0] != 1 {
		t.Error("the shadow does not share memory as its primal does")
	}
	sum := newWithMaps()
	delete(sum.w, "b")
	AddLike(sum, z)
	if sum.w["a"] != 4 || sum.same["a"] != 4 || sum.row[0] != 5 || len(sum.w) != 2 {
		t.Errorf("sum %+v", sum)
	}
	ClearLike(&sum)
	if sum.w["a"] != 0 || sum.row[0] != 0 || sum.inner["x"][1] != 0 || sum.names[1] != "one" {
		t.Errorf("cleared %+v", sum)
	}
}

func TestSnapshotOfMaps(t *testing.T) {
	s := newWithMaps()
	rows, w, in := s.rows, s.w, s.inner["x"]
	var snap Snapshot
	snap.Save(s)
	s.w["a"], s.w["c"] = 7, 8
	delete(s.w, "b")
	s.row[1] = 9
	s.rows = map[int][]float64{}
	in[1], in[2] = 3, 4
	s.inner = nil
	s.names[2] = "two"
	for range 2 {
		snap.Restore(s)
		want := newWithMaps()
		if !reflect.DeepEqual(s, want) {
			t.Fatalf("got %+v", s)
		}
		if reflect.ValueOf(s.rows).Pointer() != reflect.ValueOf(rows).Pointer() || reflect.ValueOf(s.w).Pointer() != reflect.ValueOf(w).Pointer() {
			t.Error("other maps are back")
		}
		clear(s.w)
		s.row[0] = 11
	}
	snap.Reset()
	snap.SaveHeaders(s)
	s.row[0] = 12
	s.rows[3] = s.row
	s.w["a"] = 13
	snap.RestoreHeaders(s)
	if s.row[0] != 12 || len(s.rows) != 2 || s.w["a"] != 13 {
		t.Errorf("headers: %+v", s)
	}
}

func TestApartMaps(t *testing.T) {
	m := map[string]float64{"a": 1}
	other := map[string]float64{}
	row := []float64{1, 2}
	Apart("F", "m", &m, "n", &other)
	rows := map[int][]float64{1: row}
	in := struct{ m map[string]float64 }{m}
	panics(t, "the arguments a and b share memory", func() { Apart("F", "a", &m, "b", &in) })
	panics(t, "the arguments a and b share memory", func() { Apart("F", "a", &rows, "b", &row) })
	panics(t, "the arguments a and b share memory", func() { Apart("F", "a", &row, "b", &rows) })
}

func TestCarryMaps(t *testing.T) {
	held := map[int]float64{1: 2, 2: 3}
	now := map[int]float64{1: 0, 5: 7}
	Carry(&held, &now)
	if !reflect.DeepEqual(now, held) {
		t.Error(now)
	}
	rows := map[int][]float64{1: {1, 2}}
	var kept map[int][]float64
	Hold(&kept, &rows)
	fresh := map[int][]float64{1: {0, 0}}
	rows[1] = nil
	Carry(&kept, &fresh)
	if fresh[1][1] != 2 {
		t.Error(fresh)
	}
}

type links struct {
	x    float64
	next *links
}

// TestMovedShapes: maps, and lists of another length.
func TestMovedShapes(t *testing.T) {
	mine := &links{1, &links{2, &links{3, nil}}}
	theirs := &links{10, nil}
	AddMoved(&theirs, &mine)
	if theirs.x != 11 || theirs.next.x != 2 || theirs.next.next.x != 3 || theirs.next == mine.next {
		t.Errorf("list %+v", theirs)
	}
	short := &links{1, nil}
	AddMoved(&theirs, &short)
	if theirs.x != 12 || theirs.next != nil {
		t.Errorf("shorter list %+v", theirs)
	}
	a, b := map[int][]float64{1: {1}, 2: {5, 6}}, map[int][]float64{1: {2, 3}, 3: {4}}
	AddMoved(&b, &a)
	if !reflect.DeepEqual(b, map[int][]float64{1: {1}, 2: {5, 6}}) {
		t.Errorf("map %v", b)
	}
}
