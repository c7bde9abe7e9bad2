package irinterp

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// table is what a map refers to: entries by the text of their keys.
type table map[string]*entry

type entry struct {
	key   Value
	value Value
}

// table returns the entries of a map, nil of a nil map.
func (v Value) table() table {
	t, _ := v.ref.(table)
	return t
}

// sorted lists the entries in the order of the keys.
func (t table) sorted() []*entry {
	var out []*entry
	for _, e := range t {
		out = append(out, e)
	}
	sort.Slice(out, func(i, j int) bool { return compareKeys(out[i].key, out[j].key) < 0 })
	return out
}

// compareKeys is the order of ad.Keys.
func compareKeys(a, b Value) int {
	switch a.kind {
	case Int:
		return cmp.Compare(a.Int(), b.Int())
	case Uint, Bool:
		return cmp.Compare(a.bits, b.bits)
	case String:
		return strings.Compare(a.Str(), b.Str())
	}
	for i := range a.elems {
		if c := compareKeys(a.elems[i], b.elems[i]); c != 0 {
			return c
		}
	}
	return 0
}

// keyText tells keys of one type apart.
func keyText(k Value) string {
	switch k.kind {
	case Struct, Array:
		var b strings.Builder
		for _, e := range k.elems {
			text := keyText(e)
			fmt.Fprintf(&b, "%d:%s", len(text), text)
		}
		return b.String()
	case String:
		return k.Str()
	}
	return fmt.Sprint(k.bits)
}

// found returns the entry of the map e.X for the key e.I, or nil.
func (m *machine) found(f *frame, x, key ir.Expr) *entry {
	return m.eval(f, x).table()[keyText(m.eval(f, key))]
}

// setEntry stores x in the element at of a map.
func (m *machine) setEntry(f *frame, at *ir.Index, x Value) {
	t := m.eval(f, at.X).table()
	if t == nil {
		panic(panicf("assignment to entry in nil map"))
	}
	key := m.eval(f, at.I)
	text := keyText(key)
	if e := t[text]; e != nil {
		store(&e.value, x)
	} else {
		t[text] = &entry{key, x}
	}
}

// deleteEntry takes the element at out of its map.
func (m *machine) deleteEntry(f *frame, at *ir.Index) {
	delete(m.eval(f, at.X).table(), keyText(m.eval(f, at.I)))
}

func (m *machine) keys(f *frame, e *ir.Keys) Value {
	out := []Value{}
	if x := m.eval(f, e.X); x.kind == String {
		for i := range x.Str() {
			out = append(out, Int64(int64(i)))
		}
		return SliceOf(out)
	}
	for _, e := range m.eval(f, e.X).table().sorted() {
		out = append(out, e.key.Clone())
	}
	return SliceOf(out)
}

func mapLiteral(e *ast.CompositeLit, t *types.Map) Value {
	out := table{}
	for _, x := range e.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			panic(fault("an element of a map without a key"))
		}
		key := literal(kv.Key, t.Key())
		out[keyText(key)] = &entry{key, literal(kv.Value, t.Elem())}
	}
	return Value{kind: Map, ref: out}
}
