package vfs

import "errors"

// ErrLocked is what errors.Is finds in the error of TryLock if another one holds the lock.
var ErrLocked = errors.New("it is locked")

// Locker is an [FS] that can keep two writers apart.
type Locker interface {
	// TryLock takes the exclusive lock that a file stands for, which is made if it is
	// missing, and leaves a note of the holder in it. If another process, or another call in
	// this one, holds the lock, it returns that one's note and [ErrLocked]. The lock ends with
	// unlock, which removes the file, and with the process, however that dies. Where the
	// operating system has no such locks the error matches [errors.ErrUnsupported].
	TryLock(name string, note []byte) (unlock func() error, held []byte, err error)
}
