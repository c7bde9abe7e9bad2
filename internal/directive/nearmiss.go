package directive

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
)

var almost = regexp.MustCompile(`^(//|/\*) *(?i:cairn) *: *([A-Za-z]+)`)

// nearMiss reports a comment that Go does not take for a directive although it
// was surely meant as one: "// cairn:adjoint", "//Cairn:adjoint".
func (p *reader) nearMiss(c *ast.Comment) {
	m := almost.FindStringSubmatch(c.Text)
	if m == nil {
		return
	}
	name := closest(strings.ToLower(m[2]), names())
	if name == "" {
		return
	}
	p.errorf(c.Slash, "comment "+strings.TrimSpace(m[0]), "write //cairn:"+name+" without spaces, in lower case",
		"it looks like a directive but is not read as one")
	replaces := strings.TrimSpace(m[0])
	if m[1] == "/*" {
		replaces = "" // the end of the comment would be left
	}
	p.diags.Suggest(replaces, "//cairn:"+name)
}

func names() []string {
	var out []string
	for n := range keys {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// suggest returns "write //cairn:NAME" for the directive closest to name, or
// otherwise when none is close.
func suggest(name, otherwise string) string {
	if best := closest(name, names()); best != "" {
		return "write //cairn:" + best
	}
	return otherwise
}

// correct notes the directive that name was meant to be, if one is close.
func (p *reader) correct(name string) {
	if best := closest(name, names()); best != "" {
		p.diags.Suggest("//cairn:"+name, "//cairn:"+best)
	}
}

// correctFrom notes in the last diagnostic of a list which of the valid words was meant,
// if one is close. before stands before the word in the source, at the diagnostic's
// position.
func correctFrom(l diag.List, before, word string, valid []string) {
	if best := closest(word, valid); best != "" {
		l.Suggest(before+word, before+best)
	}
}

// suggestFrom is [suggest] for any words.
func suggestFrom(word string, valid []string, otherwise string) string {
	if best := closest(word, valid); best != "" && best != word {
		return "write " + best + " (" + otherwise + ")"
	}
	return otherwise
}

// closest returns the entry of valid at an edit distance of at most two, and of
// less than half of the word, from word; else "".
func closest(word string, valid []string) string {
	best, at := "", 3
	for _, v := range valid {
		if d := distance(word, v); d < at && 2*d < max(len(v), 2) {
			best, at = v, d
		}
	}
	return best
}

// distance is the Damerau-Levenshtein distance with adjacent transpositions
// (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
