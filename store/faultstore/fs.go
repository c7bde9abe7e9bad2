package faultstore

import (
	"errors"
	"io/fs"

	"github.com/cairn-ad/cairn/store/vfs"
)

// FS returns a file system that does what f does, except where the plan makes it
// fail. Give it to store.OpenFS to reach the steps inside a Put.
func FS(f vfs.FS, p *Plan) vfs.FS { return &faultyFS{f, p} }

type faultyFS struct {
	fs   vfs.FS
	plan *Plan
}

func (f *faultyFS) Mkdir(name string) error {
	return f.plan.do(Mkdir, func() error { return f.fs.Mkdir(name) })
}

func (f *faultyFS) Rename(old, name string) error {
	return f.plan.do(Rename, func() error { return f.fs.Rename(old, name) })
}

func (f *faultyFS) Remove(name string) error {
	return f.plan.do(Remove, func() error { return f.fs.Remove(name) })
}

func (f *faultyFS) SyncDir(name string) error {
	return f.plan.do(SyncDir, func() error { return f.fs.SyncDir(name) })
}

func (f *faultyFS) ReadDir(name string) (out []fs.DirEntry, err error) {
	err = f.plan.do(ReadDir, func() error {
		out, err = f.fs.ReadDir(name)
		return err
	})
	return out, err
}

// TryLock implements [vfs.Locker] as the file system below does.
func (f *faultyFS) TryLock(name string, note []byte) (unlock func() error, held []byte, err error) {
	locker, ok := f.fs.(vfs.Locker)
	if !ok {
		return nil, nil, errors.ErrUnsupported
	}
	err = f.plan.do(Lock, func() error {
		unlock, held, err = locker.TryLock(name, note)
		return err
	})
	if err != nil && unlock != nil {
		err = errors.Join(err, unlock())
	}
	return unlock, held, err
}

func (f *faultyFS) Create(name string) (out vfs.File, err error) {
	err = f.plan.do(Create, func() error {
		out, err = f.fs.Create(name)
		return err
	})
	if err != nil {
		if out != nil {
			err = errors.Join(err, out.Close())
		}
		return nil, err
	}
	return &file{out, f.plan}, nil
}

func (f *faultyFS) Open(name string) (out fs.File, err error) {
	err = f.plan.do(Open, func() error {
		out, err = f.fs.Open(name)
		return err
	})
	if err != nil {
		if out != nil {
			err = errors.Join(err, out.Close())
		}
		return nil, err
	}
	return &readFile{out, f.plan}, nil
}

type file struct {
	vfs.File
	plan *Plan
}

func (f *file) Write(b []byte) (int, error) { return f.plan.transfer(Write, b, f.File.Write) }
func (f *file) Sync() error                 { return f.plan.do(Sync, f.File.Sync) }

// Close always closes the file; a fault only changes the answer.
func (f *file) Close() error {
	err := f.File.Close()
	return f.plan.do(Close, func() error { return err })
}

type readFile struct {
	fs.File
	plan *Plan
}

func (f *readFile) Read(b []byte) (int, error) { return f.plan.transfer(Read, b, f.File.Read) }
