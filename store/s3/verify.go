package s3

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrUnverified marks, in the error of Put, a blob that the server has accepted and that did
// not read back as it was written.
var ErrUnverified = errors.New("the object store took the blob and does not give it back as it was written")

// content is what a blob must read back as.
type content struct {
	token string
	size  int64
	sum   [sha256.Size]byte
}

// tokenKey is the key of an object's metadata that holds the token of who wrote it.
const tokenKey = "cairn-put"

// errReplaced is what reading back finds if somebody else has put an object there meanwhile.
var errReplaced = errors.New("another writer has replaced it; let two programs not write under one name")

// verify reads an object back until it is right. wrong reports whether it is ours for certain
// and another one than was written.
func (s *Store) verify(ctx context.Context, key string, want content) (wrong bool, err error) {
	for try := 1; ; try++ {
		if wrong, err = s.readBack(ctx, key, want); err == nil {
			return false, nil
		}
		if try == s.opts.Attempts || errors.Is(err, errReplaced) {
			return wrong, fmt.Errorf("%w: %w", ErrUnverified, err)
		}
		if err := s.pause(ctx, try); err != nil {
			return wrong, err
		}
	}
}

// readBack reads an object and compares it.
func (s *Store) readBack(ctx context.Context, key string, want content) (wrong bool, err error) {
	o, err := s.open(ctx, key)
	if err != nil {
		return false, err
	}
	defer o.Close()
	if o.token != "" && o.token != want.token {
		return false, errReplaced
	}
	ours := o.token != ""
	if o.size != want.size {
		return ours, fmt.Errorf("it has %d bytes, and %d were written", o.size, want.size)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, o); err != nil {
		return false, err
	}
	if [sha256.Size]byte(sum.Sum(nil)) != want.sum {
		return ours, fmt.Errorf("its %d bytes are not those that were written", want.size)
	}
	return false, nil
}

// pause waits before the next attempt, twice as long each time.
func (s *Store) pause(ctx context.Context, try int) error {
	d := s.opts.MaxPause / 100 << min(try-1, 10)
	timer := time.NewTimer(min(d, s.opts.MaxPause))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
