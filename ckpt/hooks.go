package ckpt

import (
	"context"
	"errors"
	"fmt"
)

// Hooks are functions of the program that a run calls around its saves and restores, in the
// goroutine that saves or restores. They may change variables, also protected ones, but must
// not call the run's Save, Restore, Tick, Protect or Close, which then return an error.
// Their errors match [ErrHook].
type Hooks struct {
	// BeforeSave is called before the state before a step is captured: to flush a file that
	// belongs to the state, or to bring up to date what is protected in another form. If it
	// returns an error, nothing is saved.
	BeforeSave func(ctx context.Context, step int) error
	// AfterSave is called when a checkpoint is as durable as the store makes it, for one that
	// was written in the background when the loop next looks, or ends: to let go of what it
	// was to replace. Its error is told, the checkpoint stays.
	AfterSave func(ctx context.Context, saved Saved) error
	// AfterRestore is called when the variables have been restored: to make anew what
	// follows from them. If it returns an error, Restore does too, and a loop is not begun.
	AfterRestore func(ctx context.Context, step int) error
}

// errBusy is the error of a call that comes while another one is at work.
var errBusy = errors.New("another call of the run is at work: a hook must not call it, and nor must another goroutine meanwhile")

// enter begins a call during which no other may begin.
func (r *Run) enter(method string) error {
	if !r.busy.CompareAndSwap(false, true) {
		return fmt.Errorf("ckpt: %s: %w", method, errBusy)
	}
	return nil
}

func (r *Run) leave() { r.busy.Store(false) }

// hooked makes an error of a hook's.
func hooked(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", ErrHook, name, err)
}
