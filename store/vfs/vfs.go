// Package vfs is the seam between the directory store and the file system: the few
// operations by which a file is published durably, as an interface, so that a test
// can make any of them fail.
//
// What goes in are slash-separated paths relative to a root directory; what comes
// out is what the operating system did with them. [OS] is the real thing and never
// leaves its root, not even through a symbolic link.
package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS is a tree of files. Paths are relative to its root and slash-separated; "." is
// the root. Errors satisfy errors.Is with fs.ErrNotExist, fs.ErrExist and the like.
type FS interface {
	// Mkdir makes one directory. Its parent must exist.
	Mkdir(name string) error
	// Create makes a new file for writing; it fails if the name exists.
	Create(name string) (File, error)
	// Open opens an existing file for reading.
	Open(name string) (fs.File, error)
	// Rename gives a file a new name and replaces what had that name, atomically.
	Rename(old, name string) error
	// Remove deletes a file or an empty directory.
	Remove(name string) error
	// ReadDir lists a directory, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// SyncDir makes the names in a directory durable.
	SyncDir(name string) error
}

// File is a file that is being written. Sync makes its content durable.
type File interface {
	io.WriteCloser
	Sync() error
}

// OS opens the tree below dir. The directory and its missing parents are made, and
// the directory's own entry is made durable where the process may read its parent.
func OS(dir string) (FS, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := mkdirAll(dir); err != nil {
		return nil, err
	}
	err = syncFile(os.Open(filepath.Dir(dir)))
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return osFS{root}, nil
}

// Existing opens the tree below a directory that is there, and makes none.
func Existing(dir string) (FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("not a directory")}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return osFS{root}, nil
}

// mkdirAll is os.MkdirAll with a sync of the parent of every directory it makes.
func mkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "open", Path: dir, Err: errors.New("not a directory")}
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := mkdirAll(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFile(os.Open(parent))
}

type osFS struct{ root *os.Root }

func (o osFS) Mkdir(name string) error       { return o.root.Mkdir(name, 0o777) }
func (o osFS) Rename(old, name string) error { return o.root.Rename(old, name) }
func (o osFS) Remove(name string) error      { return o.root.Remove(name) }
func (o osFS) SyncDir(name string) error     { return syncFile(o.root.Open(name)) }

func (o osFS) Create(name string) (File, error) {
	f, err := o.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return newStream(f), nil
}

func (o osFS) Open(name string) (fs.File, error) {
	f, err := o.root.Open(name)
	if err != nil {
		return nil, err
	}
	return &blockFile{File: f}, nil
}

func (o osFS) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(o.root.FS(), name)
}

// syncFile syncs and closes a file that was just opened.
func syncFile(f *os.File, err error) error {
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
