package ckpt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// lister writes the elements that it is shown, one text for each.
type lister struct{ out []string }

func (l *lister) Block(b Block) error {
	for i := range b.Count {
		l.out = append(l.out, fmt.Sprintf("%d:%s", b.From+i, b.Text(i)))
	}
	return nil
}

// nester writes the elements with their nesting.
type nester struct{ strings.Builder }

func (n *nester) Block(b Block) error { n.WriteString(b.Text(0) + " "); return nil }
func (n *nester) Missing() error      { n.WriteString("? "); return nil }
func (n *nester) End() error          { n.WriteString(") "); return nil }
func (n *nester) Begin(count int, fields []string) error {
	fmt.Fprintf(n, "%d%v( ", count, fields)
	return nil
}

func TestFind(t *testing.T) {
	s := store.NewMem()
	for _, name := range []string{
		"run-00000002-step-20.ckpt", "run-00000010-step-5.ckpt", "a/b-00000001-step--3.ckpt",
		"run-1-step-1.ckpt", "x.ckpt", "note.txt", "quarantine/1/run-00000001-step-1.ckpt",
		"a-step-1-00000007-step-9.ckpt", "run-99999999999999999999-step-1.ckpt", ".ckpt.ckpt"[1:],
	} {
		put1(t, s, name, []byte(name))
	}
	list, err := Find(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range list {
		got = append(got, fmt.Sprintf("%s|%s|%d|%d|%d", f.Name, f.Run, f.Seq, f.Step, f.Size))
	}
	want := []string{
		"a-step-1-00000007-step-9.ckpt|a-step-1|7|9|29",
		"a/b-00000001-step--3.ckpt|a/b|1|-3|25",
		"run-00000010-step-5.ckpt|run|10|5|24",
		"run-00000002-step-20.ckpt|run|2|20|25",
		"x.ckpt||0|0|6",
		"run-99999999999999999999-step-1.ckpt||0|0|36",
		"run-1-step-1.ckpt||0|0|17",
		"ckpt.ckpt||0|0|9",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What a program saved is shown without the program, nested and flat.
func TestScanShowsWhatWasSaved(t *testing.T) {
	s, _, newer := twoSaved(t)
	flat, nested := map[string]*lister{}, map[string]*nester{}
	c, err := Scan(context.Background(), s, newer, func(v *Variable) Sink {
		flat[v.Name] = &lister{}
		return flat[v.Name]
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(context.Background(), s, newer, func(v *Variable) Sink {
		nested[v.Name] = &nester{}
		return nested[v.Name]
	}); err != nil {
		t.Fatal(err)
	}
	if c.Seq != 2 || c.Step != 20 || c.Size != int64(len(get1(t, s, newer))+len(get1(t, s, newerFiles[1]))) || c.Time.IsZero() {
		t.Errorf("contents %+v", c)
	}
	var got []string
	for i := range c.Variables {
		v := &c.Variables[i]
		mask := ""
		if v.Mask != nil {
			mask = v.Mask.RunLength()
		}
		got = append(got, fmt.Sprintf("%s %s %v %d %d %q %v %v: %s: %s", v.Name, v.Type, v.Shape, v.Elements, v.Stored, mask, v.Kind, v.Array(),
			strings.Join(flat[v.Name].out, " "), nested[v.Name].String()))
	}
	want := []string{
		`u []float64 [4] 4 2 "2C1D1Z" float64 true: 0:20 1:21: 4[]( 20 21 ? ? ) `,
		`rows [][]int32 [] 3 3 "" int32 false: 0:20 1:1 2:2: 3[]( 1[]( 20 ) 0[]( ) 2[]( 1 2 ) ) `,
		`name string [] 1 1 "" string true: 0:"step 20": "step 20" `,
		`ok bool [] 1 1 "" bool true: 0:false: false `,
		`dt float64 [] 1 1 "" float64 true: 0:6.666666666666667: 6.666666666666667 `,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every type that a program can save can be read without it, as many elements flat as
// nested, and with a mask those that it keeps.
func TestScanOfEveryType(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		var x everything
		fill(rng, reflect.ValueOf(&x).Elem())
		s := store.NewMem()
		r := open(t, s, quiet)
		protect(t, r, "x", &x)
		save(t, r, 1)
		flat := &lister{}
		nested := &counter{}
		for _, sink := range []Sink{flat, nested} {
			c, err := Scan(context.Background(), s, "run-00000001-step-1.ckpt", func(*Variable) Sink { return sink })
			if err != nil {
				t.Fatal(err)
			}
			if v := &c.Variables[0]; v.tree == nil || v.Elements != v.Stored || reflect.Kind(v.Kind) != reflect.Invalid {
				t.Fatalf("variable %+v", v)
			}
		}
		v := r.vars[0]
		var im imageVar
		if err := v.capture(&im); err != nil {
			t.Fatal(err)
		}
		h := im.head
		if len(flat.out) != h.Elements || nested.elements != h.Elements || nested.depth != 0 {
			t.Fatalf("%d elements flat, %d nested, %d saved", len(flat.out), nested.elements, h.Elements)
		}
		if !strings.HasPrefix(flat.out[1], fmt.Sprintf("1:%d", x.I)) || flat.out[15] != fmt.Sprintf("15:%q", x.S) {
			t.Fatalf("element 1 is %s, element 15 %s; want %d and %q", flat.out[1], flat.out[15], x.I, x.S)
		}
	}
}

type counter struct{ elements, depth int }

func (c *counter) Block(b Block) error       { c.elements += b.Count; return nil }
func (c *counter) Missing() error            { c.elements++; return nil }
func (c *counter) Begin(int, []string) error { c.depth++; return nil }
func (c *counter) End() error                { c.depth--; return nil }

func TestBlockTexts(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		pointer any
		want    string
	}{
		{&[]int8{-128, 127}, "0:-128 1:127"},
		{&[]uint16{65535}, "0:65535"},
		{&[]int{math.MinInt}, fmt.Sprint("0:", math.MinInt)},
		{&[]uint64{math.MaxUint64}, "0:18446744073709551615"},
		{&[]float32{0.1, -0}, "0:0.1 1:0"},
		{&[]float64{0.1, math.Copysign(0, -1), math.Inf(-1), nan, 5e-324}, "0:0.1 1:-0 2:-Inf 3:NaN 4:5e-324"},
		{&[]complex64{complex(0.1, -2)}, "0:(0.1-2i)"},
		{&[]complex128{complex(0.1, nan)}, "0:(0.1+NaNi)"},
		{&[]string{"", "ä\n\xff"}, `0:"" 1:"ä\n\xff"`},
		{&[]bool{true, false}, "0:true 1:false"},
		{&[2][2]int16{{1, 2}, {3, 4}}, "0:1 1:2 2:3 3:4"},
	} {
		s := store.NewMem()
		r := open(t, s, quiet)
		protect(t, r, "x", c.pointer)
		save(t, r, 1)
		l := &lister{}
		if _, err := Scan(context.Background(), s, "run-00000001-step-1.ckpt", func(*Variable) Sink { return l }); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(l.out, " "); got != c.want {
			t.Errorf("%T: %s, want %s", c.pointer, got, c.want)
		}
	}
}

func TestScanFindsEveryFlippedBitAndTruncation(t *testing.T) {
	s, _, newer := twoSaved(t)
	f := Found{Name: newer, Run: "run", Seq: 2, Step: 20}
	if _, err := f.Check(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	for _, file := range newerFiles {
		good := get1(t, s, file)
		for bit := range 8 * len(good) {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			put1(t, s, file, bad)
			if _, err := f.Check(context.Background(), s); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s: bit %d: %v", file, bit, err)
			}
		}
		for n := range len(good) {
			put1(t, s, file, good[:n])
			for _, lies := range []bool{false, true} { // the size is told, or the file ends while it is read
				var from store.Store = s
				if lies {
					from = wrongSize{s, file, int64(len(good))}
				}
				if _, err := f.Check(context.Background(), from); !errors.Is(err, ErrCorrupt) {
					t.Fatalf("%s: %d bytes of %d: %v", file, n, len(good), err)
				}
			}
		}
		put1(t, s, file, good)
	}
	for _, f := range []Found{{Name: newer, Run: "run", Seq: 3, Step: 20}, {Name: newer, Run: "run", Seq: 2, Step: 21}, {Name: newer}} {
		if _, err := f.Check(context.Background(), s); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "rename it to run-00000002-step-20.ckpt") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// wrongSize is a store that tells a wrong size of one blob.
type wrongSize struct {
	store.Store
	name string
	size int64
}

func (l wrongSize) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, size, err := l.Store.Get(ctx, name)
	if name == l.name {
		size = l.size
	}
	return r, size, err
}

// Sound checksums around hostile content: a reason, little memory, no long walk.
func TestScanOfHostileFiles(t *testing.T) {
	const huge = min(1<<47, math.MaxInt/4+1)
	dead := fmt.Sprintf("%dD", huge)
	vh := func(typ string, shape []int, elements int, layout, payload int64) variableHeader {
		return variableHeader{Name: "x", Type: typ, Shape: shape, Elements: elements, Order: "little", LayoutBytes: layout, PayloadBytes: payload}
	}
	masked := func(h variableHeader, mask string) variableHeader { h.MaskBytes = int64(len(mask)); return h }
	for _, c := range []struct {
		name string
		data []byte
		want error
		text string
	}{
		{"sound", seal(1, one(vh("[]float64", []int{1}, 1, 8, 8)), words(1, 7)), nil, ""},
		{"endless slice of nothing", seal(1, one(vh("[]struct{}", []int{huge}, 0, 8, 0)), words(huge)), nil, ""},
		{"version", seal(9, one(vh("[]float64", []int{1}, 1, 8, 8)), words(1, 7)), ErrVersion, "version 9"},
		{"no type", seal(1, one(vh("map[int]int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "no type that can be saved"},
		{"type goes on", seal(1, one(vh("int}", nil, 1, 0, 8)), words(7)), ErrCorrupt, "follows"},
		{"pointer", seal(1, one(vh("*int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "no type"},
		{"uintptr", seal(1, one(vh("uintptr", nil, 1, 0, 8)), words(7)), ErrCorrupt, "no type"},
		{"deep", seal(1, one(vh(strings.Repeat("[]", 1<<20)+"int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "deep"},
		{"deep structs", seal(1, one(vh(strings.Repeat("struct{a ", 1<<18)+"int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "deep"},
		{"large array", seal(1, one(vh("[1000000000][1000000000]int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "too large"},
		{"array without end", seal(1, one(vh("[12", nil, 1, 0, 8)), words(7)), ErrCorrupt, "length of an array"},
		{"array +1", seal(1, one(vh("[+1]int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "length of an array"},
		{"struct without end", seal(1, one(vh("struct{a int", nil, 1, 0, 8)), words(7)), ErrCorrupt, "does not end"},
		{"nameless field", seal(1, one(vh("struct{int}", nil, 1, 0, 8)), words(7)), ErrCorrupt, "no name"},
		{"huge struct", seal(1, one(vh(fmt.Sprintf("struct{a [%d]uint8; b [%[1]d]uint8}", maxType), nil, 1, 0, 8)), words(7)), ErrCorrupt, "too large"},
		{"huge slice", seal(1, one(vh("[]float64", nil, huge, 8, 8)), words(huge, 7)), ErrCorrupt, "too short"},
		{"slice beyond int", seal(1, one(vh("[]float64", nil, 1, 8, 8)), words(1<<63, 7)), ErrCorrupt, "claims"},
		{"rows without end", seal(1, one(vh("[][]int8", nil, 1, 8, 8)), words(huge, 7)), ErrCorrupt, "no length"},
		{"too many", seal(1, one(vh("[]float64", nil, 1, 8, 16)), words(2, 7, 7)), ErrCorrupt, "claims"},
		{"too few", seal(1, one(vh("[]float64", nil, 2, 8, 8)), words(1, 7)), ErrCorrupt, "contradict"},
		{"bytes left", seal(1, one(vh("[]float64", nil, 1, 8, 16)), words(1, 7, 7)), ErrCorrupt, "contradict"},
		{"negative shape", seal(1, one(vh("[]float64", []int{-1}, 1, 8, 8)), words(1, 7)), ErrCorrupt, "contradict"},
		{"boolean", seal(1, one(vh("bool", []int{}, 1, 0, 1)), []byte{2}), ErrCorrupt, "stored as 2"},
		{"string", seal(1, one(vh("string", []int{}, 1, 0, 9)), append(words(2), 'a')), ErrCorrupt, "longer"},
		{"dead strings", seal(1, one(masked(vh("[]string", nil, huge, 8, 0), dead)), append([]byte(dead), words(huge)...)), ErrTooLarge, "too many parts"},
		{"dead numbers", seal(1, one(masked(vh("[]float64", nil, huge, 8, 0), dead)), append([]byte(dead), words(huge)...)), nil, ""},
	} {
		_, err := scan(context.Background(), store.NewMem(), "x.ckpt", bytes.NewReader(c.data), int64(len(c.data)), 1<<20, nil)
		if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), c.text) || c.want == nil && err != nil {
			t.Errorf("%s: %v; want %v, %q", c.name, err, c.want, c.text)
		}
	}
}

// Nobody is given memory for bytes that do not come.
func TestScanAllocatesWhatArrives(t *testing.T) {
	h := variableHeader{Name: "x", Type: "[][]int8", Elements: 0, Order: "little", LayoutBytes: 1 << 30}
	data := seal(1, one(h))
	total := int64(len(data)) + crcLen + 1<<30
	data = seal(1, one(h), nil)[:preambleLen]
	le.PutUint64(data[16:], uint64(total))
	copy(data[24:], le.AppendUint32(nil, crc32.Checksum(data[:24], castagnoli)))
	text := one(h)
	data = append(le.AppendUint32(append(data, text...), crc32.Checksum(text, castagnoli)), make([]byte, 1<<20)...)
	for _, index := range []int64{24, 24 + 7} { // less than the mask and the layout take
		h := variableHeader{Name: "x", Type: "[]int8", Elements: 1, Order: "little", MaskBytes: 2, LayoutBytes: 8, PayloadBytes: 1}
		w := &walker{in: &stream{input: input{ctx: context.Background()}}, index: index}
		if _, err := w.record(h, 0, nil); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes for masks and layouts: %v", index, err)
		}
	}
	n := testing.AllocsPerRun(1, func() {
		if _, err := scan(context.Background(), store.NewMem(), "x.ckpt", bytes.NewReader(data), total, 1<<20, nil); !errors.Is(err, ErrCorrupt) {
			t.Errorf("scan = %v", err)
		}
	})
	if n > 500 {
		t.Errorf("%v allocations", n)
	}
	var in stream
	in.ctx, in.sha, in.r = context.Background(), sha256.New(), bytes.NewReader(make([]byte, 3<<20))
	if _, err := grow(&in, 1<<40); !errors.Is(err, ErrCorrupt) {
		t.Errorf("grow = %v", err)
	}
}

func TestScanTellsTheStoreAndTheSink(t *testing.T) {
	s, _, newer := twoSaved(t)
	if _, err := Scan(context.Background(), s, "run-00000009-step-1.ckpt", nil); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Scan = %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	full := errors.New("full")
	_, err := Scan(ctx, s, newer, func(v *Variable) Sink {
		if v.Name != "name" {
			return nil
		}
		return failing{full}
	})
	if !errors.Is(err, full) {
		t.Errorf("Scan = %v", err)
	}
	stop()
	if _, err := scan(ctx, store.NewMem(), "x.ckpt", bytes.NewReader(get1(t, s, newer)), 1000, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("scan = %v", err)
	}
}

type failing struct{ err error }

func (f failing) Block(Block) error { return f.err }

// FuzzScan goes past the checksums. Nothing may panic; what is shown is what the header
// says; and what Scan accepts a restore finds sound, too.
func FuzzScan(f *testing.F) {
	r := open(f, store.NewMem(), quiet)
	x, all := newSmall(1), everything{Ss: []string{"a"}, Mx: make([]mixed, 2), Deep: [2][]struct{ V []uint8 }{{{[]uint8{1}}}}}
	x.protect(f, r)
	protect(f, r, "all", &all)
	for _, v := range r.vars {
		var im imageVar
		if err := v.capture(&im); err != nil {
			f.Fatal(err)
		}
		f.Add(one(im.head), encodeRecord(f, &im))
	}
	f.Fuzz(func(t *testing.T, text, body []byte) {
		data := seal(1, text, body)
		size := int64(len(data))
		var flat, nested counter
		c, err := scan(context.Background(), store.NewMem(), "x.ckpt", bytes.NewReader(data), size, 1<<12, func(*Variable) Sink { return flatten{&flat} })
		_, err2 := scan(context.Background(), store.NewMem(), "x.ckpt", bytes.NewReader(data), size, 1<<12, func(*Variable) Sink { return &nested })
		for _, err := range []error{err, err2} {
			if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("an error of no kind: %v", err)
			}
		}
		if err != nil {
			return
		}
		stored, elements := 0, 0
		for _, v := range c.Variables {
			stored += v.Stored
			elements += v.Elements
		}
		if flat.elements != stored || err2 == nil && (nested.elements != elements || nested.depth != 0) {
			t.Fatalf("%d elements flat, %d stored; %d nested, %d there", flat.elements, stored, nested.elements, elements)
		}
		if _, err := decodeBytes(data); err != nil {
			t.Fatalf("Scan accepts what a restore does not: %v", err)
		}
	})
}

// flatten hides that a sink could be shown the nesting.
type flatten struct{ s Sink }

func (f flatten) Block(b Block) error { return f.s.Block(b) }
