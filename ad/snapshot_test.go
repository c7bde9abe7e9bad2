package ad

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// keep is saved and restored; the body between must not be seen afterwards.
func TestSnapshotFastTypes(t *testing.T) {
	f64, f32, n, n32, n64, b := 1.5, float32(2.5), 3, int32(4), int64(5), true
	sf64, sf32, sn, sn32, sn64, sb := []float64{1, 2}, []float32{3}, []int{4, 5}, []int32{6}, []int64{7}, []bool{true, false}
	rows := [][]float64{{1}, nil, {2, 3}}
	ptrs := []any{&f64, &f32, &n, &n32, &n64, &b, &sf64, &sf32, &sn, &sn32, &sn64, &sb, &rows}
	var s Snapshot
	s.Save(ptrs...)
	for range 3 {
		f64, f32, n, n32, n64, b = 0, 0, 0, 0, 0, false
		sf64[0], sf32[0], sn[0], sn32[0], sn64[0], sb[0] = 0, 0, 0, 0, 0, false
		rows[0][0], rows[2][1] = 0, 0
		rows[1] = rows[2]
		sf64 = sf64[:1]
		s.Restore(ptrs...)
		if f64 != 1.5 || f32 != 2.5 || n != 3 || n32 != 4 || n64 != 5 || !b {
			t.Fatal("scalars", f64, f32, n, n32, n64, b)
		}
		got := []any{sf64, sf32, sn, sn32, sn64, sb, rows}
		want := []any{[]float64{1, 2}, []float32{3}, []int{4, 5}, []int32{6}, []int64{7}, []bool{true, false}, [][]float64{{1}, nil, {2, 3}}}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// A swap of headers is undone, in the memory that the program had.
func TestSnapshotIdentity(t *testing.T) {
	u, un := []float64{1, 2}, []float64{3, 4}
	pu, pun := &u[0], &un[0]
	view := u[1:]
	var s Snapshot
	s.Save(&u, &un, &view)
	u, un = un, u
	u[0], un[1] = -1, -1
	view = nil
	un = append(un, 9)
	s.Restore(&u, &un, &view)
	if &u[0] != pu || &un[0] != pun || &view[0] != &u[1] {
		t.Error("the slices do not have the arrays they had")
	}
	if !slices.Equal(u, []float64{1, 2}) || !slices.Equal(un, []float64{3, 4}) || len(view) != 1 {
		t.Errorf("restored %v %v %v", u, un, view)
	}
}

func TestSnapshotShapeChange(t *testing.T) {
	x := []float64{1, 2, 3}
	rows := [][]float64{{1}, {2}}
	first := rows[0]
	empty, none := []int{}, []int(nil)
	var s Snapshot
	s.Save(&x, &rows, &empty, &none)
	x, rows, empty, none = nil, [][]float64{{5, 6, 7}}, nil, []int{1}
	first[0] = 9
	s.Restore(&x, &rows, &empty, &none)
	if !slices.Equal(x, []float64{1, 2, 3}) || len(rows) != 2 || &rows[0][0] != &first[0] || first[0] != 1 {
		t.Errorf("restored %v %v", x, rows)
	}
	if empty == nil || len(empty) != 0 || none != nil {
		t.Errorf("restored %#v %#v", empty, none)
	}
}

func TestSnapshotDeep(t *testing.T) {
	m := &mesh{
		u: []float64{1, 2}, rows: [][]float64{{1}, {2, 3}}, index: []int{7}, dt: 0.1, n: 5, name: "m",
		small: [2]float32{1, 2}, cells: []point{{1, 2, 3}}, centre: &point{1, 1, 9},
		weights: map[string]float64{"a": 1}, extra: 4.5, z: 1i, parent: &mesh{n: 3, u: []float64{8}},
	}
	want := &mesh{
		u: []float64{1, 2}, rows: [][]float64{{1}, {2, 3}}, index: []int{7}, dt: 0.1, n: 5, name: "m",
		small: [2]float32{1, 2}, cells: []point{{1, 2, 3}}, centre: &point{1, 1, 9},
		weights: m.weights, extra: 4.5, z: 1i, parent: &mesh{n: 3, u: []float64{8}},
	}
	was, parent, centre, row := m, m.parent, m.centre, &m.rows[1][0]
	var s Snapshot
	s.Save(&m)
	m.u[0], m.rows[1][0], m.index[0], m.dt, m.n, m.name = 0, 0, 0, 0, 0, ""
	m.rows[1] = nil
	m.small, m.cells[0], m.centre.x, m.weights, m.extra, m.z = [2]float32{}, point{}, 0, nil, nil, 0
	m.parent.u, m.parent.n = nil, 0
	m.centre, m.parent = nil, m
	m = &mesh{}
	s.Restore(&m)
	if m != was || m.parent != parent || m.centre != centre || &m.rows[1][0] != row {
		t.Error("the pointers are not those that were saved")
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("restored %+v, want %+v", m, want)
	}
}

func TestSnapshotOtherTypes(t *testing.T) {
	type named []float64
	a := [2][]float64{{1}, {2}}
	v := named{1, 2}
	str, c, u8 := "text", 1+2i, []uint8{1, 2}
	var e error = errTest{}
	strs := []string{"a", "b"}
	cube := [][][]float64{{{1}, {2}}, {{3}}}
	var s Snapshot
	for range 2 {
		s.Reset()
		s.Save(&a, &v, &str)
		s.Save(&c, &u8, &e, &strs, &cube)
		a[0][0], a[1] = 0, nil
		v[1], str, c, u8[0], e, strs[1] = 0, "", 0, 0, nil, ""
		cube[1][0][0], cube[0] = 0, nil
		s.Restore(&a)
		s.Restore(&v, &str, &c, &u8, &e, &strs, &cube)
		got := []any{a, v, str, c, u8, e, strs, cube}
		want := []any{[2][]float64{{1}, {2}}, named{1, 2}, "text", 1 + 2i, []uint8{1, 2}, error(errTest{}), []string{"a", "b"}, [][][]float64{{{1}, {2}}, {{3}}}}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("restored %v, want %v", got, want)
		}
	}
}

func TestSnapshotRing(t *testing.T) {
	ring := &mesh{n: 1, u: []float64{1}}
	other := &mesh{n: 2, parent: ring, u: []float64{2}}
	ring.parent = other
	var s Snapshot
	s.Save(&ring, &other)
	ring.parent, other.parent = nil, nil
	ring.u[0], other.u, ring.n = 0, nil, 0
	first := ring
	ring = nil
	s.Restore(&ring, &other)
	if ring != first || ring.parent != other || other.parent != ring || ring.u[0] != 1 || other.u[0] != 2 || ring.n != 1 {
		t.Error("a ring of pointers is not restored")
	}
}

// Headers, pointers and integers of shadows come back, their floats stay.
func TestSnapshotHeaders(t *testing.T) {
	ub, unb, x, n := []float64{1, 2}, []float64{3, 4}, 5.0, 6
	rows := [][]float64{{1}, {2}}
	m := &mesh{u: []float64{1}, index: []int{2}, dt: 3, n: 4, cells: []point{{1, 2, 3}}, small: [2]float32{1, 2}, z: 1}
	wasM, wasU, wasUb, wasRow := m, &m.u[0], &ub[0], &rows[1][0]
	f32s := []float32{1}
	var s Snapshot
	s.SaveHeaders(&ub, &unb, &x, &n, &rows, &m, &f32s)
	for range 2 {
		ub, unb = unb, ub
		x, n, f32s[0] = x+10, 60, f32s[0]+10
		rows[1][0] += 10
		rows[1] = rows[0]
		m.u[0] += 10
		m.index[0], m.dt, m.n, m.cells[0].x, m.cells[0].tag, m.small[1], m.z = 20, m.dt+10, 40, m.cells[0].x+10, 30, m.small[1]+10, m.z+10i
		m.u = nil
		m = nil
		s.RestoreHeaders(&ub, &unb, &x, &n, &rows, &m, &f32s)
		if &ub[0] != wasUb || &rows[1][0] != wasRow || m != wasM || &m.u[0] != wasU || m.index[0] != 2 || m.n != 4 || m.cells[0].tag != 3 || n != 6 {
			t.Fatal("headers, pointers or integers are not those that were saved")
		}
	}
	if x != 25 || f32s[0] != 21 || rows[1][0] != 22 || m.u[0] != 21 || m.dt != 23 || m.cells[0].x != 21 || m.small[1] != 22 || m.z != 1+20i {
		t.Error("sums were lost", x, f32s, rows, m)
	}
	panics(t, "headers of *[]float64", func() { s.Restore(&ub) })
}

func TestSnapshotMisuse(t *testing.T) {
	var s Snapshot
	x, n := 1.0, 2
	panics(t, "without a Save", func() { s.Restore(&x) })
	panics(t, "not a pointer", func() { s.Save(x) })
	s.Reset()
	panics(t, "not a pointer", func() { s.Save(nil) })
	s.Reset()
	s.Save(&x)
	panics(t, "as *int, but it was saved as *float64", func() { s.Restore(&n) })
}

func TestSnapshotBytes(t *testing.T) {
	var s Snapshot
	x, y := make([]float64, 10), 1.0
	s.Save(&x, &y)
	if got := s.Bytes(); got != 24+80+8 {
		t.Errorf("%d bytes, want 112", got)
	}
	s.Reset()
	if got := s.Bytes(); got != 0 {
		t.Errorf("%d bytes after the reset", got)
	}
	if s.data.heads[:1][0].ptr != nil {
		t.Error("an empty snapshot still points to what it held")
	}
	s.SaveHeaders(&x, &y)
	if got := s.Bytes(); got != 24 {
		t.Errorf("%d bytes, want 24", got)
	}
}

// Random changes to a small heap with aliases, against a deep copy.
func TestSnapshotRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	buf := make([]float64, 20)
	for round := range 300 {
		a, b, rows := buf[r.IntN(10):10+r.IntN(10)], buf[:r.IntN(20)], [][]float64{buf[2:5], make([]float64, 3), nil}
		m := mesh{u: a, un: b, rows: rows, cells: make([]point, 3)}
		m.centre = &m.cells[1]
		change := func() {
			for range 1 + r.IntN(20) {
				switch r.IntN(6) {
				case 0:
					buf[r.IntN(20)] = r.Float64()
				case 1:
					a, b = b, a
				case 2:
					m.rows[0], m.rows[1], m.rows[2] = m.rows[1], m.rows[2], m.rows[0]
				case 3:
					m.cells[r.IntN(3)].x = r.Float64()
				case 4:
					m.centre = &m.cells[r.IntN(3)]
				case 5:
					m.u, m.un = m.un, a
				}
			}
		}
		change()
		deep := func() any {
			return []any{slices.Clone(buf), slices.Clone(a), slices.Clone(b), slices.Clone(m.cells), *m.centre, slices.Clone(m.u), slices.Clone(m.un)}
		}
		var s Snapshot
		s.Save(&a, &b, &m, &buf)
		was, wasCentre := deep(), m.centre
		wasRows := slices.Clone(m.rows)
		for range 3 {
			change()
			s.Restore(&a, &b, &m, &buf)
			if got := deep(); !reflect.DeepEqual(got, was) || m.centre != wasCentre || !reflect.DeepEqual(m.rows, wasRows) {
				t.Fatalf("round %d: restored %v, want %v", round, got, was)
			}
		}
	}
}

func TestSnapshotAllocatesNothing(t *testing.T) {
	x, y, n, b := make([]float64, 1000), make([]float32, 10), 1, true
	rows := [][]float64{make([]float64, 10), make([]float64, 10)}
	m := &struct {
		u     []float64
		cells []point
		name  string
	}{u: x, cells: make([]point, 5)}
	var s Snapshot
	noAllocs(t, func() {
		s.Reset()
		s.Save(&x, &y, &n, &b, &rows)
		s.SaveHeaders(&x, &rows)
		s.Save(&m)
		for range 2 {
			s.Restore(&x, &y, &n, &b, &rows)
			s.RestoreHeaders(&x, &rows)
			s.Restore(&m)
		}
	})
}

// A variable does not move to the heap because it is saved.
func TestSnapshotDoesNotCapture(t *testing.T) {
	var s Snapshot
	noAllocs(t, func() {
		var x, y float64
		var p point
		var a [3]int
		s.Reset()
		s.Save(&x, &y, &p, &a)
		x, y, p, a = 1, 2, point{1, 1, 1}, [3]int{1, 1, 1}
		s.Restore(&x, &y, &p, &a)
		if x != 0 || y != 0 || p != (point{}) || a != [3]int{} {
			t.Error("not restored")
		}
	})
}

// SaveRoom keeps what an append may overwrite behind the length of a slice.
func TestSnapshotRoom(t *testing.T) {
	base := []float64{1, 2, 3}
	table := [][]float64{{4}, {5}}
	part, rows := base[:1], table[:1]
	second := table[1]
	var s, heads Snapshot
	s.SaveRoom(&part, &rows)
	heads.SaveRoomHeaders(&rows)
	part = append(part, 7)
	part[0] = 8
	rows = append(rows, []float64{9})
	second[0] = 6
	heads.RestoreRoomHeaders(&rows)
	if len(rows) != 1 || &table[1][0] != &second[0] || second[0] != 6 {
		t.Errorf("the rows have the headers %v, %v", rows, table)
	}
	s.RestoreRoom(&part, &rows)
	if !slices.Equal(base, []float64{1, 2, 3}) || len(part) != 1 {
		t.Errorf("restored %v, %v", base, part)
	}
	if second[0] != 5 {
		t.Errorf("restored the row %v", second)
	}
	s.SaveRoom(&part)
	panics(t, "with its room", func() { s.Restore(&part, &rows, &part) })
}
