package ckpt

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// defaultWatchdog is Options.Watchdog if zero.
const defaultWatchdog = 10 * time.Minute

// checkWatchdog completes Options.Watchdog; any value makes sense.
func (o *Options) checkWatchdog() {
	if o.Watchdog == 0 {
		o.Watchdog = defaultWatchdog
	}
}

// watchdog speaks when a call of the store does not return. A call that hangs in the
// operating system, such as an fsync on a dead disk or server, cannot be ended from here:
// all that can be done is to tell, at once and not only when it has returned. Its methods
// may be called by any goroutine.
type watchdog struct {
	limit  time.Duration // negative: it is silent
	logger *slog.Logger

	mu    sync.Mutex
	stuck []*watched
	idle  []*watched    // to be used again
	back  []string      // of those that returned after all: warnings
	bark  chan struct{} // closed when something is stuck; nil if nobody has asked
}

// watched is a call that is being watched.
type watched struct {
	what  string
	step  int
	began time.Time
	timer *time.Timer
	told  time.Duration // after which time it was told last; 0 if never
	done  bool
}

// The calls that are watched.
const (
	saving    = "save"
	restoring = "restore"                    // of any step
	pruning   = "removal of old checkpoints" // the same
)

func (w *watched) String() string {
	if w.what == saving {
		return fmt.Sprintf("the save of step %d", w.step)
	}
	return "the " + w.what
}

// watch begins to watch a call; returned is to be called at its end.
func (d *watchdog) watch(what string, step int) *watched {
	if d.limit < 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.idle); n > 0 {
		w := d.idle[n-1]
		d.idle = d.idle[:n-1]
		w.what, w.step, w.began, w.done = what, step, time.Now(), false
		w.timer.Reset(d.limit)
		return w
	}
	w := &watched{what: what, step: step, began: time.Now()}
	w.timer = time.AfterFunc(d.limit, func() { d.speak(w) })
	return w
}

// speak tells that a call has not returned, and again after twice the time.
func (d *watchdog) speak(w *watched) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w.done {
		return
	}
	if w.told == 0 {
		d.stuck = append(d.stuck, w)
		if d.bark != nil {
			close(d.bark)
			d.bark = nil
		}
		w.told = d.limit
	} else {
		w.told *= 2
	}
	w.timer.Reset(w.told)
	d.logger.Error("ckpt: "+w.String()+" does not return", "for", time.Since(w.began).Round(time.Millisecond),
		"hint", "look at the disk, or at the server that keeps the checkpoints; older checkpoints are untouched")
}

// returned ends the watch.
func (d *watchdog) returned(w *watched) {
	if w == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	w.done = true
	if w.timer.Stop() && w.told == 0 {
		d.idle = append(d.idle, w)
		return
	}
	if w.told == 0 {
		return
	}
	d.stuck = slices.DeleteFunc(d.stuck, func(o *watched) bool { return o == w })
	text := fmt.Sprintf("%v returned after %v only, which is more than Options.Watchdog, %v", w, time.Since(w.began).Round(time.Millisecond), d.limit)
	d.back = append(d.back, text)
	d.logger.Warn("ckpt: " + text)
}

// err tells what is stuck at present, or is nil.
func (d *watchdog) err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.stuck) == 0 {
		return nil
	}
	var list []string
	for _, w := range d.stuck {
		list = append(list, fmt.Sprintf("%v has not returned for %v", w, time.Since(w.began).Round(time.Millisecond)))
	}
	return fmt.Errorf("%w: %s; look at the disk, or at the server that keeps the checkpoints", ErrSave, strings.Join(list, "; "))
}

// warnings lists the calls that were stuck and have returned.
func (d *watchdog) warnings() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.back)
}

// barks returns a channel that is closed as soon as something is stuck.
func (d *watchdog) barks() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.stuck) > 0 {
		c := make(chan struct{})
		close(c)
		return c
	}
	if d.bark == nil {
		d.bark = make(chan struct{})
	}
	return d.bark
}
