//go:build !linux || !amd64

package freeze

import "fmt"

// Arena is memory whose content can be frozen, on Linux on amd64.
type Arena struct{}

// NewArena returns an error that matches [ErrRefused].
func NewArena(int) (*Arena, error) {
	return nil, fmt.Errorf("%w: write-protected arenas need Linux on amd64", ErrRefused)
}

// Alloc fails.
func (a *Arena) Alloc(int) ([]byte, error) { return nil, ErrRefused }

// Contains reports false.
func (a *Arena) Contains(uintptr, int) bool { return false }

// Freeze fails.
func (a *Arena) Freeze() error { return ErrRefused }

// Read fails.
func (a *Arena) Read([]byte, uintptr) error { return ErrRefused }

// Thaw does nothing.
func (a *Arena) Thaw() error { return nil }

// Close does nothing.
func (a *Arena) Close() error { return nil }
