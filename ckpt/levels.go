package ckpt

import (
	"context"
	"errors"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/tiers"
)

// tellUnits tells a store of levels which blobs are a checkpoint.
func tellUnits(s store.Store) {
	if t, ok := s.(interface{ SetUnits(tiers.Units) }); ok {
		t.SetUnits(checkpoints{})
	}
}

// checkpoints are the units of a store of levels.
type checkpoints struct{}

// Of implements [tiers.Units]. The manifest is the last blob of a checkpoint.
func (checkpoints) Of(name string) (tiers.Unit, bool) {
	if manifest, _, ok := splitDataName(name); ok {
		name = manifest
	}
	f := found(store.Info{Name: name})
	return tiers.Unit{Last: name, Series: f.Run, Seq: f.Seq}, f.Run != ""
}

// Parts implements [tiers.Units]: first the older data files that the checkpoint needs, then
// its own, then the manifest.
func (checkpoints) Parts(ctx context.Context, s store.Store, last string) ([]string, error) {
	r, size, err := s.Get(ctx, last)
	if err != nil {
		return nil, err
	}
	parts, err := dataOf(input{ctx, r}, size, last)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return append(parts, last), nil
}

// dataOf returns the names of the data files that a checkpoint consists of.
func dataOf(in input, size int64, name string) (files []string, err error) {
	pre, v, err := readPreamble(in, size)
	if err != nil || v == 1 { // version 1 has none
		return nil, err
	}
	m, err := readManifest(in, pre, size)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]fileRef{m.Bases, m.Files} {
		for _, f := range list {
			files = append(files, beside(name, f.Name))
		}
	}
	return files, nil
}

// Verify implements [tiers.Units].
func (checkpoints) Verify(ctx context.Context, s store.Store, last string) error {
	_, err := Scan(ctx, s, last, nil)
	return err
}

// Drain waits until a store of levels has brought the newest checkpoint to all of them; see
// package store/tiers. Other stores have nothing to wait for.
func (r *Run) Drain(ctx context.Context) error {
	if t, ok := r.store.(interface{ Drain(context.Context) error }); ok {
		return t.Drain(ctx)
	}
	return nil
}
