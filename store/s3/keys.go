package s3

import (
	"context"
	"sync"
)

// keys are locks by name. The zero value is ready.
type keys struct {
	mu   sync.Mutex
	held map[string]*key
}

type key struct {
	turn  chan struct{} // holds a value while nobody has the key
	users int
}

// take waits for a key. The function that it returns gives it back.
func (k *keys) take(ctx context.Context, name string) (release func(), err error) {
	k.mu.Lock()
	if k.held == nil {
		k.held = make(map[string]*key)
	}
	h := k.held[name]
	if h == nil {
		h = &key{turn: make(chan struct{}, 1)}
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
