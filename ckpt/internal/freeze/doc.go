// Package freeze keeps the content of memory as it is at one moment while the program goes
// on and changes it. It has what the snapshot modes of package ckpt are made of:
//
//   - [Map]: buffers outside of Go's heap, present before they are needed;
//   - [Forker]: copies of the process that stand still; the memory of a [Child] is read from
//     the parent;
//   - [Arena]: memory that is write-protected, and of which the old content of a unit is set
//     aside when the program first writes to it;
//   - [Tracker]: which pages of a stretch of memory may have changed.
//
// What goes in are addresses and lengths of memory without pointers; what comes out are
// bytes. All but the buffers need what the kernel may not have or may refuse: the error then
// matches [ErrRefused] and tells the reason, and the caller takes another way. Nothing here
// keeps the memory alive that an address denotes; the caller does.
package freeze

import "errors"

// ErrRefused is what errors.Is finds in an error about what this system cannot do or does
// not permit.
var ErrRefused = errors.New("this system refuses it")
