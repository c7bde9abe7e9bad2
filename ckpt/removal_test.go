package ckpt

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/vfs"
)

// narrow is a disk with room for two data files, on which the first save waits until more are in
// flight, and a data file goes only when a save has found no room.
type narrow struct {
	vfs.FS
	start chan struct{} // closed when the first file may be written

	mu      sync.Mutex
	there   int  // data files
	tries   int  // to write one, since the last manifest
	refused int  // of all
	late    bool // a wait was in vain
}

func (d *narrow) Create(name string) (vfs.File, error) {
	<-d.start
	d.mu.Lock()
	defer d.mu.Unlock()
	if !strings.Contains(name, ".data") {
		d.tries = 0
	} else if d.tries++; d.there == 2 {
		d.refused++
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.ENOSPC}
	} else {
		d.there++
	}
	return d.FS.Create(name)
}

func (d *narrow) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if strings.HasSuffix(name, ".data") { // the name of a temporary file does not end so
		if d.refused < refusals {
			d.waitFor(func() bool { return d.tries > 0 })
		}
		d.there--
	}
	return d.FS.Remove(name)
}

// waitFor waits for what others do, with the lock held at its begin and end.
func (d *narrow) waitFor(done func() bool) {
	for begin := time.Now(); !done() && !d.late; d.mu.Lock() {
		d.late = time.Since(begin) > 10*time.Second
		d.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// There are so many saves in that test. The first two find an empty store, and all others one that is full.
const last, refusals = 4, last - 2

// Data of old checkpoints is removed while the next save is written, and what that takes of its room
// does not make the save fail.
func TestRemovalBesideTheNextSave(t *testing.T) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork, ModeArena} {
		disk, err := vfs.OS(memDir(t))
		if err != nil {
			t.Fatal(err)
		}
		d := &narrow{FS: disk, start: make(chan struct{})}
		s, err := store.OpenFS(d)
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, s, Options{Mode: mode, Keep: 1, Every: 1, InFlight: last, Logger: quiet.Logger})
		x := Alloc[float64](r, 1<<17)
		protect(t, r, "x", &x)
		for step := 1; step <= last; step++ {
			x[1<<16] = float64(step)
			r.attempt(context.Background(), step, false)
		}
		used := r.Snapshot().Mode
		close(d.start)
		r.wait()
		if used != mode {
			continue // refused here, which TestChoice tells
		}
		if err := r.Err(); err != nil {
			t.Errorf("%v: %v", mode, err)
		}
		if got, want := storeFiles(t, s), fmt.Sprintf("%[1]d@4 %[1]d@4.0d", last+refusals); got != want {
			t.Errorf("%v: there is %s, want %s", mode, got, want)
		}
		if d.late || d.refused != refusals {
			t.Errorf("%v: %d saves have found data that goes away, want %d", mode, d.refused, refusals)
		}
		x[1<<16] = 0
		restore(t, r, last)
		if x[1<<16] != last {
			t.Errorf("%v: restored %v, want %d", mode, x[1<<16], last)
		}
		r.ground()
	}
}
