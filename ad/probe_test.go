package ad

import (
	"reflect"
	"slices"
	"testing"
)

// letters prints states as one letter each.
func letters(list []Access) string {
	b := make([]byte, len(list))
	for i, a := range list {
		b[i] = "-RW"[a]
	}
	return string(b)
}

func expect(t *testing.T, p *Probe, name, want string) {
	t.Helper()
	if got := letters(p.Touched(name)); got != want {
		t.Errorf("%s: %s, want %s", name, got, want)
	}
}

func TestProbeFirstAccess(t *testing.T) {
	x := make([]float64, 6)
	n, flag := 3, false
	p := NewProbe()
	p.Watch("x", &x)
	p.Watch("n", &n)
	p.Watch("flag", &flag)
	expect(t, p, "x", "------")
	Read(p, &x[1])
	Write(p, &x[1])
	Write(p, &x[2])
	Read(p, &x[2])
	ReadSlice(p, x[4:])
	Write(p, &n)
	expect(t, p, "x", "-RW-RR")
	expect(t, p, "n", "W")
	expect(t, p, "flag", "-")
	WriteSlice(p, x)
	expect(t, p, "x", "WRWWRR")
	if p.Touched("y") != nil {
		t.Error("a variable that is not watched has states")
	}
}

func TestProbeIgnoresOtherMemory(t *testing.T) {
	buf := make([]float64, 6)
	x := buf[2:4]
	p := NewProbe()
	Read(p, &buf[0]) // before anything is watched
	p.Watch("x", &x)
	ReadSlice(p, buf[:2])
	WriteSlice(p, buf[4:])
	Read(p, &x) // the header is not an element
	ReadSlice(p, x[:0])
	ReadSlice(p, []float64(nil))
	other := 1.0
	Read(p, &other)
	expect(t, p, "x", "--")
	ReadSlice(p, buf[3:])
	expect(t, p, "x", "-R")
}

func TestProbeAliases(t *testing.T) {
	buf := make([]float64, 6)
	a, b := buf[:4], buf[2:]
	p := NewProbe()
	p.Watch("a", &a)
	p.Watch("b", &b)
	p.Watch("one", &buf[3])
	Read(p, &a[3])
	Write(p, &buf[2])
	Write(p, &buf[5])
	expect(t, p, "a", "--WR")
	expect(t, p, "b", "WR-W")
	expect(t, p, "one", "R")
	// One watched later sees what came before on the same memory.
	p.Watch("all", &buf)
	Read(p, &buf[0])
	expect(t, p, "all", "R-WR-W")
	expect(t, p, "a", "R-WR")
}

func TestProbeStruct(t *testing.T) {
	m := &mesh{u: make([]float64, 2), rows: [][]float64{{1}, nil, {2, 3}}, index: []int{1}, cells: make([]point, 2), name: "m"}
	p := NewProbe()
	p.Watch("m", m)
	// u 2, rows 3, index 1, dt, n, name, small 2, cells 6, z.
	expect(t, p, "m", "--------------------"[:2+3+1+1+1+1+2+6+1])
	Read(p, &m.u[1])
	Write(p, &m.rows[2][0])
	Read(p, &m.index[0])
	Write(p, &m.dt)
	Read(p, &m.name)
	Write(p, &m.small[1])
	Read(p, &m.cells[1])
	Write(p, &m.z)
	expect(t, p, "m", "-R"+"-W-"+"R"+"W"+"-"+"R"+"-W"+"---RRR"+"W")
	q := NewProbe()
	q.Watch("m", m)
	Read(q, m)
	expect(t, q, "m", "--"+"---"+"-"+"R"+"R"+"R"+"RR"+"------"+"R")
	if v := q.Variables()[0]; v.Type != "ad.mesh" || v.Elements != 18 || !slices.Equal(v.Shape, []int{18}) {
		t.Errorf("%+v", v)
	}
}

func TestProbeRing(t *testing.T) {
	ring := &mesh{n: 1}
	ring.parent = &mesh{parent: ring}
	p := NewProbe()
	p.Watch("ring", &ring)
	Write(p, &ring.parent.dt)
	// dt, n, name, small 2 and z of each; the parent lies before z.
	expect(t, p, "ring", "-----"+"W-----"+"-")
}

func TestProbeShapes(t *testing.T) {
	f, i, b := 1.0, 2, true
	vec, mat, ragged := []float64{1, 2}, [][]float64{{1, 2, 3}, {4, 5, 6}}, [][]float64{{1}, {2, 3}}
	arr, rows := [3]int32{}, [][2]float64{{}, {}, {}, {}}
	cube, square := [][][]float32{{{1}, {2}}, {{3}, {4}}, {{5}, {6}}}, [2][3]float64{}
	pts, str, z := make([]point, 2), "s", []complex128{1, 2}
	var none []float64
	var noRows [][]float64
	emptyRows := [][]float64{{}, {}}
	ptr, nilPtr := &vec, (*[]float64)(nil)
	halfNil := []*[2]int{{}, nil}
	p := NewProbe()
	for _, c := range []struct {
		name  string
		ptr   any
		typ   string
		shape []int
		n     int
	}{
		{"f", &f, "float64", []int{}, 1},
		{"i", &i, "int", []int{}, 1},
		{"b", &b, "bool", []int{}, 1},
		{"str", &str, "string", []int{}, 1},
		{"vec", &vec, "[]float64", []int{2}, 2},
		{"mat", &mat, "[][]float64", []int{2, 3}, 6},
		{"ragged", &ragged, "[][]float64", []int{3}, 3},
		{"arr", &arr, "[3]int32", []int{3}, 3},
		{"rows", &rows, "[][2]float64", []int{4, 2}, 8},
		{"cube", &cube, "[][][]float32", []int{3, 2, 1}, 6},
		{"square", &square, "[2][3]float64", []int{2, 3}, 6},
		{"pts", &pts, "[]ad.point", []int{6}, 6},
		{"z", &z, "[]complex128", []int{2}, 2},
		{"none", &none, "[]float64", []int{0}, 0},
		{"noRows", &noRows, "[][]float64", []int{0}, 0},
		{"emptyRows", &emptyRows, "[][]float64", []int{2, 0}, 0},
		{"ptr", &ptr, "*[]float64", []int{2}, 2},
		{"nilPtr", &nilPtr, "*[]float64", []int{0}, 0},
		{"halfNil", &halfNil, "[]*[2]int", []int{2}, 2},
	} {
		p.Watch(c.name, c.ptr)
		list := p.Variables()
		if got, want := list[len(list)-1], (Variable{c.name, c.typ, c.shape, c.n}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := len(p.Touched(c.name)); got != c.n {
			t.Errorf("%s: %d states", c.name, got)
		}
	}
}

// The elements are the memory at the time of Watch, whatever the variable becomes.
func TestProbeKeepsMemory(t *testing.T) {
	x := []float64{1, 2}
	old := x
	p := NewProbe()
	p.Watch("x", &x)
	x = make([]float64, 5)
	ReadSlice(p, x)
	expect(t, p, "x", "--")
	Write(p, &old[1])
	expect(t, p, "x", "-W")
}

func TestProbeRowMajor(t *testing.T) {
	rows := [][]float64{make([]float64, 2), make([]float64, 2), make([]float64, 2)}
	rows[0], rows[2] = rows[2], rows[0] // addresses do not ascend with the rows
	p := NewProbe()
	p.Watch("rows", &rows)
	Read(p, &rows[0][1])
	Write(p, &rows[2][0])
	expect(t, p, "rows", "-R--W-")
}

func TestProbeAccessAcrossElements(t *testing.T) {
	a := [4]float64{}
	pts := []point{{}, {}}
	p := NewProbe()
	p.Watch("a", &a)
	p.Watch("pts", &pts)
	Read(p, (*[2]float64)(a[1:3]))
	Write(p, &pts[1])
	Read(p, &pts[0].tag)
	expect(t, p, "a", "-RR-")
	expect(t, p, "pts", "--RWWW")
}

func TestProbeMisuse(t *testing.T) {
	p := NewProbe()
	x := 1.0
	p.Watch("x", &x)
	panics(t, "watched already", func() { p.Watch("x", &x) })
	panics(t, "not a pointer", func() { p.Watch("y", x) })
	panics(t, "not a pointer", func() { p.Watch("y", nil) })
	panics(t, "nil pointer", func() { p.Watch("y", (*float64)(nil)) })
	if got := len(p.Variables()); got != 1 {
		t.Errorf("%d variables are watched, want 1", got)
	}
}

func TestAccessString(t *testing.T) {
	for a, want := range map[Access]string{Untouched: "untouched", ReadFirst: "read first", WrittenFirst: "written first", 7: "access(7)"} {
		if got := a.String(); got != want {
			t.Errorf("%d is %q", a, got)
		}
	}
}

func TestProbeAllocatesNothing(t *testing.T) {
	x := make([]float64, 100)
	p := NewProbe()
	p.Watch("x", &x)
	noAllocs(t, func() {
		var local float64
		Read(p, &local)
		for i := range x {
			Read(p, &x[i])
			Write(p, &x[i])
		}
		ReadSlice(p, x)
	})
}

func BenchmarkProbe(b *testing.B) {
	rows := make([][]float64, 100)
	for i := range rows {
		rows[i] = make([]float64, 100)
	}
	p := NewProbe()
	p.Watch("rows", &rows)
	b.Run("near", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			Read(p, &rows[50][i%100])
		}
	})
	b.Run("far", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			Read(p, &rows[i*37%100][i%100])
		}
	})
}
