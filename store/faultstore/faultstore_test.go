package faultstore_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
	"github.com/cairn-ad/cairn/store/storetest"
	"github.com/cairn-ad/cairn/store/vfs"
)

// Without faults the wrappers change nothing.
func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return faultstore.New(openFS(t, t.TempDir(), new(faultstore.Plan)), new(faultstore.Plan))
	})
}

func openFS(t *testing.T, dir string, p *faultstore.Plan) *store.Dir {
	t.Helper()
	real, err := vfs.OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := store.OpenFS(faultstore.FS(real, p))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func put(s store.Store, name, data string) error {
	return s.Put(context.Background(), name, func(w io.Writer) error {
		for _, part := range strings.SplitAfter(data, ",") {
			io.WriteString(w, part) // a careless writer: the error is dropped
		}
		return nil
	})
}

func get(s store.Store, name string) (string, error) {
	r, _, err := s.Get(context.Background(), name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

// Every operation inside a Put of the directory store fails once, in every way; the
// error is told, a reader finds the old or the new blob whole, nothing but blobs is
// left when the disk works again, and the next Put succeeds.
func TestEveryOperationOfADirPutFails(t *testing.T) {
	const old, new = "old", "new,in,three"
	probe := newEnv(t)
	probe.plan.Heal()
	before := len(probe.plan.Trace())
	if err := put(probe.dir, "d/a", new); err != nil {
		t.Fatal(err)
	}
	ops := probe.plan.Trace()[before:]
	if want := "create write write write sync close rename syncdir"; strings.Join(ops, " ") != want {
		t.Fatalf("a Put is %v", ops)
	}
	for n := range ops {
		for _, errno := range []error{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS} {
			for _, kind := range []faultstore.Fault{{}, {Short: true}, {Late: true}, {Forever: true}} {
				kind.N, kind.Err = n+1, errno
				e := newEnv(t)
				e.plan.Add(kind)
				if err := put(e.dir, "d/a", new); !errors.Is(err, errno) {
					t.Fatalf("%s %+v: Put = %v", ops[n], kind, err)
				}
				e.plan.Heal()
				got, err := get(e.dir, "d/a")
				published := ops[n] == faultstore.SyncDir || ops[n] == faultstore.Rename && kind.Late
				if err != nil || got != old && got != new || (got == new) != published {
					t.Fatalf("%s %+v: %q, %v", ops[n], kind, got, err)
				}
				if err := put(e.dir, "d/a", "next"); err != nil {
					t.Fatal(err)
				}
				if got, err := get(e.dir, "d/a"); err != nil || got != "next" {
					t.Fatalf("after the fault: %q, %v", got, err)
				}
				// Where even the removal failed, the file waits for the sweep at a later open.
				if left := temps(t, e.path); len(left) > 0 && !kind.Forever {
					t.Fatalf("%s %+v left %v", ops[n], kind, left)
				}
			}
		}
	}
}

type env struct {
	path string
	plan *faultstore.Plan
	dir  *store.Dir
}

// newEnv returns a directory store that holds d/a = "old".
func newEnv(t *testing.T) env {
	t.Helper()
	e := env{path: t.TempDir(), plan: new(faultstore.Plan)}
	e.dir = openFS(t, e.path, e.plan)
	if err := put(e.dir, "d/a", "old"); err != nil {
		t.Fatal(err)
	}
	return e
}

func temps(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".") && p != dir {
			out = append(out, p)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func TestMkdirFaults(t *testing.T) {
	for _, op := range []string{faultstore.Mkdir, faultstore.SyncDir} {
		e := newEnv(t)
		e.plan.Add(faultstore.Fault{Op: op, N: 1, Err: syscall.EIO})
		if err := put(e.dir, "x/y", "1"); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", op, err)
		}
		if err := put(e.dir, "x/y", "1"); err != nil {
			t.Errorf("%s, second try: %v", op, err)
		}
		trace := e.plan.Trace()
		last := trace[len(trace)-8:] // the second try, which must sync the parent of x as well
		if want := "mkdir syncdir create write sync close rename syncdir"; strings.Join(last, " ") != want {
			t.Errorf("%s: the second try did %v", op, last)
		}
	}
}

func TestReadFaults(t *testing.T) {
	for _, op := range []string{faultstore.Open, faultstore.Read} {
		for _, short := range []bool{false, true} {
			e := newEnv(t)
			e.plan.Add(faultstore.Fault{Op: op, N: 1, Err: syscall.EIO, Short: short})
			if got, err := get(e.dir, "d/a"); !errors.Is(err, syscall.EIO) {
				t.Errorf("%s: %q, %v", op, got, err)
			}
		}
	}
	e := newEnv(t)
	e.plan.Add(faultstore.Fault{Op: faultstore.ReadDir, N: 2, Err: syscall.EIO})
	if _, err := e.dir.List(context.Background(), ""); !errors.Is(err, syscall.EIO) {
		t.Errorf("List: %v", err)
	}
	e.plan.Add(faultstore.Fault{Op: faultstore.Remove, N: 1, Err: syscall.EIO})
	if err := e.dir.Delete(context.Background(), "d/a"); !errors.Is(err, syscall.EIO) {
		t.Errorf("Delete: %v", err)
	}
}

func TestStoreFaults(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		op   string
		want string // blob afterwards
	}{{faultstore.Put, "old"}, {faultstore.Write, "old"}, {faultstore.Commit, "old"}, {faultstore.Ack, "new"}} {
		p := new(faultstore.Plan)
		s := faultstore.New(store.NewMem(), p)
		if err := put(s, "a", "old"); err != nil {
			t.Fatal(err)
		}
		p.Add(faultstore.Fault{Op: c.op, N: 1, Err: syscall.EIO})
		if err := put(s, "a", "new"); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: Put = %v", c.op, err)
		}
		if got, err := get(s, "a"); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.op, got, err)
		}
	}
	p := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Get, N: 1, Err: syscall.EIO},
		faultstore.Fault{Op: faultstore.List, N: 1, Err: syscall.EIO},
		faultstore.Fault{Op: faultstore.Delete, N: 1, Err: syscall.EIO, Late: true},
		faultstore.Fault{Op: faultstore.Read, N: 1, Err: syscall.EIO})
	s := faultstore.New(store.NewMem(), p)
	if err := put(s, "a", "x"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(ctx, "a"); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if _, err := get(s, "a"); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if _, err := s.List(ctx, ""); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if err := s.Delete(ctx, "a"); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if _, err := get(s, "a"); !errors.Is(err, store.ErrNotExist) {
		t.Error("a late fault must take effect", err)
	}
}

// A fault with a delay hangs first; without an error it then does its work.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Write, N: 2, Delay: time.Hour},
			faultstore.Fault{Op: faultstore.Commit, N: 2, Delay: time.Minute, Err: syscall.EIO})
		s := faultstore.New(store.NewMem(), p)
		began := time.Now()
		if err := put(s, "a", "x,y"); err != nil || time.Since(began) != time.Hour {
			t.Fatal(err, time.Since(began))
		}
		if got, err := get(s, "a"); err != nil || got != "x,y" {
			t.Fatal(got, err)
		}
		if err := put(s, "a", "z"); !errors.Is(err, syscall.EIO) || time.Since(began) != time.Hour+time.Minute {
			t.Fatal(err, time.Since(began))
		}
	})
}

func TestQuota(t *testing.T) {
	e := newEnv(t)
	e.plan.SetQuota(5)
	if err := put(e.dir, "b", "123456"); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Put over the quota: %v", err)
	}
	if err := put(e.dir, "b", "1"); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Put on a full disk: %v", err)
	}
	e.plan.SetQuota(5)
	if err := put(e.dir, "b", "12345"); err != nil {
		t.Fatalf("Put of what fits: %v", err)
	}
	e.plan.Heal()
	if err := put(e.dir, "b", "123456789"); err != nil {
		t.Fatal(err)
	}
}
