package ckpt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// A real file system runs full and is freed again.
func TestRealDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	o := every(1, 1)
	o.Mode = ModeSync
	r, err := Open("file:"+dir, o)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 12000) // 96 kB: old and new fit together, but not with the ballast
	protect(t, r, "x", &x)
	ballast := filepath.Join(dir, "ballast")
	for i := range r.Steps(context.Background(), 10) {
		switch i {
		case 3:
			if err := os.WriteFile(ballast, make([]byte, 100<<10), 0o666); err != nil {
				t.Fatal(err)
			}
		case 6:
			checkOldest(t, dir, 3)
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		}
		for k := range x {
			x[k]++
		}
	}
	if err := r.Err(); !errors.Is(err, ErrSave) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Err = %v", err)
	}
	checkOldest(t, dir, 10)
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// checkOldest checks that what a new life would restore is the state of that step. It looks
// at a copy, since the run goes on.
func checkOldest(t *testing.T, dir string, step int) {
	t.Helper()
	there, err := store.OpenExisting("file:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := there.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	s := store.NewMem()
	for _, info := range list {
		put1(t, s, info.Name, get1(t, there, info.Name))
	}
	r := open(t, s, quiet)
	var x []float64
	protect(t, r, "x", &x)
	restore(t, r, step)
	want := make([]float64, 12000)
	for i := range want {
		want[i] = float64(step)
	}
	if !reflect.DeepEqual(x, want) {
		t.Fatalf("the state of step %d is %v…", step, x[:3])
	}
}
