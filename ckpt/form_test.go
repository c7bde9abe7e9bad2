package ckpt

import (
	"bytes"
	"context"
	"encoding"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// onlyMarshals has a part that cannot be saved and cannot be read back.
type onlyMarshals func()

func (*onlyMarshals) MarshalBinary() ([]byte, error) { return nil, nil }

type point struct {
	X, Y int8
	Name string
}

// formed has every kind of value that has no form of its own in a file, in every kind of
// value that has.
type formed struct {
	A      int16
	M      map[string]float64
	ByPair map[[2]int32]map[point][]float32
	P      *float64
	Q      **point
	//lint:ignore U1000 saved by reflection
	when time.Time
	N    [2]big.Int
	//lint:ignore U1000 saved by reflection
	rng  *rand.PCG
	List []struct {
		B    bool
		Next *[]int
		Odds map[bool]*rand.ChaCha8
	}
	None  [0]map[int]int
	Plain [][]float64
	Z     map[complex128]struct{}
}

// fillMixed fills a value with random data; slices have at most most elements.
func fillMixed(rng *rand.Rand, v reflect.Value, most int) {
	v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(rng.Int64N(1e9), rng.Int64N(1e9)).UTC()
		return
	case *big.Int:
		x.SetUint64(rng.Uint64()).Mul(x, x).Neg(x)
		return
	case *rand.PCG:
		*x = *rand.NewPCG(rng.Uint64(), rng.Uint64())
		return
	case *rand.ChaCha8:
		*x = *rand.NewChaCha8([32]byte{byte(rng.Uint32())})
		for range rng.IntN(50) {
			x.Uint64()
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.SetZero()
		if rng.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillMixed(rng, v.Elem(), most)
		}
	case reflect.Map:
		v.SetZero()
		if rng.IntN(4) > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range rng.IntN(most + 1) {
				k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fillMixed(rng, k, most)
				fillMixed(rng, e, most)
				v.SetMapIndex(k, e)
			}
		}
	case reflect.Slice:
		n := rng.IntN(most + 1)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fillMixed(rng, v.Index(i), most)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillMixed(rng, v.Field(i), most)
		}
	default:
		fill(rng, v)
	}
}

// A value of every kind comes back as it was, into any other value, and is then saved
// with the same bytes.
func TestRoundTripOfForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 300 {
		var x, y formed
		fillMixed(rng, reflect.ValueOf(&x).Elem(), i%4)
		mem := store.NewMem()
		r := open(t, mem, quiet)
		protect(t, r, "x", &x)
		save(t, r, 1)
		if i%2 == 0 {
			fillMixed(rng, reflect.ValueOf(&y).Elem(), 3)
		}
		q := open(t, mem, quiet)
		protect(t, q, "x", &y, Resizable())
		restore(t, q, 1)
		if got, want := dump(reflect.ValueOf(&y).Elem()), dump(reflect.ValueOf(&x).Elem()); got != want {
			t.Fatalf("%d:\n%s, want\n%s", i, got, want)
		}
		a, b := open(t, store.NewMem(), quiet), open(t, store.NewMem(), quiet)
		protect(t, a, "x", &x)
		protect(t, b, "x", &y)
		if !bytes.Equal(payloadOf(t, a), payloadOf(t, b)) {
			t.Fatalf("%d: a second save of the restored value has other bytes", i)
		}
	}
}

// payloadOf returns the record of a run's only variable as it would be saved.
func payloadOf(t *testing.T, r *Run) []byte {
	t.Helper()
	v := r.vars[0]
	if err := v.take(); err != nil {
		t.Fatal(err)
	}
	var im imageVar
	if err := v.capture(&im); err != nil {
		t.Fatal(err)
	}
	return encodeRecord(t, &im)
}

// dump prints all that is in a value. It tells nil maps and pointers from others.
func dump(v reflect.Value) string {
	v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	var b strings.Builder
	switch x := v.Addr().Interface().(type) {
	case *big.Int:
		return x.String()
	case *time.Time:
		return x.Format(time.RFC3339Nano)
	case encoding.BinaryMarshaler:
		data, err := x.MarshalBinary()
		return fmt.Sprintf("%x %v", data, err)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return "&" + dump(v.Elem())
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		e := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[string]()))
		for it := v.MapRange(); it.Next(); {
			x := reflect.New(v.Type().Elem())
			x.Elem().Set(it.Value())
			e.SetMapIndex(it.Key(), reflect.ValueOf(dump(x.Elem())))
		}
		return fmt.Sprint(e) // in order of the keys
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			fmt.Fprint(&b, dump(v.Index(i)), ", ")
		}
		return "[" + b.String() + "]"
	case reflect.Struct:
		for i := range v.NumField() {
			fmt.Fprint(&b, v.Type().Field(i).Name, ":", dump(v.Field(i)), " ")
		}
		return "{" + b.String() + "}"
	}
	return fmt.Sprint(v)
}

func TestFormTypeText(t *testing.T) {
	for _, c := range []struct {
		p    any
		want string
	}{
		{new(map[string]float64), "struct{nil bool; entries []struct{key string; value float64}}"},
		{new(*[3]int), "[][3]int"},
		{new(time.Time), "struct{binary:time.Time string}"},
		{new(big.Float), "struct{gob:math/big.Float string}"},
		{rand.NewPCG(1, 2), "struct{binary:math/rand/v2.PCG string}"},
		{new(generic[struct{ A, B int }]), "struct{binary:github.com/cairn-ad/cairn/ckpt.generic[struct_{_A_int;_B_int_}] string}"},
		{new(struct {
			time.Time
			X float64
		}), "struct{Time struct{binary:time.Time string}; X float64}"},
	} {
		n, err := compile(reflect.TypeOf(c.p).Elem(), true)
		if err != nil || n.text != c.want {
			t.Errorf("%T: %v, %v, want %s", c.p, n, err, c.want)
			continue
		}
		if _, err := parseType(n.text); err != nil {
			t.Errorf("%s: %v", n.text, err)
		}
	}
}

type generic[T any] struct{ x T }

func (g *generic[T]) MarshalBinary() ([]byte, error) { return fmt.Appendf(nil, "%v", g.x), nil }
func (g *generic[T]) UnmarshalBinary(b []byte) error { return nil }

// A struct that embeds a value which marshals itself has its methods, and more to save.
func TestEmbeddedMarshalerDoesNotHideTheRest(t *testing.T) {
	type stamped struct {
		time.Time
		X float64
	}
	x := stamped{time.Unix(5, 6).UTC(), 7}
	mem := store.NewMem()
	r := open(t, mem, quiet)
	protect(t, r, "x", &x)
	save(t, r, 1)
	want := x
	x = stamped{}
	restore(t, r, 1)
	if x != want {
		t.Errorf("%v, want %v", x, want)
	}
}

// A restore fills what is there: who else refers to a map or to what a pointer points to
// sees the restored values.
func TestAliasesOfWhatIsRestored(t *testing.T) {
	mem := store.NewMem()
	m, p := map[string][]float64{"a": {1, 2}, "b": nil}, ptr(3.0)
	q := &struct {
		u []float64
		g *rand.PCG
	}{[]float64{4, 5}, rand.NewPCG(6, 7)}
	r := open(t, mem, quiet)
	protect(t, r, "m", &m)
	protect(t, r, "p", &p)
	protect(t, r, "q", &q)
	save(t, r, 1)
	next := rand.New(rand.NewPCG(6, 7)).Uint64()
	m2, p2, u2, g2 := m, p, q.u, rand.New(q.g)
	clear(m)
	m["c"], *p, q.u[1] = []float64{9}, 9, 9
	g2.Uint64()
	restore(t, r, 1)
	if fmt.Sprint(m2, *p2, u2) != "map[a:[1 2] b:[]] 3 [4 5]" {
		t.Error(m2, *p2, u2)
	}
	if got := g2.Uint64(); got != next {
		t.Errorf("the generator gives %d, want %d", got, next)
	}
}

func TestNilAndEmpty(t *testing.T) {
	mem := store.NewMem()
	var none map[int]int
	empty, one := map[int]int{}, map[int]int{1: 2}
	var p *int
	x := []any{&none, &empty, &one, &p}
	r := open(t, mem, quiet)
	for i, v := range x {
		protect(t, r, fmt.Sprint(i), v)
	}
	save(t, r, 1)
	for range 2 { // into other values, and into the same
		none, empty, one, p = map[int]int{3: 4}, nil, nil, new(int)
		restore(t, r, 1)
		if none != nil || empty == nil || len(empty) != 0 || !reflect.DeepEqual(one, map[int]int{1: 2}) || p != nil {
			t.Errorf("%v %v %v %v", none, empty, one, p)
		}
	}
}

// The entries are in order of their keys, whatever the order of insertion.
func TestEntriesAreInOrder(t *testing.T) {
	m := make(map[float64]bool)
	for i := range 100 {
		m[float64((i*37)%100)-50] = true
	}
	m[math.Inf(-1)], m[math.Inf(1)] = false, true
	r := open(t, store.NewMem(), quiet)
	protect(t, r, "m", &m)
	first := payloadOf(t, r)
	for range 5 {
		if !bytes.Equal(payloadOf(t, r), first) {
			t.Fatal("two saves of a map differ")
		}
	}
	if first[8] != 0 || math.Float64frombits(le.Uint64(first[9:])) != math.Inf(-1) || math.Float64frombits(le.Uint64(first[18:])) != -50 {
		t.Errorf("% x", first[:32])
	}
}

// liar marshals itself in a way that a test chooses.
type liar struct {
	x     int
	how   string
	inner *int
	self  *liar
}

var lies int

func (l *liar) MarshalBinary() ([]byte, error) {
	switch l.how {
	case "fails":
		return nil, errors.New("no ink")
	case "panics":
		panic("no paper")
	case "never the same":
		lies++
		return fmt.Appendf(nil, "%d %d", l.x, lies), nil
	}
	return fmt.Appendf(nil, "%d %s", l.x, l.how), nil
}

func (l *liar) UnmarshalBinary(b []byte) error {
	x, how, _ := strings.Cut(string(b), " ")
	switch how {
	case "cannot be read":
		return errors.New("no glasses")
	case "dereferences nil":
		l.x = *l.inner
	case "forgets":
		return nil
	case "points inward":
		l.self = l
	}
	l.how = how
	_, err := fmt.Sscan(x, &l.x)
	return err
}

func TestMarshalersThatLie(t *testing.T) {
	for how, want := range map[string]string{
		"fails":            `x.list[1]: MarshalBinary of ckpt.liar: no ink`,
		"panics":           `MarshalBinary of ckpt.liar panicked: no paper`,
		"cannot be read":   `it cannot be read back: UnmarshalBinary of ckpt.liar: no glasses`,
		"dereferences nil": `UnmarshalBinary of ckpt.liar panicked: runtime error: invalid memory address`,
		"forgets":          `makes of it is another value`,
		"points inward":    `points into itself`,
		"never the same":   "",
		"is honest":        "",
	} {
		x := struct{ list []liar }{[]liar{{x: 1}, {x: 2, how: how}}}
		r := open(t, store.NewMem(), quiet)
		err := r.Protect("x", &x)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: Protect = %v, want %s", how, err, want)
		}
		// The same when it turns out later: the older checkpoint stays.
		x.list[1].how = ""
		r = open(t, store.NewMem(), quiet)
		protect(t, r, "x", &x)
		save(t, r, 1)
		x.list[1].how, x.list[1].x = how, 3
		err = r.Save(context.Background(), 2)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: Save = %v, want %s", how, err, want)
		}
		if want != "" {
			restore(t, r, 1)
			if x.list[1].x != 2 {
				t.Errorf("%s: %v", how, x)
			}
		}
	}
}

// A restore that fails at the last variable has changed none of those before.
func TestFailedUnmarshalChangesNothing(t *testing.T) {
	mem := store.NewMem()
	u, m, l := []float64{1}, map[int]int{1: 1}, liar{x: 1}
	r := open(t, mem, quiet)
	protect(t, r, "u", &u)
	protect(t, r, "m", &m)
	protect(t, r, "l", &l)
	save(t, r, 1)
	u[0], m[1], l.x = 2, 2, 2
	honest := binaryCodec.unmarshal
	defer func() { binaryCodec.unmarshal = honest }()
	binaryCodec.unmarshal = func(any, []byte) error { return errors.New("another version") }
	_, _, err := r.Restore(context.Background())
	if !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "l: ") {
		t.Errorf("Restore = %v", err)
	}
	if u[0] != 2 || m[1] != 2 || l.x != 2 {
		t.Error(u, m, l)
	}
}

func TestKeysThatAreNaN(t *testing.T) {
	type key struct {
		a int
		x [2]float32
	}
	nan := float32(math.NaN())
	m := map[string]map[key]int{"m": {{1, [2]float32{0, nan}}: 1}}
	r := open(t, store.NewMem(), quiet)
	err := r.Protect("x", &m)
	if err == nil || !strings.Contains(err.Error(), `x["m"]`) || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("Protect = %v", err)
	}
	f := map[complex64]int{}
	r = open(t, store.NewMem(), quiet)
	protect(t, r, "f", &f)
	f[complex(1, nan)] = 1
	if err := r.Save(context.Background(), 1); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("Save = %v", err)
	}
}

func TestSharedForms(t *testing.T) {
	type node struct{ X, Y float64 }
	m, u, n := map[string]float64{"a": 1}, []float64{1, 2, 3}, &node{}
	for name, c := range map[string]struct {
		p    []any
		want string
	}{
		"one map":                 {[]any{&m, ptr(m)}, "v1 is v0"},
		"a map in a struct":       {[]any{&m, &struct{ m []map[string]float64 }{[]map[string]float64{nil, m}}}, "v1.m[1] is v0"},
		"a slice in a map":        {[]any{&u, &map[int][]float64{7: u[1:]}}, "v1[7][0] is v0[1]"},
		"two pointers":            {[]any{&n, ptr(n)}, "v1 is v0"},
		"a pointer into a struct": {[]any{&n, ptr(&n.Y)}, "v1 is v0"},
		"a pointer into a slice":  {[]any{ptr(&u[1]), &u}, "v1[1] is v0"},
		"a pointer to a variable": {[]any{&u[2], ptr(&u[2])}, "v1 is v0"},
		"itself":                  {[]any{&[]*node{n, nil, n}}, "v0[2] is v0[0]"},
		"a map twice":             {[]any{&map[int]map[string]float64{1: m, 2: m}}, "v0["},
		"a generator":             {[]any{&struct{ a, b *rand.PCG }{gen, gen}}, "v0.b is v0.a"},
	} {
		r := open(t, store.NewMem(), quiet)
		var err error
		for i, p := range c.p {
			err = r.Protect(fmt.Sprintf("v%d", i), p)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "shares memory with") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

var gen = rand.NewPCG(1, 2)

func TestFormsTakeNoMask(t *testing.T) {
	m := map[int]int{1: 2}
	r := open(t, store.NewMem(), quiet)
	if err := r.Protect("m", &m, Masked(randomMask(t, rand.New(rand.NewPCG(1, 2)), 3))); err == nil || !strings.Contains(err.Error(), "takes no mask") {
		t.Errorf("Protect = %v", err)
	}
	u := make([]float64, 3)
	r = open(t, store.NewMem(), quiet)
	if err := r.Protect("u", &u, Resizable(), Masked(randomMask(t, rand.New(rand.NewPCG(1, 2)), 3))); err == nil || !strings.Contains(err.Error(), "leave out Resizable") {
		t.Errorf("Protect = %v", err)
	}
}

func TestResizable(t *testing.T) {
	for _, saved := range []int{0, 1, 3, 5} {
		mem := store.NewMem()
		x := make([][]float64, saved)
		for i := range x {
			x[i] = make([]float64, i)
			for j := range x[i] {
				x[i][j] = float64(10*i + j)
			}
		}
		r := open(t, mem, quiet)
		protect(t, r, "x", &x)
		save(t, r, 1)
		want := fmt.Sprint(x)
		for _, have := range []int{0, 1, 2, 3, 4, 8} {
			x = make([][]float64, have)
			for i := range x {
				x[i] = make([]float64, 2)
			}
			q := open(t, mem, quiet)
			protect(t, q, "x", &x, Resizable())
			restore(t, q, 1)
			if fmt.Sprint(x) != want {
				t.Errorf("%d into %d: %v", saved, have, x)
			}
		}
	}
}

// A checkpoint of another type is told from one of this, even if both are marshaled.
func TestMarshaledTypesAreApart(t *testing.T) {
	mem := store.NewMem()
	a, b := rand.NewPCG(1, 2), rand.NewChaCha8([32]byte{})
	r := open(t, mem, quiet)
	protect(t, r, "rng", a)
	save(t, r, 1)
	q := open(t, mem, quiet)
	protect(t, q, "rng", b)
	if _, _, err := q.Restore(context.Background()); !errors.Is(err, ErrMismatch) || !strings.Contains(err.Error(), "ChaCha8") {
		t.Errorf("Restore = %v", err)
	}
}
