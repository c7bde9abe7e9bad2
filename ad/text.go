package ad

import "unicode/utf8"

// Starts returns the positions at which a loop over s finds a character.
func Starts(s string) []int {
	out := make([]int, 0, len(s))
	for i := range s {
		out = append(out, i)
	}
	return out
}

// RuneAt returns the character that a loop over s finds at position i.
func RuneAt(s string, i int) rune {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}
