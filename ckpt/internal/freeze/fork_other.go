//go:build !linux || !(amd64 || arm64)

package freeze

import "fmt"

// Forker makes copies of the process, on Linux.
type Forker struct{}

// NewForker returns an error that matches [ErrRefused].
func NewForker() (*Forker, error) {
	return nil, fmt.Errorf("%w: copies of the process by fork need Linux on amd64 or arm64", ErrRefused)
}

// Close does nothing.
func (f *Forker) Close() {}

// Fork fails.
func (f *Forker) Fork(*Child) error { return ErrRefused }

// Child is a copy of the process that stands still.
type Child struct{}

// Read fails.
func (c *Child) Read([]byte, uintptr) error { return ErrRefused }

// Collapse does nothing.
func Collapse(Stretch) {}

// DieFirst does nothing.
func (c *Child) DieFirst() {}

// Close does nothing.
func (c *Child) Close() error { return nil }
