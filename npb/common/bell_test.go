package common

import (
	"testing"
	"time"
)

// Two goroutines that call each other in turn miss no call, whether they sleep at once or spin.
func TestBell(t *testing.T) {
	for _, patience := range []int{0, 1, 100, spins} {
		there, back := newBell(patience), newBell(patience)
		turns := 0
		const n = 2000
		go func() {
			for range n {
				there.wait()
				turns++
				back.ring()
			}
		}()
		for i := range n {
			there.ring()
			back.wait()
			if turns != i+1 {
				t.Fatalf("patience %d: %d turns after call %d", patience, turns, i)
			}
		}
		there.ring() // before anyone waits
		there.wait()
	}
}

// TestLateRinger: a ringer that is held up between its ring and waking does not wake the waiter
// for the next ring.
func TestLateRinger(t *testing.T) {
	for _, patience := range []int{0, 10} {
		b := newBell(patience)
		b.rung.Add(1) // the ringer is held up here
		b.wait()
		woken := make(chan struct{})
		go func() {
			b.wait()
			close(woken)
		}()
		for range 3 {
			for !b.asleep.Load() {
				time.Sleep(time.Millisecond)
			}
			b.rouse()
			select {
			case <-woken:
				t.Fatal("the waiter has not waited for the second ring")
			case <-time.After(5 * time.Millisecond):
			}
		}
		b.ring()
		<-woken
		for range 1000 {
			go b.ring()
			b.wait()
		}
	}
}
