package ckpt

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// A file knows booleans, numbers, strings, and slices, arrays and structs of these: plain
// values. What else can be protected has a plain form, in which it is measured, saved and
// restored:
//
//	*T          []T, of no element if the pointer is nil, else of one
//	map[K]V     struct{nil bool; entries []struct{key K; value V}}, in order of the keys
//	marshaled   struct{binary:NAME string}, the bytes that MarshalBinary gives, or
//	            struct{gob:NAME string}, those of GobEncode; NAME is the type's, with its
//	            package path
//
// where T and V are again in their plain form. Plain parts are not copied on the way to
// it: the form of a pointer to plain data is a slice of that data, and slices of plain
// elements are the same memory in both.

// representation says in which form a value of the program is saved.
type representation uint8

const (
	asItself  representation = iota // its parts may have another form
	asSlice                         // a pointer
	asEntries                       // a map
	asMarshal                       // a value that marshals itself
)

// plainStruct returns a struct type with the forms of the parts, and moves their offsets.
func plainStruct(parts []field) reflect.Type {
	var list []reflect.StructField
	for i, f := range parts {
		list = append(list, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: f.node.rtype})
	}
	t := reflect.StructOf(list)
	for i := range parts {
		parts[i].offset = t.Field(i).Offset
	}
	return t
}

// compose makes n a struct of nodes that is no struct in the program.
func (n *node) compose(parts ...field) {
	n.kind, n.opaque = reflect.Struct, true
	n.rtype = plainStruct(parts)
	n.size = n.rtype.Size()
	n.join(parts)
}

func (n *node) marshal(d *codec) {
	text := &node{kind: reflect.String, rtype: reflect.TypeFor[string](), text: "string", minEnc: 8}
	text.user, text.size = text.rtype, text.rtype.Size()
	n.as, n.codec = asMarshal, d
	n.compose(field{name: d.kind + ":" + typeName(n.user), node: text})
}

// typeName is the full name of a type, without spaces.
func typeName(t reflect.Type) string {
	name := t.String()
	if t.PkgPath() != "" {
		name = t.PkgPath() + "." + t.Name()
	}
	return strings.ReplaceAll(name, " ", "_")
}

func (c *compiler) pointer(n *node, path string) (err error) {
	if n.elem, err = c.node(n.user.Elem(), path+"through the pointer: "); err != nil {
		return err
	}
	n.as, n.kind, n.opaque, n.free = asSlice, reflect.Slice, true, true
	n.rtype = reflect.SliceOf(n.elem.rtype)
	n.size = n.rtype.Size()
	n.text = "[]" + n.elem.text
	n.minLayout = 1
	return nil
}

func (c *compiler) mapping(n *node, path string) error {
	in := *c
	in.key = true
	key, err := in.node(n.user.Key(), path+"a key of the map: ")
	if err != nil {
		return err
	}
	value, err := c.node(n.user.Elem(), path+"a value of the map: ")
	if err != nil {
		return err
	}
	entry := new(node)
	entry.compose(field{name: "key", node: key}, field{name: "value", node: value})
	list := &node{kind: reflect.Slice, rtype: reflect.SliceOf(entry.rtype), elem: entry, text: "[]" + entry.text, minLayout: 1, free: true, opaque: true}
	list.size = list.rtype.Size()
	gone := &node{kind: reflect.Bool, rtype: reflect.TypeFor[bool](), text: "bool", size: 1}
	gone.user = gone.rtype
	c.scalar(gone)
	n.as = asEntries
	n.compose(field{name: "nil", node: gone}, field{name: "entries", node: list})
	return nil
}

// setFree lets a restore give all slices of a type any length.
func (n *node) setFree() {
	n.free = n.free || n.kind == reflect.Slice
	if n.elem != nil {
		n.elem.setFree()
	}
	for _, f := range n.fields {
		f.node.setFree()
	}
}

// refusedStruct returns why a struct is refused although its fields might be saved, or
// why it is better to say so before its fields are looked at.
func refusedStruct(t reflect.Type) error {
	switch t.PkgPath() + "." + t.Name() {
	case "math/rand/v2.Rand", "math/rand/v2.Zipf":
		return errors.New("a *rand.Rand has no state of its own; protect its source: src := rand.NewPCG(1, 2), protect src, and draw from rand.New(src)")
	case "math/rand.Rand", "math/rand.Zipf":
		return errors.New("the generators of math/rand cannot be saved; use math/rand/v2, and protect its source, a *rand.PCG or *rand.ChaCha8")
	case "time.Location":
		return errors.New("a *time.Location is package time's and may be everybody's; use a time.Time, which marshals itself, or the location's name")
	}
	return nil
}

// refused is the error about a type that has no form in a file.
func refused(t reflect.Type, key bool) error {
	const can = "booleans, numbers, strings, values with MarshalBinary and UnmarshalBinary, and slices, arrays, structs, maps and pointers of these can"
	pt := reflect.PointerTo(t)
	switch {
	case key:
		return fmt.Errorf("a value of type %v cannot be saved as a key; only booleans, numbers, strings, and arrays and structs of these can", t)
	case pt.Implements(binaryMarshaler) != pt.Implements(binaryUnmarshaler):
		return fmt.Errorf("a value of type %v cannot be saved: it has only one of MarshalBinary and UnmarshalBinary; give it both", t)
	case t.Kind() == reflect.Interface && strings.HasPrefix(t.PkgPath(), "math/rand"):
		return fmt.Errorf("a value of type %v cannot be saved, since its type may change; give it the type of the source, *rand.PCG or *rand.ChaCha8", t)
	case t.Kind() == reflect.Interface:
		return fmt.Errorf("a value of type %v cannot be saved, since what is in an interface may change its type; protect what is in it", t)
	}
	return fmt.Errorf("a value of type %v cannot be saved; only %s", t, can)
}
