//go:build !linux || !(amd64 || arm64)

package freeze

import "fmt"

// Tracker knows which pages of watched memory may have changed, on Linux.
type Tracker struct{}

// NewTracker returns an error that matches [ErrRefused].
func NewTracker() (*Tracker, error) {
	return nil, fmt.Errorf("%w: changed pages are told by Linux on amd64 or arm64 only", ErrRefused)
}

// Close does nothing.
func (t *Tracker) Close() error { return nil }

// Watch fails.
func (t *Tracker) Watch(uintptr, int) error { return ErrRefused }

// Unwatch does nothing.
func (t *Tracker) Unwatch(uintptr, int) error { return nil }

// Protect fails.
func (t *Tracker) Protect(uintptr, int) error { return ErrRefused }

// Clean fails.
func (t *Tracker) Clean(uintptr, int, func(uintptr, int)) error { return ErrRefused }
