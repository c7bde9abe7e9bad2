package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

// npyFits returns an error if a variable is none that an array of NumPy can hold.
func npyFits(v *ckpt.Variable) error {
	if !v.Array() {
		return fmt.Errorf("%q (%.40q) is no regular array of elements of one kind, which npz and npy hold: write json or text, or choose other variables", v.Name, v.Type)
	}
	if n := int64(v.Elements - v.Stored); n > maxGap/16 {
		return fmt.Errorf("%q: %d elements are not stored, too many to write for them: choose other variables", v.Name, n)
	}
	return nil
}

// maxGap bounds the bytes that are written for elements that are not stored.
const maxGap = 1 << 38

// npyWriter writes the elements of one array. Gaps are NaN, or zero where there is none.
type npyWriter struct {
	w    io.Writer
	v    *ckpt.Variable
	next int
	gap  []byte   // what stands for an element that is not stored
	text []string // strings, which are written at the end
}

func newNPYWriter(w io.Writer, v *ckpt.Variable) (*npyWriter, error) {
	n := &npyWriter{w: w, v: v, gap: make([]byte, v.Kind.Size())}
	switch k := v.Kind; {
	case reflect.Kind(k) == reflect.String:
		return n, nil // the width is not known yet
	case reflect.Kind(k) == reflect.Float32, reflect.Kind(k) == reflect.Complex64:
		for i := 0; i < len(n.gap); i += 4 {
			binary.LittleEndian.PutUint32(n.gap[i:], 0x7fc00000)
		}
	case k.Complex(), !k.Integer() && reflect.Kind(k) != reflect.Bool:
		for i := 0; i < len(n.gap); i += 8 {
			binary.LittleEndian.PutUint64(n.gap[i:], 0x7ff8000000000000)
		}
	}
	_, err := w.Write(npyHeader(npyDescr(v.Kind), v.Shape))
	return n, err
}

// Block implements ckpt.Sink.
func (n *npyWriter) Block(b ckpt.Block) error {
	if err := n.fill(b.From); err != nil {
		return err
	}
	n.next += b.Count
	if reflect.Kind(b.Kind) != reflect.String {
		_, err := n.w.Write(b.Data)
		return err
	}
	switch s := string(b.Data); {
	case !utf8.ValidString(s):
		return fmt.Errorf("%q: string %d is not UTF-8, which npz and npy cannot hold: write json or text", n.v.Name, b.From)
	case strings.HasSuffix(s, "\x00"):
		return fmt.Errorf("%q: string %d ends in a zero byte, which NumPy would drop: write json or text", n.v.Name, b.From)
	default:
		n.text = append(n.text, s)
	}
	return nil
}

// fill writes gaps up to an element.
func (n *npyWriter) fill(to int) error {
	if reflect.Kind(n.v.Kind) == reflect.String {
		for ; n.next < to; n.next++ {
			n.text = append(n.text, "")
		}
		return nil
	}
	const batch = 4096
	many := bytes.Repeat(n.gap, min(batch, to-n.next))
	for n.next < to {
		k := min(batch, to-n.next)
		if _, err := n.w.Write(many[:k*len(n.gap)]); err != nil {
			return err
		}
		n.next += k
	}
	return nil
}

// finish writes what is missing at the end, and strings.
func (n *npyWriter) finish() error {
	if err := n.fill(n.v.Elements); err != nil || reflect.Kind(n.v.Kind) != reflect.String {
		return err
	}
	width := 1
	for _, s := range n.text {
		width = max(width, utf8.RuneCountInString(s))
	}
	if _, err := n.w.Write(npyHeader(fmt.Sprintf("<U%d", width), n.v.Shape)); err != nil {
		return err
	}
	cell := make([]byte, 4*width)
	for _, s := range n.text {
		clear(cell)
		i := 0
		for _, r := range s {
			binary.LittleEndian.PutUint32(cell[i:], uint32(r))
			i += 4
		}
		if _, err := n.w.Write(cell); err != nil {
			return err
		}
	}
	return nil
}

// npyFile writes one array.
type npyFile struct {
	w   io.Writer
	now *npyWriter
}

func newNPYFile(w io.Writer, c *ckpt.Contents) (writer, error) {
	if n := len(c.Variables); n != 1 {
		return nil, fmt.Errorf("npy holds one variable, and there are %d: write npz", n)
	}
	return &npyFile{w: w}, npyFits(&c.Variables[0])
}

func (e *npyFile) variable(v *ckpt.Variable) (ckpt.Sink, error) {
	if v.Stored < v.Elements && (v.Kind.Integer() || reflect.Kind(v.Kind) == reflect.Bool || reflect.Kind(v.Kind) == reflect.String) {
		return nil, fmt.Errorf("%q: %d elements are not stored, and npy cannot tell which: write npz", v.Name, v.Elements-v.Stored)
	}
	var err error
	e.now, err = newNPYWriter(e.w, v)
	return e.now, err
}

func (e *npyFile) finish() error { return e.now.finish() }

// npzWriter writes a ZIP file with an NPY file for each variable, not compressed.
type npzWriter struct {
	zip *zip.Writer
	now *npyWriter
}

func newNPZFile(w io.Writer, c *ckpt.Contents) (writer, error) {
	members := map[string]string{}
	for i := range c.Variables {
		v := &c.Variables[i]
		if err := npyFits(v); err != nil {
			return nil, err
		}
		if !fs.ValidPath(v.Name) || v.Name == "." || strings.Contains(v.Name, "\\") {
			return nil, fmt.Errorf("%q is no name for a file in a ZIP archive: write it as npy, or json", v.Name)
		}
		// A variable NAME.stored would be read as a mask of NAME.
		for _, name := range []string{v.Name, v.Name + storedSuffix} {
			if members[name] != "" {
				return nil, fmt.Errorf("the arrays of %q and %q would both be called %q: choose one of them", members[name], v.Name, name)
			}
			members[name] = v.Name
		}
	}
	return &npzWriter{zip: zip.NewWriter(w)}, nil
}

// create begins a member of the archive.
func (e *npzWriter) create(name string) (io.Writer, error) {
	return e.zip.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
}

func (e *npzWriter) variable(v *ckpt.Variable) (ckpt.Sink, error) {
	if err := e.end(); err != nil {
		return nil, err
	}
	if v.Mask != nil {
		if err := e.stored(v); err != nil {
			return nil, err
		}
	}
	w, err := e.create(v.Name)
	if err != nil {
		return nil, err
	}
	e.now, err = newNPYWriter(w, v)
	return e.now, err
}

// stored writes which elements are stored.
func (e *npzWriter) stored(v *ckpt.Variable) error {
	w, err := e.create(v.Name + storedSuffix)
	if err != nil {
		return err
	}
	if _, err := w.Write(npyHeader("|b1", v.Shape)); err != nil {
		return err
	}
	var bits [2][4096]byte
	for i := range bits[1] {
		bits[1][i] = 1
	}
	for r := range v.Mask.Runs() {
		buf := bits[0][:]
		if r.Class == scrutiny.Critical {
			buf = bits[1][:]
		}
		for n := r.Len; n > 0; n -= min(n, len(buf)) {
			if _, err := w.Write(buf[:min(n, len(buf))]); err != nil {
				return err
			}
		}
	}
	return nil
}

// end completes the array in hand.
func (e *npzWriter) end() error {
	if e.now == nil {
		return nil
	}
	return e.now.finish()
}

func (e *npzWriter) finish() error {
	if err := e.end(); err != nil {
		return err
	}
	return e.zip.Close()
}
