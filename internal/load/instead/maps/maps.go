// Package maps holds functions that do what those of the same names in the standard
// library do, in plain Go: derivatives are made of them.
//
// In: what the library's take. Out: what they give.
package maps

// Clone returns a map with the keys and elements of m, nil for nil.
func Clone[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return nil
	}
	out := make(M, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
