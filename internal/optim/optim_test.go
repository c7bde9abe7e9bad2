package optim

import "testing"

// TestText: sets are read back from its text, and other names are refused.
func TestText(t *testing.T) {
	if All+1 != 1<<len(names) {
		t.Fatalf("%d names for the set %b", len(names), All)
	}
	back := func(s Set) {
		got, err := Parse(s.String())
		if err != nil || got != s {
			t.Errorf("%b is written %q, which is read as %b, %v", s, s, got, err)
		}
	}
	for s := Set(0); s < All; s += 11 { // of all sizes, every optimisation in many of them
		back(s)
	}
	back(All)
	for _, text := range []string{"x", "tidy,", ",", "Tidy", "tidy, all"} {
		if s, err := Parse(text); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
	if s, err := Parse("tidy,all"); err != nil || s != All {
		t.Errorf("tidy,all is read as %v, %v", s, err)
	}
}
