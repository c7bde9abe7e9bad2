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

func TestFlattenRefuses(t *testing.T) {
	z := struct{ z []complex128 }{make([]complex128, 2)}
	m := map[string]float64{}
	x := 1.0
	var none *float64
	for want, run := range map[string]func() error{
		"z[0] is of type complex128":    func() error { _, err := Flatten(&z); return err },
		"of type map[string]float64":    func() error { _, err := Flatten(&m); return err },
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
