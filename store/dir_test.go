package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store/vfs"
)

func write(data string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, data)
		return err
	}
}

// files returns the paths of all files below dir, temporary ones included.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// recorder notes the calls that reach the file system; temporary names are short.
type recorder struct {
	vfs.FS
	calls []string
}

func short(name string) string {
	if i := strings.Index(name, tempPrefix); i >= 0 {
		return name[:i] + "TEMP"
	}
	return name
}

func (r *recorder) note(call ...string) { r.calls = append(r.calls, strings.Join(call, " ")) }

func (r *recorder) Mkdir(n string) error     { r.note("mkdir", n); return r.FS.Mkdir(n) }
func (r *recorder) SyncDir(n string) error   { r.note("syncdir", n); return r.FS.SyncDir(n) }
func (r *recorder) Rename(o, n string) error { r.note("rename", short(o), n); return r.FS.Rename(o, n) }
func (r *recorder) Remove(n string) error    { r.note("remove", short(n)); return r.FS.Remove(n) }
func (r *recorder) Create(n string) (vfs.File, error) {
	r.note("create", short(n))
	f, err := r.FS.Create(n)
	return &recordedFile{f, r}, err
}

type recordedFile struct {
	vfs.File
	r *recorder
}

func (f *recordedFile) Write(b []byte) (int, error) { f.r.note("write"); return f.File.Write(b) }
func (f *recordedFile) Sync() error                 { f.r.note("sync"); return f.File.Sync() }
func (f *recordedFile) Close() error                { f.r.note("close"); return f.File.Close() }

// The order of these calls is what makes a Put survive a power cut.
func TestPutProtocol(t *testing.T) {
	real, err := vfs.OS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{FS: real}
	d, err := OpenFS(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, want string }{
		{"a", "create TEMP; write; sync; close; rename TEMP a; syncdir ."},
		{"x/y/b", "mkdir x; syncdir .; mkdir x/y; syncdir x; create x/y/TEMP; write; sync; close; rename x/y/TEMP x/y/b; syncdir x/y"},
		{"x/y/c", "create x/y/TEMP; write; sync; close; rename x/y/TEMP x/y/c; syncdir x/y"},
	} {
		r.calls = nil
		if err := d.Put(context.Background(), c.name, write("data")); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.calls, "; "); got != c.want {
			t.Errorf("Put(%q):\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestTemporaryFilesAreNeverListed(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Put(context.Background(), "a", func(w io.Writer) error {
		if len(files(t, dir)) != 1 {
			t.Error("the temporary file is not in the directory of the final one")
		}
		list, err := d.List(context.Background(), "")
		if len(list) != 0 {
			t.Errorf("listed while being written: %v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSymbolicLinksDoNotLeadOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Get(context.Background(), "link/secret"); err == nil {
		t.Error("a blob outside the directory was read")
	}
	if err := d.Put(context.Background(), "link/new", write("x")); err == nil {
		t.Error("a blob was written outside the directory")
	}
	if len(files(t, outside)) != 1 {
		t.Errorf("outside now: %v", files(t, outside))
	}
}

func TestOpenDirOnAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{name, filepath.Join(name, "below")} {
		if _, err := OpenDir(dir); err == nil {
			t.Errorf("OpenDir(%q) succeeded", dir)
		}
	}
}

func TestDeleteLeavesDirectories(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(context.Background(), "empty"); !errors.Is(err, ErrNotExist) {
		t.Errorf("Delete: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "empty")); err != nil {
		t.Error(err)
	}
}
