package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func readString(text string, f Format, o ReadOptions) (*State, error) {
	return Read(strings.NewReader(text), int64(len(text)), f, o)
}

func TestJSONIsRead(t *testing.T) {
	st, err := readString(`{"step": 7, "variables": [
		{"name": "z", "type": "complex64", "value": [1, "-Inf"]},
		{"name": "p", "type": "struct{A int; b []string; _ struct{}; _ bool}",
		 "value": {"_3": true, "b": ["\ud83d\ude00", {"base64": "/w=="}, "\\ud800"], "_2": {}, "A": `+fmt.Sprint(math.MinInt)+`}},
		{"name": "x", "type": "[]float64", "mask": "1C1D1Z", "value": [-0.0, null, null]},
		{"name": "big", "type": "uint64", "elements": 1, "value": 18446744073709551615}]}`, JSON, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if st.Step != 7 || !st.HasStep || len(st.Variables) != 4 {
		t.Fatalf("%+v", st)
	}
	if z := *st.Variables[0].Pointer.(*complex64); z != complex(1, float32(math.Inf(-1))) {
		t.Errorf("z = %v", z)
	}
	p := reflect.ValueOf(st.Variables[1].Pointer).Elem()
	if a, b := field(p, 0).Int(), field(p, 1).Interface().([]string); a != math.MinInt || b[0] != "😀" || b[1] != "\xff" || b[2] != `\ud800` || !field(p, 3).Bool() {
		t.Errorf("p = %v", p)
	}
	if x := *st.Variables[2].Pointer.(*[]float64); len(x) != 3 || !math.Signbit(x[0]) || st.Variables[2].Mask.RunLength() != "1C1D1Z" {
		t.Errorf("x = %v", x)
	}
	if big := *st.Variables[3].Pointer.(*uint64); big != math.MaxUint64 {
		t.Errorf("big = %d", big)
	}
}

func TestJSONRefused(t *testing.T) {
	value := func(typ, v string) string {
		return `{"step":1,"variables":[{"name":"v","type":"` + typ + `","value":` + v + `}]}`
	}
	for _, c := range []struct{ text, want string }{
		{``, "ends too early"},
		{`{}`, `no "variables"`},
		{`{"variables":[]} x`, "something follows"},
		{`{"variables":[],"variables":[]}`, "two fields"},
		{`{"variables":[],"more":1}`, "not known"},
		{"{\"variables\":[{\"name\":\"\xff\"}]}", "not UTF-8"},
		{`{"variables":[{"name":"v","type":"int"}]}`, `"value" is missing`},
		{`{"variables":[{"name":"v","type":"int","value":1},{"name":"v","type":"int","value":1}]}`, "two variables"},
		{value("int8", "128"), `"128" is no int8`},
		{value("int", "1.0"), "is no int"},
		{value("uint", "-1"), "is no uint"},
		{value("int", `"1"`), "is no int"},
		{value("bool", "1"), "is no bool"},
		{value("float32", "1e39"), "too large"},
		{value("float64", `"NaN:1"`), "16 hexadecimal digits"},
		{value("float64", `"NaN:3ff0000000000000"`), "hexadecimal digits of a NaN"},
		{value("float32", `"NaN:7f800000"`), "hexadecimal digits of a NaN"},
		{value("float64", `"nan"`), "is no number"},
		{value("float64", "null"), "element 0 is missing"},
		{value("complex128", "1"), "array of two"},
		{value("complex128", "[1]"), "is no float64"},
		{value("complex128", "[1,2,3]"), "where ] should"},
		{value("string", `"\ud800"`), "half a character"},
		{value("string", `"\ud800\ud800"`), "half a character"},
		{value("string", `"\udc00"`), "half a character"},
		{value("string", `{"base64":"x"}`), "base64"},
		{value("string", `{"a":"x"}`), "base64"},
		{value("string", `{"base64":"eA==","a":1}`), "where } should"},
		{value("string", `7`), "no string"},
		{value("[2]int", "[1]"), "only 1 values"},
		{value("[2]int", "[1,2,3]"), "more than 2"},
		{value("[]int", "1"), "where [ should"},
		{value("[][]int", "[[1],[true]]"), "(at value[1][0])"},
		{value("struct{A int}", `{}`), `"A" is missing`},
		{value("struct{A int}", `{"A":1,"B":1}`), `"B" is not known`},
		{value("struct{A int}", `{"A":1,"A":1}`), "two fields"},
		{value("struct{_1 int; _ int}", `{"_1":1}`), "cannot be told apart"},
		{value("struct{A struct{B int8}}", `{"A":{"B":200}}`), "(at value.A.B)"},
		{value("map[string]int", `{}`), "no type that can be saved"},
		{value(fmt.Sprintf("[%d]float64", largest/64), `[]`), "more memory"},
		{value("[1000000000]uint8", `[1]`), "more memory"},
		{value("[][1000000000]uint8", `[[1]]`), "more memory"},
		{value("struct{A [1000000000]uint8}", `{"A":[1]}`), "more memory"},
		{value(fmt.Sprintf("[%d]int", largest), `[]`), "too large"},
		{value(strings.Repeat("[]", 200)+"int", `[]`), "nested more than"},
		{value("struct{A int; A int}", `{}`), "two fields"},
		{value("struct{A int", `{}`), "does not end"},
		{value("struct{ int}", `{}`), "no name of a field"},
		{value("[]int64 ", `[]`), "no type that can be saved"},
		{`{"variables":[{"name":"v","type":"[]int","mask":"1C1D","value":[1]}]}`, "for 2 elements, and there are 1"},
		{`{"variables":[{"name":"v","type":"[]int","mask":"1C","value":[1,2]}]}`, "for 1 elements, and there are more"},
		{`{"variables":[{"name":"v","type":"[]int","mask":"1C1D","value":[1,2]}]}`, "has a value, and the mask leaves it out"},
		{`{"variables":[{"name":"v","type":"[]int","mask":"99999999999999999999C","value":[]}]}`, "its mask"},
		{`{"variables":[{"name":"v","type":"[]int","mask":"1C1C","value":[]}]}`, "its mask"},
		{`{"variables":[{"name":"v","type":"[]int","elements":3,"value":[1]}]}`, `"elements" says 3`},
	} {
		if _, err := readString(c.text, JSON, ReadOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
	deep := value(strings.Repeat("struct{A ", 90)+"string"+strings.Repeat("}", 90), strings.Repeat(`{"A":`, 90)+`"`+strings.Repeat("x", 1<<16)+`"`+strings.Repeat("}", 90))
	if _, err := readString(deep, JSON, ReadOptions{MaxBytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), "so many structs") {
		t.Errorf("structs in each other: %v", err)
	}
	if _, err := readString(value("int", "1"), JSON, ReadOptions{Types: map[string]string{"v": "int8"}}); err == nil {
		t.Error("a type is taken for JSON")
	}
}

func TestTextRefused(t *testing.T) {
	const head = "# cairn text 1\tseq 1\tstep 3\t2026-11-26T12:00:00Z\n"
	for _, c := range []struct{ text, want string }{
		{"", "does not begin"},
		{"# cairn text 2\tseq 1\tstep 3\tx\n", "does not begin"},
		{"# cairn text 1\tseq 1\n", "do not follow"},
		{"# cairn text 1\tseq -1\tstep 3\t2026-11-26T12:00:00Z\n", "is not seq"},
		{"# cairn text 1\tseq 1\tstep x\t2026-11-26T12:00:00Z\n", "is not step"},
		{"# cairn text 1\tseq 1\tstep 1\tnow\n", "is no time"},
		{head + "u\t1\n", "here must begin a variable"},
		{head + "# u\tint\t1 of 1 elements stored\nu\t1", "line 2: the line does not end"},
		{head + "# u\tint\t1 of 1 elements stored\n", "the file ends"},
		{head + "# u\tint\t1 of 1 elements stored\nv\t1\n", `line 3: here should be "u"`},
		{head + "# u\tint\t1 of 2 elements stored\nu\t1\n", `and it is "1 of 1`},
		{head + "# u\tint\t1 of 1 elements stored\nu\t1.5\n", "is no int"},
		{head + "# u\tint\t1 of 1 elements stored\nu\t-\n", "is missing"},
		{head + "# u\t[]int\t1 of 1 elements stored\nu\t[2]\nu[0]\t1\n", "the file ends"},
		{head + "# u\t[]int\t1 of 1 elements stored\nu\t[1]\nu[0]\t1\nu[1]\t2\n", "here must begin"},
		{head + "# u\t[2]int\t1 of 1 elements stored\nu\t[1]\nu[0]\t1\n", "that of the type is 2"},
		{head + "# u\t[]int\t1 of 1 elements stored\nu\t[99999999999999999999]\n", "is no length"},
		{head + "# u\t[][100000000]int\t1 of 1 elements stored\nu\t[1]\n", "more memory"},
		{head + "# u\tstring\t1 of 1 elements stored\nu\t'a'\n", "no string"},
		{head + "# u\tstring\t1 of 1 elements stored\nu\t\"\xff\"\n", "no string"},
		{head + "# u\tcomplex128\t1 of 1 elements stored\nu\t1+2i\n", "no complex number"},
		{head + "# u\tcomplex128\t1 of 1 elements stored\nu\t(1i)\n", "no complex number"},
		{head + "# u\tbool\t1 of 1 elements stored\nu\t1\n", "neither true nor false"},
	} {
		if _, err := readString(c.text, Text, ReadOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	st, err := readString(strings.ReplaceAll(head+"# u\t[]struct{}\t0 of 0 elements stored\nu\t[1000000000]\n", "\n", "\r\n"), Text, ReadOptions{})
	if err != nil || len(*st.Variables[0].Pointer.(*[]struct{})) != 1e9 {
		t.Errorf("%v", err)
	}
}

// npy is a file of a version with the dictionary and the data.
func npy(version byte, dict, data string) string {
	b := []byte(npyMagic + string(rune(version)) + "\x00")
	if version == 1 {
		b = append(b, byte(len(dict)), byte(len(dict)>>8))
	} else {
		b = appendBits(b, uint64(len(dict)), 4)
	}
	return string(b) + dict + data
}

// A header that does not fit 16 bits of length has version 2.0.
func TestNPYHeaderOfManyDimensions(t *testing.T) {
	h := npyHeader("<f8", make([]int, 30000))
	if h[6] != 2 || len(h)%64 != 0 || int(binary.LittleEndian.Uint32(h[8:])) != len(h)-12 || h[len(h)-1] != '\n' {
		t.Errorf("header %q… of %d bytes", h[:20], len(h))
	}
}

func TestNPYRefused(t *testing.T) {
	dict := func(descr, shape string) string {
		return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n"
	}
	eight := strings.Repeat("\x00", 8)
	for _, c := range []struct{ file, want string }{
		{"", "does not begin"},
		{npyMagic + "\x04\x00\x00\x00", "version 4.0"},
		{npyMagic + "\x01\x00\xff\xff{", "ends in the header"},
		{npyMagic + "\x02\x00\xff\xff\xff\xff{", "claims 4294967295 bytes"},
		{npyMagic + "\x01", "does not begin"},
		{npy(1, "", ""), "no dictionary"},
		{npy(1, "{'descr': '<f8'}", eight), "needs descr, fortran_order and shape"},
		{npy(1, "{'descr': '<f8', 'descr': '<f8'}", eight), "there twice"},
		{npy(1, "{'descr': '<f8', 'fortran_order': 0, 'shape': ()}", eight), "True or False"},
		{npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'x': 1}", eight), "not known"},
		{npy(1, "{'descr': '<f8' 'fortran_order': False, 'shape': ()}", eight), "does not end"},
		{npy(1, dict("'<f8'", "()")+"x", eight), "needs descr"},
		{npy(1, dict("'<f8'", "(-1,)"), eight), "there should be a length"},
		{npy(1, dict("'<f8'", "(99999999999999999999,)"), eight), "there should be a length"},
		{npy(1, dict("'<f8'", fmt.Sprintf("(%d, 4)", math.MaxInt/2+1)), eight), "more elements than can be counted"},
		{npy(1, dict("'<f8'", fmt.Sprintf("(%d,)", math.MaxInt/2+1)), eight), "more bytes than can be counted"},
		{npy(1, dict("'<f8'", fmt.Sprintf("(%d, 0)", math.MaxInt/2+1)), ""), "many dimensions and hardly an element"},
		{npy(1, dict("'<f8'", "(100000, 0)"), ""), "many dimensions and hardly an element"},
		{npy(1, dict("'<f8'", "("+strings.Repeat("1,", 65)+")"), eight), "at most 64"},
		{npy(1, dict("'<f8'", "(2,)"), eight), "ends too early"},
		{npy(1, dict("'<f8'", "(200000000,)"), eight), "ends too early"},
		{npy(1, dict("'<f8'", "()"), eight+"x"), "something follows"},
		{npy(1, dict("'<f8'", "(1 2)"), eight), "tuple does not end"},
		{npy(1, dict("[('a', '<f8')]", "()"), eight), "structured array"},
		{npy(1, dict("'<f2'", "()"), eight), "astype('f4')"},
		{npy(1, dict("'<f16'", "()"), eight), "astype('f8')"},
		{npy(1, dict("'|O'", "()"), eight), "Python objects"},
		{npy(1, dict("'<M8[ns]'", "()"), eight), "astype('i8')"},
		{npy(1, dict("'|V8'", "()"), eight), "view('u1')"},
		{npy(1, dict("'f8'", "()"), eight), "byte order"},
		{npy(1, dict("'=f8'", "()"), eight), "byte order"},
		{npy(1, dict("'<x8'", "()"), eight), "not known"},
		{npy(1, dict("'<U0'", "(1000000000,)"), ""), "width of 1"},
		{npy(1, dict("'|S99999999999'", "()"), ""), "width of 1"},
		{npy(1, dict("'|U1'", "()"), "abcd"), "width of 1"},
		{npy(1, dict("'<U1'", "()"), "\x00\xd8\x00\x00"), "no character"},
		{npy(1, dict("'<U1'", "()"), "\x00\x00\x11\x00"), "no character"},
		{npy(1, dict("'|b1'", "(2,)"), "\x00\x02"), "boolean 1 is 2"},
	} {
		if _, err := readString(c.file, NPY, ReadOptions{Name: "v"}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.file, err, c.want)
		}
	}
	good := npy(1, dict("'<f8'", "(1L,)"), eight)
	for _, c := range []struct{ typ, want string }{
		{"[]float64", ""},
		{"[1]float64", ""},
		{"[2]float64", "the length 1"},
		{"[]int64", "elements are float64"},
		{"[][]float64", "has 2"},
		{"[]struct{A float64}", "has structs"},
		{"x", "cannot be read"},
	} {
		_, err := readString(good, NPY, ReadOptions{Name: "v", Types: map[string]string{"v": c.typ}})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("as %s: %v, want %q", c.typ, err, c.want)
		}
	}
	for _, o := range []ReadOptions{{}, {Name: "v", Types: map[string]string{"w": "int"}}, {Name: "v", MaxBytes: 23}} {
		if _, err := readString(good, NPY, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// archive is a ZIP file of members.
func archive(t testing.TB, method uint16, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNPZRefused(t *testing.T) {
	one := npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "a")
	flipped := []byte(archive(t, zip.Store, "a.npy", one))
	flipped[bytes.IndexByte(flipped, '}')+1] ^= 1
	for _, c := range []struct{ file, want string }{
		{"", "no ZIP file"},
		{"PK\x03\x04", "no ZIP file"},
		{archive(t, zip.Store, "../a.npy", one), "no name of an array"},
		{archive(t, zip.Store, "/a.npy", one), "no name of an array"},
		{archive(t, zip.Store, `a\b.npy`, one), "no name of an array"},
		{archive(t, zip.Store, ".npy", one), "no name of an array"},
		{archive(t, zip.Store, "a/../../b.npy", one), "no name of an array"},
		{archive(t, zip.Store, "a.txt", one), "no name of an array"},
		{archive(t, zip.Store, "a.npy", one, "a.npy", one), "two files"},
		{archive(t, zip.Deflate, "a.npy", one+"x"), "something follows"},
		{string(flipped), "checksum"},
	} {
		if _, err := readString(c.file, NPZ, ReadOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %q", c.file, err, c.want)
		}
	}
	// An array of another shape, or none of booleans, is no mask.
	two := npy(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", "\x01\x00")
	st, err := readString(archive(t, zip.Store, "a.npy", one, "a.stored.npy", two), NPZ, ReadOptions{})
	if err != nil || len(st.Variables) != 2 || st.Variables[0].Mask != nil {
		t.Errorf("%+v, %v", st, err)
	}
}

// A small file that unpacks to a large one does not take more memory than is allowed.
func TestZIPBomb(t *testing.T) {
	const size = 64 << 20
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.npy")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	head := npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (67108864,), }", "")
	if _, err := w.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	for range size / len(zeros) {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = readString(b.String(), NPZ, ReadOptions{MaxBytes: 16 << 20})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "more memory than is allowed") {
		t.Errorf("%d bytes became %d: %v", b.Len(), size, err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}
