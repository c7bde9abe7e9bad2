package ad

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

type point struct {
	x, y float64
	tag  int8
}

type mixed struct {
	name string
	v    []float64
	next *mixed
	any  any
	err  error
	pts  [2]point
	rows [2][]int
	//lint:ignore U1000 only moved, never called
	f     func() int
	table map[string]int
}

func TestStackOrder(t *testing.T) {
	s := NewStack()
	for i := range 10000 {
		s.PushFloat(float64(i))
		s.PushInt(int64(-i))
		s.PushBool(i%3 == 0)
	}
	for i := 9999; i >= 0; i-- {
		if f, n, b := s.PopFloat(), s.PopInt(), s.PopBool(); f != float64(i) || n != int64(-i) || b != (i%3 == 0) {
			t.Fatalf("at %d: %v %v %v", i, f, n, b)
		}
	}
	s.Release()
}

func TestStackKeepsBits(t *testing.T) {
	s := NewStack()
	for _, x := range []float64{math.Copysign(0, -1), math.Inf(-1), math.NaN(), math.SmallestNonzeroFloat64, math.MaxFloat64} {
		s.PushFloat(x)
		if y := s.PopFloat(); math.Float64bits(y) != math.Float64bits(x) {
			t.Errorf("%v comes back as %v", x, y)
		}
	}
	for _, n := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
		s.PushInt(n)
		if m := s.PopInt(); m != n {
			t.Errorf("%d comes back as %d", n, m)
		}
	}
	s.Release()
}

// roundTrip pushes the values and takes them back.
func roundTrip[T any](t *testing.T, s *Stack, values ...T) {
	t.Helper()
	for _, v := range values {
		Push(s, v)
	}
	for i := len(values) - 1; i >= 0; i-- {
		if got := Pop[T](s); !reflect.DeepEqual(got, values[i]) {
			t.Errorf("%#v comes back as %#v", values[i], got)
		}
	}
	PushSlice(s, values)
	got := make([]T, len(values))
	PopSlice(s, got)
	if !reflect.DeepEqual(got, values) {
		t.Errorf("the slice %#v comes back as %#v", values, got)
	}
}

func TestPushAny(t *testing.T) {
	s := NewStack()
	roundTrip(t, s, 1.5, -2)
	roundTrip(t, s, float32(1.25), 3)
	roundTrip(t, s, 1, math.MinInt)
	roundTrip(t, s, int32(7), -8)
	roundTrip(t, s, int64(7), math.MaxInt64)
	roundTrip(t, s, uint8(7), 255)
	roundTrip(t, s, uint64(math.MaxUint64))
	roundTrip(t, s, true, false)
	roundTrip(t, s, "", "text", "ä")
	roundTrip(t, s, 1+2i)
	roundTrip(t, s, []float64{1, 2}, nil, []float64{})
	roundTrip(t, s, [][]float64{{1}, nil, {2, 3}}, nil)
	roundTrip(t, s, []int{1, 2}, nil)
	roundTrip(t, s, []int32{1, 2}, nil)
	roundTrip(t, s, []float32{1, 2}, nil)
	roundTrip(t, s, []string{"a", "b"}, nil)
	roundTrip(t, s, [3]float64{1, 2, 3})
	roundTrip(t, s, [2][]string{{"a"}, nil})
	roundTrip(t, s, point{1, 2, 3}, point{4, 5, 6})
	roundTrip(t, s, struct{}{}, struct{}{})
	roundTrip(t, s, any(3), any("x"), nil)
	roundTrip[error](t, s, nil, errTest{})
	roundTrip(t, s, &point{1, 2, 3}, nil)
	roundTrip(t, s, map[string]int{"a": 1}, nil)
	a := mixed{name: "a", v: []float64{1}, any: 4, err: errTest{}, pts: [2]point{{1, 2, 3}, {4, 5, 6}}, rows: [2][]int{{1}, nil}, table: map[string]int{"k": 1}}
	roundTrip(t, s, a, mixed{next: &a}, mixed{})
	s.Release()
}

type errTest struct{}

func (errTest) Error() string { return "test" }

// Identity, not only equality.
func TestPushHeader(t *testing.T) {
	s := NewStack()
	x := make([]float64, 3, 7)
	p := new(mixed)
	f := func() int { return 42 }
	Push(s, x[1:2])
	Push(s, p)
	Push(s, f)
	if g := Pop[func() int](s); g() != 42 {
		t.Error("another function comes back")
	}
	if q := Pop[*mixed](s); q != p {
		t.Error("another pointer comes back")
	}
	if y := Pop[[]float64](s); len(y) != 1 || cap(y) != 6 || &y[0] != &x[1] {
		t.Error("another slice comes back")
	}
	s.Release()
}

type vector []float64

// A named slice type does not take the fast path of its underlying type.
func TestPushNamed(t *testing.T) {
	s := NewStack()
	roundTrip(t, s, vector{1, 2}, nil)
	type speed float64
	roundTrip(t, s, speed(1), speed(2))
	s.Release()
}

// A random walk of pushes and pops of all kinds against a plain slice of what is there.
func TestStackRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := NewStack()
	var model []any
	for range 20000 {
		if r.IntN(100) < 48 && len(model) > 0 {
			want := model[len(model)-1]
			model = model[:len(model)-1]
			var got any
			switch w := want.(type) {
			case float64:
				got = s.PopFloat()
			case int64:
				got = s.PopInt()
			case bool:
				got = s.PopBool()
			case string:
				got = Pop[string](s)
			case point:
				got = Pop[point](s)
			case []float64:
				y := make([]float64, len(w))
				PopSlice(s, y)
				got = y
			case []int8:
				y := make([]int8, len(w))
				PopSlice(s, y)
				got = y
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%v comes back as %v", want, got)
			}
			continue
		}
		var v any
		switch r.IntN(7) {
		case 0:
			f := r.Float64()
			s.PushFloat(f)
			v = f
		case 1:
			n := r.Int64()
			s.PushInt(n)
			v = n
		case 2:
			b := r.IntN(2) == 0
			s.PushBool(b)
			v = b
		case 3:
			x := string(rune('a' + r.IntN(26)))
			Push(s, x)
			v = x
		case 4:
			p := point{r.Float64(), 1, int8(r.IntN(100))}
			Push(s, p)
			v = p
		case 5:
			x := make([]float64, r.IntN(4))
			for i := range x {
				x[i] = r.Float64()
			}
			PushSlice(s, x)
			v = x
		case 6:
			x := make([]int8, r.IntN(4))
			for i := range x {
				x[i] = int8(r.IntN(100))
			}
			PushSlice(s, x)
			v = x
		}
		model = append(model, v)
	}
	s.Reset(Mark{})
	s.Release()
}

func TestMarkAndReset(t *testing.T) {
	s := NewStack()
	s.PushFloat(1)
	Push(s, "kept")
	m := s.Mark()
	s.PushFloat(2)
	s.PushInt(3)
	s.PushBool(true)
	Push(s, "dropped")
	Push(s, []float64{1})
	Push(s, new(int))
	PushSlice(s, []point{{1, 2, 3}})
	s.Reset(m)
	if got := s.Mark(); got != m {
		t.Errorf("height %+v after reset to %+v", got, m)
	}
	if x, y := Pop[string](s), s.PopFloat(); x != "kept" || y != 1 {
		t.Errorf("below the mark lie %q and %v", x, y)
	}
	panics(t, "above its height", func() { s.Reset(m) })
	s.Release()
}

func TestBytes(t *testing.T) {
	s := NewStack()
	s.PushFloat(1)
	s.PushInt(1)
	s.PushBool(true)
	PushSlice(s, make([]float32, 10))
	if got := s.Bytes(); got != 8+8+1+40 {
		t.Errorf("%d bytes on the stack, want 57", got)
	}
	PopSlice(s, make([]float32, 10))
	if got, peak := s.Bytes(), s.PeakBytes(); got != 17 || peak != 57 {
		t.Errorf("%d bytes with a peak of %d, want 17 and 57", got, peak)
	}
	s.PushFloat(1)
	if peak := s.PeakBytes(); peak != 65 {
		t.Errorf("peak of %d, want 65", peak)
	}
	s.Reset(Mark{})
	if got, peak := s.Bytes(), s.PeakBytes(); got != 0 || peak != 65 {
		t.Errorf("%d bytes with a peak of %d after the reset, want 0 and 65", got, peak)
	}
	s.Release()
	if got := NewStack().PeakBytes(); got != 0 {
		t.Errorf("a new stack has a peak of %d", got)
	}
}

func TestReleaseOfUsedStack(t *testing.T) {
	for name, push := range map[string]func(*Stack){
		"1 floats":      func(s *Stack) { s.PushFloat(1) },
		"1 integers":    func(s *Stack) { s.PushInt(1) },
		"1 booleans":    func(s *Stack) { s.PushBool(true) },
		"8 other bytes": func(s *Stack) { Push(s, new(int)) },
	} {
		s := new(Stack)
		push(s)
		panics(t, name, s.Release)
	}
}

// What was on a released stack must not be kept alive by the pool.
func TestReleaseForgets(t *testing.T) {
	s := new(Stack)
	Push(s, new(int))
	Push(s, []float64{1})
	Pop[[]float64](s)
	Pop[*int](s)
	s.Release()
	if p, h := s.rest.ptrs[:1], s.rest.heads[:1]; p[0] != nil || h[0].ptr != nil {
		t.Error("a released stack still points to what was on it")
	}
}

func TestPopOfEmptyStack(t *testing.T) {
	s := NewStack()
	for range 2 {
		panics(t, "empty stack", func() { s.PopFloat() })
		panics(t, "empty stack", func() { s.PopInt() })
		panics(t, "empty stack", func() { s.PopBool() })
		panics(t, "empty stack", func() { PopSlice(s, make([]float64, 2)) })
		panics(t, "out of range", func() { Pop[[]int](s) })
		panics(t, "out of range", func() { Pop[*int](s) })
		panics(t, "out of range", func() { PopSlice(s, make([]uint8, 2)) })
		s.PushFloat(1)
		s.PushInt(1)
		s.PushBool(true)
		s.Reset(Mark{})
	}
	s.Release()
}

// Chunks are crossed in both directions, by single values and by slices, and the
// high-water mark is exact all the way.
func TestStackChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := new(Stack)
	var model []float64
	peak := 0
	for round := range 400 {
		for range r.IntN(1500) {
			x := r.Float64()
			s.PushFloat(x)
			model = append(model, x)
		}
		x := make([]float64, r.IntN(1500))
		for i := range x {
			x[i] = r.Float64()
		}
		PushSlice(s, x)
		model = append(model, x...)
		peak = max(peak, len(model))
		mark, height := s.Mark(), len(model)
		for range r.IntN(700) {
			s.PushFloat(1)
			height++
		}
		peak = max(peak, height)
		s.Reset(mark)
		for range min(len(model), r.IntN(1500)) {
			if got := s.PopFloat(); got != model[len(model)-1] {
				t.Fatalf("round %d: %v comes back as %v", round, model[len(model)-1], got)
			}
			model = model[:len(model)-1]
		}
		y := make([]float64, min(len(model), r.IntN(3000)))
		PopSlice(s, y)
		if want := model[len(model)-len(y):]; !slices.Equal(y, want) {
			t.Fatalf("round %d: a slice of %d comes back changed", round, len(y))
		}
		model = model[:len(model)-len(y)]
		if got := s.PeakBytes(); got != int64(8*peak) {
			t.Fatalf("round %d: peak of %d bytes, want %d", round, got, 8*peak)
		}
		if got := s.Bytes(); got != int64(8*len(model)) {
			t.Fatalf("round %d: %d bytes, want %d", round, got, 8*len(model))
		}
	}
}

func TestStackAllocatesNothing(t *testing.T) {
	x := make([]float64, 100)
	pts := make([]point, 10)
	rows := [][]float64{x}
	m := mixed{v: x}
	noAllocs(t, func() {
		s := NewStack()
		for i := range 100 {
			s.PushFloat(1)
			s.PushInt(int64(i))
			s.PushBool(true)
		}
		Push(s, x)
		Push(s, rows)
		Push(s, &m)
		Push(s, m)
		Push(s, "text")
		Push(s, pts[0])
		Push(s, 3)
		PushSlice(s, x)
		PushSlice(s, pts)
		PushSlice(s, rows)

		PopSlice(s, rows)
		PopSlice(s, pts)
		PopSlice(s, x)
		Pop[int](s)
		Pop[point](s)
		Pop[string](s)
		m = Pop[mixed](s)
		Pop[*mixed](s)
		rows = Pop[[][]float64](s)
		x = Pop[[]float64](s)
		for range 100 {
			s.PopFloat()
			s.PopInt()
			s.PopBool()
		}
		s.Release()
	})
	if len(x) != 100 || !slices.Equal(m.v, x) {
		t.Error("the values have changed on the way")
	}
}
