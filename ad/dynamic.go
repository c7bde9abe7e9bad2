package ad

// What made code asks of a value in an interface.

// As is v.(T).
func As[T any](v any) T { return v.(T) }

// Try is the first value of x, ok := v.(T).
func Try[T any](v any) T {
	x, _ := v.(T)
	return x
}

// Is is the second value of x, ok := v.(T).
func Is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}
