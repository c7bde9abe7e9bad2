// Package store keeps named blobs: the small interface that durable checkpoints are
// written through, and two implementations of it, a directory ([OpenDir]) and memory
// ([NewMem]). Others register a scheme of URLs when they are imported ([Register]).
//
// What goes in is a name and a function that writes the blob; what comes out is the
// blob, whole or not at all. Package storetest checks that an implementation keeps
// this promise, package faultstore makes any implementation fail on purpose.
package store

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// ErrNotExist is what errors.Is finds in the error of Get or Delete when there is no
// blob of that name. It equals fs.ErrNotExist.
var ErrNotExist = fs.ErrNotExist

// Store keeps blobs by name. Its methods may be called by several goroutines at once.
type Store interface {
	// Put stores what write writes under name, replacing a blob that has this name.
	// It is atomic: a reader finds the old blob or the whole new one. When Put
	// returns nil the blob is durable. When write returns an error, or one of its
	// writes failed, Put returns that error and the old blob, if any, stays. After
	// any other error the new blob may or may not be there, but never a part of it.
	// The writer must not be used after write has returned. If "a" names a blob,
	// "a/b" should not: a directory cannot hold both.
	Put(ctx context.Context, name string, write func(w io.Writer) error) error
	// Get opens a blob and returns its size in bytes. The blob stays readable
	// while it is open, even if it is replaced or deleted.
	Get(ctx context.Context, name string) (io.ReadCloser, int64, error)
	// List returns the blobs whose names begin with prefix, sorted by name.
	List(ctx context.Context, prefix string) ([]Info, error)
	// Delete removes a blob. A deleted blob may reappear after a power cut.
	Delete(ctx context.Context, name string) error
}

// Info describes a blob.
type Info struct {
	Name string
	Size int64 // bytes
}

// maxElement is the longest element of a name in bytes, that of most file systems
// less the room that a temporary name needs.
const maxElement = 200

// CheckName returns an error unless name is one that every store takes: elements
// separated by single slashes, each of 1 to 200 bytes, without control characters,
// backslash or a leading dot.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("store: the name of a blob is empty")
	}
	if !fs.ValidPath(name) || path.Clean(name) != name {
		return fmt.Errorf("store: %q is no name of a blob; use elements separated by single slashes", name)
	}
	for element := range strings.SplitSeq(name, "/") {
		if element[0] == '.' {
			return fmt.Errorf("store: name %q: an element must not begin with a dot", name)
		}
		if len(element) > maxElement {
			return fmt.Errorf("store: name %q: an element has more than %d bytes", name, maxElement)
		}
	}
	if i := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }); i >= 0 {
		return fmt.Errorf("store: name %q: byte %d is a control character or a backslash", name, i)
	}
	return nil
}

// sticky is the writer that a Put hands out: it remembers the first error, so that a
// write function which ignores it cannot make a torn blob count as whole, and it
// stops when the context ends.
type sticky struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (s *sticky) Write(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	s.err = err
	return n, err
}

// Fill runs write on w as Put has to: it returns the first error of write, of any Write that
// it has made, even if it took no notice of it, and of the context. It is for those who
// implement a [Store].
func Fill(ctx context.Context, w io.Writer, write func(io.Writer) error) error {
	s := &sticky{ctx: ctx, w: w}
	if err := write(s); err != nil {
		return err
	}
	if s.err != nil {
		return s.err
	}
	return ctx.Err()
}
