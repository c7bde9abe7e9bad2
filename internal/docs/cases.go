package docs

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// A Case is one file of internal/compile/testdata.
type Case struct {
	Name    string // without extension
	About   string // the line before the first file, or ""
	Calls   int    // that are run and examined
	Refused string // instead of calls: the first diagnostic that is wanted
}

// ReadCase reads the text of the file called name.
func ReadCase(name string, text []byte) Case {
	a := txtar.Parse(text)
	about, _, _ := strings.Cut(string(a.Comment), "\n")
	c := Case{Name: strings.TrimSuffix(path.Base(name), ".txtar"), About: about}
	for _, f := range a.Files {
		switch f.Name {
		case "inputs":
			c.Calls = strings.Count(strings.TrimSpace(string(f.Data)), "\n") + 1
		case "want":
			c.Refused, _, _ = strings.Cut(strings.TrimSpace(string(f.Data)), "\n")
		}
	}
	return c
}

// A LanguageRow is a row of the table of what is differentiated: a part of Go and the
// patterns of the names of its cases.
type LanguageRow struct {
	Part     string
	Patterns []string
	line     int
	cells    []string
}

// counted is a pattern of names with the number of cases, as it stands in the table.
var counted = regexp.MustCompile("`([^`]+)` [0-9]+")

// linked is a link in Markdown.
var linked = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// LanguageRows finds the rows of the table whose last column is called cases.
func LanguageRows(page string) (rows []LanguageRow, err error) {
	in := false
	for i, l := range strings.Split(page, "\n") {
		cells := tableCells(l)
		switch {
		case len(cells) == 0:
			in = false
		case cells[len(cells)-1] == "cases":
			in = true
		case in && !strings.HasPrefix(cells[0], "---"):
			r := LanguageRow{Part: cells[0], line: i, cells: cells}
			for _, m := range counted.FindAllStringSubmatch(cells[len(cells)-1], -1) {
				r.Patterns = append(r.Patterns, m[1])
			}
			if len(r.Patterns) == 0 {
				return nil, fmt.Errorf("line %d: the row %q names no cases", i+1, r.Part)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// tableCells splits a row of a Markdown table; of any other line it returns nothing.
func tableCells(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(c), "\x00", `\|`)
	}
	return cells[1 : len(cells)-1]
}

// of returns the cases that are run and that belong to r.
func (r LanguageRow) of(cases []Case) (out []Case) {
	for _, c := range cases {
		if c.Calls > 0 && slices.ContainsFunc(r.Patterns, func(p string) bool { return matches(p, c) }) {
			out = append(out, c)
		}
	}
	return out
}

func matches(pattern string, c Case) bool {
	ok, err := path.Match(pattern, c.Name)
	return ok && err == nil
}

// Count returns page with the right numbers of cases in its table. It is an error if a
// pattern has no case, or a case that is run no row.
func Count(page string, cases []Case) (string, error) {
	rows, err := LanguageRows(page)
	if err != nil {
		return "", err
	}
	lines := strings.Split(page, "\n")
	for _, r := range rows {
		var parts []string
		for _, p := range r.Patterns {
			n := len(LanguageRow{Patterns: []string{p}}.of(cases))
			if n == 0 {
				return "", fmt.Errorf("row %q: there are no cases %s", r.Part, p)
			}
			parts = append(parts, "`"+p+"` "+strconv.Itoa(n))
		}
		r.cells[len(r.cells)-1] = strings.Join(parts, ", ")
		lines[r.line] = "| " + strings.Join(r.cells, " | ") + " |"
	}
	for _, c := range cases {
		if c.Calls > 0 && !slices.ContainsFunc(rows, func(r LanguageRow) bool { return len(r.of([]Case{c})) > 0 }) {
			return "", fmt.Errorf("case %s is in no row of the table", c.Name)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// CasesPage lists the cases row by row, and those that are refused.
func CasesPage(rows []LanguageRow, cases []Case) string {
	var b strings.Builder
	for _, r := range rows {
		title := linked.ReplaceAllString(r.Part, "$1")
		fmt.Fprintf(&b, "## %s\n\n", strings.ToUpper(title[:1])+title[1:])
		for _, c := range r.of(cases) {
			fmt.Fprintf(&b, "- %s%s\n", link(c), about(c))
		}
		b.WriteString("\n")
	}
	b.WriteString("## Refused\n\n")
	for _, c := range cases {
		if c.Refused != "" {
			fmt.Fprintf(&b, "- %s: `%s`\n", link(c), strings.ReplaceAll(c.Refused, "`", "'"))
		}
	}
	return b.String()
}

func link(c Case) string {
	return fmt.Sprintf("[%s](../../internal/compile/testdata/%s.txtar)", strings.ReplaceAll(c.Name, "_", " "), c.Name)
}

func about(c Case) string {
	s := ""
	if c.About != "" {
		s = ": " + c.About
	}
	if c.Calls > 1 {
		s += fmt.Sprintf(" (%d calls)", c.Calls)
	}
	return s
}
