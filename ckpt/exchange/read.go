package exchange

import (
	"fmt"
	"io"
	"math"
	"reflect"

	"github.com/cairn-ad/cairn/scrutiny"
)

// ReadOptions say how a file is to be understood. The zero value takes what the file says.
type ReadOptions struct {
	// Name is that of the variable in an NPY file, which has none.
	Name string
	// Types are the types of arrays in NPY and NPZ files by the name of the variable, as in
	// Variable.Type: [3][4]float64 instead of [][]float64, int instead of int64.
	Types map[string]string
	// MaxBytes is how much memory the values may take; DefaultMaxBytes if 0.
	MaxBytes int64
}

// Read reads a file of size bytes. What it allocates is bounded by a multiple of size, or of
// the uncompressed size of an NPZ file, and by MaxBytes.
func Read(r io.ReaderAt, size int64, f Format, o ReadOptions) (*State, error) {
	left := limit(o.MaxBytes)
	if (f == JSON || f == Text) && len(o.Types) > 0 {
		return nil, fmt.Errorf("a type is given, and the types stand in the file: change them there")
	}
	var st *State
	var err error
	in := io.NewSectionReader(r, 0, size)
	switch f {
	case JSON:
		st, err = readJSON(in, left)
	case Text:
		st, err = readText(in, left)
	case NPY:
		st, err = readNPYFile(in, o, left)
	case NPZ:
		st, err = readNPZFile(in, o, left)
	default:
		return nil, fmt.Errorf("format %q is unknown", f)
	}
	if err != nil {
		return nil, err
	}
	return st, checkNames(st, o.Types)
}

// checkNames returns an error if a name is there twice, or if a type is given for one that is not
// there.
func checkNames(st *State, types map[string]string) error {
	seen := map[string]bool{}
	for _, v := range st.Variables {
		if seen[v.Name] {
			return fmt.Errorf("there are two variables %q", v.Name)
		}
		seen[v.Name] = true
	}
	for name := range types {
		if !seen[name] {
			return fmt.Errorf("a type is given for %q, and there is no such variable", name)
		}
	}
	return nil
}

// budget bounds the memory of values by the size of the text that they are read from: the
// shortest text of an element is that of an empty slice, 3 bytes for 24.
type budget struct{ bytes int64 }

const memoryPerByte = 24

func newBudget(text int64) *budget { return &budget{memoryPerByte*text + 4096} }

// allows returns an error if n values of a type need more memory than their text can.
func (b *budget) allows(t reflect.Type, n int) error {
	if size := int64(t.Size()); size > 0 && int64(n) > b.bytes/size {
		return fmt.Errorf("%d values of type %v need more memory than the file can be meant for", n, t)
	}
	return nil
}

// masked tells which elements of a variable are stored while they are counted.
type masked struct {
	text string
	mask *scrutiny.Mask // nil if all are stored
	at   int            // number of the next element
}

// newMasked reads the text of a mask, which gives the number of elements.
func newMasked(name, text string) (*masked, error) {
	m := &masked{text: text}
	if text == "" {
		return m, nil
	}
	n, err := maskLength(text)
	if err == nil {
		m.mask, err = scrutiny.Parse(name, "", []int{n}, text)
	}
	if err != nil {
		return nil, fmt.Errorf("its mask %.40q: %w", text, err)
	}
	return m, nil
}

// maskLength sums up the counts of run-length text.
func maskLength(text string) (int, error) {
	sum, n := int64(0), int64(0)
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			sum, n = sum+n, 0
			continue
		}
		if n = 10*n + int64(c-'0'); n > scrutiny.MaxElements || sum > scrutiny.MaxElements {
			return 0, fmt.Errorf("it has more elements than a mask can have")
		}
	}
	if int64(int(sum)) != sum {
		return 0, fmt.Errorf("it has more elements than an int counts on this machine")
	}
	return int(sum), nil
}

// element passes to the next element, of which null tells whether the file has nothing.
func (m *masked) element(null bool) error {
	i := m.at
	if m.at == math.MaxInt {
		return fmt.Errorf("there are too many elements")
	}
	m.at++
	stored := true
	if m.mask != nil {
		if i >= m.mask.Len() {
			return fmt.Errorf("its mask is for %d elements, and there are more", m.mask.Len())
		}
		stored = m.mask.Keep(i)
	}
	switch {
	case stored && null:
		return fmt.Errorf("element %d is missing, and the mask does not leave it out", i)
	case !stored && !null:
		return fmt.Errorf("element %d has a value, and the mask leaves it out", i)
	}
	return nil
}

// end checks the number of elements.
func (m *masked) end() error {
	if m.mask != nil && m.mask.Len() != m.at {
		return fmt.Errorf("its mask is for %d elements, and there are %d", m.mask.Len(), m.at)
	}
	return nil
}

// shaped is the mask with the shape of the variable, if that is known.
func (m *masked) shaped(name, typ string, shape []int) *scrutiny.Mask {
	if m.mask == nil || shape == nil {
		return m.mask
	}
	if s, err := scrutiny.Parse(name, typ, shape, m.text); err == nil {
		return s
	}
	return m.mask
}
