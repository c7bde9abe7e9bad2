package exchange

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/cairn-ad/cairn/ckpt"
)

// gather collects the elements of a regular array. Implements ckpt.Sink.
type gather struct {
	v    *ckpt.Variable
	raw  []byte
	text []string
	gap  []byte // what stands for an element that is not stored
}

func newGather(v *ckpt.Variable) *gather {
	return &gather{v: v, gap: make([]byte, v.Kind.Size())}
}

func (g *gather) Block(b ckpt.Block) error {
	g.upTo(b.From)
	if reflect.Kind(b.Kind) == reflect.String {
		g.text = append(g.text, string(b.Data))
	} else {
		g.raw = append(g.raw, b.Data...)
	}
	return nil
}

// upTo fills what is not stored before an element.
func (g *gather) upTo(element int) {
	if reflect.Kind(g.v.Kind) == reflect.String {
		for len(g.text) < element {
			g.text = append(g.text, "")
		}
		return
	}
	if n := element - len(g.raw)/len(g.gap); n > 0 {
		g.raw = append(g.raw, bytes.Repeat(g.gap, n)...)
	}
}

func (g *gather) flat() *flat {
	g.upTo(g.v.Elements)
	return &flat{kind: reflect.Kind(g.v.Kind), shape: g.v.Shape, raw: g.raw, text: g.text}
}

// builder makes a value of a type from its parts, depth first. What is not stored stays
// zero. Implements ckpt.Tree.
type builder struct {
	root reflect.Value // a pointer to the value
	open []opened
}

// opened is an array, slice or struct whose parts are being made.
type opened struct {
	value reflect.Value
	next  int // number of the next part
}

func newBuilder(t reflect.Type) *builder { return &builder{root: reflect.New(t)} }

// next returns the place of the next part.
func (b *builder) next() (reflect.Value, error) {
	if len(b.open) == 0 {
		return b.root.Elem(), nil
	}
	top := &b.open[len(b.open)-1]
	i := top.next
	top.next++
	switch v := top.value; {
	case v.Kind() == reflect.Slice:
		return make1(v, i), nil
	case v.Kind() == reflect.Array && i < v.Len():
		return v.Index(i), nil
	case v.Kind() == reflect.Struct && i < v.NumField():
		return field(v, i), nil
	}
	return reflect.Value{}, fmt.Errorf("a value of type %v has too many parts", top.value.Type())
}

func (b *builder) Begin(int, []string) error {
	v, err := b.next()
	if err == nil {
		b.open = append(b.open, opened{value: v})
	}
	return err
}

func (b *builder) End() error {
	b.open = b.open[:len(b.open)-1]
	return nil
}

func (b *builder) Missing() error {
	_, err := b.next()
	return err
}

func (b *builder) Block(x ckpt.Block) error {
	v, err := b.next()
	if err != nil {
		return err
	}
	if v.Kind() == reflect.String {
		v.SetString(string(x.Data))
		return nil
	}
	return set(v, x.Data)
}
