package ckpt

import (
	"fmt"
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

	resizable  bool
	codec      Codec // nil leaves the payload as it is
	codecGiven bool  // by an option of the variable
	tree       *typ  // the type as readers of the file see it

	added bool     // it may be missing in a checkpoint
	was   []string // older names
	from  []string // older types

	m      measure        // used by every save
	writer *payloadWriter // shared by the variables of a run
}

// measure counts what a value takes, elements and payload bytes, and notes its layout.
type measure struct {
	keep     *keepSet
	elements int
	stored   int
	payload  int64
	layout   []byte // the lengths of the slices, as in the file
}

func (m *measure) slice(_ *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	h := (*header)(p)
	m.layout = le.AppendUint64(m.layout, uint64(h.len))
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

// capture describes the variable as it is now in an image, of which it uses the memory.
func (v *variable) capture(im *imageVar) error {
	v.m = measure{keep: v.keep, layout: im.layout[:0]}
	if err := walk(v.node, v.p, v.keep != nil, &v.m); err != nil {
		return err
	}
	if err := v.fits(v.m.elements); err != nil {
		return err
	}
	dims := im.dims[:0]
	regular := measureDims(v.node, v.p, 0, &dims)
	im.dims, im.layout = dims, v.m.layout
	if !regular {
		dims = nil
	}
	im.head = variableHeader{
		Name: v.name, Type: v.node.text, Shape: dims, Elements: v.m.elements, Order: "little",
		MaskBytes: int64(len(v.maskText)), LayoutBytes: int64(len(im.layout)), PayloadBytes: v.m.payload,
	}
	im.mask, im.payload, im.codec = v.maskText, v, v.codec
	if v.codec != nil {
		im.head.Codec = v.codec.Name()
		im.form = im.head.form(v.tree)
		if l, ok := v.codec.(LossyCodec); ok {
			im.head.Bound = l.Bound()
		}
	}
	return nil
}

// fits returns an error if the mask is not made for that many elements.
func (v *variable) fits(elements int) error {
	if v.keep != nil && v.keep.elements != elements {
		return fmt.Errorf("variable %q has %d elements, its mask has %d; use a mask made for this size", v.name, elements, v.keep.elements)
	}
	return nil
}

// payloadWriter shows a sink the payload of a variable.
type payloadWriter struct {
	to      payloadSink
	keep    *keepSet
	at      int // number of the next element
	scratch [4096]byte
}

// emit implements payload. The variable must not change meanwhile.
func (v *variable) emit(to payloadSink) error {
	if v.writer == nil {
		v.writer = new(payloadWriter)
	}
	e := v.writer
	e.to, e.keep, e.at = to, v.keep, 0
	return walk(v.node, v.p, v.keep != nil, e)
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
		return e.to.keep(memory(p, count*enc), uintptr(p))
	}
	for done := 0; done < count; {
		batch := min(count-done, len(e.scratch)/enc)
		for i := range batch {
			put(e.scratch[i*enc:][:enc], n, unsafe.Add(p, (done+i)*int(n.size)))
		}
		if _, err := e.to.Write(e.scratch[:batch*enc]); err != nil {
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
		le.PutUint64(e.scratch[:8], uint64(len(s)))
		if _, err := e.to.Write(e.scratch[:8]); err != nil {
			return err
		}
		_, err := e.to.WriteString(s)
		return err
	})
}
