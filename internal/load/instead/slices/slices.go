// Package slices holds functions that do what those of the same names in the standard
// library do, without package unsafe: derivatives are made of them.
//
// In: what the library's take. Out: what they give and leave in memory, of the same
// capacity too, for a later append may depend on it.
package slices

// Insert returns s with v before s[i]. It panics if i is not in 0..len(s).
func Insert[S ~[]E, E any](s S, i int, v ...E) S {
	return Replace(s, i, len(s[:i]), v...)
}

// Replace returns s with v in the place of s[i:j], in the memory of s if there is room. It
// panics unless 0 ≤ i ≤ j ≤ len(s). What is left of s behind the result becomes zero.
func Replace[S ~[]E, E any](s S, i, j int, v ...E) S {
	rest := s[i:][j-i:]
	if i == j && len(v) == 0 {
		return s
	}
	n := i + len(v) + len(rest)
	if n > cap(s) {
		grown := append(s[:i], make(S, n-i)...)
		copy(grown[i:], v)
		copy(grown[i+len(v):], rest)
		return grown
	}
	out := s[:n]
	if len(rest) > 0 && n != len(s) {
		v = append(make([]E, 0, len(v)), v...) // it may lie in what moves
		copy(out[i+len(v):], rest)
	}
	copy(out[i:], v)
	if n < len(s) {
		clear(s[n:])
	}
	return out
}
