package exchange

import (
	"archive/zip"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// fuzzBytes is the memory that a decoder may take of a fuzzed file.
const fuzzBytes = 1 << 24

// seeds are files of a state that has something of everything.
func seeds(t testing.TB, f Format) []string {
	t.Helper()
	mask, err := scrutiny.Parse("m", "", []int{4}, "1C2D1C")
	if err != nil {
		t.Fatal(err)
	}
	st := &State{Step: 3, Variables: []Variable{
		{Name: "m", Pointer: &[]float64{1, 2, 3, math.NaN()}, Mask: mask},
		{Name: "z", Pointer: &[2][1]complex64{{1}, {2i}}},
		{Name: "s", Pointer: &[]string{"a", "ü"}},
	}}
	if f == JSON || f == Text {
		st.Variables = append(st.Variables, Variable{Name: "r", Pointer: &[][]struct {
			A int
			b []bool
			_ [0]int
		}{{{1, []bool{true}, [0]int{}}}, {}}})
	}
	if f == NPY || f == NPZ { // small ones: the engine takes its time to shorten them
		st.Variables = st.Variables[1:2]
	}
	s, name := saved(t, st)
	return []string{"", string(written(t, s, name, f))}
}

// again writes what was read and reads it once more.
func again(t *testing.T, st *State, f Format, o ReadOptions) {
	s := store.NewMem()
	run, err := ckpt.OpenStore(s, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Save(context.Background(), run); err != nil {
		return // a name that no program can give
	}
	sameAgain(t, st, f, o)
}

func FuzzJSON(f *testing.F) {
	for _, s := range seeds(f, JSON) {
		f.Add(s)
	}
	f.Add(`{"variables":[{"name":"v","type":"[]string","value":["\ud800\udc00",{"base64":""}]}]}`)
	f.Add(`{"variables":[{"name":"v","type":"[4]struct{A [2]struct{}; B [][0]int}","mask":"","value":[]}]}`)
	f.Fuzz(func(t *testing.T, file string) {
		if st, err := readString(file, JSON, ReadOptions{MaxBytes: fuzzBytes}); err == nil {
			again(t, st, JSON, ReadOptions{})
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range seeds(f, Text) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		if st, err := readString(file, Text, ReadOptions{MaxBytes: fuzzBytes}); err == nil {
			again(t, st, Text, ReadOptions{})
		}
	})
}

func FuzzNPY(f *testing.F) {
	for _, s := range seeds(f, NPY) {
		f.Add(s, "")
	}
	f.Add(npy(3, "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 1), }", strings.Repeat("x", 16)), "[2][]float64")
	f.Add(npy(2, "{'descr': '<U2', 'fortran_order': True, 'shape': (1, 2), }", strings.Repeat("x\x00\x00\x00", 4)), "[][]string")
	f.Fuzz(func(t *testing.T, file, typ string) {
		o := ReadOptions{Name: "v", MaxBytes: fuzzBytes}
		if typ != "" {
			o.Types = map[string]string{"v": typ}
		}
		st, err := readString(file, NPY, o)
		if err != nil {
			return
		}
		// Bytes of S that are no UTF-8 have no place in U.
		v := st.Variables[0]
		if s, name := saved(t, st); strings.Contains(v.Type, "string") {
			dump(t, s, name)
			return
		}
		again(t, st, NPY, ReadOptions{Name: "v", Types: map[string]string{"v": v.Type}})
	})
}

func FuzzNPZ(f *testing.F) {
	for _, s := range seeds(f, NPZ) {
		f.Add(s)
	}
	for _, name := range []string{"../a.npy", "a..b.npy"} { // the second stays where it is
		f.Add(archive(f, zip.Deflate, name, npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "a")))
	}
	f.Fuzz(func(t *testing.T, file string) {
		st, err := readString(file, NPZ, ReadOptions{MaxBytes: fuzzBytes})
		if err != nil {
			return
		}
		for _, v := range st.Variables {
			if !filepath.IsLocal(v.Name) {
				t.Errorf("a variable %q", v.Name)
			}
		}
	})
}

// The parser of types and their text are inverse.
func FuzzType(f *testing.F) {
	for _, s := range []string{"[]float64", "[3][]struct{A int; b [2]string; _ struct{}}", "[][0]bool"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		typ, err := parseType(text)
		if err == nil && typeText(typ) != text {
			t.Errorf("%q became %q", text, typeText(typ))
		}
	})
}
