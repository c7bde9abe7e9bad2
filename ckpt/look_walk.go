package ckpt

import (
	"crypto/sha256"
	"fmt"
	"math"
	"reflect"

	"github.com/cairn-ad/cairn/scrutiny"
)

// walker reads the records of a file and shows their elements. Every length that the
// file claims is compared with what is left of the file before it is believed.
type walker struct {
	in     source
	visits int64 // parts that may still be visited
	index  int64 // bytes of masks and layouts that may still be held
	buf    []byte

	// Of the variable in hand.
	v      *Variable
	sink   Sink
	nested Tree // the sink, if it wants to know the nesting
	layout []byte
	left   int64 // bytes of the payload that are not read yet
	at     int   // number of the next element
}

// record reads one record.
func (w *walker) record(h variableHeader, rank int, visit func(*Variable) Sink) (*Variable, error) {
	v := &Variable{Name: h.Name, Rank: rank, Codec: h.Codec, Bound: h.Bound, Type: h.Type, Shape: h.Shape, Elements: h.Elements, Stored: h.Elements, Bytes: h.PayloadBytes}
	w.v = v
	var err error
	if v.tree, err = parseType(h.Type); err != nil {
		return nil, w.corrupt("its type %.40q cannot be read: %v", h.Type, err)
	}
	v.Kind = Kind(v.tree.only())
	if h.MaskBytes > w.index/maskFactor || h.LayoutBytes > w.index-maskFactor*h.MaskBytes {
		return nil, fmt.Errorf("%w: the masks and layouts up to %q need more than %d bytes of memory", ErrTooLarge, h.Name, maxRecordIndex)
	}
	w.index -= maskFactor*h.MaskBytes + h.LayoutBytes
	if err := w.mask(h); err != nil {
		return nil, err
	}
	if w.layout, err = grow(w.in, h.LayoutBytes); err != nil {
		return nil, err
	}
	v.layout = sha256.Sum256(w.layout)
	w.left, w.at = h.PayloadBytes, 0
	w.sink, w.nested = nil, nil
	if visit != nil {
		w.sink = visit(v)
		w.nested, _ = w.sink.(Tree)
	}
	if err := w.value(v.tree); err != nil {
		return nil, err
	}
	if len(w.layout) > 0 || w.left > 0 || w.at != v.Elements || !v.shapeFits() {
		return nil, w.corrupt("its lengths contradict each other")
	}
	return v, nil
}

func (w *walker) mask(h variableHeader) error {
	text, err := grow(w.in, h.MaskBytes)
	if err != nil || len(text) == 0 {
		return err
	}
	if w.v.keep, err = parseMask(h, text); err != nil {
		return err
	}
	shape := h.Shape
	if w.v.Mask, err = scrutiny.Parse(h.Name, h.Type, shape, string(text)); err != nil || shape == nil {
		w.v.Mask, err = scrutiny.Parse(h.Name, h.Type, []int{h.Elements}, string(text))
	}
	w.v.Stored = w.v.keep.kept
	return err
}

func (w *walker) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: the record of %q: %s", ErrCorrupt, w.v.Name, fmt.Sprintf(format, args...))
}

// shapeFits reports whether the shape in the header, if any, gives the elements.
func (v *Variable) shapeFits() bool {
	t := v.tree
	for t.elem != nil {
		t = t.elem
	}
	per := t.elements
	if t.kind == reflect.String {
		per = 1
	}
	if v.Shape == nil || !t.fixed && t.kind != reflect.String {
		return true
	}
	n := per
	for _, d := range v.Shape {
		if d < 0 || n > 0 && d > math.MaxInt/n {
			return false
		}
		n *= d
	}
	return n == v.Elements
}

// visit counts n visited parts.
func (w *walker) visit(n int) error {
	if w.visits -= int64(n); w.visits < 0 || n < 0 {
		return fmt.Errorf("%w: variable %q has too many parts that are not stored; export it as npz", ErrTooLarge, w.v.Name)
	}
	return nil
}

// value reads a value of type t.
func (w *walker) value(t *typ) error {
	switch {
	case t.kind == reflect.String:
		return w.text()
	case w.nested == nil && t.fixed && (t.elements == 0 || t.leaf != reflect.Invalid),
		t.kind != reflect.Array && t.kind != reflect.Slice && t.kind != reflect.Struct:
		return w.run(t, 1)
	case t.kind == reflect.Struct:
		return w.structure(t)
	}
	count := t.count
	if t.kind == reflect.Slice {
		var err error
		if count, err = w.length(); err != nil {
			return err
		}
	}
	if w.nested == nil && t.elem.fixed && (t.elem.elements == 0 || t.elem.leaf != reflect.Invalid) {
		return w.run(t.elem, count)
	}
	return w.sequence(t.elem, count)
}

// length reads the length of a slice.
func (w *walker) length() (int, error) {
	if len(w.layout) == 0 {
		return 0, w.corrupt("a slice has no length")
	}
	n := le.Uint64(w.layout)
	w.layout = w.layout[8:]
	if n > math.MaxInt64 {
		return 0, w.corrupt("a slice claims %d elements", n)
	}
	if n > math.MaxInt {
		return 0, fmt.Errorf("%w: variable %q: a slice has %d elements, more than an int counts on this machine", ErrTooLarge, w.v.Name, n)
	}
	return int(n), nil
}

// empty counts parts without content, which take no byte of the file either.
func (w *walker) empty(elem *typ, count int) error {
	if !elem.fixed || elem.elements > 0 {
		return nil
	}
	if count > math.MaxInt/dear {
		count = math.MaxInt / dear
	}
	return w.visit(dear * count)
}

func (w *walker) sequence(elem *typ, count int) error {
	if w.nested != nil {
		if err := w.empty(elem, count); err != nil {
			return err
		}
		if err := w.nested.Begin(count, nil); err != nil {
			return err
		}
	}
	for range count {
		if err := w.visit(1); err != nil {
			return err
		}
		if err := w.value(elem); err != nil {
			return err
		}
	}
	if w.nested != nil {
		return w.nested.End()
	}
	return nil
}

func (w *walker) structure(t *typ) error {
	if w.nested != nil {
		if err := w.nested.Begin(len(t.fields), t.names); err != nil {
			return err
		}
	}
	for _, f := range t.fields {
		if err := w.visit(1); err != nil {
			return err
		}
		if err := w.value(f); err != nil {
			return err
		}
	}
	if w.nested != nil {
		return w.nested.End()
	}
	return nil
}

// advance passes n elements by and returns the number of the first.
func (w *walker) advance(n int) (from int, err error) {
	if n > w.v.Elements-w.at {
		return 0, w.corrupt("it has more elements than its header says")
	}
	from = w.at
	w.at += n
	return from, nil
}

// missing shows an element that is not stored. It is dear: a tree makes something of what
// takes no byte of the file.
func (w *walker) missing() error {
	if err := w.visit(dear); err != nil {
		return err
	}
	return w.nested.Missing()
}

// run reads count values that have elements of one kind only.
func (w *walker) run(t *typ, count int) error {
	if t.elements == 0 || count == 0 {
		return nil
	}
	if count > w.v.Elements/t.elements {
		return w.corrupt("a slice claims %d elements", count)
	}
	from, err := w.advance(count * t.elements)
	if err != nil {
		return err
	}
	if w.nested != nil && w.v.keep.count(from, w.at) == 0 {
		return w.missing()
	}
	kind := Kind(t.leaf)
	return w.v.keep.within(from, w.at, func(a, b int) error { return w.blocks(kind, a, b) })
}

// blocks reads the stored elements from a to b in pieces.
func (w *walker) blocks(kind Kind, a, b int) error {
	size := kind.Size()
	for a < b {
		n := min(b-a, len(w.buf)/size)
		data := w.buf[:n*size]
		if err := w.payload(data); err != nil {
			return err
		}
		if reflect.Kind(kind) == reflect.Bool {
			for _, x := range data {
				if x > 1 {
					return w.corrupt("a boolean is stored as %d", x)
				}
			}
		}
		if w.sink != nil {
			if err := w.sink.Block(Block{a, n, kind, data}); err != nil {
				return err
			}
		}
		a += n
	}
	return nil
}

// payload fills b from the payload.
func (w *walker) payload(b []byte) error {
	if int64(len(b)) > w.left {
		return w.corrupt("its payload is too short")
	}
	w.left -= int64(len(b))
	w.visits += int64(len(b)) // every byte pays for a part
	return w.in.full(b)
}

// text reads a string.
func (w *walker) text() error {
	from, err := w.advance(1)
	if err != nil {
		return err
	}
	if w.v.keep.count(from, w.at) == 0 {
		if w.nested != nil {
			return w.missing()
		}
		return nil
	}
	var b [8]byte
	if err := w.payload(b[:]); err != nil {
		return err
	}
	n := le.Uint64(b[:])
	switch {
	case n > uint64(w.left):
		return w.corrupt("a string is longer than its payload")
	case n > maxString:
		return fmt.Errorf("%w: a string of %q has %d bytes", ErrTooLarge, w.v.Name, n)
	}
	w.left -= int64(n)
	data, err := grow(w.in, int64(n))
	if err != nil || w.sink == nil {
		return err
	}
	return w.sink.Block(Block{from, 1, Kind(reflect.String), data})
}
