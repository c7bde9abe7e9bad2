package ckpt

import (
	"reflect"
	"unsafe"
)

// visitor is told of the parts of a value in the order of the format.
type visitor interface {
	// slice is told of the slice at p and returns its length and its first element.
	// A nil p is a slice that does not exist yet.
	slice(n *node, p unsafe.Pointer) (int, unsafe.Pointer, error)
	// block is told of count consecutive values for which n.block holds.
	block(n *node, p unsafe.Pointer, count int) error
	// text is told of the string at p.
	text(n *node, p unsafe.Pointer) error
}

// walk visits the value of type n at p depth first. A nil p is a value that does not
// exist yet; so are then all its parts.
func walk(n *node, p unsafe.Pointer, masked bool, v visitor) error {
	switch {
	case n.block(masked):
		return v.block(n, p, 1)
	case n.kind == reflect.String:
		return v.text(n, p)
	case n.kind == reflect.Array:
		return sequence(n.elem, p, n.count, masked, v)
	case n.kind == reflect.Slice:
		count, base, err := v.slice(n, p)
		if err != nil {
			return err
		}
		return sequence(n.elem, base, count, masked, v)
	}
	for _, f := range n.fields {
		if err := walk(f.node, offset(p, f.offset), masked, v); err != nil {
			return err
		}
	}
	return nil
}

func sequence(elem *node, base unsafe.Pointer, count int, masked bool, v visitor) error {
	if elem.block(masked) {
		return v.block(elem, base, count)
	}
	for i := range count {
		if err := walk(elem, offset(base, uintptr(i)*elem.size), masked, v); err != nil {
			return err
		}
	}
	return nil
}

func offset(p unsafe.Pointer, n uintptr) unsafe.Pointer {
	if p == nil {
		return nil
	}
	return unsafe.Add(p, n)
}

// header is a slice as it lies in memory.
type header struct {
	data     unsafe.Pointer
	len, cap int
}

// shape returns the length of every dimension of a regular array or slice, an empty
// shape for other values, and false for a ragged slice.
func shape(n *node, p unsafe.Pointer) ([]int, bool) {
	dims := []int{}
	ok := measureDims(n, p, 0, &dims)
	return dims, ok
}

func measureDims(n *node, p unsafe.Pointer, depth int, dims *[]int) bool {
	count, base := n.count, p
	switch n.kind {
	case reflect.Array:
	case reflect.Slice:
		h := (*header)(p)
		count, base = h.len, h.data
	default:
		return true
	}
	if depth == len(*dims) {
		*dims = append(*dims, count)
	} else if (*dims)[depth] != count {
		return false
	}
	if n.elem.fixed {
		count = min(count, 1) // all alike
	}
	for i := range count {
		if !measureDims(n.elem, offset(base, uintptr(i)*n.elem.size), depth+1, dims) {
			return false
		}
	}
	return true
}

// innermost returns the type below all slices and arrays.
func innermost(n *node) *node {
	for n.elem != nil {
		n = n.elem
	}
	return n
}
