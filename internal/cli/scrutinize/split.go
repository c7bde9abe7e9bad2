package scrutinize

import (
	"fmt"
	"strings"
)

// Split cuts the text of --args at its commas, those inside brackets and braces and
// inside quotes apart, and trims the parts. An empty text has no parts. It is an error
// if a bracket or a quote is not closed.
func Split(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var parts []string
	var open []byte // closing brackets still wanted
	start := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '`':
			end := quoteEnd(text, i)
			if end < 0 {
				return nil, fmt.Errorf("--args: the quote at character %d is not closed: %s; close it, or write \\%c inside a quoted string", i+1, text[i:], c)
			}
			i = end
		case '[':
			open = append(open, ']')
		case '{':
			open = append(open, '}')
		case ']', '}':
			if len(open) == 0 || open[len(open)-1] != c {
				return nil, fmt.Errorf("--args: the %q at character %d closes nothing: brackets must pair; put a string that holds one in quotes", c, i+1)
			}
			open = open[:len(open)-1]
		case ',':
			if len(open) == 0 {
				parts = append(parts, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("--args: %q is missing at the end: brackets must pair; put a string that holds one in quotes", open[len(open)-1])
	}
	return append(parts, strings.TrimSpace(text[start:])), nil
}

// quoteEnd is where the quote that begins at i ends, or −1.
func quoteEnd(text string, i int) int {
	quote := text[i]
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\' && quote == '"':
			j++
		case text[j] == quote:
			return j
		}
	}
	return -1
}
