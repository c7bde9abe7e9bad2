package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
)

// level is an array, slice or struct whose parts are being written.
type level struct {
	fields []string // of a struct
	next   int      // number of the next part
}

// jsonExport writes the variables nested as they are. Implements ckpt.Tree.
type jsonExport struct {
	w      io.Writer
	any    bool // a variable was written
	levels []level
}

func newJSONExport(w io.Writer, c *ckpt.Contents, _ []ckpt.Variable) (exporter, error) {
	_, err := fmt.Fprintf(w, `{"seq":%d,"step":%d,"time":%q,"variables":[`, c.Seq, c.Step, c.Time.UTC().Format(time.RFC3339Nano))
	return &jsonExport{w: w}, err
}

func (e *jsonExport) variable(v *ckpt.Variable) (ckpt.Sink, error) {
	mask := ""
	if v.Mask != nil {
		mask = v.Mask.RunLength()
	}
	head, err := json.Marshal(struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Shape    []int  `json:"shape"`
		Elements int    `json:"elements"`
		Mask     string `json:"mask"`
	}{v.Name, v.Type, v.Shape, v.Elements, mask})
	if err != nil {
		return nil, err
	}
	if err := e.close(); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(e.w, "\n%s,\"value\":", head[:len(head)-1])
	return e, err
}

// close ends the variable in hand and begins the next.
func (e *jsonExport) close() error {
	text := "},"
	if !e.any {
		text = ""
	}
	e.any = true
	_, err := io.WriteString(e.w, text)
	return err
}

func (e *jsonExport) finish() error {
	text := "}]}\n"
	if !e.any {
		text = "]}\n"
	}
	_, err := io.WriteString(e.w, text)
	return err
}

// part writes what stands before a value: a comma and the name of a field.
func (e *jsonExport) part() error {
	if len(e.levels) == 0 {
		return nil
	}
	l := &e.levels[len(e.levels)-1]
	text := ""
	if l.next > 0 {
		text = ","
	}
	if l.fields != nil {
		name, err := json.Marshal(fieldName(l.fields, l.next))
		if err != nil {
			return err
		}
		text += string(name) + ":"
	}
	l.next++
	_, err := io.WriteString(e.w, text)
	return err
}

// fieldName is the name of a field; blank ones, which a struct may have several of, are
// numbered.
func fieldName(fields []string, i int) string {
	if fields[i] == "_" {
		return fmt.Sprintf("_%d", i)
	}
	return fields[i]
}

func (e *jsonExport) Begin(_ int, fields []string) error {
	if err := e.part(); err != nil {
		return err
	}
	e.levels = append(e.levels, level{fields: fields})
	text := "["
	if fields != nil {
		text = "{"
	}
	_, err := io.WriteString(e.w, text)
	return err
}

func (e *jsonExport) End() error {
	text := "]"
	if e.levels[len(e.levels)-1].fields != nil {
		text = "}"
	}
	e.levels = e.levels[:len(e.levels)-1]
	_, err := io.WriteString(e.w, text)
	return err
}

func (e *jsonExport) Missing() error {
	if err := e.part(); err != nil {
		return err
	}
	_, err := io.WriteString(e.w, "null")
	return err
}

func (e *jsonExport) Block(b ckpt.Block) error {
	for i := range b.Count {
		if err := e.part(); err != nil {
			return err
		}
		if _, err := io.WriteString(e.w, jsonValue(b, i)); err != nil {
			return err
		}
	}
	return nil
}

// jsonValue is an element as JSON. What JSON has no form for is a string (NaN, +Inf,
// -Inf) or, of a text that is not UTF-8, an object {"base64": …}.
func jsonValue(b ckpt.Block, i int) string {
	switch {
	case reflect.Kind(b.Kind) == reflect.String:
		var v any = string(b.Data)
		if !utf8.Valid(b.Data) {
			v = map[string]string{"base64": base64.StdEncoding.EncodeToString(b.Data)}
		}
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // no string is refused
		}
		return string(text)
	case b.Kind.Complex():
		z, bits := b.Complex128(i), 4*b.Kind.Size()
		return "[" + jsonFloat(real(z), bits) + "," + jsonFloat(imag(z), bits) + "]"
	case b.Kind.Real() && !b.Kind.Integer():
		return jsonFloat(b.Float64(i), 8*b.Kind.Size())
	}
	return b.Text(i)
}

func jsonFloat(x float64, bits int) string {
	text := strconv.FormatFloat(x, 'g', -1, bits)
	switch {
	case math.IsNaN(x), math.IsInf(x, 0):
		return strconv.Quote(text)
	case text == "-0": // some readers take it for the integer 0
		return "-0.0"
	}
	return text
}

// textExport writes a line for every element: its name, a tab, and its value.
// Implements ckpt.Tree.
type textExport struct {
	w      io.Writer
	name   string
	levels []level
}

func newTextExport(w io.Writer, c *ckpt.Contents, _ []ckpt.Variable) (exporter, error) {
	_, err := fmt.Fprintf(w, "# seq %d, step %d, saved %s\n", c.Seq, c.Step, c.Time.UTC().Format(time.RFC3339Nano))
	return &textExport{w: w}, err
}

func (e *textExport) variable(v *ckpt.Variable) (ckpt.Sink, error) {
	e.name = printable(v.Name)
	_, err := fmt.Fprintf(e.w, "# %s %s, %d of %d elements stored\n", e.name, printable(v.Type), v.Stored, v.Elements)
	return e, err
}

func (e *textExport) finish() error { return nil }

// line writes an element.
func (e *textExport) line(value string) error {
	var b strings.Builder
	b.WriteString(e.name)
	for _, l := range e.levels {
		if l.fields != nil {
			b.WriteString("." + printable(fieldName(l.fields, l.next)))
		} else {
			fmt.Fprintf(&b, "[%d]", l.next)
		}
	}
	b.WriteString("\t" + value + "\n")
	e.next()
	_, err := io.WriteString(e.w, b.String())
	return err
}

// next passes to the next part of what is open.
func (e *textExport) next() {
	if n := len(e.levels); n > 0 {
		e.levels[n-1].next++
	}
}

func (e *textExport) Begin(_ int, fields []string) error {
	e.levels = append(e.levels, level{fields: fields})
	return nil
}

func (e *textExport) End() error {
	e.levels = e.levels[:len(e.levels)-1]
	e.next()
	return nil
}

func (e *textExport) Missing() error { return e.line("-") }

func (e *textExport) Block(b ckpt.Block) error {
	for i := range b.Count {
		if err := e.line(b.Text(i)); err != nil {
			return err
		}
	}
	return nil
}
