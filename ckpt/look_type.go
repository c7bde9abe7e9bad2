package ckpt

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/cairn-ad/cairn/ckpt/internal/typetext"
	"github.com/cairn-ad/cairn/scrutiny"
)

// Kind is the kind of an element: a boolean, a number or a string.
type Kind reflect.Kind

// String returns the name of the type, such as float64.
func (k Kind) String() string { return reflect.Kind(k).String() }

// Size is the number of bytes of an element in a file, 0 for strings.
func (k Kind) Size() int {
	switch reflect.Kind(k) {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 1
	case reflect.Int16, reflect.Uint16:
		return 2
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return 4
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Float64, reflect.Complex64:
		return 8
	case reflect.Complex128:
		return 16
	}
	return 0
}

// typ is a type as a file names it. It is what node is for a type of the program.
type typ struct {
	kind   reflect.Kind // a number, Bool, String, Array, Slice or Struct
	elem   *typ         // of arrays and slices
	count  int          // length of an array
	fields []*typ       // of structs
	names  []string     // of the fields

	// A type is fixed if its values have no slices and no strings. Then elements and
	// bytes are those of a value, and leaf the kind of all elements, or Invalid.
	fixed    bool
	elements int
	bytes    int
	leaf     reflect.Kind
}

// parseType reads the text of a type, the inverse of node.text.
func parseType(text string) (*typ, error) { return typetext.Parse(text, typeBuilder{}) }

// maxType bounds the bytes of a value of fixed size. Twice as much does not overflow.
const maxType = min(scrutiny.MaxElements, math.MaxInt/2-1)

// typeBuilder makes the types that a text names.
type typeBuilder struct{}

func (typeBuilder) Scalar(kind reflect.Kind) *typ {
	if kind == reflect.String {
		return &typ{kind: kind}
	}
	return &typ{kind: kind, fixed: true, elements: 1, bytes: Kind(kind).Size(), leaf: kind}
}

func (typeBuilder) Slice(elem *typ) *typ { return &typ{kind: reflect.Slice, elem: elem} }

func (typeBuilder) Array(n int, elem *typ) (*typ, error) {
	t := &typ{kind: reflect.Array, elem: elem, count: n, fixed: elem.fixed || n == 0, leaf: elem.leaf}
	if t.fixed && n > 0 && elem.elements > 0 {
		if n > maxType/elem.bytes {
			return nil, fmt.Errorf("an array of %d values is too large", n)
		}
		t.elements, t.bytes = n*elem.elements, n*elem.bytes
	}
	return t, nil
}

func (typeBuilder) FieldName(name string) error {
	if name == "" {
		return errors.New("a field has no name")
	}
	return nil
}

func (typeBuilder) Struct(names []string, fields []*typ) (*typ, error) {
	t := &typ{kind: reflect.Struct, fixed: true, names: names, fields: fields}
	for _, f := range fields {
		t.add(f)
	}
	if t.bytes > maxType {
		return nil, errors.New("a struct is too large")
	}
	return t, nil
}

// add counts a field of a struct.
func (t *typ) add(f *typ) {
	t.fixed = t.fixed && f.fixed
	if f.elements > 0 {
		if t.elements == 0 {
			t.leaf = f.leaf
		} else if t.leaf != f.leaf {
			t.leaf = reflect.Invalid
		}
	}
	// Neither sum overflows; they are looked at later.
	t.bytes = min(t.bytes+f.bytes, maxType+1)
	t.elements = min(t.elements+f.elements, maxType+1)
}

// only returns the kind of all elements below t, strings included; Invalid if there
// are several or none.
func (t *typ) only() reflect.Kind {
	switch t.kind {
	case reflect.Array, reflect.Slice:
		return t.elem.only()
	case reflect.Struct:
		k := reflect.Invalid
		for _, f := range t.fields {
			switch o := f.only(); {
			case o == reflect.Invalid && f.fixed && f.elements == 0, o == k:
			case k == reflect.Invalid && o != reflect.Invalid:
				k = o
			default:
				return reflect.Invalid
			}
		}
		return k
	}
	return t.kind
}

// plain returns the kind of the elements of a scalar, or of arrays and slices of
// scalars in any nesting, else Invalid.
func (t *typ) plain() reflect.Kind {
	for t.elem != nil {
		t = t.elem
	}
	if t.kind == reflect.Struct {
		return reflect.Invalid
	}
	return t.kind
}
