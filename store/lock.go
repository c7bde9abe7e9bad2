package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrLocked is what errors.Is finds in the error of [Acquire] and of Lock.Check if another
// one writes the blobs. A [*LockedError] in it tells who that is.
var ErrLocked = errors.New("another process writes there")

// Lock is the right to write the blobs of one run.
type Lock interface {
	// Check returns an error that matches ErrLocked if the right was lost meanwhile. It is to
	// be called before anything is published.
	Check(ctx context.Context) error
	// Release gives the right up.
	Release() error
}

// Heir is implemented by locks that may have been taken over.
type Heir interface {
	// Inherited reports whether the holder before has died without giving the lock up. What it had
	// sent on its way may still arrive, so a name that it may have used is none for a new blob.
	Inherited() bool
}

// Locker is implemented by stores that can keep two writers apart by themselves.
type Locker interface {
	// Lock takes the lock of a name; see [Acquire]. It must end when its holder dies. What dead
	// writers left half written of the blobs for which owns is true may be removed when the
	// lock is taken.
	Lock(ctx context.Context, name string, owns func(blob string) bool) (Lock, error)
}

// Acquire takes the lock of a name, under which one writer writes the blobs for which owns is
// true: the store's own lock if it is a [Locker], a lease if it is a [Creator] (see [Lease]).
// Other stores keep nobody out, and nor do those whose Create is errors.ErrUnsupported. It waits a little for a holder that is about to die; then the
// error matches [ErrLocked].
func Acquire(ctx context.Context, s Store, name string, owns func(blob string) bool) (Lock, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	switch s := s.(type) {
	case Locker:
		return s.Lock(ctx, name, owns)
	case interface {
		Store
		Creator
	}:
		l, err := Lease(ctx, s, name)
		if errors.Is(err, errors.ErrUnsupported) { // as the servers of some object stores
			return noLock{}, nil
		}
		return l, err
	}
	return noLock{}, nil
}

// Holder tells who holds a lock.
type Holder struct {
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// LockedError tells who holds a lock that was asked for.
type LockedError struct {
	Name   string // of the lock
	Holder Holder // the zero value if it is not known
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("store: %s: %v; wait until it ends, stop it, or use another name", e.Name, ErrLocked)
	}
	return fmt.Sprintf("store: %s: %v: process %d on %s, since %s; wait until it ends, stop it, or use another name",
		e.Name, ErrLocked, e.Holder.PID, e.Holder.Host, e.Holder.Since.UTC().Format(time.RFC3339))
}

// Is makes the error match [ErrLocked].
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// thisHolder describes this process.
func thisHolder() Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return Holder{host, os.Getpid(), time.Now().UTC().Truncate(time.Second)}
}

// parseHolder reads the note that a holder left; it may be torn.
func parseHolder(note []byte) (h Holder) {
	if json.Unmarshal(note, &h) != nil {
		return Holder{}
	}
	return h
}

// noLock is the lock of a store that cannot keep anybody out.
type noLock struct{}

func (noLock) Check(context.Context) error { return nil }
func (noLock) Release() error              { return nil }
