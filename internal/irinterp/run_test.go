package irinterp

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

func parse(t testing.TB, src string) *ir.Program {
	t.Helper()
	prog, err := ir.Parse("package p\n\n" + src)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

// values reads the arguments of fn from Go literals.
func values(t testing.TB, fn *ir.Func, texts ...string) []Value {
	t.Helper()
	var out []Value
	for i, s := range texts {
		v, err := ParseValue(s, fn.Inputs()[i].Type)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// last returns the last function of prog, the one under test.
func last(prog *ir.Program) *ir.Func { return prog.Funcs[len(prog.Funcs)-1] }

func TestRun(t *testing.T) {
	for _, c := range []struct{ name, src, args, want string }{
		{"float32 rounds at each step", `func F(x, y float32) (r float32) { r = x*y + x }`, "0.1; 0.3", "0.12999999523162842"},
		{"float32 from a constant", `func F(x float32) (r float64) { r = float64(x * 3) }`, "0.1", "0.30000001192092896"},
		{"int8 wraps", `func F(x int8) (r int8) { r = x + 100 }`, "100", "-56"},
		{"uint8 wraps", `func F(x uint8) (r uint8) { r = x - 1 }`, "0", "255"},
		{"uint32 product", `func F(x uint32) (r uint32) { r = x*1664525 + 1013904223 }`, "4000000000", "4056939359"},
		{"int64 minimum over -1", `func F(x int64) (r int64) { r = x / -1 }`, "-9223372036854775808", "-9223372036854775808"},
		{"quotient truncates", `func F(x int) (q, r int) { q, r = x/3, x%3 }`, "-7", "-2, -1"},
		{"uint64 compare", `func F(x uint64) (r bool) { r = x > 1 }`, "18446744073709551615", "true"},
		{"arithmetic shift", `func F(x int, k uint) (r, s int) { r, s = x>>k, x<<k }`, "-5; 1", "-3, -10"},
		{"shift beyond the size", `func F(x int32, k int) (r, s int32) { r, s = x>>k, x<<k }`, "-5; 70", "-1, 0"},
		{"and not, xor", `func F(x, y uint8) (r, s, u uint8) { r, s, u = x&^y, x^y, ^x }`, "12; 10", "4, 6, 243"},
		{"float to int", `func F(x float64) (r int, s uint8) { r, s = int(x), uint8(x) }`, "-3.99", "-3, 253"},
		{"uint64 to float", `func F(x uint64) (r float64) { r = float64(x) }`, "18446744073709551615", "1.8446744073709552e+19"},
		{"float32 of an int rounds once", `func F(x int64) (r float64) { r = float64(float32(x)) }`, "9007199791611905", "9.007200328482816e+15"},
		{"short circuit", `func F(x []float64) (r bool) { r = len(x) > 0 && x[0] > 1 || len(x) == 0 }`, "nil", "true"},
		{"pointers to numbers", `func add(p *float64, x float64) { *p += x }
		func F(p *float64, x []float64) (r float64) {
			q := &x[1]
			add(q, *p)
			add(p, x[1])
			r = *p + x[1]
		}`, "new(1.5); []float64{1, 2}", "8.5"},
		{"variadic call", `func sum(xs ...float64) (s float64) { s = xs[0] + float64(len(xs)) }
		func F(x []float64) (r, s float64) {
			t := []float64{x[1], 2, 3}
			r = sum(t...)
			s = sum(x...)
		}`, "[]float64{1, 2}", "5, 3"},
		{"results of package math, one by one", `func F(x float64) (i, f float64, e int) {
			i, f, e = ad.ModfInt(x), ad.ModfFrac(x), ad.FrexpExp(x)
		}`, "-2.75", "-2, -0.75, 2"},
		{"parallel assignment", `func F(x, y int) (r, s int) { r, s = x, y
			r, s = s, r }`, "1; 2", "2, 1"},
		{"index operands come first", `func F(x []int) (r []int) {
			i := 0
			i, x[i] = 2, 9
			r = x }`, "[]int{1, 2, 3}", "{9, 2, 3}"},
		{"slices share their array", `func F(x []int) (r []int) {
			y := x[1:3]
			y[0] = 7
			r = x }`, "[]int{1, 2, 3, 4}", "{1, 7, 3, 4}"},
		{"append writes into spare capacity", `func F(x []int) (r, y []int) {
			y = append(x[:1], 9)
			r = x }`, "[]int{1, 2, 3}", "{1, 9, 3}, {1, 9}"},
		{"append beyond the capacity copies", `func F(x []int) (r, y []int) {
			y = append(x[:1:1], 9)
			y[0] = 5
			r = x }`, "[]int{1, 2, 3}", "{1, 2, 3}, {5, 9}"},
		{"append spreads itself", `func F(x []int) (r []int) { r = append(x, x...) }`, "[]int{1, 2}", "{1, 2, 1, 2}"},
		{"copy forwards", `func F(x []int) (r []int) {
			copy(x[1:], x)
			r = x }`, "[]int{1, 2, 3}", "{1, 1, 2}"},
		{"copy backwards with count", `func F(x []int) (n int, r []int) {
			n = copy(x, x[1:])
			r = x }`, "[]int{1, 2, 3}", "2, {2, 3, 3}"},
		{"array assignment copies", `func F(a [2]int) (r, s [2]int) {
			b := a
			b[0] = 5
			r, s = a, b }`, "[2]int{1, 2}", "{1, 2}, {5, 2}"},
		{"arrays in slices are values", `func F(x [][2]int) (r [][2]int) {
			x[0], x[1] = x[1], x[0]
			x[0][1] = 8
			r = x }`, "[][2]int{{1, 2}, {3, 4}}", "{{3, 8}, {1, 2}}"},
		{"a slice of an array", `func F(n int) (r [3]int) {
			var a [3]int
			s := a[1:]
			s[0] = n
			a[2] = s[0] + 1
			r = a }`, "4", "{0, 4, 5}"},
		{"pointer to an element", `type S struct{ a, b int }
			func F(ps []S) (r []S) {
			p := &ps[1]
			p.b = 9
			ps[1].a = p.b + 1
			r = ps }`, "[]S{{1, 2}, {3, 4}}", "{{1, 2}, {10, 9}}"},
		{"a pointer survives an assignment of the whole", `type S struct{ a, b int }
			func F(n int) (r int) {
			var s S
			p := &s
			t := S{a: n}
			s = t
			t.a = 0
			r = p.a }`, "6", "6"},
		{"a variable of a loop body is new each time", `type S struct{ a int }
			func F(n int) (r int) {
			var last *S
			for i := 0; i < n; i++ {
				var s S
				if last != nil {
					r += last.a
				}
				s.a = i
				last = &s
			} }`, "4", "3"},
		{"pointer comparison", `type S struct{ a int }
			func F(p, q *S) (r, s, u bool) { r, s, u = p == q, p == p, q == nil }`, "&S{1}; nil", "false, true, true"},
		{"struct comparison", `type S struct{ a int; b [2]float64 }
			func F(p, q S) (r, s bool) { r, s = p == q, p != q }`, "S{1, [2]float64{1, 2}}; S{1, [2]float64{1, 2}}", "true, false"},
		{"labelled break and continue", `func F(n int) (r int) {
		L:
			for i := 0; i < n; i++ {
				for j := 0; j < n; j++ {
					if j == i {
						continue L
					}
					if i == 3 {
						break L
					}
					r += 10*i + j
				}
			} }`, "5", "51"},
		{"break of a block", `func F(n int) (r int) {
			switch {
			default:
				if n > 1 {
					r = 1
					break
				}
				r = 2
			}
			r += 10 }`, "5", "11"},
		{"return inside loops", `func F(n int) (r int) {
			for {
				for i := 0; ; i++ {
					if i*i > n {
						r = i
						return
					}
				}
			} }`, "50", "8"},
		{"call with several results", `func g(x int) (a, b int) { a, b = x+1, x*2 }
			func F(n int) (r int) {
			a, b := g(n)
			_, a = g(b)
			r = a }`, "5", "20"},
		{"value parameters are copies", `func g(a [2]int, s []int) (r int) {
				b := a
				b[0] = 7
				s[0] = 7
				r = b[0] }
			func F(a [2]int, s []int) (x, y, z int) {
			x = g(a, s)
			y, z = a[0], s[0] }`, "[2]int{1, 2}; []int{1}", "7, 1, 7"},
		{"methods", `type S struct{ a int }
			func (s *S) add(k int) { s.a += k }
			func (s S) get() (r int) { r = s.a }
			func F(s *S) (r int) {
			s.add(3)
			c := *s
			c.add(100)
			r = s.get() }`, "&S{4}", "7"},
		{"min and max of negative zero", `func F(x, y float64) (r, s float64) { r, s = 1/max(x, y), 1/min(x, y) }`, "0; -0.0", "+Inf, +Inf"},
		{"builtin max of NaN", `func F(x float64) (r bool) { r = math.IsNaN(max(math.NaN(), x)) }`, "1", "true"},
		{"math on floats", `func F(x float64) (r, s float64) { r, s = math.FMA(x, x, 1), math.Mod(-x, 3) }`, "5", "26, -2"},
		{"strings", `func F(s string) (r string, b uint8, n int, q bool) {
			r = s + "c"
			b, n = s[1], len(s)
			q = s < r }`, `"ab"`, `"abc", 98, 2, true`},
		{"nil and empty slices", `func F(x []int, y []int) (r, s, u bool) { r, s, u = x == nil, y == nil, x[0:0] == nil }`, "nil; []int{}", "true, false, true"},
		{"reslicing up to the capacity", `func F(n int) (r []int) {
			x := make([]int, 1, n)
			x[0] = 3
			r = x[:n] }`, "3", "{3, 0, 0}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := parse(t, closeBodies(t, c.src))
			out, err := Run(prog, last(prog), values(t, last(prog), strings.Split(c.args, "; ")...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range out {
				got = append(got, v.String())
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestPanics(t *testing.T) {
	for _, c := range []struct{ name, src, args, want string }{
		{"index", `func F(x []float64, i int) (r float64) { r = x[i]; return }`, "[]float64{1, 2}; 2", "index out of range [2] with length 2"},
		{"negative index", `func F(x []float64, i int) (r float64) { r = x[i]; return }`, "[]float64{1, 2}; -1", "index out of range [-1]"},
		{"array index", `func F(x [2]float64, i uint8) (r float64) { r = x[i]; return }`, "[2]float64{}; 200", "index out of range [200] with length 2"},
		{"store", `func F(x []float64, i int) { x[i] = 1 }`, "[]float64{}; 0", "index out of range [0] with length 0"},
		{"nil pointer", `type S struct{ a int }
			func F(p *S) (r int) { r = p.a; return }`, "nil", "nil pointer"},
		{"divide", `func F(i int) (r int) { r = 1 / i; return }`, "0", "integer divide by zero"},
		{"remainder", `func F(i uint8) (r uint8) { r = 1 % i; return }`, "0", "integer divide by zero"},
		{"slice bounds", `func F(x []int, i int) (r []int) { r = x[:i]; return }`, "[]int{1}; 2", "slice bounds out of range [:2] with capacity 1"},
		{"slice order", `func F(x []int, i int) (r []int) { r = x[i:0]; return }`, "[]int{1}; 1", "slice bounds out of range [1:0]"},
		{"third bound", `func F(x []int, i int) (r []int) { r = x[0:1:i]; return }`, "[]int{1}; 3", "out of range [::3]"},
		{"shift", `func F(i int) (r int) { r = 1 << i; return }`, "-1", "negative shift"},
		{"make", `func F(i int) (r []int) { r = make([]int, i); return }`, "-1", "makeslice: len"},
		{"own panic", `func F(i int) { panic("no way") }`, "-1", "no way"},
		{"in a callee", `func g(x []int) { x[3] = 1 }
			func F(x []int) { g(x) }`, "nil", "g: panic: runtime error: index out of range [3]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := parse(t, c.src)
			_, err := Run(prog, last(prog), values(t, last(prog), strings.Split(c.args, "; ")...))
			var p *Panic
			if !errors.As(err, &p) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a panic with %q", err, c.want)
			}
		})
	}
}

func TestStepLimit(t *testing.T) {
	prog := parse(t, `func F() { for {
	} }`)
	if _, err := (&Interp{MaxSteps: 1000}).Run(prog, last(prog), nil); !errors.Is(err, ErrSteps) {
		t.Errorf("got %v, want %v", err, ErrSteps)
	}
}

func TestWrongArguments(t *testing.T) {
	prog := parse(t, `func F(x []float64) (r float64) { r = x[0]; return }`)
	if _, err := Run(prog, last(prog), nil); err == nil {
		t.Error("a call with too few arguments succeeds")
	}
	if _, err := Run(prog, last(prog), []Value{Int64(1)}); err == nil {
		t.Error("a call with an int for a slice succeeds")
	}
	if _, err := Run(prog, nil, nil); err == nil {
		t.Error("a call of no function succeeds")
	}
	if _, err := Gradient(prog, last(prog), []Value{Floats64([]float64{1})}, Seeds{Results: [][]float64{{1, 2}}}); err == nil {
		t.Error("a seed of the wrong length is taken")
	}
	if _, err := Tangent(prog, last(prog), []Value{Floats64([]float64{1})}, [][]float64{{1, 2}}); err == nil {
		t.Error("a direction of the wrong length is taken")
	}
}

type goPair struct {
	A float64
	b []int32
}

func TestGoValuesKeepSharing(t *testing.T) {
	base := []goPair{{1, []int32{1, 2}}, {2, nil}, {3, []int32{}}}
	x, y, p := base[:2], base[1:], &base[1]
	var none *goPair
	vs, err := FromGo(reflect.ValueOf(x), reflect.ValueOf(y), reflect.ValueOf(p), reflect.ValueOf(none), reflect.ValueOf([2]uint8{3, 4}))
	if err != nil {
		t.Fatal(err)
	}
	vs[2].Deref().Elem(0).bits = math.Float64bits(9)
	if got := vs[0].Elem(1).Elem(0).Float(); got != 9 {
		t.Errorf("through x: %v", got)
	}
	if got := vs[1].Elem(0).Elem(0).Float(); got != 9 {
		t.Errorf("through y: %v", got)
	}
	if cap(vs[0].elems) != 3 || vs[0].Len() != 2 {
		t.Errorf("x has length %d and capacity %d", vs[0].Len(), cap(vs[0].elems))
	}
	if !equal(vs[3], PointerTo(nil)) || vs[1].Elem(0).Elem(1).elems != nil || vs[1].Elem(1).Elem(1).elems == nil {
		t.Error("nil and empty are confused")
	}
	back, err := ToGo(vs[1], reflect.TypeOf(y))
	if err != nil {
		t.Fatal(err)
	}
	want := []goPair{{9, nil}, {3, []int32{}}}
	if !reflect.DeepEqual(back.Interface(), want) {
		t.Errorf("got %v, want %v", back, want)
	}
	if _, err := ToGo(vs[1], reflect.TypeOf(1)); err == nil {
		t.Error("a slice fits an int")
	}
	if _, err := FromGo(reflect.ValueOf(map[int]int{})); err == nil {
		t.Error("a map is taken")
	}
}

func TestParseValueRefuses(t *testing.T) {
	prog := parse(t, `type S struct{ a int; b []float64 }
func F(a float64, b uint8, c []float64, d [2]int, e S, f *S) { }`)
	fn := last(prog)
	for i, bad := range []struct {
		arg  int
		text string
	}{
		{0, `"a"`},
		{0, "f(1)"},
		{0, "1+"},
		{0, "[]float64{1}"},
		{1, "256"},
		{1, "-1"},
		{1, "1.5"},
		{2, "1"},
		{2, "[]float64{99999999999: 1}"},
		{2, "[]float64{-1: 1}"},
		{3, "[2]int{1, 2, 3}"},
		{4, "S{1}"},
		{4, "S{q: 1}"},
		{4, "S{1: 1}"},
		{5, "S"},
		{0, "true"},
		{0, "-true"},
	} {
		if v, err := ParseValue(bad.text, fn.Params[bad.arg].Type); err == nil {
			t.Errorf("%d: %s is taken as %s", i, bad.text, v)
		}
	}
	v, err := ParseValue("[]*S{{a: 1}, nil, &S{b: []float64{2: .5}}}", sliceOfPointers(fn))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Elem(2).Deref().String(); got != "{0, {0, 0, 0.5}}" {
		t.Error(got)
	}
}
