package ckpt

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// narrow is a store with room for two data files, in which the first save waits until more are in
// flight, and a data file goes only when a save has found no room.
type narrow struct {
	store.Store
	start chan struct{} // closed when the first file may be written

	mu      sync.Mutex
	there   int  // data files
	tries   int  // to write one, since the last manifest
	refused int  // of all
	late    bool // a wait was in vain
}

func (s *narrow) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	<-s.start
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasSuffix(name, ".data") {
		s.tries = 0
	} else if s.tries++; s.there == 2 {
		s.refused++
		return &os.PathError{Op: "write", Path: name, Err: syscall.ENOSPC}
	} else {
		s.there++
	}
	return s.Store.Put(ctx, name, write)
}

func (s *narrow) Delete(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasSuffix(name, ".data") {
		if s.refused < refusals {
			s.waitFor(func() bool { return s.tries > 0 })
		}
		s.there--
	}
	return s.Store.Delete(ctx, name)
}

// waitFor waits for what others do, with the lock held at its begin and end.
func (s *narrow) waitFor(done func() bool) {
	for begin := time.Now(); !done() && !s.late; s.mu.Lock() {
		s.late = time.Since(begin) > 10*time.Second
		s.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// There are so many saves in that test. The first two find an empty store, and all others one that is full.
const last, refusals = 4, last - 2

// Data of old checkpoints is removed while the next save is written, and what that takes of its room
// does not make the save fail.
func TestRemovalBesideTheNextSave(t *testing.T) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork, ModeArena} {
		s := &narrow{Store: store.NewMem(), start: make(chan struct{})}
		r := open(t, s, Options{Mode: mode, Keep: 1, Every: 1, InFlight: last, Logger: quiet.Logger})
		x := Alloc[float64](r, 1<<17)
		protect(t, r, "x", &x)
		for step := 1; step <= last; step++ {
			x[1<<16] = float64(step)
			r.attempt(context.Background(), step, false)
		}
		used := r.Snapshot().Mode
		close(s.start)
		r.wait()
		if used != mode {
			continue // refused here, which TestChoice tells
		}
		if err := r.Err(); err != nil {
			t.Errorf("%v: %v", mode, err)
		}
		if got, want := storeFiles(t, s.Store), fmt.Sprintf("%[1]d@4 %[1]d@4.0d", last+refusals); got != want {
			t.Errorf("%v: there is %s, want %s", mode, got, want)
		}
		if s.late || s.refused != refusals {
			t.Errorf("%v: %d saves have found data that goes away, want %d", mode, s.refused, refusals)
		}
		x[1<<16] = 0
		restore(t, r, last)
		if x[1<<16] != last {
			t.Errorf("%v: restored %v, want %d", mode, x[1<<16], last)
		}
		r.ground()
	}
}
