package ckpt

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// A checkpoint has one record per variable, and a restore fills each by itself. Where
// two variables, or two slices in one, are the same memory, a write to one changes the
// other before the restart and no longer after it: the resumed run would go another
// way without a word. So memory is compared whenever it is about to be saved, since a
// loop may let a slice refer to another's elements at any time.

// stretch is memory that a variable leads to: the variable itself, or the elements of
// one of its slices.
type stretch struct {
	lo, hi uintptr
	v      int // number of the variable
	slice  int // number of the slice in the order of walk, from 1; 0 is the variable itself
}

// sharing finds memory that protected variables share. Its buffer is kept for reuse.
type sharing struct {
	list []stretch
	v, n int // variable and slice visited last
}

// check returns an error if the variables lead to the same memory twice.
func (s *sharing) check(vars []*variable) error {
	s.list = s.list[:0]
	for i, v := range vars {
		s.v, s.n = i, 0
		if v.node.opaque {
			s.addForm(v)
			continue
		}
		s.add(v.p, v.node.size)
		if v.node.fixed {
			continue
		}
		if err := walk(v.node, v.p, false, s); err != nil {
			return err
		}
	}
	slices.SortFunc(s.list, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.v, b.v), cmp.Compare(a.slice, b.slice))
	})
	for i := 1; i < len(s.list); i++ {
		if a, b := s.list[i-1], s.list[i]; b.lo < a.hi {
			return told(vars, a, b)
		}
	}
	return nil
}

// addForm notes the memory of a variable that has a form of its own.
func (s *sharing) addForm(v *variable) {
	m := memories{note: func(p unsafe.Pointer, size, _ uintptr) {
		s.add(p, size)
		s.n++
	}}
	m.variable(v)
}

func (s *sharing) add(p unsafe.Pointer, size uintptr) {
	if size > 0 {
		s.list = append(s.list, stretch{uintptr(p), uintptr(p) + size, s.v, s.n})
	}
}

// slice notes the elements and, if they have no slices, does not have them visited.
func (s *sharing) slice(n *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	s.n++
	h := (*header)(p)
	s.add(h.data, uintptr(h.len)*n.elem.size)
	if n.elem.fixed {
		return 0, nil, nil
	}
	return h.len, h.data, nil
}

func (s *sharing) block(*node, unsafe.Pointer, int) error { return nil }
func (s *sharing) text(*node, unsafe.Pointer) error       { return nil }

// told is the error about two stretches of which b begins inside a.
func told(vars []*variable, a, b stretch) error {
	if b.v < a.v || b.v == a.v && b.slice < a.slice {
		a, b = b, a
	}
	at := max(a.lo, b.lo)
	first, second := vars[a.v], vars[b.v]
	one, other := first.path(a, at), second.path(b, at)
	if first == second && first.node.opaque && a.lo == b.lo && a.hi == b.hi {
		other = second.formPath(b, 2, at)
	}
	if first == second {
		return fmt.Errorf("variable %q shares memory with itself: %s is %s: each slice is restored by itself, so a resumed run would find them apart; give each memory of its own, with copy in place of =",
			first.name, other, one)
	}
	return fmt.Errorf("variable %q shares memory with variable %q: %s is %s: each is restored by itself, so a resumed run would find them apart; protect one of them, or give each memory of its own, with copy in place of =",
		second.name, first.name, other, one)
}

// path names the element at an address of a stretch of v, such as u[3] or s.rows[0][1].
func (v *variable) path(s stretch, at uintptr) string {
	if v.node.opaque {
		return v.formPath(s, 1, at)
	}
	if s.slice == 0 {
		return inner(v.node, v.p, v.name, at)
	}
	f := finder{left: s.slice}
	n, p, text, _ := f.find(v.node, v.p, v.name)
	i := (at - s.lo) / n.elem.size
	return inner(n.elem, unsafe.Add((*header)(p).data, i*n.elem.size), fmt.Sprintf("%s[%d]", text, i), at)
}

// inner names the part of the value at p that lies at an address.
func inner(n *node, p unsafe.Pointer, text string, at uintptr) string {
	switch {
	case n.kind == reflect.Array && n.elem.size > 0:
		i := int((at - uintptr(p)) / n.elem.size)
		return inner(n.elem, unsafe.Add(p, uintptr(i)*n.elem.size), fmt.Sprintf("%s[%d]", text, i), at)
	case n.kind == reflect.Struct:
		for _, f := range n.fields {
			if lo := uintptr(p) + f.offset; lo <= at && at < lo+f.node.size {
				return inner(f.node, unsafe.Add(p, f.offset), text+"."+f.name, at)
			}
		}
	}
	return text
}

// finder looks for a slice by its number in the order of walk.
type finder struct{ left int }

// find returns the slice, where its header is, and its name.
func (f *finder) find(n *node, p unsafe.Pointer, text string) (*node, unsafe.Pointer, string, bool) {
	switch n.kind {
	case reflect.Slice:
		if f.left--; f.left == 0 {
			return n, p, text, true
		}
		h := (*header)(p)
		return f.among(n.elem, h.data, h.len, text)
	case reflect.Array:
		return f.among(n.elem, p, n.count, text)
	}
	for _, e := range n.fields {
		if n, p, text, ok := f.find(e.node, unsafe.Add(p, e.offset), text+"."+e.name); ok {
			return n, p, text, true
		}
	}
	return nil, nil, "", false
}

func (f *finder) among(elem *node, base unsafe.Pointer, count int, text string) (*node, unsafe.Pointer, string, bool) {
	if elem.fixed {
		return nil, nil, "", false
	}
	for i := range count {
		if n, p, text, ok := f.find(elem, unsafe.Add(base, uintptr(i)*elem.size), fmt.Sprintf("%s[%d]", text, i)); ok {
			return n, p, text, true
		}
	}
	return nil, nil, "", false
}
