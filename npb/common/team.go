package common

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

var current atomic.Pointer[Team]

// SetProcs sets among how many goroutines the kernels divide their loops from now on, and
// returns the number from before. It is 1 at the start. A number below 1 panics. Like
// runtime.GOMAXPROCS it is a setting of the process: a kernel asks for it when its run begins,
// and there must be no run while it changes.
func SetProcs(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("npb: %d goroutines: at least 1 is needed", n))
	}
	old := current.Swap(newTeam(n))
	if old == nil {
		return 1
	}
	old.close()
	return old.Procs()
}

// Workers returns the goroutines that [SetProcs] has started. Derivatives run on their caller
// alone, so for them there is no team.
//
//cairn:source of=noWorkers
func Workers() *Team {
	if t := current.Load(); t != nil {
		return t
	}
	current.CompareAndSwap(nil, newTeam(1))
	return current.Load()
}

func noWorkers() *Team { return nil }

// A Team is a fixed set of goroutines, the caller's among them, that [For] and [Sum] divide
// loops among. Its goroutines stay, so a loop costs no allocation and no start of a
// goroutine. While it is busy with one loop, others run on their callers alone, as do those
// of a nil team.
type Team struct {
	busy    sync.Mutex
	procs   int
	members []*bell // each calls a member beside the caller to the loop at work, or to end
	work    runner  // the loop at work; nil: the team ends
	pending atomic.Int32
	done    bell   // rung when no member is pending
	last    runner // of the loop before, used again by one over the same type
}

// A runner is a loop that waits to be run.
type runner interface {
	share(member, members int) // runs a member's part
}

func newTeam(n int) *Team {
	patience := 0
	if n <= runtime.GOMAXPROCS(0) {
		patience = spins
	}
	t := &Team{procs: n, done: newBell(patience)}
	for member := 1; member < n; member++ {
		call := newBell(patience)
		t.members = append(t.members, &call)
		go t.serve(&call, member)
	}
	return t
}

// serve is the life of a member beside the caller.
func (t *Team) serve(call *bell, member int) {
	for {
		call.wait()
		if t.work == nil {
			return
		}
		t.work.share(member, t.procs)
		if t.pending.Add(-1) == 0 {
			t.done.ring()
		}
	}
}

// Procs is the number of goroutines in the team; that of a nil team is 1, the caller.
func (t *Team) Procs() int {
	if t == nil {
		return 1
	}
	return t.procs
}

// close ends the goroutines of the team. What uses it still runs on its caller alone.
func (t *Team) close() {
	t.busy.Lock()
	defer t.busy.Unlock()
	t.work = nil
	for _, call := range t.members {
		call.ring()
	}
	t.members = nil
}

// claim reports whether the caller may divide a loop over n indices among the members. If so, it
// has to release the team.
func (t *Team) claim(n int) bool {
	if t == nil || t.procs == 1 || n <= 1 || !t.busy.TryLock() {
		return false
	}
	if t.members == nil {
		t.busy.Unlock()
		return false
	}
	return true
}

func (t *Team) release() { t.busy.Unlock() }

// run lets every member do its share, and returns when all have.
func (t *Team) run(r runner) {
	t.work = r
	t.pending.Store(int32(len(t.members)))
	for _, call := range t.members {
		call.ring()
	}
	r.share(0, t.procs)
	t.done.wait()
}

// loop is a loop over lo ≤ i < hi with the state s.
type loop[S any] struct {
	s      S
	lo, hi int
	body   func(s S, lo, hi int)
	term   func(s S, lo, hi int) float64
	sums   []partial
}

// A partial is the sum of one member, alone in its cache line.
type partial struct {
	sum float64
	_   [120]byte
}

func (l *loop[S]) share(member, members int) {
	n := l.hi - l.lo
	lo, hi := l.lo+n*member/members, l.lo+n*(member+1)/members
	switch {
	case l.term == nil:
		if lo < hi {
			l.body(l.s, lo, hi)
		}
	case lo < hi:
		l.sums[member].sum = l.term(l.s, lo, hi)
	default:
		l.sums[member].sum = 0
	}
}

// loopOf returns the team's loop over the type S to be filled in.
func loopOf[S any](t *Team) *loop[S] {
	l, ok := t.last.(*loop[S])
	if !ok {
		l = &loop[S]{sums: make([]partial, t.procs)}
		t.last = l
	}
	return l
}

// For divides the range lo ≤ i < hi among the members of the team, each of which runs body
// once, for its part of the range, in which lo < hi. The calls run at the same time: none may
// write what another one reads or writes. With one member it is body(s, lo, hi), which is also
// what derivatives are made of. The state s is a pointer, or a small struct of what the body needs.
//
//cairn:source of=forSerial
func For[S any](t *Team, s S, lo, hi int, body func(s S, lo, hi int)) {
	if !t.claim(hi - lo) {
		forSerial(t, s, lo, hi, body)
		return
	}
	defer t.release()
	l := loopOf[S](t)
	l.s, l.lo, l.hi, l.body, l.term = s, lo, hi, body, nil
	t.run(l)
}

func forSerial[S any](_ *Team, s S, lo, hi int, body func(s S, lo, hi int)) {
	if lo < hi {
		body(s, lo, hi)
	}
}

// Sum is [For] for a body that returns a part of a sum. The parts are added in the order of the
// range: the sum depends on the number of members, but not on which of them is faster.
//
//cairn:source of=sumSerial
func Sum[S any](t *Team, s S, lo, hi int, term func(s S, lo, hi int) float64) float64 {
	if !t.claim(hi - lo) {
		return sumSerial(t, s, lo, hi, term)
	}
	defer t.release()
	l := loopOf[S](t)
	l.s, l.lo, l.hi, l.body, l.term = s, lo, hi, nil, term
	t.run(l)
	sum := 0.0
	for i := range l.sums {
		sum += l.sums[i].sum
	}
	return sum
}

func sumSerial[S any](_ *Team, s S, lo, hi int, term func(s S, lo, hi int) float64) float64 {
	if lo >= hi {
		return 0
	}
	return term(s, lo, hi)
}
