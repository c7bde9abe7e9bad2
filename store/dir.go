package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"

	"github.com/cairn-ad/cairn/store/vfs"
)

// Dir keeps every blob as a file below one directory. A blob is published by the
// protocol that survives a power cut on ext4 and XFS: write a temporary file in the
// directory of the final one, sync it, rename it, sync the directory. Directories
// that a name needs are made and synced first.
type Dir struct {
	fs     vfs.FS
	synced sync.Map // directories whose own entries are durable
}

// OpenDir opens the store in a directory of the operating system. The directory and
// its missing parents are made.
func OpenDir(dir string) (*Dir, error) {
	f, err := vfs.OS(dir)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	return OpenFS(f)
}

// OpenFS opens the store in the root of a file system, as OpenDir does.
func OpenFS(f vfs.FS) (*Dir, error) {
	if _, err := f.ReadDir("."); err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	return &Dir{fs: f}, nil
}

// Put implements [Store].
func (d *Dir) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := d.put(ctx, name, write); err != nil {
		return fmt.Errorf("store: put %q: %w", name, err)
	}
	return nil
}

func (d *Dir) put(ctx context.Context, name string, write func(w io.Writer) error) error {
	dir := path.Dir(name)
	if err := d.mkdirAll(dir); err != nil {
		return err
	}
	temp := path.Join(dir, tempName(name))
	if err := d.writeFile(ctx, temp, write); err != nil {
		return errors.Join(err, d.discard(temp))
	}
	if err := d.fs.Rename(temp, name); err != nil {
		return errors.Join(err, d.discard(temp))
	}
	return d.fs.SyncDir(dir)
}

// writeFile makes a durable file. The file may be there if it fails.
func (d *Dir) writeFile(ctx context.Context, temp string, write func(w io.Writer) error) (err error) {
	f, err := d.fs.Create(temp)
	if err != nil {
		return err
	}
	open := true
	defer func() {
		if open { // after a panic of write too
			f.Close()
		}
	}()
	if err := Fill(ctx, f, write); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	open = false
	return f.Close()
}

// discard removes a temporary file that will not be published.
func (d *Dir) discard(temp string) error {
	if err := d.fs.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// mkdirAll makes a directory and its parents, each durable in its own parent. A
// directory that exists is synced too when it is first met: whoever made it may have
// died before that.
func (d *Dir) mkdirAll(dir string) error {
	if _, done := d.synced.Load(dir); done || dir == "." {
		return nil
	}
	if err := d.mkdirAll(path.Dir(dir)); err != nil {
		return err
	}
	if err := d.fs.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := d.fs.SyncDir(path.Dir(dir)); err != nil {
		return err
	}
	d.synced.Store(dir, true)
	return nil
}

// Get implements [Store].
func (d *Dir) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := CheckName(name); err != nil {
		return nil, 0, err
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	f, size, err := d.open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("store: get %q: %w", name, err)
	}
	return f, size, nil
}

// open opens a regular file and returns its size.
func (d *Dir) open(name string) (fs.File, int64, error) {
	f, err := d.fs.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("it is no regular file: %w", ErrNotExist)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// List implements [Store]. Files that no Put can have made are not listed.
func (d *Dir) List(ctx context.Context, prefix string) ([]Info, error) {
	start := "."
	if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
		if start = prefix[:i]; CheckName(start) != nil {
			return nil, nil
		}
	}
	var out []Info
	err := d.walk(start, func(name string, e fs.DirEntry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !strings.HasPrefix(name, prefix) || CheckName(name) != nil {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && info.Mode().IsRegular() {
			out = append(out, Info{name, info.Size()})
		}
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("store: list %q: %w", prefix, err)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// walk visits every file below dir. Directories that vanish meanwhile, that are none,
// or that the process may not read (lost+found), are skipped.
func (d *Dir) walk(dir string, visit func(name string, e fs.DirEntry) error) error {
	entries, err := d.fs.ReadDir(dir)
	if err != nil {
		gone := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		if dir != "." && (gone || errors.Is(err, fs.ErrPermission)) {
			return nil
		}
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() {
			err = d.walk(name, visit)
		} else {
			err = visit(name, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Delete implements [Store].
func (d *Dir) Delete(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f, _, err := d.open(name)
	if err == nil {
		f.Close()
		err = d.fs.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("store: delete %q: %w", name, err)
	}
	return nil
}
