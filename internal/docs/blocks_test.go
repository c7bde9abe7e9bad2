package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const page = "# A page\n\n" +
	"```go name=main.go\npackage main\n\n```\n" + // 3
	"in between ```not a block```\n" +
	"1. a list\n   ```sh test\n   ls\n     a\n   ```\n" + // 9
	"````text\n```\n````\n" + // 13
	"~~~json\n{}\n~~~\n" // 16

func TestParse(t *testing.T) {
	got, errs := Parse("p.md", page)
	if errs != nil {
		t.Fatal(errs)
	}
	want := []Block{
		{"p.md", 3, "go", map[string]string{"name": "main.go"}, "package main\n\n"},
		{"p.md", 9, "sh", map[string]string{"test": ""}, "ls\n  a\n"},
		{"p.md", 13, "text", map[string]string{}, "```\n"},
		{"p.md", 16, "json", map[string]string{}, "{}\n"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"```\nx\n```\n":        "p.md:1: the code block has no language",
		"\n```rust\nx\n```\n":  "p.md:2: code in \"rust\" cannot be checked",
		"```sh tset\nx\n```\n": "p.md:1: \"tset\" does not belong behind sh",
		"```go name=\n```\n":   "p.md:1: write name=PATH",
		"```go\nx\n":           "p.md:1: the code block has no end",
	} {
		_, errs := Parse("p.md", text)
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("%q: got %v, want %q", text, errs, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	text := "package p\n\nfunc f() {\n\tone()\n\ttwo()\n\tthree()\n}\n\nfunc g() {}\n"
	for block, ok := range map[string]bool{
		"func f() {\n\tone()\n":         true,
		"one()\n…\nthree()\n":           true,
		"func f() {\n\t// …\n}\n":       true,
		"one()\n…\nfunc g() {}\n":       true,
		"one()\nthree()\n":              false,
		"three()\n…\none()\n":           false,
		"func h() {}\n":                 false,
		"\none()\ntwo()\n\n":            true,
		"func g() {}\n…\nfunc g() {}\n": false,
	} {
		if err := Excerpt(block, text); (err == nil) != ok {
			t.Errorf("%q: %v", block, err)
		}
	}
}

func TestTranscript(t *testing.T) {
	got, err := Transcript("$ a b\nx  y\n\nz\n$ c\n")
	want := []Command{{"a b", []string{"x  y", "z"}}, {"c", nil}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, text := range []string{"", "x\n$ a\n"} {
		if _, err := Transcript(text); err == nil {
			t.Errorf("%q has no error", text)
		}
	}
}

func TestPrinted(t *testing.T) {
	output := "head\n zeta   8.5971775\ntime 0.31 s (fast)\n"
	for want, ok := range map[string]bool{
		"zeta 8.5971775":                 true,
		"head|time … s (fast)":           true,
		"zeta 8.597":                     false,
		"time … s|zeta 8.5971775":        false,
		"time … s (fast)|zeta 8.5971775": false,
	} {
		if err := Printed(strings.Split(want, "|"), output); (err == nil) != ok {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestLooksLike(t *testing.T) {
	for text, want := range map[string]string{
		"a table\nof words":              "",
		"x_cairn.go: 12: cannot do this": "",
		"user's package\n   │ load":      "",
		"energy 1.0\ngradient 2.0\n":     "",
		"type T struct{}\n":              "go",
		"\tx := f(y)\n":                  "go",
		"func f(x float64) float64 {":    "go",
		"$ ls":                           "sh",
		"make test":                      "sh",
		"go get -tool example.com/x":     "sh",
	} {
		if got := LooksLike(text); got != want {
			t.Errorf("%q looks like %q, want %q", text, got, want)
		}
	}
}
