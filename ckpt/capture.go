package ckpt

import "fmt"

// capture makes the image of the protected variables as they are now. The image refers to
// them, so that they must not change until it is stored; its memory is that of the last one.
func (r *Run) capture() (*image, error) {
	im := &r.image
	for len(im.vars) < len(r.vars) {
		im.vars = append(im.vars, imageVar{dims: make([]int, 0, 4)})
	}
	im.elements, im.stored = 0, 0
	for i, v := range r.vars {
		v.writer = &r.writer
		if err := v.take(); err != nil {
			return nil, fmt.Errorf("variable %w", err)
		}
		if err := v.capture(&im.vars[i]); err != nil {
			return nil, err
		}
		im.elements += v.m.elements
		im.stored += v.m.stored
	}
	return im, nil
}
