package exchange

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

// numpy runs a Python program that needs NumPy and returns what it prints.
func numpy(t *testing.T, dir, program string) []byte {
	t.Helper()
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no Python with NumPy: install python3-numpy")
		}
		t.Skip("there is no Python with NumPy: install python3-numpy to compare with it")
	}
	c := exec.Command(python, "-c", program)
	c.Dir = dir
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	return out
}

// seen is an array as NumPy sees it: its elements as little-endian bytes in rows, in
// hexadecimal digits, and strings as UTF-8.
type seen struct {
	Name  string
	Type  string // letter and size of an element
	Shape []int
	Data  string
	Text  []string
}

const describe = `
def describe(name, a):
    t = a.dtype.kind + str(a.dtype.itemsize)
    if a.dtype.kind in 'US':
        text = [s if isinstance(s, str) else s.decode('latin1') for s in a.ravel().tolist()]
        return dict(Name=name, Type=a.dtype.kind, Shape=list(a.shape), Text=text)
    return dict(Name=name, Type=t, Shape=list(a.shape), Data=a.astype(a.dtype.newbyteorder('<')).tobytes('C').hex())
`

const writeArrays = `
import io, json, zipfile
import numpy as np
` + describe + `
rng = np.random.RandomState(1)
out = []
def arrays():
    rng.seed(1)
    for shape in [(), (0,), (5,), (3, 4), (2, 3, 4), (2, 0, 3), (1, 1, 1, 1, 2)]:
        n = int(np.prod(shape, dtype=int))
        for t in 'b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16'.split():
            size = np.dtype(t).itemsize
            data = rng.bytes(n * size) if t != 'b1' else bytes(rng.randint(0, 2, n).tolist())
            for order in '<>':
                for layout in 'CF':
                    a = np.frombuffer(data, t).reshape(shape).astype(np.dtype(t).newbyteorder(order), order=layout)
                    yield t + order + layout + str(len(shape)) + str(n), a
        text = np.array([['', 'a', 'äö', '\U0001f600', 'a\x00b'][i % 5] for i in range(n)], dtype='U4').reshape(shape)
        yield 'U<' + str(len(shape)) + str(n), text
        yield 'U>F' + str(len(shape)) + str(n), np.asfortranarray(text.astype('>U4'))
        yield 'S' + str(len(shape)) + str(n), np.array([b'', b'ab', b'\xff'] * n, dtype='S3')[:n].reshape(shape)
for file, method in ('stored.npz', zipfile.ZIP_STORED), ('deflated.npz', zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(file, 'w', method) as z:
        for version in (1, 0), (2, 0), (3, 0):
            for name, a in arrays():
                name += '/v%d' % version[0]
                b = io.BytesIO()
                np.lib.format.write_array(b, a, version=version)
                z.writestr(name + '.npy', b.getvalue())
                if method == zipfile.ZIP_STORED:
                    out.append(describe(name, a))
np.savez('savez.npz', x=np.arange(3.0), **{'x.stored': np.array([True, False, True])})
print(json.dumps(out))
`

// asSeen is a variable as NumPy would see it.
func asSeen(t *testing.T, v Variable) seen {
	t.Helper()
	typ := reflect.TypeOf(v.Pointer).Elem()
	elem, _ := plain(typ)
	s := seen{Name: v.Name, Shape: []int{}}
	var data []byte
	var walk func(x reflect.Value, depth int)
	walk = func(x reflect.Value, depth int) {
		switch x.Kind() {
		case reflect.Slice, reflect.Array:
			if depth == len(s.Shape) {
				s.Shape = append(s.Shape, x.Len())
			}
			for i := range x.Len() {
				walk(x.Index(i), depth+1)
			}
		case reflect.String:
			s.Text = append(s.Text, x.String())
		default:
			b := new(bytes.Buffer)
			for _, w := range words(x) {
				b.Write(w)
			}
			data = append(data, b.Bytes()...)
		}
	}
	walk(reflect.ValueOf(v.Pointer).Elem(), 0)
	s.Data = hex.EncodeToString(data)
	k := ckpt.Kind(elem.Kind())
	s.Type = strings.TrimLeft(npyDescr(k), "<|")
	if elem.Kind() == reflect.String {
		s.Type = ""
	}
	return s
}

// words are the little-endian bytes of a number.
func words(x reflect.Value) [][]byte {
	switch k := ckpt.Kind(x.Kind()); {
	case k.Signed():
		return [][]byte{appendBits(nil, uint64(x.Int()), k.Size())}
	case k.Unsigned():
		return [][]byte{appendBits(nil, x.Uint(), k.Size())}
	}
	switch y := x.Interface().(type) {
	case bool:
		if y {
			return [][]byte{{1}}
		}
		return [][]byte{{0}}
	case float32:
		return [][]byte{appendBits(nil, uint64(math.Float32bits(y)), 4)}
	case float64:
		return [][]byte{appendBits(nil, math.Float64bits(y), 8)}
	case complex64:
		return append(words(reflect.ValueOf(real(y))), words(reflect.ValueOf(imag(y)))...)
	case complex128:
		return append(words(reflect.ValueOf(real(y))), words(reflect.ValueOf(imag(y)))...)
	}
	panic(x.Kind())
}

func readFile(t *testing.T, file string, f Format, o ReadOptions) (*State, error) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return Read(bytes.NewReader(data), int64(len(data)), f, o)
}

// What NumPy writes is read: every type, byte order, layout and version.
func TestReadWhatNumPyWrote(t *testing.T) {
	dir := t.TempDir()
	var want []seen
	if err := json.Unmarshal(numpy(t, dir, writeArrays), &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != 3*7*(13*4+3) {
		t.Fatalf("NumPy wrote %d arrays", len(want))
	}
	for _, file := range []string{"stored.npz", "deflated.npz"} {
		st, err := readFile(t, filepath.Join(dir, file), NPZ, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(st.Variables) != len(want) {
			t.Fatalf("%d arrays were read of %d", len(st.Variables), len(want))
		}
		for i, w := range want {
			got := asSeen(t, st.Variables[i])
			if strings.HasPrefix(w.Type, "S") {
				for j := range w.Text {
					w.Text[j] = strings.ReplaceAll(w.Text[j], "ÿ", "\xff")
				}
			}
			if w.Type == "U" || w.Type == "S" {
				w.Type = ""
			}
			if len(w.Shape) == 3 && w.Shape[1] == 0 { // its rows have no elements, so no length either
				w.Shape = w.Shape[:2]
			}
			if fmt.Sprint(got) != fmt.Sprint(w) {
				t.Fatalf("%s: %v\nwant %v", file, got, w)
			}
		}
	}
	st, err := readFile(t, filepath.Join(dir, "savez.npz"), NPZ, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Variables) != 1 || st.Variables[0].Mask.RunLength() != "1C1D1C" {
		t.Errorf("%+v", st.Variables)
	}
}

// NumPy reads what is written.
func TestNumPyReadsWhatIsWritten(t *testing.T) {
	mask, err := scrutiny.Parse("m", "", []int{4}, "1C2D1C")
	if err != nil {
		t.Fatal(err)
	}
	st := &State{}
	for i, p := range []any{
		new(float64), &[]bool{true, false}, &[]int8{-1, 2}, &[][]uint16{{1, 2}, {3, 4}}, &[2][1][2]int32{{{1, -2}}, {{3, 4}}}, &[]int{math.MinInt / 2},
		&[]uint64{1 << 63}, &[]float32{0.1, float32(math.Inf(1))}, &[]float64{math.Copysign(0, -1), math.NaN(), 5e-324}, &[]complex64{1 - 2i},
		&[]complex128{complex(math.NaN(), 0.1)}, &[]string{"", "äö", "\U0001f600", "a\x00b"}, &[]float64{}, &[][]string{{"x"}},
	} {
		st.Variables = append(st.Variables, Variable{Name: fmt.Sprint("v", i), Pointer: p})
	}
	st.Variables = append(st.Variables, Variable{Name: "m", Pointer: &[]int64{1, 2, 3, 4}, Mask: mask})
	s, name := saved(t, st)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.npz"), written(t, s, name, NPZ), 0o600); err != nil {
		t.Fatal(err)
	}
	out := numpy(t, dir, `
import json
import numpy as np
`+describe+`
print(json.dumps([describe(n, a) for n, a in np.load('a.npz').items()]))
`)
	var got []seen
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	var want []seen
	for _, v := range st.Variables {
		w := asSeen(t, v)
		if w.Type == "" {
			w.Type = "U"
		}
		if v.Mask != nil {
			want = append(want, seen{Name: "m.stored", Type: "b1", Shape: []int{4}, Data: "01000001"})
			w.Data = w.Data[:16] + strings.Repeat("0", 32) + w.Data[48:]
		}
		want = append(want, w)
	}
	for i := range want {
		if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
			t.Errorf("NumPy sees %v\nwant %v", got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d arrays, want %d", len(got), len(want))
	}
}
