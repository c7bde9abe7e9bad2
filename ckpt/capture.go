package ckpt

import (
	"fmt"
)

// look finds out what of a captured state has not changed since the last one, if that is of use.
func (r *Run) look(im *image) {
	if r.opts.FullEvery <= 1 {
		return
	}
	if len(r.pages.list) > 0 {
		r.pages.end() // two cannot watch the same memory
	}
	r.changes.look(im, r.opts.Changes, r.vars)
	if err := r.changes.refused; err != nil && r.opts.Changes == ChangesByPage && !r.changes.told {
		r.changes.told = true
		r.warn("Options.Changes is %v, but %v; blocks are told apart by hash", r.opts.Changes, err)
	}
}

// capture makes the image of the protected variables as they are now, and returns the bytes
// of all payloads. The image refers to the variables, so that they must not change until it is stored, unless
// a mode freezes them; its memory is used again.
func (r *Run) capture(im *image) (total int64, err error) {
	if r.protected != nil {
		return 0, fmt.Errorf("a variable could not be protected: %w", r.protected)
	}
	if err := r.sharing.check(r.vars); err != nil {
		return 0, err
	}
	for len(im.vars) < len(r.vars) {
		im.vars = append(im.vars, imageVar{dims: make([]int, 0, 4)})
	}
	im.elements, im.stored, im.time = 0, 0, r.opts.now().UTC()
	if im.costs = nil; r.tuner != nil {
		costs := r.tuner.State()
		im.costs = &costs
	}
	for i, v := range r.vars {
		if err := v.take(); err != nil {
			return 0, fmt.Errorf("variable %w", err)
		}
		v.writer = &r.writer
		if err := v.capture(&im.vars[i]); err != nil {
			return 0, err
		}
		im.elements += v.m.elements
		im.stored += v.m.stored
		total += v.m.payload
	}
	return total, nil
}
