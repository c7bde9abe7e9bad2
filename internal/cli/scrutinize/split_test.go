package scrutinize

import (
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"  ", nil},
		{"S", []string{"S"}},
		{"1, 2.5 ,true", []string{"1", "2.5", "true"}},
		{"[1,2],[[3,4],[5]],6", []string{"[1,2]", "[[3,4],[5]]", "6"}},
		{`{"N":3,"M":[1,2]},x`, []string{`{"N":3,"M":[1,2]}`, "x"}},
		{`"a,b",c`, []string{`"a,b"`, "c"}},
		{`"a\",b",c`, []string{`"a\",b"`, "c"}},
		{"`a\\`,b", []string{"`a\\`", "b"}},
		{`["a]",1]`, []string{`["a]",1]`}},
		{",", []string{"", ""}},
		{"1,", []string{"1", ""}},
	} {
		got, err := Split(c.text)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("Split(%q) = %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestSplitErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[1,2":   "']' is missing",
		"[1}":    "'}' at character 3 closes nothing",
		"1],2":   "']' at character 2 closes nothing",
		`1,"a,b`: "quote at character 3 is not closed",
		`"a\"`:   "quote at character 1 is not closed",
	} {
		got, err := Split(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Split(%q) = %q, %v; want %s", text, got, err, want)
		}
	}
}
