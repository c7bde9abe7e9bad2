package ckpt

import (
	"fmt"
	"reflect"
	"unsafe"
)

// A gift is the plain form of a variable as a checkpoint has it, ready to become the
// variable's value.
type gift struct {
	v      *variable
	form   unsafe.Pointer
	values []reflect.Value // pointers to the values made of marshaled ones, in order
}

// gift checks a form and makes all that may fail to be made. It changes nothing of the
// program's.
func (v *variable) gift(form unsafe.Pointer) (*gift, error) {
	g := &gift{v: v, form: form}
	if err := g.make(v.node, form); err != nil {
		return nil, fmt.Errorf("variable %w", placed(err, v.name))
	}
	return g, nil
}

func (g *gift) make(n *node, form unsafe.Pointer) error {
	switch {
	case !n.opaque:
		return nil
	case n.as == asMarshal:
		x, err := n.codec.value(n.user, []byte(*(*string)(form)))
		if err != nil {
			return fmt.Errorf("%w: %w; restore with the program that saved it", ErrMismatch, err)
		}
		g.values = append(g.values, x)
		return nil
	case n.as == asEntries:
		return g.makeMap(n, form)
	case n.kind == reflect.Slice:
		h := (*header)(form)
		if n.as == asSlice && h.len > 1 {
			return fmt.Errorf("%w: a pointer points to %d values", ErrCorrupt, h.len)
		}
		return g.makeAll(n.elem, h.data, h.len)
	case n.kind == reflect.Array:
		return g.makeAll(n.elem, form, n.count)
	}
	for _, f := range n.fields {
		if err := g.make(f.node, unsafe.Add(form, f.offset)); err != nil {
			return placed(err, "."+f.name)
		}
	}
	return nil
}

func (g *gift) makeAll(elem *node, form unsafe.Pointer, count int) error {
	if !elem.opaque {
		return nil
	}
	for i := range uintptr(count) {
		if err := g.make(elem, unsafe.Add(form, i*elem.size)); err != nil {
			return placed(err, fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

// makeMap checks that the keys ascend, so that there is one entry for each.
func (g *gift) makeMap(n *node, form unsafe.Pointer) error {
	list := n.fields[1]
	entry := list.node.elem
	key, value := entry.fields[0], entry.fields[1]
	h := (*header)(unsafe.Add(form, list.offset))
	if *(*bool)(form) && h.len > 0 {
		return fmt.Errorf("%w: a map is nil and has %d entries", ErrCorrupt, h.len)
	}
	for i := range uintptr(h.len) {
		e := unsafe.Add(h.data, i*entry.size)
		if hasNaN(key.node, e) || i > 0 && compareKeys(key.node, unsafe.Add(e, -int(entry.size)), e) >= 0 {
			return fmt.Errorf("%w: the keys of a map do not ascend", ErrCorrupt)
		}
		if err := g.make(value.node, unsafe.Add(e, value.offset)); err != nil {
			return placed(err, keyText(at(key.node.rtype, e)))
		}
	}
	return nil
}

// give makes the form the variable's value.
func (g *gift) give() { g.give1(g.v.node, g.form, g.v.user) }

// give1 makes the form the value of type n.user at p. Memory that p has and that has
// the right length is filled in place, so that what else refers to it stays right.
func (g *gift) give1(n *node, form, p unsafe.Pointer) {
	switch {
	case n.as == asMarshal:
		at(n.user, p).Set(g.values[0].Elem())
		g.values = g.values[1:]
	case n.as == asEntries:
		g.giveMap(n, form, at(n.user, p))
	case n.as == asSlice:
		h, target := (*header)(form), *(*unsafe.Pointer)(p)
		switch {
		case h.len == 0:
			at(n.user, p).SetZero()
			return
		case target == nil:
			made := reflect.New(n.user.Elem())
			at(n.user, p).Set(made.Convert(n.user))
			target = made.UnsafePointer()
		}
		g.give1(n.elem, h.data, target)
	case n.kind == reflect.Slice:
		g.giveSlice(n, form, p)
	case n.kind == reflect.Array && !n.elem.fixed:
		g.giveAll(n.elem, form, p, n.count)
	case n.kind == reflect.Struct && !n.fixed:
		for _, f := range n.fields {
			g.give1(f.node, unsafe.Add(form, f.offset), unsafe.Add(p, f.user))
		}
	default:
		at(n.user, p).Set(at(n.rtype, form))
	}
}

func (g *gift) giveSlice(n *node, form, p unsafe.Pointer) {
	have, h := (*header)(p), (*header)(form)
	switch {
	case have.len == h.len:
	case have.len > h.len:
		at(n.user, p).SetLen(h.len)
	case !n.opaque:
		at(n.user, p).Set(at(n.rtype, form))
		return
	default:
		at(n.user, p).Set(reflect.MakeSlice(n.user, h.len, h.len))
	}
	if n.elem.fixed && !n.elem.opaque {
		reflect.Copy(at(n.user, p), at(n.rtype, form))
		return
	}
	g.giveAll(n.elem, h.data, have.data, h.len)
}

func (g *gift) giveAll(elem *node, form, p unsafe.Pointer, count int) {
	for i := range uintptr(count) {
		g.give1(elem, unsafe.Add(form, i*elem.size), unsafe.Add(p, i*elem.user.Size()))
	}
}

// giveMap replaces the entries of a map. A map that is there stays the same map.
func (g *gift) giveMap(n *node, form unsafe.Pointer, m reflect.Value) {
	if *(*bool)(form) {
		m.SetZero()
		return
	}
	list := n.fields[1]
	entry := list.node.elem
	key, value := entry.fields[0], entry.fields[1]
	h := (*header)(unsafe.Add(form, list.offset))
	if m.IsNil() {
		m.Set(reflect.MakeMapWithSize(n.user, h.len))
	} else {
		m.Clear()
	}
	for i := range uintptr(h.len) {
		e := unsafe.Add(h.data, i*entry.size)
		x := reflect.New(value.node.user)
		g.give1(value.node, unsafe.Add(e, value.offset), x.UnsafePointer())
		m.SetMapIndex(at(key.node.user, e), x.Elem())
	}
}
