//go:build !386 && !arm && !mips && !mipsle

package ckpt

import (
	"context"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// BenchmarkRestore compares a verified restore with a plain read of the same bytes: from the
// page cache, and from the device, as after a crash of the machine.
func BenchmarkRestore(b *testing.B) {
	x := benchState()
	dir := b.TempDir()
	s, err := store.OpenDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	r := open(b, s, Options{Keep: 1, Tries: math.MaxInt})
	protect(b, r, "x", &x)
	save(b, r, 1)
	plainWrite(b, s, x)
	restore := func() { restoreB(b, r) }
	plain := func() {
		in, _, err := s.Get(context.Background(), "plain")
		if err == nil {
			_, err = io.ReadFull(in, memoryOf(x))
			in.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cached", func(b *testing.B) {
		each(b, dir, func(f *os.File) error { // direct writes have left nothing there
			_, err := io.Copy(io.Discard, f)
			return err
		})
		benchAgainst(b, restore, plain)
	})
	b.Run("cold", func(b *testing.B) {
		evict(b, dir)
		benchAgainst(b, func() { b.StopTimer(); evict(b, dir); b.StartTimer(); restore() }, plain)
	})
}

// evict drops the files below dir from the page cache.
func evict(b *testing.B, dir string) {
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	each(b, dir, func(f *os.File) error {
		if _, _, no := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0); no != 0 {
			return no
		}
		return nil
	})
}

// each opens the files below dir.
func each(b *testing.B, dir string, do func(f *os.File) error) {
	b.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return do(f)
	})
	if err != nil {
		b.Fatal(err)
	}
}
