package ckpt

import (
	"bufio"
	"fmt"
	"io"
	"unsafe"
)

// variable is a protected variable of the program.
type variable struct {
	name     string
	pointer  any            // as given; keeps the variable alive
	user     unsafe.Pointer // the same
	p        unsafe.Pointer // its plain form: itself, or what take has made last
	node     *node
	keep     *keepSet // elements to store and restore, nil for all
	maskText string

	resizable bool
}

// measure counts what a value takes: elements, slices, payload bytes.
type measure struct {
	keep     *keepSet
	elements int
	stored   int
	slices   int64
	payload  int64
}

func (m *measure) slice(_ *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	m.slices++
	h := (*header)(p)
	return h.len, h.data, nil
}

func (m *measure) block(n *node, _ unsafe.Pointer, count int) error {
	total := count * n.elements
	if m.keep == nil {
		m.stored += total
		m.payload += int64(count * n.enc)
	} else {
		kept := m.keep.count(m.elements, m.elements+total)
		m.stored += kept
		m.payload += int64(kept * n.leaf)
	}
	m.elements += total
	return nil
}

func (m *measure) text(_ *node, p unsafe.Pointer) error {
	if m.keep.count(m.elements, m.elements+1) == 1 {
		m.stored++
		m.payload += 8 + int64(len(*(*string)(p)))
	}
	m.elements++
	return nil
}

// measure describes the variable as it is now.
func (v *variable) measure() (variableHeader, *measure, error) {
	m := &measure{keep: v.keep}
	if err := walk(v.node, v.p, v.keep != nil, m); err != nil {
		return variableHeader{}, nil, err
	}
	if err := v.fits(m.elements); err != nil {
		return variableHeader{}, nil, err
	}
	h := variableHeader{
		Name: v.name, Type: v.node.text, Elements: m.elements, Order: "little",
		MaskBytes: int64(len(v.maskText)), LayoutBytes: 8 * m.slices, PayloadBytes: m.payload,
	}
	if dims, regular := shape(v.node, v.p); regular {
		h.Shape = dims
	}
	return h, m, nil
}

// fits returns an error if the mask is not made for that many elements.
func (v *variable) fits(elements int) error {
	if v.keep != nil && v.keep.elements != elements {
		return fmt.Errorf("variable %q has %d elements, its mask has %d; use a mask made for this size", v.name, elements, v.keep.elements)
	}
	return nil
}

// layoutWriter writes the layout part of a record.
type layoutWriter struct{ w io.Writer }

func (l layoutWriter) slice(_ *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	h := (*header)(p)
	var b [8]byte
	le.PutUint64(b[:], uint64(h.len))
	_, err := l.w.Write(b[:])
	return h.len, h.data, err
}

func (layoutWriter) block(*node, unsafe.Pointer, int) error { return nil }
func (layoutWriter) text(*node, unsafe.Pointer) error       { return nil }

// payloadWriter writes the payload part of a record.
type payloadWriter struct {
	w       io.Writer
	keep    *keepSet
	at      int // number of the next element
	scratch [4096]byte
}

func (e *payloadWriter) slice(_ *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	h := (*header)(p)
	return h.len, h.data, nil
}

func (e *payloadWriter) block(n *node, p unsafe.Pointer, count int) error {
	from := e.at
	e.at += count * n.elements
	if e.keep == nil {
		return e.write(n, p, count, n.enc)
	}
	return e.keep.within(from, e.at, func(a, b int) error {
		return e.write(n, unsafe.Add(p, (a-from)*n.stride()), b-a, n.leaf)
	})
}

// write writes count parts that have enc bytes each in the payload: whole values or
// single elements of them.
func (e *payloadWriter) write(n *node, p unsafe.Pointer, count, enc int) error {
	if n.image {
		_, err := e.w.Write(memory(p, count*enc))
		return err
	}
	for done := 0; done < count; {
		batch := min(count-done, len(e.scratch)/enc)
		for i := range batch {
			put(e.scratch[i*enc:][:enc], n, unsafe.Add(p, (done+i)*int(n.size)))
		}
		if _, err := e.w.Write(e.scratch[:batch*enc]); err != nil {
			return err
		}
		done += batch
	}
	return nil
}

// stride is the distance in memory of two elements of a block.
func (n *node) stride() int {
	if n.image {
		return n.leaf
	}
	return int(n.size)
}

func (e *payloadWriter) text(_ *node, p unsafe.Pointer) error {
	from := e.at
	e.at++
	return e.keep.within(from, e.at, func(int, int) error {
		s := *(*string)(p)
		var b [8]byte
		le.PutUint64(b[:], uint64(len(s)))
		if _, err := e.w.Write(b[:]); err != nil {
			return err
		}
		_, err := io.WriteString(e.w, s)
		return err
	})
}

// encode writes a checkpoint. The variables must not change meanwhile.
func encode(w io.Writer, text []byte, total int64, vars []*variable) error {
	out := newDigestWriter(w)
	buf := bufio.NewWriterSize(out, piece/4)
	preamble := make([]byte, 0, preambleLen)
	preamble = append(preamble, magic...)
	preamble = le.AppendUint32(preamble, version)
	preamble = le.AppendUint32(preamble, uint32(len(text)))
	preamble = le.AppendUint64(preamble, uint64(total))
	if _, err := buf.Write(preamble); err != nil {
		return err
	}
	if err := writeSum(buf, out); err != nil {
		return err
	}
	if _, err := buf.Write(text); err != nil {
		return err
	}
	if err := writeSum(buf, out); err != nil {
		return err
	}
	for _, v := range vars {
		if err := v.encode(buf); err != nil {
			return err
		}
		if err := writeSum(buf, out); err != nil {
			return err
		}
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	if out.n+digestLen != total {
		return fmt.Errorf("%d bytes were written where %d were counted: a protected variable changed while it was saved; save between steps only", out.n+digestLen, total)
	}
	_, err := out.Write(out.sha.Sum(nil))
	return err
}

// writeSum writes the crc32c of what was written since the last sum.
func writeSum(buf *bufio.Writer, out *digestWriter) error {
	if err := buf.Flush(); err != nil {
		return err
	}
	sum := le.AppendUint32(nil, out.crc)
	if _, err := buf.Write(sum); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	out.crc = 0
	return nil
}

// encode writes the variable's record without its checksum.
func (v *variable) encode(w io.Writer) error {
	if _, err := io.WriteString(w, v.maskText); err != nil {
		return err
	}
	masked := v.keep != nil
	if err := walk(v.node, v.p, masked, layoutWriter{w}); err != nil {
		return err
	}
	return walk(v.node, v.p, masked, &payloadWriter{w: w, keep: v.keep})
}
