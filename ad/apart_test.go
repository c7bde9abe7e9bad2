package ad

import (
	"runtime/debug"
	"testing"
)

// Arguments that something is appended to must be apart up to their capacity.
func TestApartRoom(t *testing.T) {
	type list struct{ u [][]float64 }
	base := []float64{1, 2, 3, 4}
	head, tail := base[:1], base[1:]
	rows := [][]float64{base[:1:1], tail}
	a, b := list{rows[:1]}, list{[][]float64{base[2:]}}
	Apart("F", "a", &a, "b", &b)
	panics(t, "the arguments a and b share memory", func() { ApartRoom("F", "a", &a, "b", &b) })
	a.u = a.u[:1:1]
	ApartRoom("F", "a", &a, "b", &b)
	ApartSlices("F", "x", head, "y", tail)
	panics(t, "the arguments x and y share memory", func() { ApartSlices("F", "x", head[:cap(head)], "y", tail) })
}

// A part is a value that leads to floats in most ways that there are.
type part struct {
	own   float64
	cells [2]float64
	row   []float64
	rows  [][]float64
	list  []cell
	one   *cell
	names map[string][]float64
	same  *part
}

type cell struct {
	at     [3]float64
	weight float64
	more   []float64
}

// TestApartFindsEveryPlace lets two values share each of the places that one leads to, with the
// other one leading there alone, and behind much else; and none.
func TestApartFindsEveryPlace(t *testing.T) {
	build := func() *part {
		p := &part{
			own: 1, row: make([]float64, 3), rows: [][]float64{nil, make([]float64, 2), {}}, list: make([]cell, 2), one: &cell{weight: 1, more: make([]float64, 1)},
			names: map[string][]float64{"x": make([]float64, 1)},
		}
		p.list[1].more = make([]float64, 2)
		p.same = &part{row: make([]float64, 1), same: p} // a cycle
		return p
	}
	places := map[string]func(p *part) []float64{
		"itself": func(p *part) []float64 { return p.cells[1:] }, "row": func(p *part) []float64 { return p.row[2:] },
		"rows": func(p *part) []float64 { return p.rows[1] }, "list": func(p *part) []float64 { return p.list[1].at[2:] },
		"in a list": func(p *part) []float64 { return p.list[1].more[1:] }, "pointer": func(p *part) []float64 { return p.one.at[:1] },
		"behind a pointer": func(p *part) []float64 { return p.one.more }, "map": func(p *part) []float64 { return p.names["x"] },
		"cycle": func(p *part) []float64 { return p.same.row },
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			p, other := build(), build()
			x := place(p)
			Apart("F", "p", &p, "other", &other)
			panics(t, "the arguments p and x share memory", func() { Apart("F", "p", &p, "x", &x) })
			panics(t, "the arguments x and p share memory", func() { Apart("F", "x", &x, "p", &p) })
			other.rows[2] = x
			panics(t, "the arguments p and other share memory", func() { Apart("F", "p", &p, "other", &other) })
			panics(t, "the arguments other and p share memory", func() { Apart("F", "other", &other, "p", &p) })
			other.rows[2] = x[:0]
			Apart("F", "p", &p, "other", &other)
			var none []float64
			Apart("F", "none", &none, "p", &p)
		})
	}
}

// TestApartBehindFields: what begins at the address of something shorter is looked at, too, in any order.
func TestApartBehindFields(t *testing.T) {
	type front struct{ p *float64 }
	type whole struct {
		front front
		rows  []float64
	}
	y, v := []float64{1, 2}, 3.0
	w := &whole{front{&v}, y}
	first, second := struct {
		f *front
		w *whole
	}{&w.front, w}, struct {
		w *whole
		f *front
	}{w, &w.front}
	panics(t, "share memory", func() { Apart("F", "a", &first, "y", &y) })
	panics(t, "share memory", func() { Apart("F", "a", &second, "y", &y) })
	rows := &[3][]float64{{1}, {2}, y}
	parts := prefix{rows[:1], rows}
	panics(t, "share memory", func() { Apart("F", "a", &parts, "y", &y) })
	panics(t, "share memory", func() { ApartDirectionsDeep("F", "a", []prefix{{rows[:1], rows}, {nil, &[3][]float64{{}, {}, y}}}) })
	pb := &w.rows
	panics(t, "share memory", func() { Apart("F", "a", &first, "pb", &pb) })
}

// prefix leads to a part of an array, then to all of it.
type prefix struct {
	s [][]float64
	a *[3][]float64
}

// TestApartAllocatesNothing: the check comes with every call of a derivative.
func TestApartAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("under the race detector pools lose what they have")
	}
	r, p := make([]float64, 9), &part{rows: [][]float64{make([]float64, 2)}, list: make([]cell, 100)}
	for i := range p.list {
		p.list[i].more = make([]float64, 3)
	}
	q := [2]*part{{row: make([]float64, 1)}, {row: make([]float64, 1)}}
	check := func(r []float64, p *part) {
		Apart("F", "r", &r, "p", &p)
		ApartDirectionsDeep("F", "q", q[:])
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which empties pools
	for range 10 {                                   // until each collector has room for any of the values
		check(r, p)
	}
	if n := testing.AllocsPerRun(10, func() { check(r, p) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
