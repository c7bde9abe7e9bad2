//go:build !linux

package freeze

// Map returns n bytes of zeros.
func Map(n int) ([]byte, error) { return make([]byte, n), nil }

// Reserve is Map.
func Reserve(n int) ([]byte, error) { return make([]byte, n), nil }

// Unmap gives back what [Map] or [Reserve] returned. The bytes must not be used any more.
func Unmap([]byte) error { return nil }
