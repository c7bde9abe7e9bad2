// Package crashfs is a file system in memory that knows what a power cut could leave of
// it: which data and which names had been made durable at each of its operations, and
// which had not.
//
// In: the operations of a program that publishes files through package vfs. Out: for any
// point of time every state that the medium may be in after a power cut ([FS.Crashes]),
// each as a file system of its own that can be read, written and crashed again.
//
// The medium is a pessimistic journaling file system. What a Sync or SyncDir has covered is
// there. Of the rest any part may be missing:
//
//   - data: each sector of 512 bytes that was written since the file's last Sync may be new
//     or as before (zero beyond the old end), and the file may end at its old length or at
//     any sector up to its new one;
//   - names: of the operations on directories since their last SyncDir any subset may be
//     missing, in particular later ones may be there without earlier ones. A rename is there
//     whole or not at all as long as neither of its directories is synced; once one of two
//     different ones is, the other one's part is an operation by itself.
//
// ext4 and XFS keep more than that: they order the operations on names, and a Sync of a new
// file makes its name durable. A protocol that survives here does not lean on it.
package crashfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cairn-ad/cairn/store/vfs"
)

// Sector is the unit in which data reaches the medium.
const Sector = 512

// ino numbers a file or directory; 0 is none and 1 the root.
type ino int

const root ino = 1

// FS is a file system in memory. Its methods may be called by several goroutines.
type FS struct {
	mu    sync.Mutex
	nodes map[ino]*node // as the program sees them
	last  ino
	disk  medium // before the first operation of the log
	log   []op
	locks map[string][]byte // notes of the holders; a crash frees them all
}

// node is a file or directory.
type node struct {
	dir     bool
	entries map[string]ino
	data    []byte
}

// New returns an empty file system.
func New() *FS {
	return from(medium{names: map[ino]map[string]ino{root: {}}, data: map[ino][]byte{}})
}

// from returns a file system whose medium holds m and nothing else.
func from(m medium) *FS {
	f := &FS{nodes: map[ino]*node{}, disk: m, locks: map[string][]byte{}}
	for id, entries := range m.names {
		f.nodes[id] = &node{dir: true, entries: maps.Clone(entries)}
		f.last = max(f.last, id)
	}
	for id, data := range m.data {
		f.nodes[id] = &node{data: data}
		f.last = max(f.last, id)
	}
	return f
}

// Ops returns how many operations that change something were done.
func (f *FS) Ops() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.log)
}

// Trace names the operations, in order.
func (f *FS) Trace() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, o := range f.log {
		out = append(out, o.kind)
	}
	return out
}

func fail(what, name string, err error) error {
	return &fs.PathError{Op: what, Path: name, Err: err}
}

// find returns the node of a path.
func (f *FS) find(name string) (ino, *node, error) {
	id := root
	if name != "." {
		for part := range strings.SplitSeq(name, "/") {
			n := f.nodes[id]
			if !n.dir {
				return 0, nil, fs.ErrNotExist
			}
			if id = n.entries[part]; id == 0 {
				return 0, nil, fs.ErrNotExist
			}
		}
	}
	return id, f.nodes[id], nil
}

// parent returns the directory that a path is in and the last part of the path.
func (f *FS) parent(name string) (ino, *node, string, error) {
	id, n, err := f.find(path.Dir(name))
	if err == nil && !n.dir {
		err = fs.ErrNotExist
	}
	return id, n, path.Base(name), err
}

// link gives a name to a node, 0 for none, in the program's view.
func (f *FS) link(e effect) {
	if e.to == 0 {
		delete(f.nodes[e.dir].entries, e.name)
	} else {
		f.nodes[e.dir].entries[e.name] = e.to
	}
}

// change does an operation on names.
func (f *FS) change(kind string, effects ...effect) {
	for _, e := range effects {
		f.link(e)
	}
	f.log = append(f.log, op{kind: kind, effects: effects})
}

// add makes a new node and names it.
func (f *FS) add(kind, name string, n *node) (ino, error) {
	dir, parent, base, err := f.parent(name)
	if err == nil && parent.entries[base] != 0 {
		err = fs.ErrExist
	}
	if err != nil {
		return 0, fail(kind, name, err)
	}
	f.last++
	f.nodes[f.last] = n
	f.change(kind, effect{dir, base, f.last})
	return f.last, nil
}

// Mkdir implements [vfs.FS].
func (f *FS) Mkdir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.add("mkdir", name, &node{dir: true, entries: map[string]ino{}})
	return err
}

// Create implements [vfs.FS].
func (f *FS) Create(name string) (vfs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, err := f.add("create", name, &node{})
	if err != nil {
		return nil, err
	}
	return &writing{f, id}, nil
}

// Open implements [vfs.FS].
func (f *FS) Open(name string) (fs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, n, err := f.find(name)
	if err != nil {
		return nil, fail("open", name, err)
	}
	return &reading{bytes.NewReader(n.data), f.info(path.Base(name), n)}, nil
}

// Rename implements [vfs.FS].
func (f *FS) Rename(old, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	from, parent, base, err := f.parent(old)
	if err != nil || parent.entries[base] == 0 {
		return fail("rename", old, fs.ErrNotExist)
	}
	to, _, newBase, err := f.parent(name)
	if err != nil {
		return fail("rename", name, err)
	}
	f.change("rename", effect{to, newBase, parent.entries[base]}, effect{from, base, 0})
	return nil
}

// Remove implements [vfs.FS].
func (f *FS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, parent, base, err := f.parent(name)
	if err != nil || parent.entries[base] == 0 {
		return fail("remove", name, fs.ErrNotExist)
	}
	if n := f.nodes[parent.entries[base]]; len(n.entries) > 0 {
		return fail("remove", name, errors.New("the directory is not empty"))
	}
	f.change("remove", effect{dir, base, 0})
	return nil
}

// ReadDir implements [vfs.FS].
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, n, err := f.find(name)
	if err != nil || !n.dir {
		return nil, fail("readdir", name, fs.ErrNotExist)
	}
	var out []fs.DirEntry
	for _, base := range slices.Sorted(maps.Keys(n.entries)) {
		out = append(out, fs.FileInfoToDirEntry(f.info(base, f.nodes[n.entries[base]])))
	}
	return out, nil
}

// SyncDir implements [vfs.FS].
func (f *FS) SyncDir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, n, err := f.find(name)
	if err != nil || !n.dir {
		return fail("syncdir", name, fs.ErrNotExist)
	}
	f.log = append(f.log, op{kind: "syncdir", node: id})
	return nil
}

// TryLock implements [vfs.Locker].
func (f *FS) TryLock(name string, note []byte) (unlock func() error, held []byte, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if held, ok := f.locks[name]; ok {
		return nil, held, fail("lock", name, vfs.ErrLocked)
	}
	if _, err := f.add("create", name, &node{}); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, nil, err
	}
	f.locks[name] = note
	return func() error {
		f.mu.Lock()
		delete(f.locks, name)
		f.mu.Unlock()
		return f.Remove(name)
	}, nil, nil
}

// writing is a file that is being written at its end.
type writing struct {
	fs *FS
	id ino
}

func (w *writing) Write(b []byte) (int, error) {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	n := w.fs.nodes[w.id]
	n.data = append(slices.Clip(n.data), b...) // open readers keep what they have
	w.fs.log = append(w.fs.log, op{kind: "write", node: w.id, data: n.data})
	return len(b), nil
}

func (w *writing) Sync() error {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	w.fs.log = append(w.fs.log, op{kind: "sync", node: w.id})
	return nil
}

func (w *writing) Close() error { return nil }

type reading struct {
	*bytes.Reader
	about fs.FileInfo
}

func (r *reading) Stat() (fs.FileInfo, error) { return r.about, nil }
func (r *reading) Close() error               { return nil }

var _ io.ReaderAt = (*reading)(nil)

// info describes a node.
type info struct {
	name string
	size int64
	dir  bool
}

func (f *FS) info(name string, n *node) fs.FileInfo { return info{name, int64(len(n.data)), n.dir} }

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) IsDir() bool        { return i.dir }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o777
	}
	return 0o666
}
