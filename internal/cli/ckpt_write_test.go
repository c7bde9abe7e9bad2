package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

// npyArray is an array as numpy.lib.format describes it.
type npyArray struct {
	descr string
	shape string
	data  []byte
}

var npyDict = regexp.MustCompile(`^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n$`)

// readNPY reads an NPY file of version 1.0, strictly.
func readNPY(t *testing.T, file []byte) npyArray {
	t.Helper()
	if string(file[:8]) != "\x93NUMPY\x01\x00" {
		t.Fatalf("begins with %q", file[:8])
	}
	n := 10 + int(binary.LittleEndian.Uint16(file[8:]))
	m := npyDict.FindStringSubmatch(string(file[10:n]))
	if n%64 != 0 || m == nil {
		t.Fatalf("header %q of %d bytes", file[10:n], n)
	}
	// A tuple of one has a comma, one of several may end in one.
	if dims := strings.Fields(m[2]); len(dims) == 1 && !strings.HasSuffix(dims[0], ",") {
		t.Fatalf("shape (%s) is no tuple", m[2])
	}
	size, err := strconv.Atoi(m[1][2:])
	if err != nil {
		t.Fatal(err)
	}
	if m[1][1] == 'U' {
		size *= 4
	}
	for _, d := range strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' || r == ' ' }) {
		k, err := strconv.Atoi(d)
		if err != nil {
			t.Fatal(err)
		}
		size *= k
	}
	if len(file)-n != size {
		t.Fatalf("%s (%s): %d bytes, want %d", m[1], m[2], len(file)-n, size)
	}
	return npyArray{m[1], m[2], file[n:]}
}

func readNPZ(t *testing.T, name string) map[string]npyArray {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]npyArray{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r) // verifies the CRC-32
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(f.Name, ".npy")] = readNPY(t, data)
	}
	return out
}

func f64s(x ...float64) (b []byte) {
	for _, v := range x {
		b = le64(b, math.Float64bits(v))
	}
	return b
}

func TestExportNPZ(t *testing.T) {
	url := "file:" + savedRun(t)
	file := filepath.Join(t.TempDir(), "a.npz")
	args := []string{"export", url, "-o", file}
	for _, name := range []string{"x", "k", "field", "wave", "z", "word"} {
		args = append(args, "--var", name)
	}
	wantCairn(t, 0, args, "6 variables of step 15")
	got := readNPZ(t, file)
	nan := math.Float64frombits(0x7ff8000000000000)
	var field []byte
	for i := range 24 {
		field = append(field, f64s(float64(5*(i/6+i%6)))...)
	}
	for name, want := range map[string]npyArray{
		"x":        {"<f8", "5,", f64s(5, math.NaN(), 0.1, nan, nan)},
		"x.stored": {"|b1", "5,", []byte{1, 1, 1, 0, 0}},
		"k":        {"<i8", "", le64(nil, 5<<60)},
		"field":    {"<f8", "4, 6,", field},
		"z":        {"<c16", "2,", f64s(3, 4, math.NaN(), 0)},
		"word":     {"<U7", "", []byte("g\x00\x00\x00o\x00\x00\x00 \x00\x00\x00\"\x00\x00\x00o\x00\x00\x00n\x00\x00\x00\"\x00\x00\x00")},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s: %v\nwant %v", name, got[name], want)
		}
	}
	if w := got["wave"]; w.descr != "<f4" || w.shape != "200," || len(got) != 7 {
		t.Errorf("wave %s (%s); %d arrays", w.descr, w.shape, len(got))
	}
}

// exportOne saves one variable and exports it.
func exportOne(t *testing.T, pointer any, file string, options ...ckpt.ProtectOption) (status int, errs string) {
	t.Helper()
	dir := t.TempDir()
	run, err := ckpt.Open("file:"+dir, ckpt.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Protect("v", pointer, options...); err != nil {
		t.Fatal(err)
	}
	if err := run.Save(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	status, _, errs = cairn("export", "file:"+dir, "-o", file)
	return status, errs
}

func TestExportNPYOfEveryKind(t *testing.T) {
	for _, c := range []struct {
		pointer      any
		descr, shape string
		data         string
	}{
		{&[]bool{true, false}, "|b1", "2,", "\x01\x00"},
		{&[]int8{-1}, "|i1", "1,", "\xff"},
		{&[]uint8{}, "|u1", "0,", ""},
		{&[][]int16{{1, -2}, {3, 4}}, "<i2", "2, 2,", "\x01\x00\xfe\xff\x03\x00\x04\x00"},
		{&[]uint16{0x102}, "<u2", "1,", "\x02\x01"},
		{&[1][1][1]int32{{{7}}}, "<i4", "1, 1, 1,", "\x07\x00\x00\x00"},
		{&[]uint32{7}, "<u4", "1,", "\x07\x00\x00\x00"},
		{&[]int{-1}, "<i8", "1,", "\xff\xff\xff\xff\xff\xff\xff\xff"},
		{&[]uint64{1}, "<u8", "1,", "\x01\x00\x00\x00\x00\x00\x00\x00"},
		{&[]float32{1}, "<f4", "1,", "\x00\x00\x80\x3f"},
		{&[]complex64{1i}, "<c8", "1,", "\x00\x00\x00\x00\x00\x00\x80\x3f"},
		{&[]string{"ä", "", "ab"}, "<U2", "3,", "\xe4\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 8) + "a\x00\x00\x00b\x00\x00\x00"},
	} {
		file := filepath.Join(t.TempDir(), "v.npy")
		if status, errs := exportOne(t, c.pointer, file); status != 0 {
			t.Errorf("%T: %s", c.pointer, errs)
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if a := readNPY(t, data); a.descr != c.descr || a.shape != c.shape || string(a.data) != c.data {
			t.Errorf("%T: %s (%s) %q", c.pointer, a.descr, a.shape, a.data)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	mask, err := scrutiny.Parse("v", "", []int{2}, "1C1D")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pointer any
		file    string
		option  []ckpt.ProtectOption
		status  int
		want    string
	}{
		{&[][]int{{1}, {}}, "v.npz", nil, 1, "no regular array of elements of one kind"},
		{&struct{ A int }{}, "v.npy", nil, 1, "no regular array"},
		{&[]string{"\xff"}, "v.npz", nil, 1, "not UTF-8"},
		{&[]string{"a\x00"}, "v.npy", nil, 1, "zero byte"},
		{&[]int{1, 2}, "v.npy", []ckpt.ProtectOption{ckpt.Masked(mask)}, 1, "npy cannot tell which: write npz"},
		{&[]int{1, 2}, "v.npz", []ckpt.ProtectOption{ckpt.Masked(mask)}, 0, ""},
		{&[]int{1, 2}, "v.xyz", nil, 2, `format "xyz" is unknown`},
		{&[]int{1, 2}, "no/v.npz", nil, 1, "choose another with -o"},
		{&[]int{1, 2}, ".", nil, 2, "is unknown"},
	} {
		dir := t.TempDir()
		status, errs := exportOne(t, c.pointer, filepath.Join(dir, c.file), c.option...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%T to %s: status %d, %s", c.pointer, c.file, status, errs)
		}
		if left, err := os.ReadDir(dir); err != nil || status != 0 && len(left) > 0 {
			t.Errorf("%s: %v is left, %v", c.file, left, err)
		}
	}
	url := "file:" + savedRun(t)
	wantCairn(t, 2, []string{"export", url}, "-o is missing")
	wantCairn(t, 2, []string{"export", url, "-o", filepath.Join(t.TempDir(), "x.npy")}, "npy holds one variable: choose it with --var")
	wantCairn(t, 2, []string{"export", url, "-o", "-", "--format", "text", "--var", "y"}, `no variable "y"`)
	wantCairn(t, 2, []string{"export", url, "-o", "-", "--format", "text", "--json"}, "both want standard output")
}

func TestExportJSON(t *testing.T) {
	url := "file:" + savedRun(t)
	out := wantCairn(t, 0, []string{"export", url, "-o", "-", "--format", "json", "--step", "3"})
	var got struct {
		Seq, Step int
		Variables []struct {
			Name  string
			Mask  string
			Value any
		}
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	values := map[string]string{}
	for _, v := range got.Variables {
		values[v.Name] = fmt.Sprint(v.Value)
	}
	for name, want := range map[string]string{
		"x":     "[1 NaN 0.1 <nil> <nil>]",
		"k":     "1152921504606846976",
		"rows":  "[[1 2] [] [-7]]",
		"parts": "[map[A:1 B:[true false] N:2 S:a\n] map[A:+Inf B:[false false] N:-3 S:ü]]",
		"z":     "[[3 4] [NaN 0]]",
		"word":  `go "on"`,
		"field": "[[0 1 2 3 4 5] [1 2 3 4 5 6] [2 3 4 5 6 7] [3 4 5 6 7 8]]",
	} {
		if values[name] != want {
			t.Errorf("%s: %s, want %s", name, values[name], want)
		}
	}
	if got.Seq != 1 || got.Step != 3 || len(values) != 8 {
		t.Errorf("%d variables of step %d, number %d", len(values), got.Step, got.Seq)
	}
	x := struct {
		_, _ int
		S    string
		F    float64
		E    struct{}
	}{S: "\xff", F: math.Copysign(0, -1)}
	file := filepath.Join(t.TempDir(), "v.json")
	if status, errs := exportOne(t, &x, file); status != 0 {
		t.Fatal(errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"value":{"_0":0,"_1":0,"S":{"base64":"/w=="},"F":-0.0,"E":{}}}]}`; !strings.Contains(string(text), want) || !json.Valid(text) {
		t.Errorf("%s\nwant %s", text, want)
	}
}

func TestExportText(t *testing.T) {
	url := "file:" + savedRun(t)
	out := wantCairn(t, 0, []string{"export", url, "-o", "-", "--format", "text"})
	for _, line := range []string{
		"x[0]\t5", "x[1]\tNaN", "x[4]\t-", "k\t5764607523034234880", "rows[2][0]\t-7", "parts[0].S\t\"a\\n\"", "parts[1].A\t+Inf",
		"parts[1].B[1]\tfalse", "z[0]\t(3+4i)", "word\t\"go \\\"on\\\"\"", "field[3][5]\t40", "# x\t[]float64\t3 of 5 elements stored\t3C1Z1D", "rows\t[3]", "rows[1]\t[0]",
	} {
		if !strings.Contains(out, "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, out)
		}
	}
	var j struct {
		Output    string
		Bytes     int
		Variables []string
	}
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"export", url, "-o", file, "--json"})), &j); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != out || j.Bytes != len(text) || len(j.Variables) != 8 {
		t.Errorf("%+v, %v", j, err)
	}
}

func TestDiff(t *testing.T) {
	dir := savedRun(t)
	url := "file:" + dir
	out := wantCairn(t, 0, []string{"diff", url, url})
	if !strings.Contains(out, "max |Δ|") {
		t.Error(out)
	}
	out = wantCairn(t, 3, []string{"diff", url + "/" + ckptName(1), url + "/" + ckptName(2), "--json"}, "3 of 8 variables differ")
	var d struct {
		Same      bool
		Variables []difference
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, v := range d.Variables {
		ulps := "-"
		if v.ULPs != nil {
			ulps = fmt.Sprint(*v.ULPs)
		}
		got[v.Name] = fmt.Sprintf("%d %d %s %s", v.Compared, v.Differ, v.Max, ulps)
	}
	for name, want := range map[string]string{
		"x": "3 1 1 4503599627370496", "k": "1 1 1152921504606846976 -", "field": "24 23 8 4503599627370496", "wave": "200 0 0 0", "word": "1 0  -", "z": "2 0 0 0",
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	wantCairn(t, 1, []string{"diff", url, url, "--memory", "1KiB"}, "allow more with --memory")
	wantCairn(t, 2, []string{"diff", url, url, "--memory", "x"}, "--memory")
	wantCairn(t, 2, []string{"diff", url}, "B is missing")
	wantCairn(t, 0, []string{"diff", url, url + "/" + ckptName(2), "--step", "6"})
}

func TestCompareElements(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	next := math.Nextafter
	for _, c := range []struct {
		a, b   []float64
		differ int
		nan    int
		max    string
		ulps   uint64
	}{
		{[]float64{1, 2}, []float64{1, 2}, 0, 0, "0", 0},
		{[]float64{nan}, []float64{nan}, 0, 0, "0", 0},
		{[]float64{1}, []float64{next(1, 2)}, 1, 0, "2.220446049250313e-16", 1},
		{[]float64{1, 5}, []float64{next(next(1, 0), 0), 5}, 1, 0, "2.220446049250313e-16", 2},
		{[]float64{0}, []float64{math.Copysign(0, -1)}, 1, 0, "0", 0},
		{[]float64{5e-324}, []float64{-5e-324}, 1, 0, "1e-323", 2},
		{[]float64{nan, 1}, []float64{1, nan}, 2, 2, "0", 0},
		{[]float64{math.MaxFloat64}, []float64{inf}, 1, 0, "", 1},
		{[]float64{-inf}, []float64{inf}, 1, 0, "", 2 * 0x7ff0000000000000},
	} {
		block := func(x []float64) []ckpt.Block {
			return []ckpt.Block{{Count: len(x), Kind: kindOf(0.0), Data: f64s(x...)}}
		}
		d := &difference{}
		d.elements(block(c.a), block(c.b))
		d.sum()
		if d.Differ != c.differ || d.NaN != c.nan || string(d.Max) != c.max || *d.ULPs != c.ulps {
			t.Errorf("%v, %v: %+v, %d ULPs", c.a, c.b, d, *d.ULPs)
		}
	}
	// Blocks that are cut elsewhere, with gaps.
	d := &difference{}
	cut := func(at int, x ...byte) ckpt.Block {
		return ckpt.Block{From: at, Count: len(x), Kind: kindOf(uint8(0)), Data: x}
	}
	d.elements([]ckpt.Block{cut(0, 1, 2, 3, 4), cut(10, 9)}, []ckpt.Block{cut(1, 2), cut(2, 3, 0, 7), cut(7, 1), cut(10, 4)})
	d.sum()
	if d.Compared != 4 || d.Differ != 2 || d.Max != "5" {
		t.Errorf("%+v", d)
	}
	small := &difference{}
	bits := binary.LittleEndian.AppendUint32
	b := func(x float32) []ckpt.Block {
		return []ckpt.Block{{Count: 1, Kind: kindOf(x), Data: bits(nil, math.Float32bits(x))}}
	}
	small.elements(b(1), b(math.Nextafter32(1, 2)))
	if *small.ULPs != 1 {
		t.Errorf("%d ULPs", *small.ULPs)
	}
}

func TestDiffOfOtherTypes(t *testing.T) {
	saveVars := func(vars map[string]any, options ...ckpt.ProtectOption) string {
		dir := t.TempDir()
		run, err := ckpt.Open("file:"+dir, ckpt.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range vars {
			if err := run.Protect(name, p, options...); err != nil {
				t.Fatal(err)
			}
		}
		if err := run.Save(context.Background(), 1); err != nil {
			t.Fatal(err)
		}
		return "file:" + dir
	}
	a := saveVars(map[string]any{"a": new(int), "t": new(int32), "n": &[]int{1}, "r": &[][]int{{1}, {2, 3}}})
	b := saveVars(map[string]any{"b": new(int), "t": new(int64), "n": &[]int{1, 2}, "r": &[][]int{{1, 2}, {3}}})
	wantCairn(t, 3, []string{"diff", a, b}, "only in A", "only in B", "int32 in A, int64 in B", "shape 1 in A, 2 in B", "shape ragged of 3 in A, ragged of 3 in B", "5 of 5 variables differ")
	mask, err := scrutiny.Parse("v", "", []int{3}, "1C2D")
	if err != nil {
		t.Fatal(err)
	}
	a, b = saveVars(map[string]any{"v": &[]int{1, 2, 3}}), saveVars(map[string]any{"v": &[]int{1, 5, 6}}, ckpt.Masked(mask))
	wantCairn(t, 3, []string{"diff", a, b}, "3 elements are stored in A, 1 in B, 1 in both")
}

// names lists the files of a store; data files that have their manifest are not listed.
func names(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if stem, ok := strings.CutSuffix(path, ".0.data"); ok {
			if _, err := os.Stat(stem + ".ckpt"); err == nil {
				return nil
			}
		}
		if err == nil && !e.IsDir() {
			out = append(out, strings.TrimSuffix(filepath.Base(path), ".ckpt"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestPrune(t *testing.T) {
	dir := savedRun(t)
	url := "file:" + dir
	change(t, filepath.Join(dir, ckptName(4)), func(b []byte) []byte { b[40] ^= 1; return b })
	saveInto(t, dir, "b", 1)
	before := names(t, dir)
	wantCairn(t, 0, []string{"prune", url, "--keep", "2", "--dry-run"}, "dry run: removed "+ckptName(1), "dry run: 3 valid kept, 2 removed")
	if got := names(t, dir); got != before {
		t.Errorf("a dry run left %s", got)
	}
	var r tidied
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"prune", url, "--keep", "2", "--json"})), &r); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "b-00000001-step-3 run-00000003-step-9 run-00000004-step-12 run-00000005-step-15" {
		t.Errorf("left %s", got)
	}
	if len(r.Kept) != 3 || len(r.Removed) != 2 || r.Removed[0].File != ckptName(1) || len(r.Left) != 1 || r.Left[0].State != stateDamaged {
		t.Errorf("%+v", r)
	}
	wantCairn(t, 2, []string{"prune", url, "--keep", "0"}, "choose 1 or more")
	wantCairn(t, 2, []string{"prune", url}, "--keep is missing")
	wantCairn(t, 2, []string{"prune", url + "/" + ckptName(5), "--keep", "1"}, "give the directory")
}

// The last good one stays even if all newer ones are damaged.
func TestPruneNeverRemovesTheLastGoodOne(t *testing.T) {
	dir := savedRun(t)
	for i := 2; i <= 5; i++ {
		change(t, filepath.Join(dir, ckptName(i)), func(b []byte) []byte { return b[:len(b)-i] })
	}
	wantCairn(t, 0, []string{"prune", "file:" + dir, "--keep", "1"}, "1 valid kept, 0 removed", "4 not valid left")
	if got := names(t, dir); strings.Count(got, "run-") != 5 {
		t.Errorf("left %s", got)
	}
}

func TestRepair(t *testing.T) {
	dir := damagedRun(t)
	url := "file:" + dir
	before := map[string][]byte{}
	for _, name := range []string{ckptName(4), ckptName(5), "run-00000003-step-99.ckpt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = data
	}
	tree := names(t, dir)
	wantCairn(t, 3, []string{"repair", url, "--dry-run"}, "dry run: moved "+ckptName(5)+" to quarantine/", "left copy.ckpt (renamed)")
	if got := names(t, dir); got != tree {
		t.Errorf("a dry run left %s", got)
	}
	if err := os.Remove(filepath.Join(dir, "copy.ckpt")); err != nil {
		t.Fatal(err)
	}
	var r tidied
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"repair", url, "--json"})), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Moved) != 5 || len(r.Kept) != 2 || len(r.Left) != 0 {
		t.Errorf("%+v", r)
	}
	for _, a := range r.Moved {
		data, err := os.ReadFile(filepath.Join(dir, a.To))
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := before[a.File]; ok && !bytes.Equal(data, want) {
			t.Errorf("%s is not what it was", a.File)
		}
	}
	wantCairn(t, 0, []string{"verify", url}, "2 valid, 0 not", "a restore takes step 6")
	wantCairn(t, 0, []string{"repair", url}, "2 valid kept, 0 moved")
	// What was moved can be looked at where it is.
	wantCairn(t, 4, []string{"verify", "file:" + filepath.Join(dir, "quarantine")}, "0 valid, 5 not")
}

// Without the damaged files the program would start over without a word.
func TestRepairLeavesARunWithoutValidCheckpoints(t *testing.T) {
	dir := savedRun(t)
	for i := 1; i <= 5; i++ {
		change(t, filepath.Join(dir, ckptName(i)), func(b []byte) []byte { return b[:len(b)-i] })
	}
	saveInto(t, dir, "b", 1)
	before := names(t, dir)
	wantCairn(t, 4, []string{"repair", "file:" + dir}, "run run has no valid checkpoint, so nothing of it was moved", "1 valid kept, 0 moved")
	if got := names(t, dir); got != before {
		t.Errorf("left %s", got)
	}
}
