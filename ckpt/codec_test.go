package ckpt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	oldrand "math/rand"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

type celsius float64

// plainPart has no padding; mixed has padding, strings, booleans and hidden fields.
type plainPart struct {
	A, B float64
	//lint:ignore U1000 saved by reflection
	c [2]float64
}

type mixed struct {
	Flag bool
	N    int
	//lint:ignore U1000 saved by reflection
	hidden struct {
		x int8
		y uint64
	}
	Name string
	Rows [][]int16
	Z    complex64
	_    [3]byte
}

// everything has every supported kind in several nestings.
type everything struct {
	B    bool
	I    int
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U    uint
	U8   uint8
	U16  uint16
	U32  uint32
	U64  uint64
	F32  float32
	F64  float64
	C64  complex64
	C128 complex128
	S    string
	T    celsius
	Bs   []bool
	Is   []int
	Fs   []float64
	Fss  [][]float64
	Fsss [][][]float32
	Ss   []string
	Arr  [3][2]float64
	Strs [2]string
	Pl   []plainPart
	Mx   []mixed
	Cs   []complex128
	Es   []struct{}
	Zero [0]float64
	Deep [2][]struct{ V []uint8 }
}

// fill gives a value of any supported type random content.
func fill(rng *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(rng.Uint64()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rng.Uint64())
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{rng.NormFloat64(), math.Inf(1), math.Copysign(0, -1), 1e-310}[rng.IntN(4)])
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(rng.NormFloat64(), rng.NormFloat64()))
	case reflect.String:
		v.SetString(strings.Repeat("é", rng.IntN(5)))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+rng.IntN(4), 9))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(rng, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if v.Type().Field(i).Name == "_" {
				continue
			}
			fill(rng, reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem())
		}
	}
}

func open(t testing.TB, s store.Store, o Options) *Run {
	t.Helper()
	r, err := OpenStore(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func protect(t testing.TB, r *Run, name string, p any, o ...ProtectOption) {
	t.Helper()
	if err := r.Protect(name, p, o...); err != nil {
		t.Fatal(err)
	}
}

func save(t testing.TB, r *Run, step int) {
	t.Helper()
	if err := r.Save(context.Background(), step); err != nil {
		t.Fatal(err)
	}
}

func restore(t testing.TB, r *Run, want int) {
	t.Helper()
	if step, ok, err := r.Restore(context.Background()); err != nil || !ok || step != want {
		t.Fatalf("Restore = %d, %v, %v, want step %d", step, ok, err, want)
	}
}

func TestRoundTripOfEveryType(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		var x everything
		fill(rng, reflect.ValueOf(&x).Elem())
		s := store.NewMem()
		r := open(t, s, Options{})
		protect(t, r, "x", &x)
		save(t, r, 3)
		var y everything
		r = open(t, s, Options{})
		protect(t, r, "x", &y)
		restore(t, r, 3)
		if !reflect.DeepEqual(x, y) {
			t.Fatalf("saved\n%+v\nrestored\n%+v", x, y)
		}
		// Into memory of the right shape nothing is allocated anew.
		data := &y.Fs[0]
		y.Fs[0]++
		restore(t, r, 3)
		if &y.Fs[0] != data || !reflect.DeepEqual(x, y) {
			t.Fatal("a restore in place")
		}
	}
}

func TestNaNPayloadsSurvive(t *testing.T) {
	x := []float64{math.Float64frombits(0x7ff8dead_beef0001), math.Float64frombits(0xfff00000_00000001)}
	want := [2]uint64{math.Float64bits(x[0]), math.Float64bits(x[1])}
	r := open(t, store.NewMem(), Options{})
	protect(t, r, "x", &x)
	save(t, r, 0)
	x[0], x[1] = 0, 0
	restore(t, r, 0)
	if got := [2]uint64{math.Float64bits(x[0]), math.Float64bits(x[1])}; got != want {
		t.Fatalf("%x, want %x", got, want)
	}
}

// The way that moves whole blocks of memory and the one that converts number by
// number, which big-endian machines take, write and read the same bytes.
func TestBlockAndPortableWayAgree(t *testing.T) {
	if !hostLittle {
		t.Skip("this machine has the portable way only")
	}
	for i := range uint64(60) {
		rng := rand.New(rand.NewPCG(2, i))
		var x, fastX, slowX everything
		fill(rng, reflect.ValueOf(&x).Elem())
		rec := bothEncode(t, &x, nil)
		for p, little := range map[*everything]bool{&fastX: true, &slowX: false} {
			if err := (&filler{v: variableOf(t, p, little), rec: rec}).run(true); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*p, x) {
				t.Fatalf("restored with little %v\n%+v\nwant\n%+v", little, *p, x)
			}
		}
		mask := randomMask(t, rng, rec.Elements)
		rec = bothEncode(t, &x, mask)
		for p, little := range map[*everything]bool{&fastX: true, &slowX: false} {
			same := rand.New(rand.NewPCG(5, i))
			for _, cell := range elements(reflect.ValueOf(p).Elem()) {
				fill(same, cell)
			}
			v := variableOf(t, p, little)
			v.keep = keepOf(mask)
			if err := (&filler{v: v, rec: rec}).run(true); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(fastX, slowX) {
			t.Fatalf("under a mask the block way restores\n%+v\nthe portable way\n%+v", fastX, slowX)
		}
	}
}

// bothEncode encodes x both ways, compares, and returns the record.
func bothEncode(t *testing.T, x *everything, mask *scrutiny.Mask) *record {
	t.Helper()
	var rec *record
	var first []byte
	for _, little := range []bool{true, false} {
		v := variableOf(t, x, little)
		if mask != nil {
			if err := Masked(mask)(v); err != nil {
				t.Fatal(err)
			}
		}
		var im imageVar
		if err := v.capture(&im); err != nil {
			t.Fatal(err)
		}
		body := encodeRecord(t, &im)
		h := im.head
		if int64(len(body)) != h.MaskBytes+h.LayoutBytes+h.PayloadBytes {
			t.Fatalf("%d bytes written, %d+%d+%d measured", len(body), h.MaskBytes, h.LayoutBytes, h.PayloadBytes)
		}
		if first != nil && !bytes.Equal(first, body) {
			t.Fatal("the encodings differ")
		}
		first = body
		payload := body[h.MaskBytes+h.LayoutBytes:]
		cut := len(payload) / 3 // a payload comes in parts
		rec = &record{variableHeader: h, keep: v.keep, layout: body[h.MaskBytes:][:h.LayoutBytes], payload: [][]byte{payload[:cut], {}, payload[cut:]}}
	}
	return rec
}

// bufferSink collects a payload.
type bufferSink struct{ bytes.Buffer }

func (b *bufferSink) keep(data []byte, _ uintptr) error { b.Write(data); return nil }
func (b *bufferSink) fill(int, reader, uintptr) error {
	return errors.New("nothing is frozen here")
}

// encodeRecord returns mask, layout and payload of a variable.
func encodeRecord(t testing.TB, im *imageVar) []byte {
	t.Helper()
	var b bufferSink
	b.WriteString(im.mask)
	b.Write(im.layout)
	if err := im.payload.emit(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func variableOf(t testing.TB, p any, little bool) *variable {
	t.Helper()
	v := reflect.ValueOf(p)
	n, err := compile(v.Type().Elem(), little)
	if err != nil {
		t.Fatal(err)
	}
	return &variable{name: "x", pointer: p, user: v.UnsafePointer(), p: v.UnsafePointer(), node: n}
}

func randomMask(t testing.TB, rng *rand.Rand, n int) *scrutiny.Mask {
	t.Helper()
	classes := make([]scrutiny.Class, n)
	for i := 0; i < n; {
		c := scrutiny.Class(rng.IntN(3))
		for k := 1 + rng.IntN(4); k > 0 && i < n; k-- {
			classes[i] = c
			i++
		}
	}
	m, err := scrutiny.New("x", "", []int{n}, classes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// elements returns pointers to the elements of a value in the order of the format.
func elements(v reflect.Value) (out []reflect.Value) {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			out = append(out, elements(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			out = append(out, elements(reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem())...)
		}
	default:
		out = append(out, v)
	}
	return out
}

func TestMaskDecidesElementByElement(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, sample := range []any{
		new([]float64), new([][]float32), new([]plainPart), new([]mixed), new(everything),
		new([5][]string), new([]bool), new([]complex64), new(float64),
	} {
		typ := reflect.TypeOf(sample).Elem()
		for round := range 20 {
			x := reflect.New(typ)
			fill(rng, x.Elem())
			cells := elements(x.Elem())
			mask := randomMask(t, rng, len(cells))
			var saved []any
			for _, c := range cells {
				saved = append(saved, c.Interface())
			}
			s := store.NewMem()
			r := open(t, s, Options{})
			protect(t, r, "x", x.Interface(), Masked(mask))
			save(t, r, 1)
			if got := r.Saved(); got.Elements != len(cells) || got.Stored != mask.Stats().Critical {
				t.Fatalf("%v: Saved %+v for %+v", typ, got, mask.Stats())
			}
			var now []any
			for _, c := range cells { // other content of the same lengths
				fill(rng, c)
				now = append(now, c.Interface())
			}
			restore(t, r, 1)
			for i, c := range cells {
				want := now[i]
				if mask.Keep(i) {
					want = saved[i]
				}
				if !reflect.DeepEqual(c.Interface(), want) {
					t.Fatalf("%v round %d: element %d is %v, want %v (kept: %v)", typ, round, i, c.Interface(), want, mask.Keep(i))
				}
			}
		}
	}
}

func TestMaskedProgramReadsAnUnmaskedCheckpoint(t *testing.T) {
	s := store.NewMem()
	x := []float64{1, 2, 3, 4}
	r := open(t, s, Options{})
	protect(t, r, "x", &x)
	save(t, r, 1)
	x = []float64{10, 20, 30, 40}
	mask, _ := scrutiny.Parse("x", "", []int{4}, "1C1D1Z1C")
	r = open(t, s, Options{})
	protect(t, r, "x", &x, Masked(mask))
	restore(t, r, 1)
	if want := []float64{1, 20, 30, 4}; !reflect.DeepEqual(x, want) {
		t.Fatalf("%v, want %v", x, want)
	}
}

// clock has the parts of a time.Time without its methods.
type clock time.Time

func TestTypesThatCannotBeSaved(t *testing.T) {
	type list struct {
		//lint:ignore U1000 its type is what is tested
		next []list
	}
	type tree struct {
		//lint:ignore U1000 its type is what is tested
		kids map[string]*tree
	}
	var f float64
	for _, c := range []struct {
		p    any
		want string
	}{
		{f, "give a pointer"},
		{[]float64{1}, "give a pointer"},
		{nil, "give a pointer"},
		{(*float64)(nil), "pointer is nil"},
		{new(map[any]int), "key"},
		{new(map[[2]*int]int), "a key of the map: a value of type *int"},
		{new(map[time.Time]int), "a key of the map: field loc"},
		{new(map[string]chan int), "a value of the map: a value of type chan int"},
		{new(rand.Source), "*rand.PCG"},
		{rand.New(rand.NewPCG(1, 2)), "protect its source"},
		{new(struct{ R *rand.Rand }), "field R: through the pointer: a *rand.Rand"},
		{new(oldrand.Rand), "math/rand/v2"},
		{new(onlyMarshals), "only one of"},
		{new(struct{ T clock }), "field T: field loc: through the pointer: a *time.Location"},
		{new(any), "interface"},
		{new(chan int), "chan int"},
		{new(func()), "func()"},
		{new(uintptr), "uintptr"},
		{new(struct{ A struct{ B []*chan int } }), "field A: field B: through the pointer: a value of type chan int"},
		{new(tree), "field kids: a value of the map: through the pointer: the type ckpt.tree contains itself"},
		{new(list), "contains itself"},
	} {
		r := open(t, store.NewMem(), Options{})
		err := r.Protect("x", c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `"x"`) {
			t.Errorf("Protect(%T) = %v, want an error with %q", c.p, err, c.want)
		}
		if err := r.Save(context.Background(), 1); err == nil {
			t.Errorf("%T: Save succeeded after a failed Protect", c.p)
		}
		if _, _, err := r.Restore(context.Background()); err == nil {
			t.Errorf("%T: Restore succeeded after a failed Protect", c.p)
		}
		for range r.Steps(context.Background(), 3) {
			t.Fatalf("%T: a step after a failed Protect", c.p)
		}
		if r.Err() == nil {
			t.Errorf("%T: Err is nil", c.p)
		}
	}
}

func TestProtectRefuses(t *testing.T) {
	var x, y float64
	var pair [2]float64
	short, _ := scrutiny.Uniform("x", "", []int{3}, scrutiny.Critical)
	report := &scrutiny.Report{Func: "F", Loop: "f.go:1", Variables: []*scrutiny.Mask{short}}
	five := make([]float64, 5)
	for _, c := range []struct {
		name string
		p    any
		opt  []ProtectOption
		want string
	}{
		{"", &y, nil, "empty"},
		{"x", &y, nil, "taken"},
		{"other", &x, nil, "shares memory"},
		{"part", &pair[1], nil, "shares memory"},
		{"a\nb", &y, nil, "control"},
		{"\xff", &y, nil, "UTF-8"},
		{strings.Repeat("n", 1025), &y, nil, "1024"},
		{"y", &five, []ProtectOption{Masked(nil)}, "nil"},
		{"y", &five, []ProtectOption{Masked(short)}, "has 5 elements, its mask has 3"},
		{"y", &five, []ProtectOption{MaskFrom(report, "z")}, `no variable "z"`},
		{"y", &five, []ProtectOption{MaskFrom(nil, "z")}, "nil"},
	} {
		r := open(t, store.NewMem(), Options{})
		protect(t, r, "x", &x)
		protect(t, r, "pair", &pair)
		if err := r.Protect(c.name, c.p, c.opt...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Protect(%q) = %v, want an error with %q", c.name, err, c.want)
		}
	}
	three := make([]float64, 3)
	r := open(t, store.NewMem(), Options{})
	protect(t, r, "y", &three, MaskFrom(report, "x"))
	three = make([]float64, 4)
	if err := r.Save(context.Background(), 1); err == nil || !strings.Contains(err.Error(), `"y" has 4 elements, its mask has 3`) {
		t.Errorf("Save of a variable that outgrew its mask: %v", err)
	}
}

func TestShape(t *testing.T) {
	for _, c := range []struct {
		p    any
		want string
	}{
		{new(float64), "[] true"},
		{&[]float64{1, 2}, "[2] true"},
		{&[][]float64{{1, 2, 3}, {4, 5, 6}}, "[2 3] true"},
		{&[][]float64{{1, 2, 3}, {4, 5}}, "[2] false"},
		{&[4][]float64{{1}, {2}, {3}, {4}}, "[4 1] true"},
		{&[][2][3]float64{{}, {}}, "[2 2 3] true"},
		{&[][][]float64{{{1}, {2}}, {{3}, {4}}}, "[2 2 1] true"},
		{&[]plainPart{{}, {}}, "[2] true"},
		{&[][]float64{}, "[0] true"},
	} {
		v := variableOf(t, c.p, hostLittle)
		dims, regular := shape(v.node, v.p)
		got := fmt.Sprint(dims, regular)
		if !regular {
			got = fmt.Sprint(dims[:1], regular)
		}
		if got != c.want {
			t.Errorf("%T: shape %s, want %s", c.p, got, c.want)
		}
	}
}

func TestTypeText(t *testing.T) {
	for _, c := range []struct {
		p    any
		want string
	}{
		{new(celsius), "float64"},
		{new([][3]celsius), "[][3]float64"},
		{new(plainPart), "struct{A float64; B float64; c [2]float64}"},
	} {
		if got := variableOf(t, c.p, hostLittle).node.text; got != c.want {
			t.Errorf("%T: %s, want %s", c.p, got, c.want)
		}
	}
}
