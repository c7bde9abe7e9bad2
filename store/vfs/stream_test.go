package vfs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// dirs are directories of file systems that take direct writes and of such that do not.
func dirs(t testing.TB) []string {
	out := []string{t.TempDir()}
	if memory, err := os.MkdirTemp("/dev/shm", "cairn-vfs-"); err == nil {
		t.Cleanup(func() { os.RemoveAll(memory) })
		out = append(out, memory)
	}
	return out
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i>>16 + i>>8 + 7*i)
	}
	return b
}

func TestStreamKeepsBytes(t *testing.T) {
	all := pattern(5*part + 12345)
	for _, dir := range dirs(t) {
		root, err := OS(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{0, 1, alignment, part - 1, part, part + 1, 2 * part, 5*part + 12345} {
			for _, step := range []int{1 << 30, part, 70001} {
				want := all[:n]
				name := string(rune('a'+i)) + "-" + time.Duration(step).String()
				f, err := root.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				for b := want; len(b) > 0; {
					k := min(step, len(b))
					if m, err := f.Write(b[:k]); m != k || err != nil {
						t.Fatal(m, err)
					}
					b = b[k:]
				}
				if err := errors.Join(f.Sync(), f.Close()); err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s, %d bytes in pieces of %d: %d other bytes, error %v", dir, n, step, len(got), err)
				}
				if err := root.Remove(name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// What is written after a Sync comes behind what was before.
func TestStreamGoesOnAfterSync(t *testing.T) {
	dir := t.TempDir()
	root, err := OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := root.Create("x")
	if err != nil {
		t.Fatal(err)
	}
	want := pattern(3*part + 5)
	for _, b := range [][]byte{want[:part+7], want[part+7 : part+8], want[part+8:]} {
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "x")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d other bytes, error %v", len(got), err)
	}
}

// A write that fails in the background is told, by Write at some time and by Sync for sure.
func TestStreamTellsFailures(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{10, part, 9 * part} {
		f, err := os.Open(name) // not for writing
		if err != nil {
			t.Fatal(err)
		}
		s := newStream(f)
		_, err = s.Write(pattern(n))
		if n > 8*part && err == nil {
			t.Errorf("%d bytes: no write has failed", n)
		}
		var path *fs.PathError
		if err := s.Sync(); !errors.As(err, &path) || path.Path != name {
			t.Errorf("%d bytes: Sync: %v, want an error with the file's name", n, err)
		}
		if _, err := s.Write([]byte{1}); err == nil {
			t.Errorf("%d bytes: a write after the failure did not fail", n)
		}
		if err := s.Close(); err == nil {
			t.Errorf("%d bytes: Close has forgotten the failure", n)
		}
	}
}

// BenchmarkStream writes a file of many parts durably; its "x-plain" is its rate over that
// of a loop of direct writes of the same parts, or of buffered ones where direct ones are refused,
// in the same run.
func BenchmarkStream(b *testing.B) {
	dir := b.TempDir()
	root, err := OS(dir)
	if err != nil {
		b.Fatal(err)
	}
	data := newBuffer().b
	copy(data, pattern(part))
	const parts = 64
	b.SetBytes(parts * part)
	b.ReportAllocs()
	write := func(f File) {
		for range parts {
			if _, err := f.Write(data); err != nil {
				b.Fatal(err)
			}
		}
		if err := errors.Join(f.Sync(), f.Close(), root.Remove("x")); err != nil {
			b.Fatal(err)
		}
	}
	var plain time.Duration
	for b.Loop() {
		f, err := root.Create("x")
		if err != nil {
			b.Fatal(err)
		}
		write(f)
		b.StopTimer()
		start := time.Now()
		p, err := os.Create(filepath.Join(dir, "x"))
		if err != nil {
			b.Fatal(err)
		}
		_ = setDirect(p, true)
		write(p)
		plain += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(plain)/float64(b.Elapsed()), "x-plain")
}
