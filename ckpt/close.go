package ckpt

import "errors"

// Close ends the use of the run for now: it waits for saves that are still being written, of
// which [Run.Err] then tells, and lets go of what keeps other processes from saving under the
// run's name. The loops of [Run.Steps] and [Run.Range]
// close at their end; who calls [Run.Save] or [Run.Tick] closes when it is done. A later save
// or restore begins anew, so a second Close does no harm.
func (r *Run) Close() error {
	if err := r.enter("Close"); err != nil {
		return err
	}
	defer r.leave()
	return r.release()
}

// release does what Close says.
func (r *Run) release() error {
	r.ground()
	return errors.Join(r.releaseUncritical(), r.unlock())
}

// closes is Close at the end of a loop, whatever ended it.
func (r *Run) closes() {
	if err := r.Close(); err != nil {
		r.mu.Lock()
		r.failed.add(r.lastStep, err)
		r.mu.Unlock()
		r.opts.Logger.Error("ckpt: the run could not be closed", "error", err)
	}
}
