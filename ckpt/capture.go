package ckpt

import (
	"fmt"
)

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
