package ckpt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// oldState is saved by an earlier release of a program.
func oldState(t *testing.T) *store.Mem {
	t.Helper()
	s := store.NewMem()
	o := quiet
	o.Schema = 1
	r := open(t, s, o)
	p, n, scratch, point := []float32{1, 2.5, float32(math.NaN())}, 7, []float64{9}, struct{ X, Y int32 }{3, -4}
	protect(t, r, "p", &p)
	protect(t, r, "n", &n)
	protect(t, r, "scratch", &scratch)
	protect(t, r, "point", &point)
	save(t, r, 5)
	return s
}

func TestSchemaRules(t *testing.T) {
	o := quiet
	o.Schema, o.Dropped = 2, []string{"scratch", "never there"}
	r := open(t, oldState(t), o)
	var pressure []float64
	var n int8
	nu := 0.25
	var point struct{ X, Y float64 }
	protect(t, r, "pressure", &pressure, RenamedFrom("p"), ConvertedFrom("[]float32"))
	protect(t, r, "n", &n, ConvertedFrom("int"), ConvertedFrom("uint8"))
	protect(t, r, "nu", &nu, Added())
	protect(t, r, "point", &point, ConvertedFrom("struct{X int32; Y int32}"))
	restore(t, r, 5)
	if len(pressure) != 3 || pressure[1] != 2.5 || !math.IsNaN(pressure[2]) || n != 7 || nu != 0.25 || point.Y != -4 {
		t.Fatal(pressure, n, nu, point)
	}
	// The next save has the new set, of which a restore needs no rule; those that are there do
	// no harm.
	nu = 0.5
	save(t, r, 6)
	nu, n = 0, 0
	restore(t, r, 6)
	if nu != 0.5 || n != 7 {
		t.Fatal(nu, n)
	}
}

// Without a rule the error names each variable and says what to write.
func TestSchemaChangesAreNamed(t *testing.T) {
	r := open(t, oldState(t), quiet)
	if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "schema 1") {
		t.Errorf("a later schema: %v", err)
	}
	o := quiet
	o.Schema = 1
	for _, c := range []struct {
		name string
		p    any
		want string
	}{
		{"pressure", new([]float32), `"pressure" is protected but not in the checkpoint: if it is new, protect it with ckpt.Added(), or if it was renamed, with ckpt.RenamedFrom("p")`},
		{"new", new(bool), `"new" is protected but not in the checkpoint: if it is new, protect it with ckpt.Added();`},
		{"p", new([]float64), `"p" is []float64 in the program and []float32 in the checkpoint: if its numbers are to be converted, protect it with ckpt.ConvertedFrom("[]float32")`},
		{"point", new(struct{ A, B int32 }), `protect it with ckpt.As("struct{X int32; Y int32}")`},
		{"n", new(string), `"n" is string in the program and int in the checkpoint: give it the old type`},
		{"n", new([1]int), `give it the old type`},
		{"q", new(int), `"scratch" is in the checkpoint but not protected: if the program does not need it any more, put it in Options.Dropped`},
	} {
		r := open(t, oldState(t), o)
		protect(t, r, c.name, c.p)
		if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
		if !reflect.ValueOf(c.p).Elem().IsZero() {
			t.Errorf("%s was changed", c.name)
		}
	}
}

// A variable takes the record of its own name first; an older name is for those left.
func TestRenamedVariablesThatSwap(t *testing.T) {
	s := store.NewMem()
	a, b := 1, 2
	r := open(t, s, quiet)
	protect(t, r, "a", &a)
	protect(t, r, "b", &b)
	save(t, r, 1)
	var b2, c int
	r = open(t, s, quiet)
	protect(t, r, "c", &c, RenamedFrom("b"), RenamedFrom("a"))
	protect(t, r, "b", &b2)
	restore(t, r, 1)
	if b2 != 2 || c != 1 {
		t.Error(b2, c)
	}
}

func TestConversions(t *testing.T) {
	for _, c := range []struct {
		from, to any
		want     string // of the new value, or of the error
	}{
		{&[]float64{1.5, 1e-320, math.Inf(-1)}, new([]float32), "&[1.5 0 -Inf]"},
		{&[]float64{1e300}, new([]float32), "element 0 is 1e+300, which float32 does not have"},
		{&[]int64{1, -5}, new([]float64), "&[1 -5]"},
		{&[]int64{0, 1<<53 + 1}, new([]float64), "element 1 is 9007199254740993, which float64"},
		{&[]int64{math.MaxInt64}, new([]float64), "which float64 does not have"},
		{&[]uint64{math.MaxUint64}, new([]float64), "which float64 does not have"},
		{&[]uint64{1 << 63}, new([]float64), "&[9.223372036854776e+18]"},
		{&[]int32{1<<24 + 1}, new([]float32), "which float32 does not have"},
		{&[]float64{3, -4}, new([]int8), "&[3 -4]"},
		{&[]float64{3.5}, new([]int8), "is 3.5, which int8"},
		{&[]float64{math.NaN()}, new([]int8), "is NaN, which int8"},
		{&[]float64{-1}, new([]uint8), "is -1, which uint8"},
		{&[]float64{128}, new([]int8), "is 128, which int8"},
		{&[]float64{-128}, new([]int8), "&[-128]"},
		{&[]float64{1 << 63}, new([]uint64), "&[9223372036854775808]"},
		{&[]float64{1 << 63}, new([]int64), "which int64 does not have"},
		{&[]int{-1}, new([]uint64), "is -1, which uint64"},
		{&[]uint64{math.MaxUint64}, new([]int), "which int does not have"},
		{&[]complex64{complex(1, -2)}, new([]complex128), "&[(1-2i)]"},
		{&[]complex128{complex(1, 1e300)}, new([]complex64), "which complex64 does not have"},
		{&[2][]int16{{1}, {2, 3}}, new([2][]float32), "&[[1] [2 3]]"},
		{&[]struct{ A, B int8 }{{1, 2}}, new([]struct{ A, B uint16 }), "&[{1 2}]"},
		{new([]int8), new([]int16), "&[]"},
	} {
		s := store.NewMem()
		r := open(t, s, quiet)
		protect(t, r, "x", c.from)
		save(t, r, 1)
		old := r.vars[0].node.text
		r = open(t, s, quiet)
		protect(t, r, "x", c.to, ConvertedFrom(old))
		_, _, err := r.Restore(context.Background())
		got := fmt.Sprint(c.to)
		if err != nil {
			got = err.Error()
			if !errors.Is(err, ErrMismatch) || !reflect.ValueOf(c.to).Elem().IsZero() {
				t.Errorf("%v to %T: %v, %v", c.from, c.to, err, c.to)
			}
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%v to %T: %s, want %s", c.from, c.to, got, c.want)
		}
	}
	for _, c := range []struct {
		p    any
		from string
	}{
		{new(int), "string"},
		{new(string), "int"},
		{new(bool), "int"},
		{new(float64), "complex128"},
		{new([]int), "[2]int8"},
		{new([]int), "[][]int8"},
		{new(struct{ A int }), "struct{B int8}"},
		{new(struct{ A, B int }), "struct{A int8}"},
		{new(struct {
			A int
			S string
		}), "struct{A int8; S string}"},
		{new(int), "nothing"},
		{new(map[string]int), "map"},
		{new([]struct{}), "[]struct{}"},
	} {
		if err := open(t, store.NewMem(), quiet).Protect("x", c.p, ConvertedFrom(c.from)); err == nil || !strings.Contains(err.Error(), "cannot be converted") {
			t.Errorf("%T from %s: %v", c.p, c.from, err)
		}
	}
}

func TestConversionUnderAMask(t *testing.T) {
	s := store.NewMem()
	x := []float32{1, 2, 3, 4}
	mask, _ := scrutiny.Parse("x", "", []int{4}, "1D2C1Z")
	r := open(t, s, quiet)
	protect(t, r, "x", &x, Masked(mask))
	save(t, r, 1)
	y := []float64{10, 20, 30, 40}
	r = open(t, s, quiet)
	protect(t, r, "x", &y, Masked(mask), ConvertedFrom("[]float32"))
	restore(t, r, 1)
	if want := []float64{10, 2, 3, 40}; !reflect.DeepEqual(y, want) {
		t.Error(y)
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	o := quiet
	o.Dropped = []string{"x"}
	x := 1
	if err := open(t, store.NewMem(), o).Protect("x", &x); err == nil || !strings.Contains(err.Error(), "Options.Dropped") {
		t.Error(err)
	}
	if err := open(t, store.NewMem(), quiet).Protect("x", &x, RenamedFrom("")); err == nil || !strings.Contains(err.Error(), "old name") {
		t.Error(err)
	}
	o = quiet
	o.Schema = -1
	if _, err := OpenStore(store.NewMem(), o); err == nil || !strings.Contains(err.Error(), "Schema") {
		t.Error(err)
	}
}
