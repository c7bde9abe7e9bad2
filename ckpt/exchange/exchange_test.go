package exchange

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

var quiet = ckpt.Options{Logger: slog.New(slog.DiscardHandler)}

// failer is what a test and a rapid test have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// saved saves a state into a new store and returns the checkpoint's name.
func saved(t failer, st *State) (store.Store, string) {
	t.Helper()
	s := store.NewMem()
	run, err := ckpt.OpenStore(s, quiet)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := st.Save(context.Background(), run); err != nil {
		t.Fatalf("save: %v", err)
	}
	list, err := ckpt.Find(context.Background(), s)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d checkpoints, %v", len(list), err)
	}
	return s, list[0].Name
}

// dumper writes all that a checkpoint holds of a variable, bit by bit.
type dumper struct{ b *strings.Builder }

func (d dumper) Block(b ckpt.Block) error {
	fmt.Fprintf(d.b, "%d:%v:%x ", b.From, b.Kind, b.Data)
	return nil
}
func (d dumper) Missing() error { d.b.WriteString("- "); return nil }
func (d dumper) End() error     { d.b.WriteString(") "); return nil }
func (d dumper) Begin(n int, fields []string) error {
	fmt.Fprintf(d.b, "%d%q( ", n, fields)
	return nil
}

func dump(t failer, s store.Store, name string) string {
	t.Helper()
	var b strings.Builder
	c, err := ckpt.Scan(context.Background(), s, name, func(v *ckpt.Variable) ckpt.Sink {
		mask := ""
		if v.Mask != nil {
			mask = v.Mask.RunLength()
		}
		fmt.Fprintf(&b, "\n%q %s %v %d %s: ", v.Name, v.Type, v.Shape, v.Elements, mask)
		return dumper{&b}
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return fmt.Sprintf("step %d%s", c.Step, b.String())
}

// written writes a checkpoint in a format.
func written(t failer, s store.Store, name string, f Format) []byte {
	t.Helper()
	c, err := ckpt.Scan(context.Background(), s, name, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var buf bytes.Buffer
	if err := Write(context.Background(), &buf, f, s, name, c); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return buf.Bytes()
}

// sameAgain writes a state, reads it, and compares the two as checkpoints.
func sameAgain(t failer, st *State, f Format, o ReadOptions) {
	t.Helper()
	s, name := saved(t, st)
	file := written(t, s, name, f)
	back, err := Read(bytes.NewReader(file), int64(len(file)), f, o)
	if err != nil {
		t.Fatalf("%s: %v\n%.2000s", f, err, file)
	}
	if !back.HasStep {
		back.Step = st.Step
	}
	s2, name2 := saved(t, back)
	if want, got := dump(t, s, name), dump(t, s2, name2); want != got {
		t.Fatalf("%s: %.3000s\nread back:\n%.3000s\nfile:\n%.3000s", f, want, got, file)
	}
}

// kindsOfState has what is saved in another form than it has in the program.
type kindsOfState struct {
	Map   map[string][]float32
	Ptr   *int
	When  time.Time
	Rand  *rand.PCG
	Big   *big.Int
	Empty map[int8]bool
}

// What has another form in a checkpoint than in the program is restored by a program from
// what was imported.
func TestFormsSurvive(t *testing.T) {
	seven := 7
	want := kindsOfState{
		Map: map[string][]float32{"a": {1, 2}, "\xff": nil}, Ptr: &seven, When: time.Unix(1, 5).UTC(),
		Rand: rand.NewPCG(1, 2), Big: new(big.Int).Lsh(big.NewInt(3), 200),
	}
	s, name := saved(t, &State{Step: 4, Variables: []Variable{{Name: "x", Pointer: &want}}})
	for _, f := range []Format{JSON, Text} {
		file := written(t, s, name, f)
		st, err := Read(bytes.NewReader(file), int64(len(file)), f, ReadOptions{})
		if err != nil {
			t.Fatalf("%s: %v\n%s", f, err, file)
		}
		s2, _ := saved(t, st)
		run, err := ckpt.OpenStore(s2, quiet)
		if err != nil {
			t.Fatal(err)
		}
		var got kindsOfState
		run.Protect("x", &got)
		if step, ok, err := run.Restore(context.Background()); err != nil || !ok || step != 4 {
			t.Fatalf("step %d, %v, %v\n%s", step, ok, err, file)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", f, got, want)
		}
	}
}

// randomType draws the text of a type.
func randomType(t *rapid.T, depth int) string {
	kinds := []string{"bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64", "complex128", "string"}
	n := 4
	if depth == 0 {
		n = 1
	}
	switch rapid.IntRange(0, n-1).Draw(t, "form") {
	case 1:
		return "[]" + randomType(t, depth-1)
	case 2:
		return fmt.Sprintf("[%d]%s", rapid.IntRange(0, 3).Draw(t, "length"), randomType(t, depth-1))
	case 3:
		var fields []string
		for i := range rapid.IntRange(0, 3).Draw(t, "fields") {
			name := []string{"A", "_", "binary:a/b.C"}[i]
			if rapid.Bool().Draw(t, "number") {
				name = fmt.Sprintf("x%d", i)
			}
			fields = append(fields, name+" "+randomType(t, depth-1))
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	}
	return rapid.SampledFrom(kinds).Draw(t, "kind")
}

// randomFill draws a value and returns the number of its elements.
func randomFill(t *rapid.T, v reflect.Value) int {
	n := 0
	switch v.Kind() {
	case reflect.Slice:
		length := rapid.IntRange(0, 3).Draw(t, "length")
		v.Set(reflect.MakeSlice(v.Type(), length, length))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			n += randomFill(t, v.Index(i))
		}
		return n
	case reflect.Struct:
		for i := range v.NumField() {
			n += randomFill(t, field(v, i))
		}
		return n
	case reflect.String:
		v.SetString(string(rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "bytes")))
	default:
		raw := make([]byte, ckpt.Kind(v.Kind()).Size())
		for i := range raw {
			raw[i] = rapid.Byte().Draw(t, "byte")
		}
		switch {
		case v.Kind() == reflect.Bool:
			raw[0] &= 1
		case len(raw) >= 4 && rapid.IntRange(0, 3).Draw(t, "special") == 0:
			x := rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 0.1, math.Inf(1), math.Inf(-1), math.NaN(), 1 << 53, 5e-324}).Draw(t, "x")
			raw = appendBits(nil, math.Float64bits(x), 8)[:min(8, len(raw))]
			if v.Kind() == reflect.Float32 || v.Kind() == reflect.Complex64 {
				raw = appendBits(nil, uint64(math.Float32bits(float32(x))), 4)
			}
			raw = append(raw, make([]byte, ckpt.Kind(v.Kind()).Size()-len(raw))...)
		}
		if err := set(v, counted(v.Kind(), raw)); err != nil {
			t.Fatal(err)
		}
	}
	return 1
}

// counted returns the eight bytes of an int or uint as one that this machine has, and others as they are.
func counted(k reflect.Kind, raw []byte) []byte {
	switch k {
	case reflect.Int:
		return appendBits(nil, uint64(int(binary.LittleEndian.Uint64(raw))), 8)
	case reflect.Uint:
		return appendBits(nil, uint64(uint(binary.LittleEndian.Uint64(raw))), 8)
	}
	return raw
}

func randomMask(t *rapid.T, name string, n int) *scrutiny.Mask {
	if n == 0 || rapid.Bool().Draw(t, "unmasked") {
		return nil
	}
	classes := make([]scrutiny.Class, n)
	for i := range classes {
		classes[i] = rapid.SampledFrom([]scrutiny.Class{scrutiny.Critical, scrutiny.Dead, scrutiny.DerivativeZero}).Draw(t, "class")
	}
	m, err := scrutiny.New(name, "", []int{n}, classes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// randomState draws a state that can be saved.
func randomState(t *rapid.T) *State {
	st := &State{Step: rapid.Int().Draw(t, "step"), HasStep: true}
	for i := range rapid.IntRange(0, 3).Draw(t, "variables") {
		text := randomType(t, 4)
		typ, err := parseType(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := typeText(typ); got != text {
			t.Fatalf("type %s became %s", text, got)
		}
		p := reflect.New(typ)
		n := randomFill(t, p.Elem())
		name := []string{"u", "a b.c[0]", `# ü"\`}[i]
		st.Variables = append(st.Variables, Variable{Name: name, Type: text, Pointer: p.Interface(), Mask: randomMask(t, name, n)})
	}
	return st
}

// Any state that can be saved survives JSON and text to the last bit.
func TestRandomStates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := randomState(t)
		sameAgain(t, st, JSON, ReadOptions{})
		sameAgain(t, st, Text, ReadOptions{})

		s, name := saved(t, st)
		c, err := ckpt.Scan(context.Background(), s, name, nil)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(context.Background(), s, name, c, 0)
		if err != nil {
			t.Fatal(err)
		}
		s2, name2 := saved(t, loaded)
		if want, got := dump(t, s, name), dump(t, s2, name2); want != got {
			t.Fatalf("%s\nloaded:\n%s", want, got)
		}
	})
}

// Any regular array survives NPZ, and NPY if it has no mask.
func TestRandomArrays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := &State{}
		types := map[string]string{}
		for i := range rapid.IntRange(1, 3).Draw(t, "variables") {
			kind := rapid.SampledFrom([]reflect.Kind{
				reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
				reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.String,
			}).Draw(t, "kind")
			f := &flat{kind: kind, shape: rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")}
			n, err := product(f.shape)
			if err != nil {
				t.Fatal(err)
			}
			text := kind.String()
			for i := len(f.shape) - 1; i >= 0; i-- {
				if rapid.Bool().Draw(t, "array") {
					text = fmt.Sprintf("[%d]%s", f.shape[i], text)
				} else {
					text = "[]" + text
				}
			}
			for range n {
				if kind == reflect.String {
					f.text = append(f.text, rapid.StringN(0, 3, -1).Filter(func(s string) bool { return !strings.HasSuffix(s, "\x00") }).Draw(t, "text"))
				} else {
					raw := rapid.SliceOfN(rapid.Byte(), ckpt.Kind(kind).Size(), ckpt.Kind(kind).Size()).Draw(t, "raw")
					if kind == reflect.Bool {
						raw[0] &= 1
					}
					f.raw = append(f.raw, counted(kind, raw)...)
				}
			}
			name := []string{"u", "v/w", "ü"}[i]
			v, err := f.variable(name, text)
			if err != nil {
				t.Fatal(err)
			}
			if v.Mask = randomMask(t, name, n); v.Mask != nil { // NPZ tells no reason why an element is not stored
				v.Mask, err = scrutiny.Parse(name, "", []int{n}, plainMask(v.Mask))
				if err != nil {
					t.Fatal(err)
				}
			}
			types[name] = text
			st.Variables = append(st.Variables, *v)
			if v.Mask == nil {
				sameAgain(t, &State{Variables: []Variable{*v}}, NPY, ReadOptions{Name: name, Types: map[string]string{name: text}})
			}
		}
		sameAgain(t, st, NPZ, ReadOptions{Types: types})
	})
}

// plainMask is a mask with the classes critical and dead only.
func plainMask(m *scrutiny.Mask) string {
	classes := make([]scrutiny.Class, m.Len())
	for i := range classes {
		if classes[i] = scrutiny.Dead; m.Keep(i) {
			classes[i] = scrutiny.Critical
		}
	}
	out, err := scrutiny.New(m.Name, "", []int{m.Len()}, classes)
	if err != nil {
		panic(err)
	}
	return out.RunLength()
}
