package ad

import "testing"

func TestText(t *testing.T) {
	for _, s := range []string{"", "abc", "aé日", "a\xffb\xe6\x97", "\x00"} {
		at := Starts(s)
		n := 0
		for i, r := range s {
			if n >= len(at) || at[n] != i || RuneAt(s, i) != r {
				t.Errorf("%q: character %d is %q at %d, got %v", s, n, r, i, at)
			}
			n++
		}
		if n != len(at) {
			t.Errorf("%q: %d characters, got %v", s, n, at)
		}
	}
}
