package table

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables into the page")

const page = "../../../../docs/reference/gonum.md"

// packages are the folders of rules, by the heading of their table.
var packages = []struct{ heading, dir string }{
	{"## floats", "../../floatsad"},
	{"## blas/blas64", "../../blasad"},
	{"## mat", "../../matad"},
}

// TestPage compares the tables of the documentation with the directives.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for _, p := range packages {
		rules, err := Rules(p.dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(rules) == 0 {
			t.Errorf("%s has no rules", p.dir)
		}
		start := strings.Index(got, p.heading+"\n")
		if start < 0 {
			t.Fatalf("%s has no heading %q", page, p.heading)
		}
		from := start + strings.Index(got[start:], "| function |")
		end := strings.Index(got[from:], "\n\n")
		if end < 0 {
			end = len(got) - from - 1
		}
		got = got[:from] + Markdown(rules) + got[from+end+1:]
	}
	switch {
	case got == string(text):
	case *update:
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is out of date; run go test ./internal/table -update in rules/gonum", page)
	}
}

func TestRule(t *testing.T) {
	rules, err := Rules("../../floatsad")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Of == "floats.AddScaled" })
	if i < 0 {
		t.Fatal("no rule of floats.AddScaled")
	}
	if got, want := Markdown(rules[i:i+1]), "| `floats.AddScaled` | `dst`, `alpha`, `s` | `dst` |\n"; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q at the end", got, want)
	}
}
