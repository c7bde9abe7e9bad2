package exchange

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
)

// level is an array, slice or struct whose parts are being written.
type level struct {
	fields []string // of a struct
	next   int      // number of the next part
}

// jsonWriter writes the variables nested as they are. Implements ckpt.Tree.
type jsonWriter struct {
	w      io.Writer
	any    bool // a variable was written
	levels []level
}

func newJSONWriter(w io.Writer, c *ckpt.Contents) (writer, error) {
	_, err := fmt.Fprintf(w, `{"seq":%d,"step":%d,"time":%q,"variables":[`, c.Seq, c.Step, c.Time.UTC().Format(time.RFC3339Nano))
	return &jsonWriter{w: w}, err
}

func (e *jsonWriter) variable(v *ckpt.Variable) (ckpt.Sink, error) {
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
	text := "},"
	if !e.any {
		text = ""
	}
	e.any = true
	_, err = fmt.Fprintf(e.w, "%s\n%s,\"value\":", text, head[:len(head)-1])
	return e, err
}

func (e *jsonWriter) finish() error {
	text := "}]}\n"
	if !e.any {
		text = "]}\n"
	}
	_, err := io.WriteString(e.w, text)
	return err
}

// part writes what stands before a value: a comma and the name of a field.
func (e *jsonWriter) part() error {
	if len(e.levels) == 0 {
		return nil
	}
	l := &e.levels[len(e.levels)-1]
	text := ""
	if l.next > 0 {
		text = ","
	}
	if l.fields != nil {
		name, err := json.Marshal(fieldName(l.fields[l.next], l.next))
		if err != nil {
			return err
		}
		text += string(name) + ":"
	}
	l.next++
	_, err := io.WriteString(e.w, text)
	return err
}

// fieldName is the name of field i; blank ones, which a struct may have several of, are
// numbered.
func fieldName(name string, i int) string {
	if name == "_" {
		return fmt.Sprintf("_%d", i)
	}
	return name
}

func (e *jsonWriter) Begin(_ int, fields []string) error {
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

func (e *jsonWriter) End() error {
	text := "]"
	if e.levels[len(e.levels)-1].fields != nil {
		text = "}"
	}
	e.levels = e.levels[:len(e.levels)-1]
	_, err := io.WriteString(e.w, text)
	return err
}

func (e *jsonWriter) Missing() error {
	if err := e.part(); err != nil {
		return err
	}
	_, err := io.WriteString(e.w, "null")
	return err
}

func (e *jsonWriter) Block(b ckpt.Block) error {
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

func jsonValue(b ckpt.Block, i int) string {
	size := b.Kind.Size()
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
		re, im := parts(b, i)
		return "[" + jsonFloat(re, size/2) + "," + jsonFloat(im, size/2) + "]"
	case b.Kind.Real() && !b.Kind.Integer():
		return jsonFloat(b.Bits(i), size)
	}
	return b.Text(i)
}

// jsonFloat is floatText as JSON.
func jsonFloat(bits uint64, size int) string {
	text, x := floatText(bits, size), math.Float64frombits(bits)
	if size == 4 {
		x = float64(math.Float32frombits(uint32(bits)))
	}
	switch {
	case math.IsNaN(x), math.IsInf(x, 0):
		return strconv.Quote(text)
	case text == "-0": // some readers take it for the integer 0
		return "-0.0"
	}
	return text
}
