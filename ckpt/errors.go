package ckpt

import "errors"

// The kinds of failure, for errors.Is.
var (
	// ErrCorrupt marks a checkpoint that is torn, truncated or altered.
	ErrCorrupt = errors.New("the checkpoint is damaged")
	// ErrVersion marks a sound checkpoint of another format version.
	ErrVersion = errors.New("the checkpoint has another format version")
	// ErrMismatch marks a sound checkpoint that does not fit the protected variables.
	ErrMismatch = errors.New("the checkpoint does not fit the program")
	// ErrCodec marks a checkpoint with a codec that the program does not have.
	ErrCodec = errors.New("the checkpoint has an unknown codec")
	// ErrNoValid means that there are checkpoints, but none that can be restored.
	ErrNoValid = errors.New("no checkpoint can be restored")
	// ErrTooLarge marks a checkpoint that [Scan] refuses because reading it would take
	// more memory or time than any sound one needs.
	ErrTooLarge = errors.New("the checkpoint asks for too much memory or time")
	// ErrDeadline marks, in the error of Run.Err, that the loop ended before its last step
	// because Options.Deadline left no time for another step and its save.
	ErrDeadline = errors.New("the deadline of the run has come")
	// ErrHook marks an error that one of Options.Hooks has returned.
	ErrHook = errors.New("a hook failed")
	// ErrSave marks, in the error of Run.Err, that a save failed during the loop.
	ErrSave = errors.New("a checkpoint could not be saved")
)
