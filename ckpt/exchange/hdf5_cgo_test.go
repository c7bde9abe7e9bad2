//go:build hdf5 && cgo

package exchange

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/scrutiny"
)

// Any state that can be saved survives HDF5 to the last bit.
func TestRandomStatesHDF5(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.h5")
	rapid.Check(t, func(t *rapid.T) {
		st := randomState(t)
		if err := WriteHDF5(file, st); err != nil {
			t.Fatal(err)
		}
		back, err := ReadHDF5(file, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s2, name2 := saved(t, back)
		sorted := *st // HDF5 orders members by name
		sorted.Variables = nil
		for _, v := range back.Variables {
			for _, w := range st.Variables {
				if v.Name == w.Name {
					sorted.Variables = append(sorted.Variables, w)
				}
			}
		}
		s, name := saved(t, &sorted)
		if want, got := dump(t, s, name), dump(t, s2, name2); want != got {
			t.Fatalf("%s\nread back:\n%s", want, got)
		}
	})
}

// h5dump shows what was written.
func TestH5dump(t *testing.T) {
	if _, err := exec.LookPath("h5dump"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no h5dump: install hdf5-tools")
		}
		t.Skip("there is no h5dump: install hdf5-tools to compare with it")
	}
	mask, err := scrutiny.Parse("m", "", []int{3}, "1C1D1C")
	if err != nil {
		t.Fatal(err)
	}
	type part struct {
		A int32
		B [][]float64
	}
	st := &State{Seq: 9, Step: -4, HasStep: true, Time: time.Unix(0, 0), Variables: []Variable{
		{Name: "m", Pointer: &[]float64{1.5, 2, 0.1}, Mask: mask},
		{Name: "g/field", Pointer: &[2][2]int16{{1, -2}, {3, 4}}},
		{Name: "z", Pointer: &[]complex64{1 - 2i}},
		{Name: "ok", Pointer: &[]bool{true, false}},
		{Name: "n", Pointer: new(uint64)},
		{Name: "word", Pointer: &[]string{"ä", ""}},
		{Name: "bytes", Pointer: &[]string{"\xff\x00"}},
		{Name: "part", Pointer: &part{7, [][]float64{{1}, {}}}},
	}}
	*st.Variables[4].Pointer.(*uint64) = math.MaxUint64
	file := filepath.Join(t.TempDir(), "a.h5")
	if err := WriteHDF5(file, st); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("h5dump", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		`ATTRIBUTE "seq" { DATATYPE H5T_STD_U64LE DATASPACE SCALAR DATA { (0): 9 } }`,
		`ATTRIBUTE "step" { DATATYPE H5T_STD_I64LE DATASPACE SCALAR DATA { (0): -4 } }`,
		`(0): "1970-01-01T00:00:00Z"`,
		`DATASET "m" { DATATYPE H5T_IEEE_F64LE DATASPACE SIMPLE { ( 3 ) / ( 3 ) } DATA { (0): 1.5, nan, 0.1 } ATTRIBUTE "mask"`,
		`(0): "1C1D1C"`,
		`GROUP "g" { DATASET "field" { DATATYPE H5T_STD_I16LE DATASPACE SIMPLE { ( 2, 2 ) / ( 2, 2 ) } DATA { (0,0): 1, -2, (1,0): 3, 4 } ATTRIBUTE "name"`,
		`(0): "g/field"`,
		`DATASET "z" { DATATYPE H5T_COMPOUND { H5T_IEEE_F32LE "r"; H5T_IEEE_F32LE "i"; } DATASPACE SIMPLE { ( 1 ) / ( 1 ) } DATA { (0): { 1, -2 } }`,
		`DATASET "ok" { DATATYPE H5T_ENUM { H5T_STD_I8LE; "FALSE" 0; "TRUE" 1; } DATASPACE SIMPLE { ( 2 ) / ( 2 ) } DATA { (0): TRUE, FALSE }`,
		`DATASET "n" { DATATYPE H5T_STD_U64LE DATASPACE SCALAR DATA { (0): 18446744073709551615 }`,
		`DATASET "word" { DATATYPE H5T_STRING { STRSIZE H5T_VARIABLE; STRPAD H5T_STR_NULLTERM; CSET H5T_CSET_UTF8; CTYPE H5T_C_S1; }`,
		`DATASET "bytes" { DATATYPE H5T_VLEN { H5T_STD_U8LE} DATASPACE SIMPLE { ( 1 ) / ( 1 ) } DATA { (0): (255, 0) }`,
		`GROUP "part" { ATTRIBUTE "name"`,
		`DATASET "A" { DATATYPE H5T_STD_I32LE DATASPACE SCALAR DATA { (0): 7 } }`,
		`GROUP "B" { DATASET "0" { DATATYPE H5T_IEEE_F64LE DATASPACE SIMPLE { ( 1 ) / ( 1 ) } DATA { (0): 1 } } DATASET "1" { DATATYPE H5T_IEEE_F64LE DATASPACE SIMPLE { ( 0 ) / ( 0 ) } DATA { } } }`,
		`(0): "struct{A int32; B [][]float64}"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("h5dump does not show %s in\n%s", want, out)
		}
	}
}

// python runs a program that needs h5py.
func python(t *testing.T, dir, program string) {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import h5py").Run() != nil {
			continue
		}
		c := exec.Command(name, "-c", program)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("there is no Python with h5py: install python3-h5py")
	}
	t.Skip("there is no Python with h5py: install python3-h5py to compare with it")
}

// What h5py writes is read, and it sees in what is written what it would write itself.
func TestH5py(t *testing.T) {
	dir := t.TempDir()
	st := &State{Variables: []Variable{
		{Name: "z", Pointer: &[]complex128{1 - 2i}},
		{Name: "ok", Pointer: &[][]bool{{true, false}}},
		{Name: "word", Pointer: &[]string{"ä", ""}},
		{Name: "x", Pointer: &[]float32{0.1}},
	}}
	if err := WriteHDF5(filepath.Join(dir, "ours.h5"), st); err != nil {
		t.Fatal(err)
	}
	python(t, dir, `
import numpy as np, h5py
f = h5py.File('ours.h5')
assert f['z'].dtype == 'c16' and f['z'][0] == 1-2j
assert f['ok'].dtype == bool and f['ok'][()].tolist() == [[True, False]]
assert f['word'].asstr()[()].tolist() == ['ä', '']
assert f['x'].dtype == 'f4' and f['x'].attrs['type'] == '[]float32' and f['x'].attrs['name'] == 'x'
with h5py.File('theirs.h5', 'w') as f:
    for t in 'i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16'.split():
        for order in '<>':
            f['a/' + t + order] = np.array([[1, 0, 3], [4, 5, 6]], order + t)
    f['b'] = np.array([True, False])
    f['s'] = ['ä', 'b']
    f['fixed'] = np.array([b'ab', b'c'], 'S5')
    f['scalar'] = 2.5
    f.create_dataset('packed', data=np.arange(100000.0), compression='gzip')
    f.create_dataset('hollow', (3,), 'f8')
for name in 'half soft external virtual null object time huge'.split():
    with h5py.File(name + '.h5', 'w') as f:
        if name == 'half': f['v'] = np.zeros(3, 'f2')
        if name == 'soft': f['v'] = h5py.SoftLink('/nowhere')
        if name == 'external': f['v'] = h5py.ExternalLink('theirs.h5', '/b')
        if name == 'null': f['v'] = h5py.Empty('f8')
        if name == 'object': f['v'] = np.array([(1, 2.0, 3)], [('a', 'i4'), ('b', 'f8'), ('c', 'i4')])
        if name == 'time': f['v'] = np.zeros(3, h5py.opaque_dtype(np.dtype('M8[s]')))
        if name == 'huge': f.create_dataset('v', (1 << 40,), 'f8')
        if name == 'virtual':
            layout = h5py.VirtualLayout((2,), bool)
            layout[:] = h5py.VirtualSource('theirs.h5', 'b', (2,))
            f.create_virtual_dataset('v', layout)
with h5py.File('cycle.h5', 'w') as f:
    f.create_group('a')
    f['a/b'] = f['/']
`)
	got, err := ReadHDF5(filepath.Join(dir, "theirs.h5"), ReadOptions{Types: map[string]string{"b": "[2]bool"}})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{}
	for _, v := range got.Variables {
		values[v.Name] = reflect.ValueOf(v.Pointer).Elem().Interface()
	}
	if len(values) != 24+6 {
		t.Errorf("%d variables", len(values))
	}
	for _, order := range "<>" {
		for _, kind := range []reflect.Kind{reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128} {
			size := scalars[kind].Size()
			name := fmt.Sprintf("a/%c%d%c", hdf5Letter(kind), size, order)
			want := "[[1 0 3] [4 5 6]]"
			if hdf5Letter(kind) == 'c' {
				want = "[[(1+0i) (0+0i) (3+0i)] [(4+0i) (5+0i) (6+0i)]]"
			}
			if v := values[name]; fmt.Sprint(v) != want || fmt.Sprintf("%T", v) != "[][]"+kind.String() {
				t.Errorf("%s: %T %v", name, v, v)
			}
		}
	}
	for name, want := range map[string]any{
		"b": [2]bool{true, false}, "s": []string{"ä", "b"}, "fixed": []string{"ab", "c"}, "scalar": 2.5, "hollow": []float64{0, 0, 0},
	} {
		if !reflect.DeepEqual(values[name], want) {
			t.Errorf("%s: %#v, want %#v", name, values[name], want)
		}
	}
	if x := values["packed"].([]float64); len(x) != 100000 || x[99999] != 99999 {
		t.Errorf("packed: %d elements", len(x))
	}
	for name, want := range map[string]string{
		"half": "none that are read", "soft": "link to somewhere else", "external": "link to somewhere else", "virtual": "other files", "null": "no elements and no shape",
		"object": "none that are read", "time": "none that are read", "huge": "more memory", "cycle": "nested too deep", "none": "cannot be read",
	} {
		if _, err := ReadHDF5(filepath.Join(dir, name+".h5"), ReadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := ReadHDF5(filepath.Join(dir, "huge.h5"), ReadOptions{MaxBytes: 1 << 50}); err == nil || !strings.Contains(err.Error(), "the file holds 0 of them") {
		t.Errorf("huge: %v", err)
	}
}

// What HDF5 cannot hold is refused, and so is a file that was changed by others.
func TestHDF5Refused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.h5")
	for _, c := range []struct {
		v    Variable
		want string
	}{
		{Variable{Name: "../a", Pointer: new(int)}, "no name in an HDF5 file"},
		{Variable{Name: "a//b", Pointer: new(int)}, "no name in an HDF5 file"},
		{Variable{Name: ".", Pointer: new(int)}, "no name in an HDF5 file"},
		{Variable{Name: "a", Pointer: 7}, "not as a pointer"},
		{Variable{Name: "a", Pointer: &map[string]int{}}, "not in the form of a checkpoint"},
		{Variable{Name: "a", Pointer: &struct{ P *big.Int }{}}, "not in the form of a checkpoint"},
	} {
		if err := WriteHDF5(file, &State{Variables: []Variable{c.v}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.v, err, c.want)
		}
	}
	if err := WriteHDF5(filepath.Join(dir, "no", "a.h5"), &State{}); err == nil {
		t.Error("a file was made in a directory that is not there")
	}
	if err := WriteHDF5(file, &State{Variables: []Variable{{Name: "a", Pointer: new(int)}, {Name: "a/b", Pointer: new(int)}}}); err == nil {
		t.Error("a dataset has a member")
	}
	st := &State{Variables: []Variable{{Name: "v", Pointer: &[]int64{1, 2}}}}
	for typ, want := range map[string]string{"[3]int64": "the length 2", "[]float64": "elements are", "struct{A int64}": "has structs", "x": "cannot be read"} {
		st.Variables[0].Type = typ
		if err := WriteHDF5(file, st); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadHDF5(file, ReadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", typ, err, want)
		}
	}
	if err := os.WriteFile(file, []byte("no HDF5"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadHDF5(file, ReadOptions{}); err == nil {
		t.Error("a file of text is read")
	}
}
