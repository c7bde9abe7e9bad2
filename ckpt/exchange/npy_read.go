package exchange

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

func readNPYFile(in *io.SectionReader, o ReadOptions, left int64) (*State, error) {
	if o.Name == "" {
		return nil, errors.New("NPY has no name of a variable: give one")
	}
	a, err := readNPY(in, in.Size(), &left)
	if err != nil {
		return nil, err
	}
	v, err := a.variable(o.Name, o.Types[o.Name])
	if err != nil {
		return nil, err
	}
	return &State{Variables: []Variable{*v}}, nil
}

// readNPY reads an array that ends where in ends, after size bytes; size < 0 if that is not
// known. It takes its memory from left.
func readNPY(in io.Reader, size int64, left *int64) (*flat, error) {
	a, err := readNPYHeader(in)
	if err != nil {
		return nil, err
	}
	// A value takes its elements once in the file's order, once more if they are put into
	// another order, and once in the variable.
	bytes := int64(a.count) * int64(a.size)
	need := 3 * bytes
	if a.kind == reflect.String {
		need += headerBytes * int64(a.count)
	}
	held := int64(overhead(a.shape))
	switch {
	case size >= 0 && bytes > size:
		return nil, fmt.Errorf("it ends too early: its shape %v takes %d bytes", a.shape, bytes)
	case bytes > *left/3 || need > *left-min(held, *left):
		return nil, fmt.Errorf("its shape %v takes more memory than is allowed", a.shape)
	case held > 1<<20+npyMaxDims*headerBytes*bytes:
		return nil, fmt.Errorf("its shape %v has many dimensions and hardly an element", a.shape)
	}
	*left -= need + held
	raw, err := readGrowing(in, bytes)
	if err != nil {
		return nil, ended(err, fmt.Sprintf("it ends too early: its shape %v takes %d bytes", a.shape, bytes))
	}
	if n, err := io.ReadFull(in, make([]byte, 1)); n > 0 {
		return nil, errors.New("something follows the elements: save one array in a file")
	} else if err != io.EOF {
		return nil, err
	}
	return a.flat(raw)
}

// readGrowing reads n bytes into memory that grows with what has arrived.
func readGrowing(in io.Reader, n int64) ([]byte, error) {
	var out []byte
	for int64(len(out)) < n {
		part := int(min(n-int64(len(out)), max(1<<16, int64(len(out)))))
		at := len(out)
		out = slices.Grow(out, part)[:at+part]
		if _, err := io.ReadFull(in, out[at:]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// flat puts the elements of the file into the order of checkpoints.
func (a *npyArray) flat(raw []byte) (*flat, error) {
	if a.fortran && len(a.shape) > 1 {
		raw = a.rows(raw)
	}
	f := &flat{kind: a.kind, shape: a.shape, raw: raw}
	if a.kind == reflect.String {
		f.raw = nil
		for i := range a.count {
			s, err := a.text(raw[i*a.size:][:a.size])
			if err != nil {
				return nil, fmt.Errorf("string %d: %w", i, err)
			}
			f.text = append(f.text, s)
		}
		return f, nil
	}
	if a.big {
		word := a.size
		if ckpt.Kind(a.kind).Complex() {
			word /= 2
		}
		for part := range slices.Chunk(raw, word) {
			slices.Reverse(part)
		}
	}
	if a.kind == reflect.Bool {
		for i, x := range raw {
			if x > 1 {
				return nil, fmt.Errorf("boolean %d is %d", i, x)
			}
		}
	}
	return f, nil
}

// rows turns Fortran's order, in which the first index runs fastest, into rows.
func (a *npyArray) rows(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	index := make([]int, len(a.shape))
	stride := make([]int, len(a.shape))
	step := a.size
	for i, n := range a.shape {
		stride[i] = step
		step *= n
	}
	at := 0
	for len(out) < len(raw) {
		out = append(out, raw[at:at+a.size]...)
		for i := len(index) - 1; i >= 0; i-- {
			index[i]++
			at += stride[i]
			if index[i] < a.shape[i] {
				break
			}
			at -= stride[i] * index[i]
			index[i] = 0
		}
	}
	return out
}

// text is a string that NumPy has filled up with zeros.
func (a *npyArray) text(raw []byte) (string, error) {
	if !a.wide {
		return strings.TrimRight(string(raw), "\x00"), nil
	}
	var b strings.Builder
	zeros := 0
	for word := range slices.Chunk(raw, 4) {
		x := le.Uint32(word)
		if a.big {
			x = uint32(word[0])<<24 | uint32(word[1])<<16 | uint32(word[2])<<8 | uint32(word[3])
		}
		if x > unicode.MaxRune || !utf8.ValidRune(rune(x)) {
			return "", fmt.Errorf("%#x is no character", x)
		}
		if x == 0 {
			zeros++
			continue
		}
		for ; zeros > 0; zeros-- {
			b.WriteByte(0)
		}
		b.WriteRune(rune(x))
	}
	return b.String(), nil
}

// variable makes a variable of an array; typ may be empty.
func (f *flat) variable(name, typ string) (*Variable, error) {
	t := sliceType(f.kind, len(f.shape))
	if typ != "" {
		var err error
		if t, err = parseType(typ); err != nil {
			return nil, fmt.Errorf("variable %q: %w", name, err)
		}
	}
	p, err := f.value(t)
	if err != nil {
		return nil, fmt.Errorf("variable %q: %w", name, err)
	}
	return &Variable{Name: name, Type: typeText(t), Pointer: p}, nil
}

// storedSuffix ends the name of an array that tells which elements of another are stored.
const storedSuffix = ".stored"

// npzFile is an NPZ file whose arrays were read.
type npzFile struct {
	names  []string
	arrays map[string]*flat
}

func readNPZFile(in *io.SectionReader, o ReadOptions, left int64) (*State, error) {
	z, err := zip.NewReader(in, in.Size())
	if err != nil {
		return nil, fmt.Errorf("it is no ZIP file, as NPZ is: %w", err)
	}
	f := &npzFile{arrays: map[string]*flat{}}
	for _, m := range z.File {
		if err := f.member(m, &left); err != nil {
			return nil, fmt.Errorf("%.60q: %w", m.Name, err)
		}
	}
	st := new(State)
	for _, name := range f.names {
		if f.isMask(name) {
			continue
		}
		v, err := f.arrays[name].variable(name, o.Types[name])
		if err != nil {
			return nil, err
		}
		if v.Mask, err = f.mask(v); err != nil {
			return nil, fmt.Errorf("variable %q: %w", name, err)
		}
		st.Variables = append(st.Variables, *v)
	}
	return st, nil
}

// member reads one array.
func (f *npzFile) member(m *zip.File, left *int64) error {
	name, ok := strings.CutSuffix(m.Name, ".npy")
	switch {
	case !ok || !fs.ValidPath(name) || name == "." || strings.Contains(name, "\\"):
		return errors.New("this is no name of an array, NAME.npy")
	case f.arrays[name] != nil:
		return errors.New("the archive has two files of this name")
	case m.Flags&1 != 0:
		return errors.New("it is encrypted")
	}
	r, err := m.Open()
	if err != nil {
		return err
	}
	a, err := readNPY(r, -1, left)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	f.names, f.arrays[name] = append(f.names, name), a
	return nil
}

// isMask reports whether an array belongs to another one.
func (f *npzFile) isMask(name string) bool {
	front, ok := strings.CutSuffix(name, storedSuffix)
	if !ok || f.arrays[front] == nil {
		return false
	}
	a, of := f.arrays[name], f.arrays[front]
	return a.kind == reflect.Bool && slices.Equal(a.shape, of.shape)
}

// mask makes a mask of the array that belongs to a variable; nil if there is none.
func (f *npzFile) mask(v *Variable) (*scrutiny.Mask, error) {
	name := v.Name + storedSuffix
	if f.arrays[name] == nil || !f.isMask(name) {
		return nil, nil
	}
	stored := f.arrays[name].raw
	classes := make([]scrutiny.Class, len(stored))
	for i, x := range stored {
		if classes[i] = scrutiny.Dead; x == 1 {
			classes[i] = scrutiny.Critical
		}
	}
	return scrutiny.New(v.Name, v.Type, f.arrays[v.Name].shape, classes)
}
