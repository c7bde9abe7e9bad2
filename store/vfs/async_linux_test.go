//go:build amd64 || arm64

package vfs

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Many read at once, more than there is room for, each its own bytes; one after the end gets what
// there is.
func TestAsyncReads(t *testing.T) {
	all := pattern(2*part + 12345)
	for _, dir := range dirs(t) {
		name := filepath.Join(dir, "x")
		if err := os.WriteFile(name, all, 0o600); err != nil {
			t.Fatal(err)
		}
		drop(name)
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := setDirect(f, true); err != nil {
			t.Logf("%s: %v", dir, err)
			continue
		}
		var busy sync.WaitGroup
		for k := range 3 * asyncMost {
			busy.Go(func() {
				rng := rand.New(rand.NewPCG(1, uint64(k)))
				buf := newBuffer()
				defer buf.release()
				for range 20 {
					at := rng.IntN(len(all)/alignment+1) * alignment
					want := all[at:min(at+64<<10, len(all))]
					n, err, ok := readAsync(f, buf.b[:64<<10], int64(at))
					if ok && (err != nil && !refusesDirect(err) || err == nil && !bytes.Equal(buf.b[:n], want)) {
						t.Errorf("%s: at %d: %d bytes, %v; want %d", dir, at, n, err, len(want))
					}
				}
			})
		}
		busy.Wait()
		if asyncReads.ctx == 0 {
			t.Log("the system has no asynchronous reads")
		}
	}
	// A file that cannot be read.
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "y"), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err, ok := readAsync(f, make([]byte, alignment), 0); ok && err == nil {
		t.Errorf("%d bytes of a file that is only written to", n)
	}
}
