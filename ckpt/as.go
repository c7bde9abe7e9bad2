package ckpt

import (
	"fmt"
	"reflect"
)

// As saves and restores a variable under another text of its type, which may differ in the
// names of fields only. A program whose struct has got other names for its fields restores
// what it saved before; a tool saves what it has read without the program's types.
func As(text string) ProtectOption {
	return func(v *variable) error {
		t, err := parseType(text)
		if err != nil {
			return fmt.Errorf("the type %.60q cannot be read: %w", text, err)
		}
		if !v.node.like(t) {
			return fmt.Errorf("the variable is %s, which is more than other names of fields away from %.60q", v.node.text, text)
		}
		n := *v.node
		n.text = text
		v.node = &n
		return nil
	}
}

// like reports whether a type of a file differs from n in the names of fields at most.
func (n *node) like(t *typ) bool {
	if n.kind != t.kind || len(n.fields) != len(t.fields) || (n.elem == nil) != (t.elem == nil) {
		return false
	}
	if n.elem != nil {
		return (n.kind == reflect.Slice || n.count == t.count) && n.elem.like(t.elem)
	}
	if n.codec != nil && t.names[0] != n.fields[0].name { // it names what can read it
		return false
	}
	for i, f := range n.fields {
		if !f.node.like(t.fields[i]) {
			return false
		}
	}
	return true
}
