// Package typetext reads the text of a type as checkpoints hold it, such as
// "[]struct{X [3]float64; n int}".
//
// What goes in is the text, which may come from a damaged or hostile file, and a [Builder];
// what comes out is what that has made of it.
package typetext

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Deepest bounds the nesting of a type, and so the depth of every recursion.
const Deepest = 100

// A Builder makes a T for each kind of type. The elements of slices and arrays and the fields
// of structs are made before what holds them.
type Builder[T any] interface {
	Scalar(kind reflect.Kind) T // a number, Bool or String
	Slice(elem T) T
	Array(n int, elem T) (T, error)
	FieldName(name string) error // whether a field may be called so
	Struct(names []string, fields []T) (T, error)
}

// scalars are the kinds by their names.
var scalars = func() map[string]reflect.Kind {
	m := map[string]reflect.Kind{"string": reflect.String}
	for k := reflect.Bool; k <= reflect.Complex128; k++ {
		if k != reflect.Uintptr {
			m[k.String()] = k
		}
	}
	return m
}()

// Parse reads the text of a type.
func Parse[T any](text string, b Builder[T]) (T, error) {
	p := parser[T]{text, b}
	t, err := p.typ(Deepest)
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%.20q follows it", p.rest)
	}
	if err != nil {
		var none T
		return none, err
	}
	return t, nil
}

type parser[T any] struct {
	rest string
	b    Builder[T]
}

func (p *parser[T]) eat(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser[T]) typ(depth int) (t T, err error) {
	if depth == 0 {
		return t, fmt.Errorf("it is nested more than %d deep", Deepest)
	}
	switch {
	case p.eat("[]"):
		elem, err := p.typ(depth - 1)
		if err != nil {
			return t, err
		}
		return p.b.Slice(elem), nil
	case p.eat("["):
		return p.array(depth)
	case p.eat("struct{"):
		return p.structure(depth)
	}
	end := strings.IndexAny(p.rest, ";}")
	if end < 0 {
		end = len(p.rest)
	}
	kind, ok := scalars[p.rest[:end]]
	if !ok {
		return t, fmt.Errorf("%.20q is no type that can be saved", p.rest[:end])
	}
	p.rest = p.rest[end:]
	return p.b.Scalar(kind), nil
}

func (p *parser[T]) array(depth int) (t T, err error) {
	digits, rest, ok := strings.Cut(p.rest, "]")
	n, err := strconv.ParseUint(digits, 10, strconv.IntSize-1)
	if !ok || err != nil || strconv.FormatUint(n, 10) != digits {
		return t, fmt.Errorf("%.20q is no length of an array", digits)
	}
	p.rest = rest
	elem, err := p.typ(depth - 1)
	if err != nil {
		return t, err
	}
	return p.b.Array(int(n), elem)
}

func (p *parser[T]) structure(depth int) (t T, err error) {
	names, fields := []string{}, []T{}
	for !p.eat("}") {
		if len(fields) > 0 && !p.eat("; ") {
			return t, errors.New("a struct does not end")
		}
		name, rest, ok := strings.Cut(p.rest, " ")
		if !ok {
			return t, errors.New("a field has no name")
		}
		if err := p.b.FieldName(name); err != nil {
			return t, err
		}
		p.rest = rest
		f, err := p.typ(depth - 1)
		if err != nil {
			return t, err
		}
		names, fields = append(names, name), append(fields, f)
	}
	return p.b.Struct(names, fields)
}
