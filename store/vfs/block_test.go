package vfs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// blocks reads a file of a directory in blocks of n bytes, each into aligned memory.
func blocks(t *testing.T, dir string, size, n int) ([]byte, error) {
	t.Helper()
	root, err := OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := root.Open("x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []byte
	for at := 0; at < size; at += n {
		b := newBuffer()
		defer b.release()
		block := b.b[:min(n, size-at)]
		if err := f.(*blockFile).ReadBlock(block, int64(at)); err != nil {
			return out, err
		}
		out = append(out, block...)
	}
	return out, nil
}

func TestReadBlock(t *testing.T) {
	all := pattern(2*part + 12345)
	for _, dir := range dirs(t) {
		for _, size := range []int{1, 4096, 4097, part, 2*part + 12345} {
			if err := os.WriteFile(filepath.Join(dir, "x"), all[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{part, 8192, 5000} {
				if size/n > 100 {
					continue
				}
				for range 2 { // in the page cache and, perhaps, not
					got, err := blocks(t, dir, size, n)
					if err != nil || !bytes.Equal(got, all[:size]) {
						t.Errorf("%s, %d bytes in blocks of %d: %d other bytes, error %v", dir, size, n, len(got), err)
					}
					drop(filepath.Join(dir, "x"))
				}
			}
			if _, err := blocks(t, dir, size+1, part); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s: a block after the end of %d bytes: %v", dir, size, err)
			}
		}
	}
}
