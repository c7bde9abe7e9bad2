package runner

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Parse reads one argument as a value of type t. A type that is an
// [encoding.TextUnmarshaler] reads the text itself. A string is taken as it is, or
// unquoted if it is in double or back quotes; booleans, numbers and durations are
// written as in Go; slices, arrays, structs, maps and pointers as JSON. Named types are
// read like the type that they stand for.
func Parse(text string, t reflect.Type) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return v, u.UnmarshalText([]byte(text))
	}
	return v, set(v, text)
}

// set puts the value that text stands for into v.
func set(v reflect.Value, text string) error {
	t := v.Type()
	switch t.Kind() {
	case reflect.String:
		s, err := unquote(text)
		v.SetString(s)
		return err
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return because(err, "write true or false")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if t == reflect.TypeFor[time.Duration]() {
			d, err := time.ParseDuration(text)
			v.SetInt(int64(d))
			return because(err, "write a duration such as 1.5s")
		}
		n, err := strconv.ParseInt(text, 0, t.Bits())
		v.SetInt(n)
		return because(err, "write an integer")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, err := strconv.ParseUint(text, 0, t.Bits())
		v.SetUint(n)
		return because(err, "write an integer that is not negative")
	case reflect.Float32, reflect.Float64:
		x, err := strconv.ParseFloat(text, t.Bits())
		v.SetFloat(x)
		return because(err, "write a number")
	case reflect.Complex64, reflect.Complex128:
		z, err := strconv.ParseComplex(text, t.Bits())
		v.SetComplex(z)
		return because(err, "write a complex number such as 1+2i")
	case reflect.Slice, reflect.Array, reflect.Struct, reflect.Map, reflect.Pointer:
		return setJSON(v, text)
	}
	return errors.New("a value of this type cannot be written on a command line; write a function without this parameter that calls it")
}

// unquote removes the quotes of a string that has them.
func unquote(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) && !strings.HasPrefix(text, "`") {
		return text, nil
	}
	s, err := strconv.Unquote(text)
	if err != nil {
		return "", errors.New("the quoted string is not well formed; write it as in Go")
	}
	return s, nil
}

// setJSON reads JSON strictly: no unknown field, nothing after the value, and for an
// array as many elements as it has.
func setJSON(v reflect.Value, text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v.Addr().Interface()); err != nil {
		return fmt.Errorf("not the JSON of this type: %v; write %s", err, form(v.Type()))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("there is more after the JSON value; write %s alone", form(v.Type()))
	}
	if v.Kind() == reflect.Array {
		var elements []json.RawMessage
		if err := json.Unmarshal([]byte(text), &elements); err == nil && len(elements) != v.Len() {
			return fmt.Errorf("%d elements; write %d", len(elements), v.Len())
		}
	}
	return nil
}

// form says what the JSON of a type looks like.
func form(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list such as [1, 2]"
	case reflect.Pointer:
		return form(t.Elem())
	case reflect.Struct, reflect.Map:
		return `an object such as {"Field": 1}; only exported fields can be given`
	}
	return "a JSON value"
}

// because shortens an error of strconv to its cause and adds the way out.
func because(err error, do string) error {
	if err == nil {
		return nil
	}
	var n *strconv.NumError
	if errors.As(err, &n) {
		err = n.Err
	}
	return fmt.Errorf("%v; %s", err, do)
}
