// Package keyed has locks by name, for stores in which one name is put by one writer at a
// time.
//
// What goes in is a name and a context; what comes out is the lock of that name, or the
// context's error. A name that nobody holds or waits for takes no memory.
package keyed

import (
	"context"
	"sync"
)

// Locks are locks by name. The zero value is ready.
type Locks struct {
	mu   sync.Mutex
	held map[string]*lock
}

type lock struct {
	turn  chan struct{} // holds a value while nobody has the lock
	users int
}

// Take waits for the lock of a name. The function that it returns gives it back.
func (k *Locks) Take(ctx context.Context, name string) (release func(), err error) {
	k.mu.Lock()
	if k.held == nil {
		k.held = make(map[string]*lock)
	}
	h := k.held[name]
	if h == nil {
		h = &lock{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		k.held[name] = h
	}
	h.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(k.held, name)
		}
	}
	select {
	case <-h.turn:
		return func() { h.turn <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
