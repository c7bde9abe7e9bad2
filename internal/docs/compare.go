package docs

import (
	"fmt"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

const anything = "…"

// Excerpt returns an error unless the lines of block stand in text one after the
// other. A line of … alone stands for any number of lines; indentation that all
// lines of a stretch share does not count.
func Excerpt(block, text string) error {
	lines := trimmedLines(text)
	at := 0
	for _, stretch := range stretches(trimmedLines(block)) {
		i := find(lines[at:], stretch)
		if i < 0 {
			return fmt.Errorf("the lines from %q on do not stand there in this form", stretch[0])
		}
		at += i + len(stretch)
	}
	return nil
}

func trimmedLines(text string) []string {
	var out []string
	for l := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(l))
	}
	return out
}

// stretches splits lines at … and drops empty lines around it.
func stretches(lines []string) [][]string {
	var out [][]string
	var current []string
	flush := func() {
		for len(current) > 0 && current[len(current)-1] == "" {
			current = current[:len(current)-1]
		}
		if len(current) > 0 {
			out = append(out, current)
		}
		current = nil
	}
	for _, l := range lines {
		switch {
		case l == anything || l == "// "+anything || l == "//"+anything:
			flush()
		case l != "" || len(current) > 0:
			current = append(current, l)
		}
	}
	flush()
	return out
}

func find(lines, part []string) int {
	for i := range len(lines) - len(part) + 1 {
		same := true
		for j := range part {
			same = same && lines[i+j] == part[j]
		}
		if same {
			return i
		}
	}
	return -1
}

// A Command is one command of a console block and the lines that it must print.
type Command struct {
	Line string // without the prompt
	Want []string
}

// Transcript splits the text of a console block.
func Transcript(text string) ([]Command, error) {
	var out []Command
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, " \t\n")
		switch cmd, prompt := strings.CutPrefix(l, "$ "); {
		case prompt:
			out = append(out, Command{Line: cmd})
		case l == "":
		case len(out) == 0:
			return nil, fmt.Errorf("output before the first command; begin with a line \"$ command\"")
		default:
			last := &out[len(out)-1]
			last.Want = append(last.Want, l)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no line \"$ command\"")
	}
	return out, nil
}

var spaces = regexp.MustCompile(`\s+`)

// Printed returns an error unless the wanted lines occur in the output in order.
func Printed(want []string, output string) error {
	lines := trimmedLines(output)
	at := 0
	for _, w := range want {
		w = strings.TrimSpace(spaces.ReplaceAllString(w, " "))
		re := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(w), anything, ".*") + "$")
		for at < len(lines) && !re.MatchString(spaces.ReplaceAllString(lines[at], " ")) {
			at++
		}
		if at == len(lines) {
			return fmt.Errorf("no line of the output, or none after those found before, is %q", w)
		}
		at++
	}
	return nil
}

var (
	goLine    = regexp.MustCompile(`(?m)^\s*(package \w+$|import ("|\()|func [\w(]|//cairn:|//go:)|\w := `)
	shellLine = regexp.MustCompile(`(?m)^\s*(\$ \S|(sudo |[A-Z]+=\S+ )*(go (run|build|test|get|generate|tool|mod|install|vet|doc) |make( |$)|cairn(gen)? [a-z]|git [a-z]|bash |cd |export ))`)
)

// LooksLike returns the language that a block marked text seems to be in, or "".
func LooksLike(text string) string {
	if shellLine.MatchString(text) {
		return "sh"
	}
	if goLine.MatchString(text) {
		return "go"
	}
	if f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, 0); err == nil && len(f.Decls) > 0 {
		return "go"
	}
	return ""
}
