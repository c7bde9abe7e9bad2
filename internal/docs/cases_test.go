package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/testutil"
)

const (
	languagePage = "docs/reference/language.md"
	casesPage    = "docs/reference/language-cases.md"
	casesHead    = `# The cases of the language

Each case is a small program. Its adjoint is compared with its tangent, with an interpreter
and with divided differences, with the clean-ups of the compiler and without them, and must
leave the values of the program as they are. Each is one row of a table in
[the language](language.md).

<!-- This page is made from the cases: go test ./internal/docs -run Language -update -->

`
)

func readCases(t *testing.T) (cases []Case) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(testutil.Root(t), "internal", "compile", "testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := ReadCase(filepath.ToSlash(name), text)
		if c.Calls == 0 && c.Refused == "" {
			t.Errorf("%s neither runs nor is refused", name)
		}
		cases = append(cases, c)
	}
	return cases
}

// TestLanguage: every case that runs belongs to a row of the table, every row has cases,
// their number is right, and the page of cases lists them.
func TestLanguage(t *testing.T) {
	root := testutil.Root(t)
	language := readPage(t, root, languagePage)
	cases := readCases(t)
	want, err := Count(language, cases)
	if err != nil {
		t.Fatalf("%s: %v", languagePage, err)
	}
	rows, err := LanguageRows(want)
	if err != nil {
		t.Fatal(err)
	}
	list := casesHead + strings.TrimSuffix(CasesPage(rows, cases), "\n") + "\n"
	if *update {
		write(t, root, languagePage, want)
		write(t, root, casesPage, list)
		return
	}
	const again = "%s is not up to date (- there, + wanted): go test ./internal/docs -run Language -update\n%s"
	if d := cmp.Diff(language, want); d != "" {
		t.Errorf(again, languagePage, d)
	}
	if d := cmp.Diff(readPage(t, root, casesPage), list); d != "" {
		t.Errorf(again, casesPage, d)
	}
}

func readPage(t *testing.T, root, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil && !*update {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, root, page, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(page)), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCount(t *testing.T) {
	const page = "| part | works | cases |\n|---|---|---|\n| loops | `a \\| b` | `loop_*` 0, `for` 7 |\n\n| x | y |\n|---|---|\n| 1 | `z` 2 |\n"
	cases := []Case{{Name: "for", Calls: 1}, {Name: "loop_a", Calls: 2}, {Name: "loop_b", Calls: 1}, {Name: "loop_c", Refused: "no"}}
	got, err := Count(page, cases)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(page, "`loop_*` 0, `for` 7", "`loop_*` 2, `for` 1", 1); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := Count(page, cases[1:]); err == nil || !strings.Contains(err.Error(), "there are no cases for") {
		t.Errorf("a pattern without cases: %v", err)
	}
	if _, err := Count(page, append(cases, Case{Name: "new", Calls: 1})); err == nil || !strings.Contains(err.Error(), "case new is in no row") {
		t.Errorf("a case without a row: %v", err)
	}
	if _, err := Count("| a | cases |\n|---|---|\n| b | none |\n", nil); err == nil || !strings.Contains(err.Error(), `line 3: the row "b" names no cases`) {
		t.Errorf("a row without patterns: %v", err)
	}
}

func TestReadCase(t *testing.T) {
	for text, want := range map[string]Case{
		"about\nmore\n-- a.go --\npackage a\n-- inputs --\nF: 1\nF: 2\n":      {Name: "n", About: "about", Calls: 2},
		"-- a.go --\npackage a\n-- want --\na.go:1:2: no goto\na.go:2:2: x\n": {Name: "n", Refused: "a.go:1:2: no goto"},
	} {
		if d := cmp.Diff(want, ReadCase("dir/n.txtar", []byte(text))); d != "" {
			t.Errorf("%s%s", text, d)
		}
	}
}
