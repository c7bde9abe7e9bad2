package docs

import (
	"fmt"
	"slices"
	"strings"
)

// A Block is one fenced code block.
type Block struct {
	Page string // as given to Parse
	Line int    // of the opening fence, from 1
	Lang string
	Args map[string]string // test → "", name → "main.go", …
	Text string            // with a newline at its end, unless empty
}

// Pos returns page:line.
func (b Block) Pos() string { return fmt.Sprintf("%s:%d", b.Page, b.Line) }

// Has reports whether the argument stands after the language.
func (b Block) Has(arg string) bool {
	_, ok := b.Args[arg]
	return ok
}

// valid lists the languages and the arguments that each takes.
var valid = map[string][]string{
	"go": {"name", "file"}, "sh": {"test"}, "console": nil,
	"json": nil, "text": nil, "diff": nil, "mermaid": nil,
	"python": nil, // run by a test of the package that the page is about
}

// Parse returns the fenced code blocks of a page. Its errors, all of them, name the
// page and the line.
func Parse(page, text string) ([]Block, []error) {
	var blocks []Block
	var errs []error
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		indent, fence, info := opening(lines[i])
		if fence == "" {
			continue
		}
		b := Block{Page: page, Line: i + 1}
		var body []string
		closed := false
		for i++; i < len(lines) && !closed; i++ {
			if closes(lines[i], fence) {
				closed = true
				break
			}
			body = append(body, outdent(lines[i], indent)+"\n")
		}
		b.Text = strings.Join(body, "")
		if !closed {
			errs = append(errs, fmt.Errorf("%s: the code block has no end; close it with %s", b.Pos(), fence))
		}
		if err := b.info(info); err != nil {
			errs = append(errs, err)
			continue
		}
		blocks = append(blocks, b)
	}
	return blocks, errs
}

// opening splits a line that opens a block; fence is empty for any other line.
func opening(line string) (indent int, fence, info string) {
	rest := strings.TrimLeft(line, " ")
	for _, mark := range []string{"`", "~"} {
		tail := strings.TrimLeft(rest, mark)
		if n := len(rest) - len(tail); n >= 3 && !strings.Contains(tail, "`") {
			return len(line) - len(rest), rest[:n], strings.TrimSpace(tail)
		}
	}
	return 0, "", ""
}

func closes(line, fence string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, fence) && strings.Trim(line, fence[:1]) == ""
}

// outdent removes the indentation of the fence, as a block in a list has it.
func outdent(line string, n int) string {
	for ; n > 0 && strings.HasPrefix(line, " "); n-- {
		line = line[1:]
	}
	return line
}

func (b *Block) info(info string) error {
	words := strings.Fields(info)
	if len(words) == 0 {
		return fmt.Errorf("%s: the code block has no language; write one of %s", b.Pos(), languages())
	}
	b.Lang = words[0]
	args, ok := valid[b.Lang]
	if !ok {
		return fmt.Errorf("%s: code in %q cannot be checked; write one of %s", b.Pos(), b.Lang, languages())
	}
	b.Args = map[string]string{}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		if !slices.Contains(args, key) {
			return fmt.Errorf("%s: %q does not belong behind %s; see the comment of package internal/docs", b.Pos(), w, b.Lang)
		}
		if (key == "name" || key == "file") && value == "" {
			return fmt.Errorf("%s: write %s=PATH", b.Pos(), key)
		}
		b.Args[key] = value
	}
	return nil
}

func languages() string {
	var names []string
	for l := range valid {
		names = append(names, l)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
