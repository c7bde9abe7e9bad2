package ckpt

import (
	"context"
	"fmt"

	"github.com/cairn-ad/cairn/scrutiny"
)

// With Options.Uncritical a checkpoint has a second part: the elements that the masks leave
// out, saved by a run of the same name in the other store, after the first part and under the
// same number. The first part alone is a checkpoint; the second one is taken if it is there.

// spare returns the run that saves the elements which the masks leave out, or nil if there
// are none or Options do not ask for it.
func (r *Run) spare() (*Run, error) {
	if r.opts.Uncritical == nil {
		return nil, nil
	}
	var left []*variable
	for _, v := range r.vars {
		if v.keep == nil || v.keep.kept == v.keep.elements {
			continue
		}
		m, err := scrutiny.Parse(v.name, "", []int{v.keep.elements}, v.maskText)
		if err != nil {
			return nil, err
		}
		rest := scrutiny.Not(m)
		left = append(left, &variable{
			name: v.name, pointer: v.pointer, user: v.user, p: v.p, node: v.node, tree: v.tree, codec: v.codec,
			keep: keepOf(rest), maskText: rest.RunLength(),
		})
	}
	if left == nil {
		return nil, nil
	}
	if r.rest == nil {
		rest, err := OpenStore(r.opts.Uncritical, Options{Name: r.opts.Name, Keep: r.opts.Keep, KeepEvery: r.opts.KeepEvery, KeepSpacing: r.opts.KeepSpacing, Watchdog: r.opts.Watchdog, Logger: r.opts.Logger})
		if err != nil {
			return nil, err
		}
		r.rest = rest
	}
	r.rest.vars = left
	return r.rest, nil
}

// saveUncritical saves the second part of the checkpoint that was saved last. That it fails
// is a warning: the first part is whole.
func (r *Run) saveUncritical(ctx context.Context, step int) {
	rest, err := r.spare()
	if err == nil && rest != nil {
		rest.nextSeq = r.nextSeq - 1
		_, err = rest.saveAndTell(ctx, step)
	}
	if err != nil {
		r.warn("the elements of step %d that the masks leave out were not saved: %v", step, err)
	}
}

// restoreUncritical puts back the second part of a checkpoint whose first part was put back.
// If it cannot be had the elements keep the values that the program has given them.
func (r *Run) restoreUncritical(ctx context.Context, e entry) {
	rest, err := r.spare()
	if rest == nil && err == nil {
		return
	}
	var got loaded
	if err == nil {
		got, err = rest.load(ctx, e, func(int) error { return nil })
	}
	if err == nil {
		err = got.write()
	}
	if err != nil {
		r.warn("the elements of step %d that the masks leave out keep the program's values: %v", e.step, err)
	}
}

// releaseUncritical lets go of the second store.
func (r *Run) releaseUncritical() error {
	if r.rest == nil {
		return nil
	}
	if err := r.rest.Close(); err != nil {
		return fmt.Errorf("the store of uncritical elements: %w", err)
	}
	return nil
}
