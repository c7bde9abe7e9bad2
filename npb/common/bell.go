package common

import "sync/atomic"

// spins is how often a waiter looks whether its bell was rung before it sleeps, some 0.3 ms. It is
// several times what waking a sleeper costs on a virtual machine: with less, a goroutine that
// was woken late comes late to the next meeting too, by when the others sleep, and so on for ever.
const spins = 1 << 20

// A bell calls one goroutine. It is rung once for every wait, before or after the wait begins.
type bell struct {
	rung, heard uint32Line
	asleep      atomic.Bool
	wake        chan struct{}
	patience    int // looks before the waiter sleeps
}

// uint32Line is a counter alone in its cache line.
type uint32Line struct {
	atomic.Uint32
	_ [124]byte
}

func newBell(patience int) bell { return bell{wake: make(chan struct{}, 1), patience: patience} }

func (b *bell) ring() {
	b.rung.Add(1)
	b.rouse()
}

// rouse wakes the waiter if it sleeps.
func (b *bell) rouse() {
	if b.asleep.CompareAndSwap(true, false) {
		b.wake <- struct{}{}
	}
}

// wait returns when the bell has been rung once more than it was waited for. Who rings may have been
// held up before it rouses, and then wakes a sleeper that waits for the next ring already: that one
// goes on sleeping.
func (b *bell) wait() {
	heard := b.heard.Add(1)
	for range b.patience {
		if b.rung.Load() == heard {
			return
		}
	}
	for {
		b.asleep.Store(true)
		if b.rung.Load() == heard && b.asleep.CompareAndSwap(true, false) {
			return
		}
		<-b.wake
		if b.rung.Load() == heard {
			return
		}
	}
}
