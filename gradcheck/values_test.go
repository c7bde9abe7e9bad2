package gradcheck

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

type inner struct {
	v    [2]float64
	list *inner
}

func TestFlatten(t *testing.T) {
	shared := []float64{1, 2, 3}
	all := struct {
		A    float32
		in   inner
		rows [][]float64
		n    []int
		p    *float64
		none []float64
	}{A: 7, in: inner{v: [2]float64{8, 9}}, rows: [][]float64{shared, shared[1:]}, n: []int{4}}
	all.in.list = &all.in // a circle
	all.p = &shared[2]
	x, err := Flatten(&all, &shared)
	if want := []float64{7, 8, 9, 1, 2, 3}; err != nil || !slices.Equal(x, want) {
		t.Errorf("%v, want %v, %v", x, want, err)
	}
	for i := range x {
		x[i] *= 10
	}
	if err := Unflatten(x, &all, &shared); err != nil {
		t.Fatal(err)
	}
	if all.A != 70 || all.in.v[1] != 90 || shared[2] != 30 || all.rows[1][0] != 20 || all.n[0] != 4 {
		t.Errorf("%+v", all)
	}
	if x, err := Flatten(); err != nil || len(x) != 0 {
		t.Errorf("nothing gives %v, %v", x, err)
	}
}

// Maps count by the order of their keys, complex numbers as two floats.
func TestFlattenMaps(t *testing.T) {
	shared := []float64{5, 6}
	type key struct {
		a int
		b string
	}
	v := struct {
		m    map[string]float64
		z    complex128
		deep map[key]map[int8][2]float32
		rows map[bool][]float64
		none map[int]float64
		ints map[any]int
		self map[string]float64
	}{
		m: map[string]float64{"b": 2, "a": 1}, z: 3 + 4i, rows: map[bool][]float64{true: shared, false: shared[1:]},
		deep: map[key]map[int8][2]float32{{2, ""}: {0: {11, 12}}, {1, "b"}: {1: {9, 10}, -1: {7, 8}}},
	}
	v.self = v.m
	x, err := Flatten(&v)
	want := []float64{1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 6, 5}
	if err != nil || !slices.Equal(x, want) {
		t.Fatalf("%v, want %v, %v", x, want, err)
	}
	for i := range x {
		x[i] += 100
	}
	if err := Unflatten(x, &v); err != nil {
		t.Fatal(err)
	}
	if v.m["b"] != 102 || v.z != 103+104i || v.deep[key{1, "b"}][-1] != [2]float32{107, 108} || shared[0] != 105 || v.self["a"] != 101 {
		t.Errorf("%+v", v)
	}
	leaves, err := collect([]any{&v})
	if err != nil {
		t.Fatal(err)
	}
	v.m["a"] = 7
	delete(v.m, "b")
	if leaves[0].get() != 7 || leaves[1].get() != 0 || leaves[0].name != "m[a]" || leaves[3].name != "imag(z)" {
		t.Errorf("%v %v of %q and %q", leaves[0].get(), leaves[1].get(), leaves[0].name, leaves[3].name)
	}
	c, err := clone(v)
	if err != nil || c.z != v.z || c.m["a"] != 7 || len(c.m) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	c.m["a"]++
	if v.m["a"] != 7 {
		t.Error("a clone shares its maps")
	}
}

func TestFlattenRefuses(t *testing.T) {
	m := map[any]float64{1: 2}
	x := 1.0
	var none *float64
	for want, run := range map[string]func() error{
		"keys have no order":            func() error { _, err := Flatten(&m); return err },
		"float64 is given where a":      func() error { _, err := Flatten(x); return err },
		"*float64 is given where a":     func() error { return Unflatten(nil, none) },
		"has 2 components, the pointer": func() error { return Unflatten([]float64{1, 2}, &x) },
		"<nil> is given where":          func() error { return Fill(nil, nil) },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestFill(t *testing.T) {
	v := struct {
		n    int
		list *inner
		in   *struct{ v [2]float64 }
		rows [][]float64
		long []float64
		text []string
	}{n: 5, long: make([]float64, 4)}
	if err := Fill(rand.New(rand.NewPCG(1, 2)), &v); err != nil {
		t.Fatal(err)
	}
	if v.n != 5 || v.in == nil || v.list != nil || len(v.rows) != 3 || len(v.rows[2]) != 3 || len(v.long) != 4 || v.text != nil {
		t.Errorf("%+v", v)
	}
	x, err := Flatten(&v)
	if err != nil || len(x) != 2+9+4 || slices.Min(x) < 0.5 || slices.Max(x) >= 1.5 {
		t.Errorf("%v, %v", x, err)
	}
	again := v
	again.in, again.rows, again.long = nil, nil, make([]float64, 4)
	if err := Fill(rand.New(rand.NewPCG(1, 2)), &again); err != nil {
		t.Fatal(err)
	}
	if y, _ := Flatten(&again); !slices.Equal(x, y) {
		t.Errorf("the same generator gives %v and %v", x, y)
	}
}
