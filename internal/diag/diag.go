// Package diag holds positioned diagnostics.
//
// In: the stages of the compiler add what they refuse, with the cause and a way
// out. Out: one sorted list for a person (text) or a program (JSON). All
// problems are kept, not only the first.
package diag

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// A Diagnostic is one problem in a source file.
type Diagnostic struct {
	Pos  token.Position
	What string // the construct or name that is wrong: "closure"
	Why  string // the cause
	Do   string // the way out, an imperative

	// Suggestion is what was surely meant, or empty if nothing is close. It is to stand
	// instead of Replaces, the text at Pos, unless that is empty.
	Replaces, Suggestion string

	Broken bool // the package does not compile: any Go compiler says the same
}

// String returns "file:line:col: what: why; do". Absent parts leave no trace.
func (d Diagnostic) String() string {
	var b strings.Builder
	if p := d.Pos.String(); p != "-" {
		b.WriteString(p + ": ")
	}
	b.WriteString(d.What)
	if d.Why != "" {
		b.WriteString(": " + d.Why)
	}
	if d.Do != "" {
		b.WriteString("; " + d.Do)
	}
	return b.String()
}

// A List is a set of diagnostics.
type List []Diagnostic

// Add appends a diagnostic at pos; a nil fset or no position is allowed for
// problems that belong to no file.
func (l *List) Add(fset *token.FileSet, pos token.Pos, what, why, do string) {
	var p token.Position
	if fset != nil && pos.IsValid() {
		p = fset.Position(pos)
	}
	*l = append(*l, Diagnostic{Pos: p, What: what, Why: why, Do: do})
}

// Addf is Add with the cause given as a format.
func (l *List) Addf(fset *token.FileSet, pos token.Pos, what, do, why string, args ...any) {
	l.Add(fset, pos, what, fmt.Sprintf(why, args...), do)
}

// Sort orders the list by file, line and column and drops repeated entries.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.What, b.What),
			cmp.Compare(a.Why, b.Why),
			cmp.Compare(a.Do, b.Do),
		)
	})
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool { return a.String() == b.String() })
}

// String returns one line for each diagnostic.
func (l List) String() string {
	var b strings.Builder
	for _, d := range l {
		b.WriteString(d.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// An Error is a non-empty List as an error value.
type Error struct{ List List }

// Error returns all lines, without the last newline.
func (e *Error) Error() string { return strings.TrimSuffix(e.List.String(), "\n") }

// Err returns nil for an empty list and else an *Error with the sorted list.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	s := slices.Clone(l)
	s.Sort()
	return &Error{s}
}

type record struct {
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"`
	Col        int    `json:"col,omitempty"`
	What       string `json:"what"`
	Why        string `json:"why,omitempty"`
	Do         string `json:"do,omitempty"`
	Suggestion string `json:"suggestion,omitempty"`
	Replaces   string `json:"replaces,omitempty"`
}

// MarshalJSON writes {"file","line","col","what","why","do","suggestion","replaces"};
// what is empty is left out, apart from what.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(record{d.Pos.Filename, d.Pos.Line, d.Pos.Column, d.What, d.Why, d.Do, d.Suggestion, d.Replaces})
	return bytes.TrimSpace(b.Bytes()), err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *Diagnostic) UnmarshalJSON(data []byte) error {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("diagnostic: %w", err)
	}
	*d = Diagnostic{
		Pos:  token.Position{Filename: r.File, Line: r.Line, Column: r.Col},
		What: r.What, Why: r.Why, Do: r.Do, Suggestion: r.Suggestion, Replaces: r.Replaces,
	}
	return nil
}

// JSONLines returns one JSON object in a line for each diagnostic.
func (l List) JSONLines() string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, d := range l {
		if err := enc.Encode(d); err != nil {
			panic(err) // a struct of strings and numbers always encodes
		}
	}
	return b.String()
}

// Suggest adds to the last diagnostic what was surely meant instead of the text at its
// position.
func (l List) Suggest(replaces, suggestion string) {
	if last := &l[len(l)-1]; suggestion != replaces {
		last.Replaces, last.Suggestion = replaces, suggestion
	}
}
