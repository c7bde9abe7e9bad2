package scrutiny

import (
	"fmt"
	"strconv"
)

// RunLength returns the run-length text of the mask, for example "1400C1Z1D".
// The package documentation defines the form.
func (m *Mask) RunLength() string {
	var text []byte
	for r := range m.Runs() {
		text = strconv.AppendInt(text, int64(r.Len), 10)
		text = append(text, r.Class.Letter())
	}
	return string(text)
}

// Parse makes a mask from run-length text. It returns an error that says where the
// text is wrong if the text is not the canonical text of a mask of this shape.
func Parse(name, typ string, shape []int, text string) (*Mask, error) {
	m, want, err := blank(name, typ, shape)
	if err != nil {
		return nil, err
	}
	fail := func(pos int, why string) (*Mask, error) {
		return nil, fmt.Errorf("scrutiny: mask of %q: byte %d of its run-length text: %s", name, pos, why)
	}
	for pos := 0; pos < len(text); {
		start, n := pos, 0
		for ; pos < len(text) && '0' <= text[pos] && text[pos] <= '9'; pos++ {
			if n > want/10 {
				return fail(start, fmt.Sprintf("count is larger than the %d elements of shape %v", want, shape))
			}
			n = n*10 + int(text[pos]-'0')
		}
		switch {
		case pos == start:
			return fail(pos, "a count is missing")
		case text[start] == '0':
			return fail(start, "a count starts with 0")
		case n > want-m.Len():
			return fail(start, fmt.Sprintf("the counts exceed the %d elements of shape %v", want, shape))
		case pos == len(text):
			return fail(pos, "the class letter is missing")
		}
		class, ok := classOf(text[pos])
		if !ok {
			return fail(pos, fmt.Sprintf("%q is not a class; use C, D or Z", text[pos]))
		}
		if k := len(m.runs); k > 0 && m.runs[k-1].class == class {
			return fail(pos, "two neighbouring runs have the same class; write them as one")
		}
		m.push(n, class)
		pos++
	}
	if m.Len() != want {
		return nil, fmt.Errorf("scrutiny: mask of %q: its run-length text describes %d elements, its shape %v has %d", name, m.Len(), shape, want)
	}
	return m, nil
}
