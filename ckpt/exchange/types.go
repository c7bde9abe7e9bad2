package exchange

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt/internal/typetext"
)

// largest bounds the bytes of one value of a type, far below what reflect refuses with a
// panic and far above what memory holds.
const largest = min(1<<46, math.MaxInt/2)

var scalars = map[reflect.Kind]reflect.Type{}

func init() {
	for _, x := range []any{
		false, int(0), int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		float32(0), float64(0), complex64(0), complex128(0), "",
	} {
		t := reflect.TypeOf(x)
		scalars[t.Kind()] = t
	}
}

// parseType makes the Go type of a text as checkpoints hold it, such as
// "[]struct{X [3]float64; n int}".
func parseType(text string) (reflect.Type, error) {
	t, err := typetext.Parse(text, typeBuilder{})
	if err != nil {
		return nil, fmt.Errorf("the type %.60q cannot be read: %w", text, err)
	}
	return t, nil
}

// typeBuilder makes types of Go.
type typeBuilder struct{}

func (typeBuilder) Scalar(kind reflect.Kind) reflect.Type { return scalars[kind] }

func (typeBuilder) Slice(elem reflect.Type) reflect.Type { return reflect.SliceOf(elem) }

func (typeBuilder) Array(n int, elem reflect.Type) (reflect.Type, error) {
	if size := uint64(elem.Size()); size > 0 && uint64(n) > largest/size {
		return nil, fmt.Errorf("an array of %d values is too large", n)
	}
	return reflect.ArrayOf(n, elem), nil
}

func (typeBuilder) FieldName(name string) error {
	if !fieldText(name) {
		return fmt.Errorf("%.20q is no name of a field", name)
	}
	return nil
}

func (typeBuilder) Struct(names []string, types []reflect.Type) (reflect.Type, error) {
	var fields []reflect.StructField
	var size uint64
	seen := map[string]bool{}
	for i, name := range names {
		if seen[name] && name != "_" {
			return nil, fmt.Errorf("a struct has two fields %.20q", name)
		}
		seen[name] = true
		if size += uint64(types[i].Size()); size > largest {
			return nil, errors.New("a struct is too large")
		}
		fields = append(fields, structField(name, types[i]))
	}
	return reflect.StructOf(fields), nil
}

// fieldText reports whether a field can be called so in a file: as in Go, or like
// binary:time.Time.
func fieldText(name string) bool {
	return name != "" && len(name) <= 1<<12 && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// structField makes a field. One whose name Go does not allow is called _ and has its name in
// a tag.
func structField(name string, t reflect.Type) reflect.StructField {
	f := reflect.StructField{Name: name, Type: t}
	for i, c := range name {
		if c != '_' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsDigit(c)) {
			f.Name = "_"
			f.Tag = reflect.StructTag(nameTag + ":" + strconv.Quote(name))
			break
		}
	}
	if first, _ := utf8.DecodeRuneInString(f.Name); !unicode.IsUpper(first) {
		f.PkgPath = "github.com/cairn-ad/cairn/ckpt/exchange"
	}
	return f
}

const nameTag = "cairn"

// nameOf is the name that structField was given.
func nameOf(f reflect.StructField) string {
	if name, ok := f.Tag.Lookup(nameTag); ok {
		return name
	}
	return f.Name
}

// plain returns the type of the elements of a scalar, or of arrays and slices of scalars
// in any nesting, and how deep they are nested; nil for other types.
func plain(t reflect.Type) (elem reflect.Type, depth int) {
	for t.Kind() == reflect.Array || t.Kind() == reflect.Slice {
		t = t.Elem()
		depth++
	}
	if t.Kind() == reflect.Struct {
		return nil, 0
	}
	return t, depth
}

// lineless reports whether values of a type are structs of nothing but such structs.
func lineless(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if !lineless(t.Field(i).Type) {
			return false
		}
	}
	return true
}

// typeText is the inverse of parseType.
func typeText(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + typeText(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), typeText(t.Elem()))
	case reflect.Struct:
		var parts []string
		for i := range t.NumField() {
			f := t.Field(i)
			parts = append(parts, nameOf(f)+" "+typeText(f.Type))
		}
		return "struct{" + strings.Join(parts, "; ") + "}"
	}
	return t.Kind().String()
}
