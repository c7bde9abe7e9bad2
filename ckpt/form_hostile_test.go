package ckpt

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A sound file with a form that no program has made is refused before anything of the
// variable has changed, however large its counts.
func TestHostileForms(t *testing.T) {
	const huge = min(1<<60, math.MaxInt)
	nan := math.Float64bits(math.NaN())
	entry := func(x ...uint64) []uint64 { return x }
	for _, c := range []struct {
		name     string
		p        any
		elements int
		layout   []uint64
		payload  []byte
		want     string
	}{
		{"a pointer to two", ptr(ptr(1.0)), 2, entry(2), words(1, 2), "a pointer points to 2 values"},
		{"a pointer to many of nothing", ptr(ptr(struct{}{})), 0, entry(huge), nil, "a pointer points to"},
		{"a set of nothing, many times", &map[struct{}]struct{}{}, 1, entry(huge), []byte{0}, "do not ascend"},
		{"many entries", &map[int]int{1: 1}, 1, entry(huge), []byte{0}, "claims"},
		{"a key twice", &map[int]int{1: 1}, 5, entry(2), append([]byte{0}, words(7, 1, 7, 2)...), "do not ascend"},
		{"keys that descend", &map[int]int{1: 1}, 5, entry(2), append([]byte{0}, words(7, 1, 6, 2)...), "do not ascend"},
		{"a key that is NaN", &map[float64]int{1: 1}, 3, entry(1), append([]byte{0}, words(nan, 1)...), "do not ascend"},
		{"nil with entries", &map[int]int{1: 1}, 3, entry(1), append([]byte{1}, words(7, 1)...), "is nil and has 1 entries"},
		{"a boolean that is 2", &map[int]int{1: 1}, 1, entry(0), []byte{2}, "boolean"},
		{"no generator", rand.NewPCG(1, 2), 1, nil, append(words(3), "abc"...), "UnmarshalBinary of rand.PCG"},
		{"bytes that are not there", rand.NewPCG(1, 2), 1, nil, words(huge), "longer than its payload"},
		{"many times", &[]time.Time{}, 1, entry(huge), words(0), "claims"},
		{"many arrays of nothing", &[][0]map[int]int{}, 0, entry(5), nil, ""},
	} {
		before := dump(reflect.ValueOf(c.p).Elem())
		v := variableOf(t, c.p, hostLittle)
		h := variableHeader{Name: "x", Type: v.node.text, Elements: c.elements, Order: "little", LayoutBytes: int64(8 * len(c.layout)), PayloadBytes: int64(len(c.payload))}
		file, err := decodeBytes(seal(1, one(h), append(words(c.layout...), c.payload...)))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		fills, err := match(file, []*variable{v}, nil)
		if c.want == "" && err == nil {
			if err := fills[0].write(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if after := dump(reflect.ValueOf(c.p).Elem()); after != before {
			t.Errorf("%s: the variable was %s and is %s", c.name, before, after)
		}
	}
}

// What has no size has no form of its own.
func TestFormsOfNothing(t *testing.T) {
	x := struct {
		A [0]map[int]int
		B [][0]*int
		C map[struct{}]struct{}
		D *struct{}
		E map[[0]int][0]time.Time
	}{B: make([][0]*int, 3), C: map[struct{}]struct{}{{}: {}}, D: &struct{}{}, E: map[[0]int][0]time.Time{{}: {}}}
	y := x
	y.B, y.C, y.D, y.E = nil, nil, nil, nil
	roundTrip(t, &x, &y)
	if len(y.B) != 3 || len(y.C) != 1 || y.D == nil || len(y.E) != 1 {
		t.Errorf("%+v", y)
	}
}

// roundTrip saves *x and restores it into *y.
func roundTrip(t *testing.T, x, y any) {
	t.Helper()
	v, w := variableOf(t, x, hostLittle), variableOf(t, y, hostLittle)
	if err := v.take(); err != nil {
		t.Fatal(err)
	}
	var im imageVar
	if err := v.capture(&im); err != nil {
		t.Fatal(err)
	}
	file, err := decodeBytes(seal(1, one(im.head), encodeRecord(t, &im)))
	if err != nil {
		t.Fatal(err)
	}
	fills, err := match(file, []*variable{w}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := fills[0].write(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkTakeMap(b *testing.B) {
	m := make(map[int]float64)
	for i := range 100_000 {
		m[i*7919%1_000_003] = float64(i)
	}
	v := variableOf(b, &m, hostLittle)
	for b.Loop() {
		if err := v.take(); err != nil {
			b.Fatal(err)
		}
	}
}
