package tiers

import (
	"context"

	"github.com/cairn-ad/cairn/store"
)

// Unit is a set of blobs that belong together.
type Unit struct {
	Last   string // name of the blob that is written last and makes the unit whole
	Series string // of which units the newest ones are kept
	Seq    uint64 // orders the units of a series
}

// Units tell what belongs together.
type Units interface {
	// Of returns the unit that a blob belongs to, by its name.
	Of(name string) (u Unit, ok bool)
	// Parts returns the names of all blobs that a unit needs, perhaps also of older ones, in
	// the order in which they are to be copied: last is the end.
	Parts(ctx context.Context, s store.Store, last string) ([]string, error)
	// Verify reads a unit and returns an error if it is not whole and sound.
	Verify(ctx context.Context, s store.Store, last string) error
}

// SetUnits tells the store what belongs together. It is to be called before blobs are put.
func (s *Store) SetUnits(u Units) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units = u
}

func (s *Store) known() Units {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.units
}

// each takes every blob for a unit.
type each struct{}

func (each) Of(name string) (Unit, bool) { return Unit{Last: name, Series: name}, true }

func (each) Parts(_ context.Context, _ store.Store, last string) ([]string, error) {
	return []string{last}, nil
}

func (each) Verify(context.Context, store.Store, string) error { return nil }
