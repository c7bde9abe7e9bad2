package ckpt

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// memories visits the memory that a variable with a form of its own leads to: the variable
// itself, elements of slices, what pointers point to, and maps, of which the first byte
// stands for all. What a value that marshals itself leads to is its own affair.
type memories struct {
	note func(p unsafe.Pointer, size, elem uintptr) // elem is the size of an element of a slice, else 0
	path []part
}

// part is a step on the way into a variable.
type part struct {
	text  string
	index int
	key   reflect.Value
}

func (p part) String() string {
	switch {
	case p.text != "":
		return p.text
	case p.key.IsValid():
		return keyText(p.key)
	}
	return fmt.Sprintf("[%d]", p.index)
}

func (m *memories) variable(v *variable) {
	m.path = append(m.path[:0], part{text: v.name})
	m.at(v.user, v.node.user.Size(), 0)
	m.value(v.node, v.user)
}

func (m *memories) at(p unsafe.Pointer, size, elem uintptr) {
	if size > 0 {
		m.note(p, size, elem)
	}
}

// in visits a part of the value in hand.
func (m *memories) in(step part, n *node, p unsafe.Pointer) {
	m.path = append(m.path, step)
	m.value(n, p)
	m.path = m.path[:len(m.path)-1]
}

func (m *memories) value(n *node, p unsafe.Pointer) {
	switch {
	case n.fixed || n.kind == reflect.String || n.as == asMarshal:
	case n.as == asEntries:
		m.entries(n, at(n.user, p))
	case n.as == asSlice:
		if target := *(*unsafe.Pointer)(p); target != nil {
			m.at(target, n.elem.user.Size(), 0)
			m.value(n.elem, target)
		}
	case n.kind == reflect.Slice:
		h, size := (*header)(p), n.elem.user.Size()
		m.at(h.data, uintptr(h.len)*size, size)
		m.all(n.elem, h.data, h.len)
	case n.kind == reflect.Array:
		m.all(n.elem, p, n.count)
	default:
		for _, f := range n.fields {
			m.in(part{text: "." + f.name}, f.node, unsafe.Add(p, f.user))
		}
	}
}

func (m *memories) all(elem *node, p unsafe.Pointer, count int) {
	if elem.fixed {
		return
	}
	for i := range count {
		m.in(part{index: i}, elem, unsafe.Add(p, uintptr(i)*elem.user.Size()))
	}
}

func (m *memories) entries(n *node, x reflect.Value) {
	if x.IsNil() {
		return
	}
	m.at(x.UnsafePointer(), 1, 0)
	value := n.fields[1].node.elem.fields[1].node
	if value.fixed || value.kind == reflect.String || value.as == asMarshal {
		return
	}
	for it := x.MapRange(); it.Next(); {
		e := reflect.New(value.user)
		e.Elem().Set(it.Value())
		m.in(part{key: it.Key()}, value, e.UnsafePointer())
	}
}

// formPath names the part at an address of the nth memory of the variable that is s.
func (v *variable) formPath(s stretch, nth int, address uintptr) string {
	name := v.name
	m := memories{}
	m.note = func(p unsafe.Pointer, size, elem uintptr) {
		if uintptr(p) != s.lo || uintptr(p)+size != s.hi {
			return
		}
		if nth--; nth != 0 {
			return
		}
		var b strings.Builder
		for _, step := range m.path {
			b.WriteString(step.String())
		}
		if elem > 0 {
			fmt.Fprintf(&b, "[%d]", (address-s.lo)/elem)
		}
		name = b.String()
	}
	m.variable(v)
	return name
}
