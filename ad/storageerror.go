package ad

import "fmt"

// StorageError is what a checkpointed loop panics with, as a pointer, when a snapshot
// cannot be written or read: derivatives have no result for errors. [Catch] makes an
// error of it. No gradient is returned.
type StorageError struct {
	Op      string // open, write, read or resume
	Storage string // the storage, in the words of the directive
	Step    int64  // the snapshot is of the state before this iteration; -1: none is concerned
	Err     error  // what happened
}

func (e *StorageError) Error() string {
	if e.Step < 0 {
		return fmt.Sprintf("ad: a checkpointed loop cannot %s its snapshots in %s: %v", e.Op, e.Storage, e.Err)
	}
	return fmt.Sprintf("ad: a checkpointed loop cannot %s the state before iteration %d in %s: %v", e.Op, e.Step, e.Storage, e.Err)
}

// Unwrap returns what happened.
func (e *StorageError) Unwrap() error { return e.Err }

// Catch calls f, which calls derivatives, and returns the [*StorageError] that a
// checkpointed loop in it panics with. After an error the adjoints that f was to add to
// hold an unknown part of the sum. Other panics pass.
func Catch(f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *StorageError:
			err = p
		default:
			panic(p)
		}
	}()
	f()
	return nil
}
