package ckpt

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// node describes how values of one type lie in memory and in a payload.
type node struct {
	kind   reflect.Kind // a number, Bool, String, Array, Slice or Struct
	rtype  reflect.Type // of the values in memory; the plain form, see form.go
	text   string       // the type, named types resolved
	size   uintptr      // bytes in memory
	elem   *node        // of arrays and slices
	count  int          // length of an array
	fields []field      // of structs
	free   bool         // a slice that a restore gives any length

	// The type in the program; it differs from rtype if a value of it has a part that
	// is saved in another form, and as says how this one is.
	user   reflect.Type
	as     representation
	codec  *codec // if as is marshaled
	opaque bool

	// A type is fixed if its values have no slices and no strings. Then enc is the
	// number of bytes in the payload and elements the number of elements of a value,
	// and leaf is the size of every element in the payload, 0 if they differ.
	fixed    bool
	enc      int
	elements int
	leaf     int
	// image: fixed, and the payload's bytes are the bytes in memory.
	image bool
	// What a value of a type that is not fixed needs at least: slices of layout and
	// bytes of payload. They bound lengths that a file claims.
	minLayout, minEnc int
}

type field struct {
	name   string
	offset uintptr // in values of the node's rtype
	node   *node
	user   uintptr // offset in values of the node's user type
}

// hostLittle reports whether this machine stores numbers little-endian.
var hostLittle = func() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}()

// compiler turns Go types into nodes.
type compiler struct {
	little bool // memory order is payload order
	open   map[reflect.Type]bool
	key    bool // in the key of a map
}

// compile returns the node of a type, or an error that says which part of it cannot
// be saved.
func compile(t reflect.Type, little bool) (*node, error) {
	c := compiler{little: little, open: make(map[reflect.Type]bool)}
	return c.node(t, "")
}

func (c *compiler) node(t reflect.Type, path string) (*node, error) {
	if c.open[t] {
		return nil, fmt.Errorf("%sthe type %v contains itself; save a flat form of it", path, t)
	}
	c.open[t] = true
	defer delete(c.open, t)
	n := &node{kind: t.Kind(), rtype: t, user: t, size: t.Size(), text: t.Kind().String()}
	if d := codecOf(t); d != nil && !c.key {
		n.marshal(d)
		return n, nil
	}
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		c.scalar(n)
		return n, nil
	case reflect.String:
		n.minEnc = 8
		return n, nil
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Array || !c.key {
			return n, c.sequence(n, path)
		}
	case reflect.Struct:
		if err := refusedStruct(t); err != nil {
			return nil, fmt.Errorf("%s%w", path, err)
		}
		return n, c.structure(n, path)
	case reflect.Pointer:
		if !c.key {
			return n, c.pointer(n, path)
		}
	case reflect.Map:
		return n, c.mapping(n, path)
	}
	return nil, fmt.Errorf("%s%w", path, refused(t, c.key))
}

func (c *compiler) scalar(n *node) {
	n.fixed, n.elements, n.enc = true, 1, int(n.size)
	if n.kind == reflect.Int || n.kind == reflect.Uint {
		n.enc = 8
	}
	n.leaf = n.enc
	// A boolean other than 0 and 1 must not reach memory, so each is looked at.
	n.image = c.little && n.enc == int(n.size) && n.kind != reflect.Bool
	n.minEnc = n.enc
}

func (c *compiler) sequence(n *node, path string) (err error) {
	if n.elem, err = c.node(n.rtype.Elem(), path); err != nil {
		return err
	}
	e := n.elem
	n.opaque = e.opaque
	if n.kind == reflect.Slice {
		n.text = "[]" + e.text
		n.minLayout = 1
		if n.opaque {
			n.rtype = reflect.SliceOf(e.rtype)
		}
		return nil
	}
	n.count = n.rtype.Len()
	if n.opaque {
		n.rtype = reflect.ArrayOf(n.count, e.rtype)
		n.size = n.rtype.Size()
	}
	n.text = fmt.Sprintf("[%d]%s", n.count, e.text)
	n.fixed, n.image = e.fixed, e.image
	n.enc, n.elements, n.leaf = n.count*e.enc, n.count*e.elements, e.leaf
	n.minLayout, n.minEnc = n.count*e.minLayout, n.count*e.minEnc
	n.empty()
	return nil
}

func (c *compiler) structure(n *node, path string) error {
	var parts []field
	for i := range n.user.NumField() {
		f := n.user.Field(i)
		e, err := c.node(f.Type, path+"field "+f.Name+": ")
		if err != nil {
			return err
		}
		parts = append(parts, field{name: f.Name, offset: f.Offset, node: e, user: f.Offset})
		n.opaque = n.opaque || e.opaque
	}
	if n.opaque {
		n.rtype = plainStruct(parts)
		n.size = n.rtype.Size()
	}
	n.join(parts)
	return nil
}

// join makes n a struct of parts, which lie at their offsets.
func (n *node) join(parts []field) {
	n.fixed, n.image, n.fields = true, true, parts
	var text []string
	for _, f := range parts {
		e := f.node
		n.image = n.image && e.image && uintptr(n.enc) == f.offset
		n.fixed = n.fixed && e.fixed
		if e.size > 0 && n.elements == 0 {
			n.leaf = e.leaf
		} else if e.size > 0 && n.leaf != e.leaf {
			n.leaf = 0
		}
		n.enc += e.enc
		n.elements += e.elements
		n.minLayout += e.minLayout
		n.minEnc += e.minEnc
		text = append(text, f.name+" "+e.text)
	}
	n.image = n.image && uintptr(n.enc) == n.size
	n.text = "struct{" + strings.Join(text, "; ") + "}"
	n.empty()
}

// empty makes a type without memory one without content.
func (n *node) empty() {
	if n.size == 0 {
		n.fixed, n.image, n.leaf = true, true, 0
		if n.user != nil {
			n.rtype, n.opaque = n.user, false
		}
	}
}

// block reports whether consecutive values can be moved without a look at their
// parts: plain numbers and memory images, under a mask only those with elements of
// one size.
func (n *node) block(masked bool) bool {
	return n.fixed && n.fields == nil && n.elem == nil || n.image && (n.leaf > 0 || !masked || n.elements == 0)
}
