package exchange

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt"
)

// textHead begins a file of text.
const textHead = "# cairn text 1"

// textWriter writes a line for every slice and element: its path, a tab, and its value.
// Implements ckpt.Tree.
type textWriter struct {
	w      io.Writer
	name   string
	levels []level
}

func newTextWriter(w io.Writer, c *ckpt.Contents) (writer, error) {
	_, err := fmt.Fprintf(w, "%s\tseq %d\tstep %d\t%s\n", textHead, c.Seq, c.Step, c.Time.UTC().Format(time.RFC3339Nano))
	return &textWriter{w: w}, err
}

func (e *textWriter) variable(v *ckpt.Variable) (ckpt.Sink, error) {
	if both := v.Name + v.Type; !utf8.ValidString(both) || strings.ContainsFunc(both, unicode.IsControl) {
		return nil, fmt.Errorf("the variable %q cannot be written as text: its name or type has control characters; no program saves such", v.Name)
	}
	e.name = v.Name
	mask := ""
	if v.Mask != nil {
		mask = "\t" + v.Mask.RunLength()
	}
	_, err := fmt.Fprintf(e.w, "# %s\t%s\t%d of %d elements stored%s\n", v.Name, v.Type, v.Stored, v.Elements, mask)
	return e, err
}

func (e *textWriter) finish() error { return nil }

// path is that of the next part.
func (e *textWriter) path() string {
	var b strings.Builder
	b.WriteString(e.name)
	for _, l := range e.levels {
		if l.fields != nil {
			b.WriteString("." + fieldName(l.fields[l.next], l.next))
		} else {
			fmt.Fprintf(&b, "[%d]", l.next)
		}
	}
	return b.String()
}

// line writes an element.
func (e *textWriter) line(value string) error {
	_, err := io.WriteString(e.w, e.path()+"\t"+value+"\n")
	e.next()
	return err
}

// next passes to the next part of what is open.
func (e *textWriter) next() {
	if n := len(e.levels); n > 0 {
		e.levels[n-1].next++
	}
}

func (e *textWriter) Begin(count int, fields []string) error {
	if fields == nil {
		if _, err := fmt.Fprintf(e.w, "%s\t[%d]\n", e.path(), count); err != nil {
			return err
		}
	}
	e.levels = append(e.levels, level{fields: fields})
	return nil
}

func (e *textWriter) End() error {
	e.levels = e.levels[:len(e.levels)-1]
	e.next()
	return nil
}

func (e *textWriter) Missing() error { return e.line("-") }

func (e *textWriter) Block(b ckpt.Block) error {
	for i := range b.Count {
		if err := e.line(elementText(b, i)); err != nil {
			return err
		}
	}
	return nil
}
