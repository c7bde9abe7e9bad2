package ckpttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// tape is a store in memory that remembers what it held after each change. Blobs are not
// changed once they are written, so a state is a map of references.
type tape struct {
	mem    *store.Mem // not embedded: what it can do besides would not be recorded
	mu     sync.Mutex
	states []map[string][]byte // the first one is what it began with
	ever   map[string][]byte   // all that it has held, deleted or not
	read   bool                // the state in a checkpoint was read
	left   int                 // changes that are still let through, if stop is set
	stop   func()              // called when the last one was made
}

// newTape returns a store that holds these blobs.
func newTape(blobs map[string][]byte) *tape {
	ever := maps.Clone(blobs)
	if ever == nil {
		ever = map[string][]byte{}
	}
	return &tape{mem: memOf(blobs), states: []map[string][]byte{blobs}, ever: ever}
}

func memOf(blobs map[string][]byte) *store.Mem {
	m := store.NewMem()
	for name, data := range blobs {
		err := m.Put(context.Background(), name, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
		if err != nil { // the name was taken by a store before
			panic(err)
		}
	}
	return m
}

// limit makes the store die after n changes: it calls stop and changes no more.
func (t *tape) limit(n int, stop func()) { t.left, t.stop = n, stop }

// dead reports whether the limit was reached.
func (t *tape) dead() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop != nil && t.left == 0
}

var errKilled = errors.New("ckpttest: the program counts as killed")

// change makes one change and remembers the state after it.
func (t *tape) change(do func() error, note func(state map[string][]byte)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stop != nil && t.left == 0 {
		return errKilled
	}
	if err := do(); err != nil {
		return err
	}
	state := maps.Clone(t.states[len(t.states)-1])
	if state == nil {
		state = map[string][]byte{}
	}
	note(state)
	t.states = append(t.states, state)
	if t.stop != nil {
		if t.left--; t.left == 0 {
			t.stop()
		}
	}
	return nil
}

// Put implements store.Store.
func (t *tape) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	return t.change(func() error {
		return t.mem.Put(ctx, name, func(w io.Writer) error {
			_, err := w.Write(data.Bytes())
			return err
		})
	}, func(state map[string][]byte) {
		state[name], t.ever[name] = data.Bytes(), data.Bytes()
	})
}

// Get implements store.Store.
func (t *tape) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if strings.HasSuffix(name, ".data") { // what is to be kept is told by manifests alone
		t.mu.Lock()
		t.read = true
		t.mu.Unlock()
	}
	return t.mem.Get(ctx, name)
}

// List implements store.Store.
func (t *tape) List(ctx context.Context, prefix string) ([]store.Info, error) {
	return t.mem.List(ctx, prefix)
}

// Delete implements store.Store.
func (t *tape) Delete(ctx context.Context, name string) error {
	return t.change(func() error { return t.mem.Delete(ctx, name) }, func(state map[string][]byte) { delete(state, name) })
}

// newest returns the step of the newest checkpoint among blobs.
func newest(ctx context.Context, blobs map[string][]byte) (step int, ok bool) {
	list, err := ckpt.Find(ctx, memOf(blobs))
	if err != nil || len(list) == 0 {
		return 0, false
	}
	return list[0].Step, true
}

// first returns after how many changes the checkpoint of a step became the newest one, or
// −1 if it never did.
func (t *tape) first(ctx context.Context, step int) (int, error) {
	for k, state := range t.states {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if s, ok := newest(ctx, state); ok && s == step {
			return k, nil
		}
	}
	return -1, nil
}

// moment says in words when a kill after k changes was.
func (t *tape) moment(ctx context.Context, k int) string {
	of := fmt.Sprintf("killed after change %d of %d of the store", k, len(t.states)-1)
	if step, ok := newest(ctx, t.states[k]); ok {
		return fmt.Sprintf("%s, when the newest checkpoint was that of step %d", of, step)
	}
	return of + ", when there was no checkpoint"
}
