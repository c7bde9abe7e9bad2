package exchange

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
)

func readJSON(in *io.SectionReader, left int64) (*State, error) {
	if in.Size() > left {
		return nil, fmt.Errorf("the file has %d bytes, more than the memory that is allowed", in.Size())
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) {
		return nil, errors.New("the file is not UTF-8, as JSON has to be")
	}
	if err := surrogates(data); err != nil {
		return nil, err
	}
	st := new(State)
	var list []json.RawMessage
	found, err := object(data, map[string]any{"seq": &st.Seq, "step": &st.Step, "time": &st.Time, "variables": &list})
	if err != nil {
		return nil, err
	}
	if !found["variables"] {
		return nil, errors.New(`the file has no "variables"`)
	}
	st.HasStep = found["step"]
	for i, raw := range list {
		v, err := jsonVariable(raw, &left)
		if err != nil {
			name := fmt.Sprint(i)
			if v != nil && v.Name != "" {
				name = strconv.Quote(v.Name)
			}
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
		st.Variables = append(st.Variables, *v)
	}
	return st, nil
}

// surrogates refuses escapes of half a character, which the decoder would replace.
func surrogates(data []byte) error {
	high := false // the escape before was the first half of a pair
	for i := 0; i < len(data); i++ {
		half := rune(0)
		if data[i] == '\\' && i+5 < len(data) && data[i+1] == 'u' {
			x, err := strconv.ParseUint(string(data[i+2:i+6]), 16, 16)
			if err == nil && x >= 0xd800 && x < 0xe000 {
				half = rune(x)
			}
		}
		low := half >= 0xdc00
		if high != low {
			return fmt.Errorf("at byte %d an escape is half a character: a string that is not UTF-8 is written as {\"base64\":…}", i)
		}
		high = half != 0 && !low
		if data[i] == '\\' {
			i++
			if half != 0 {
				i += 4
			}
		}
	}
	return nil
}

// object decodes the fields of an object into what the map points to. It returns which
// there were; any other one and one that is there twice is an error.
func object(data []byte, into map[string]any) (found map[string]bool, err error) {
	found = map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := delim(d, '{'); err != nil {
		return nil, err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, jsonError(err)
		}
		name := t.(string)
		switch {
		case into[name] == nil:
			return nil, fmt.Errorf("a field %.40q is not known here", name)
		case found[name]:
			return nil, fmt.Errorf("there are two fields %.40q", name)
		}
		found[name] = true
		if err := d.Decode(into[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, jsonError(err))
		}
	}
	if err := delim(d, '}'); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return found, nil
}

// delim reads one of the characters {, }, [ and ].
func delim(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return jsonError(err)
	}
	if t != want {
		return fmt.Errorf("%.40v stands where %v should", t, want)
	}
	return nil
}

func jsonError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON ends too early")
	}
	return fmt.Errorf("this is no JSON as it should be: %w", err)
}

func jsonVariable(raw []byte, left *int64) (*Variable, error) {
	v := new(Variable)
	var shape []int
	var mask string
	var elements *int
	var value json.RawMessage
	found, err := object(raw, map[string]any{"name": &v.Name, "type": &v.Type, "shape": &shape, "elements": &elements, "mask": &mask, "value": &value})
	if err != nil {
		return v, err
	}
	for _, name := range []string{"name", "type", "value"} {
		if !found[name] {
			return v, fmt.Errorf("%q is missing", name)
		}
	}
	t, err := parseType(v.Type)
	if err != nil {
		return v, err
	}
	m, err := newMasked(v.Name, mask)
	if err != nil {
		return v, err
	}
	in := &jsonReader{d: json.NewDecoder(bytes.NewReader(value)), mask: m, budget: newBudget(int64(len(value))), left: left}
	in.d.UseNumber()
	if err := in.budget.allows(t, 1); err != nil {
		return v, err
	}
	p := reflect.New(t)
	if err := in.value(p.Elem()); err != nil {
		return v, fmt.Errorf("%w%s", err, in.where())
	}
	if err := m.end(); err != nil {
		return v, err
	}
	if elements != nil && *elements != m.at {
		return v, fmt.Errorf("it has %d elements and \"elements\" says %d: correct or remove that", m.at, *elements)
	}
	v.Pointer, v.Mask = p.Interface(), m.shaped(v.Name, v.Type, shape)
	return v, nil
}

// jsonReader reads a value whose type is known.
type jsonReader struct {
	d      *json.Decoder
	mask   *masked
	budget *budget
	left   *int64 // bytes that may still be copied for structs
	raw    []byte
	path   []string // to where an error is, the innermost part first
}

// where is the place of an error.
func (r *jsonReader) where() string {
	if len(r.path) == 0 {
		return ""
	}
	text := " (at value"
	for i := len(r.path) - 1; i >= 0; i-- {
		text += r.path[i]
	}
	return text + ")"
}

// at adds a part to the path if err is not nil.
func (r *jsonReader) at(err error, format string, part any) error {
	if err != nil {
		r.path = append(r.path, fmt.Sprintf(format, part))
	}
	return err
}

func (r *jsonReader) value(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return r.sequence(v)
	case reflect.Struct:
		return r.structure(v)
	}
	return r.element(v)
}

func (r *jsonReader) sequence(v reflect.Value) error {
	if err := delim(r.d, '['); err != nil {
		return err
	}
	i := 0
	for ; r.d.More(); i++ {
		var part reflect.Value
		switch {
		case v.Kind() == reflect.Slice:
			if err := r.budget.allows(v.Type().Elem(), 1); err != nil {
				return err
			}
			part = make1(v, i)
		case i == v.Len():
			return fmt.Errorf("an array of type %v has more than %d values", v.Type(), v.Len())
		default:
			part = v.Index(i)
		}
		if err := r.at(r.value(part), "[%d]", i); err != nil {
			return err
		}
	}
	if v.Kind() == reflect.Array && i < v.Len() {
		return fmt.Errorf("an array of type %v has only %d values", v.Type(), i)
	}
	return delim(r.d, ']')
}

// structure reads the fields in the order of the type, whatever their order in the file is,
// since a mask counts elements in that order.
func (r *jsonReader) structure(v reflect.Value) error {
	t := v.Type()
	var all json.RawMessage
	if err := r.d.Decode(&all); err != nil {
		return jsonError(err)
	}
	// Every struct around a value copies it once more.
	if *r.left -= int64(len(all)); *r.left < 0 {
		return errors.New("so many structs in each other take more memory than is allowed")
	}
	fields := make([]json.RawMessage, t.NumField())
	into := map[string]any{}
	for i := range fields {
		into[fieldName(nameOf(t.Field(i)), i)] = &fields[i]
	}
	if len(into) < len(fields) {
		return fmt.Errorf("the fields of %v cannot be told apart in JSON: use another format", t)
	}
	if _, err := object(all, into); err != nil {
		return err
	}
	outer := r.d
	defer func() { r.d = outer }()
	for i, raw := range fields {
		name := fieldName(nameOf(t.Field(i)), i)
		if raw == nil {
			return fmt.Errorf("the field %q is missing", name)
		}
		r.d = json.NewDecoder(bytes.NewReader(raw))
		r.d.UseNumber()
		if err := r.at(r.value(field(v, i)), ".%s", name); err != nil {
			return err
		}
	}
	return nil
}

// element reads a boolean, a number or a string.
func (r *jsonReader) element(v reflect.Value) error {
	if v.Kind() == reflect.Complex64 || v.Kind() == reflect.Complex128 {
		return r.complex(v)
	}
	if v.Kind() == reflect.String {
		return r.text(v)
	}
	t, err := r.d.Token()
	if err != nil {
		return jsonError(err)
	}
	if err := r.mask.element(t == nil); err != nil || t == nil {
		return err
	}
	text, err := scalarText(t, v.Kind())
	if err != nil {
		return err
	}
	if r.raw, err = elementRaw(r.raw[:0], v.Kind(), text); err != nil {
		return err
	}
	return set(v, r.raw)
}

// scalarText is a boolean or number as elementRaw takes it.
func scalarText(t json.Token, kind reflect.Kind) (string, error) {
	k := ckpt.Kind(kind)
	switch x := t.(type) {
	case bool:
		if kind == reflect.Bool {
			return strconv.FormatBool(x), nil
		}
	case json.Number:
		if kind != reflect.Bool {
			return string(x), nil
		}
	case string:
		if !k.Integer() && kind != reflect.Bool {
			return x, nil
		}
	}
	return "", fmt.Errorf("%.40v is no %v", t, kind)
}

func (r *jsonReader) complex(v reflect.Value) error {
	t, err := r.d.Token()
	if err != nil {
		return jsonError(err)
	}
	if err := r.mask.element(t == nil); err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return fmt.Errorf("%.40v is no complex number, which is an array of two numbers", t)
	}
	kind := reflect.Float32
	if v.Kind() == reflect.Complex128 {
		kind = reflect.Float64
	}
	r.raw = r.raw[:0]
	for range 2 {
		if t, err = r.d.Token(); err != nil {
			return jsonError(err)
		}
		text, err := scalarText(t, kind)
		if err != nil {
			return err
		}
		if r.raw, err = elementRaw(r.raw, kind, text); err != nil {
			return err
		}
	}
	if err := delim(r.d, ']'); err != nil {
		return err
	}
	return set(v, r.raw)
}

// text reads a string or an object {"base64": …}.
func (r *jsonReader) text(v reflect.Value) error {
	t, err := r.d.Token()
	if err != nil {
		return jsonError(err)
	}
	if err := r.mask.element(t == nil); err != nil || t == nil {
		return err
	}
	if s, ok := t.(string); ok {
		v.SetString(s)
		return nil
	}
	if t != json.Delim('{') {
		return fmt.Errorf("%.40v is no string", t)
	}
	var words [2]string
	for i := range words {
		if t, err = r.d.Token(); err != nil {
			return jsonError(err)
		}
		words[i], _ = t.(string)
	}
	data, err := base64.StdEncoding.DecodeString(words[1])
	if words[0] != "base64" || err != nil {
		return errors.New(`an object in place of a string must be {"base64":"…"}`)
	}
	v.SetString(string(data))
	return delim(r.d, '}')
}
