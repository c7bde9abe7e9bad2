package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func readText(in *io.SectionReader, left int64) (*State, error) {
	if in.Size() > left {
		return nil, fmt.Errorf("the file has %d bytes, more than the memory that is allowed", in.Size())
	}
	r := &textReader{in: bufio.NewReaderSize(in, 64<<10), budget: newBudget(in.Size())}
	st, err := r.file()
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.line, err)
	}
	return st, nil
}

// textReader reads lines whose paths are known from the types.
type textReader struct {
	in     *bufio.Reader
	line   int // number of the line in hand, from 1
	budget *budget
	path   []byte // of the part in hand
	mask   *masked
	raw    []byte
}

// next returns the parts of the next line; io.EOF after the last one.
func (r *textReader) next() ([]string, error) {
	text, err := r.in.ReadString('\n')
	switch {
	case err == io.EOF && text == "":
		return nil, io.EOF
	case err == io.EOF:
		return nil, errors.New("the line does not end, so the file is not whole")
	case err != nil:
		return nil, err
	}
	r.line++
	return strings.Split(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), "\t"), nil
}

func (r *textReader) file() (*State, error) {
	head, err := r.next()
	if err != nil || head[0] != textHead {
		return nil, fmt.Errorf("the file does not begin with %q", textHead)
	}
	st := new(State)
	if err := st.textHeader(head[1:]); err != nil {
		return nil, err
	}
	for {
		parts, err := r.next()
		switch {
		case err == io.EOF:
			return st, nil
		case err != nil:
			return nil, err
		}
		v, err := r.variable(parts)
		if err != nil {
			return nil, err
		}
		st.Variables = append(st.Variables, *v)
	}
}

// textHeader reads what stands behind textHead.
func (s *State) textHeader(parts []string) (err error) {
	if len(parts) != 3 {
		return errors.New("number, step and time do not follow")
	}
	seq, ok1 := strings.CutPrefix(parts[0], "seq ")
	step, ok2 := strings.CutPrefix(parts[1], "step ")
	if s.Seq, err = strconv.ParseUint(seq, 10, 64); err != nil || !ok1 {
		return fmt.Errorf("%.30q is not seq and a number", parts[0])
	}
	if s.Step, err = strconv.Atoi(step); err != nil || !ok2 {
		return fmt.Errorf("%.30q is not step and a number", parts[1])
	}
	s.HasStep = true
	if s.Time, err = time.Parse(time.RFC3339Nano, parts[2]); err != nil {
		return fmt.Errorf("%.40q is no time", parts[2])
	}
	return nil
}

// variable reads a variable whose first line is given.
func (r *textReader) variable(head []string) (*Variable, error) {
	name, ok := strings.CutPrefix(head[0], "# ")
	if !ok || len(head) < 3 || len(head) > 4 {
		return nil, errors.New("here must begin a variable: # NAME, its type, how many elements are stored and perhaps its mask")
	}
	v := &Variable{Name: name, Type: head[1]}
	t, err := parseType(v.Type)
	if err != nil {
		return nil, err
	}
	mask := ""
	if len(head) == 4 {
		mask = head[3]
	}
	if r.mask, err = newMasked(name, mask); err != nil {
		return nil, err
	}
	if err := r.budget.allows(t, 1); err != nil {
		return nil, err
	}
	p := reflect.New(t)
	r.path = append(r.path[:0], name...)
	if err := r.value(p.Elem()); err != nil {
		return nil, err
	}
	if err := r.mask.end(); err != nil {
		return nil, err
	}
	if count := textCount(r.mask); head[2] != count {
		return nil, fmt.Errorf("the first line of %q says %.40q, and it is %q", name, head[2], count)
	}
	v.Pointer, v.Mask = p.Interface(), r.mask.mask
	return v, nil
}

// textCount is the third part of the first line of a variable.
func textCount(m *masked) string {
	stored := m.at
	if m.mask != nil {
		stored = m.mask.Stats().Critical
	}
	return fmt.Sprintf("%d of %d elements stored", stored, m.at)
}

// expect reads the line of the part in hand and returns its value.
func (r *textReader) expect() (string, error) {
	parts, err := r.next()
	if err == io.EOF {
		return "", fmt.Errorf("the file ends, and %.60q should follow", r.path)
	}
	if err != nil {
		return "", err
	}
	if len(parts) != 2 || parts[0] != string(r.path) {
		return "", fmt.Errorf("here should be %.60q, a tab and its value", r.path)
	}
	return parts[1], nil
}

func (r *textReader) value(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return r.sequence(v)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if err := r.part(field(v, i), ".", fieldName(nameOf(f), i), ""); err != nil {
				return err
			}
		}
		return nil
	}
	return r.element(v)
}

// part reads a part of a value.
func (r *textReader) part(v reflect.Value, before, name, after string) error {
	n := len(r.path)
	r.path = append(append(append(r.path, before...), name...), after...)
	err := r.value(v)
	r.path = r.path[:n]
	return err
}

func (r *textReader) sequence(v reflect.Value) error {
	text, err := r.expect()
	if err != nil {
		return err
	}
	digits, ok := strings.CutPrefix(text, "[")
	digits, ok2 := strings.CutSuffix(digits, "]")
	n, err := strconv.ParseUint(digits, 10, strconv.IntSize-1)
	switch {
	case !ok || !ok2 || err != nil:
		return fmt.Errorf("%.30q is no length, such as [5]", text)
	case v.Kind() == reflect.Array && int(n) != v.Len():
		return fmt.Errorf("the length is %d, and that of the type is %d", n, v.Len())
	}
	elem := v.Type().Elem()
	if lineless(elem) { // no line follows
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
		}
		return nil
	}
	for i := range int(n) {
		var part reflect.Value
		if v.Kind() == reflect.Array {
			part = v.Index(i)
		} else {
			if err := r.budget.allows(elem, 1); err != nil {
				return err
			}
			part = make1(v, i)
		}
		if err := r.part(part, "[", strconv.Itoa(i), "]"); err != nil {
			return err
		}
	}
	return nil
}

func (r *textReader) element(v reflect.Value) error {
	text, err := r.expect()
	if err != nil {
		return err
	}
	null := text == "-"
	if err := r.mask.element(null); err != nil || null {
		return err
	}
	if v.Kind() == reflect.String {
		s, err := strconv.Unquote(text)
		if err != nil || text[0] != '"' || !utf8.ValidString(text) {
			return fmt.Errorf("%.30q is no string in double quotes", text)
		}
		v.SetString(s)
		return nil
	}
	if r.raw, err = elementRaw(r.raw[:0], v.Kind(), text); err != nil {
		return err
	}
	return set(v, r.raw)
}
