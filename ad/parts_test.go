package ad

import (
	"slices"
	"testing"
)

type partsGrid struct {
	U     []float64
	f     []float32
	K     float64
	Cells []struct{ A, B float64 }
}

type partsSolver struct {
	*partsGrid
	Own   partsGrid
	Z     complex128
	Rows  [][]float64
	Empty *partsGrid
}

func newPartsSolver() *partsSolver {
	return &partsSolver{
		partsGrid: &partsGrid{U: []float64{1, 2}, f: []float32{3, 4}, K: 5, Cells: make([]struct{ A, B float64 }, 2)},
		Own:       partsGrid{U: []float64{6}, K: 7},
		Z:         8i,
		Rows:      [][]float64{{9}, {10, 11}},
	}
}

func TestSetAside(t *testing.T) {
	s := newPartsSolver()
	parts := []string{"partsGrid.U", "partsGrid.f", "Own.K", "Z", "Rows", "Empty.U"}
	a := SetAside(s, parts...)
	if s.U[0] != 0 || s.U[1] != 0 || s.f[1] != 0 || s.Own.K != 0 || s.Z != 0 || s.Rows[1][1] != 0 {
		t.Errorf("not all floats were taken: %v %v %v %v %v", s.U, s.f, s.Own.K, s.Z, s.Rows)
	}
	if s.K != 5 || s.Own.U[0] != 6 {
		t.Errorf("other floats were taken: %v %v", s.K, s.Own.U)
	}
	s.U[0], s.f[0], s.Z, s.Rows[1][0] = 100, 100, 100, 100
	AddBack(a)
	if !slices.Equal(s.U, []float64{101, 2}) || !slices.Equal(s.f, []float32{103, 4}) || s.Z != 100+8i || s.Rows[1][0] != 110 || s.Own.K != 7 {
		t.Errorf("sums are wrong: %v %v %v %v %v", s.U, s.f, s.Z, s.Rows, s.Own.K)
	}
	s = newPartsSolver()
	a = SetAside(s, parts...)
	s.U[0], s.f[0], s.Z, s.Rows[1][0] = 100, 100, 100, 100
	PutBack(a)
	if want := newPartsSolver(); !slices.Equal(s.U, want.U) || !slices.Equal(s.f, want.f) || s.Z != want.Z || !slices.Equal(s.Rows[1], want.Rows[1]) {
		t.Errorf("the floats are not back: %v %v %v %v", s.U, s.f, s.Z, s.Rows)
	}
}

// What two parts share is there once.
func TestSetAsideShared(t *testing.T) {
	s := newPartsSolver()
	s.Own.U = s.U[1:]
	a := SetAside(s, "partsGrid.U", "Own.U")
	s.U[1] = 10
	AddBack(a)
	if !slices.Equal(s.U, []float64{1, 12}) {
		t.Errorf("shared memory holds %v", s.U)
	}
}

func TestClearParts(t *testing.T) {
	s := newPartsSolver()
	s.Cells[1].B = 3
	ClearParts(s, "partsGrid", "Empty")
	if s.U[0] != 0 || s.f[0] != 0 || s.K != 0 || s.Cells[1].B != 0 || s.Own.K != 7 {
		t.Errorf("cleared to %+v", s)
	}
	panics(t, "has no field Nothing", func() { ClearParts(s, "Own.Nothing") })
}

func TestApartParts(t *testing.T) {
	s := newPartsSolver()
	ApartParts("F", "s", s, "partsGrid.U", "Own.U", "partsGrid.K", "Own.K", "Rows", "Empty.U")
	s.Rows[1] = s.U[1:]
	panics(t, "ad: F: s.Rows and s.partsGrid.U share memory", func() { ApartParts("F", "s", s, "Rows", "Own.U", "partsGrid.U") })
	s.partsGrid = &s.Own
	panics(t, "s.partsGrid.K and s.Own.K share memory", func() { ApartParts("F", "s", s, "partsGrid.K", "Own.K") })
}
