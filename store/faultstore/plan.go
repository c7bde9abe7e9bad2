// Package faultstore makes a store fail on purpose, for tests of what is built on
// one: an error at the n-th operation, once or for ever, a short write, a full disk.
//
// What goes in is a working store ([New]) or the file system below a directory store
// ([FS]) and a [Plan] that says which operation fails and how. What comes out behaves
// like the original until the plan strikes.
package faultstore

import (
	"slices"
	"sync"
	"syscall"
	"time"
)

// Operations of a store that a fault can name.
const (
	Put    = "put"    // before Put does anything
	Commit = "commit" // all is written, nothing published
	Ack    = "ack"    // published, but the answer is an error
	Get    = "get"
	List   = "list"
	Delete = "delete"
	Lock   = "lock" // of a file system, too
	Move   = "move"
)

// Operations of a file system that a fault can name; Write and Read belong to
// stores, too.
const (
	Mkdir   = "mkdir"
	Create  = "create"
	Write   = "write"
	Sync    = "sync"
	Close   = "close" // of a written file
	Rename  = "rename"
	SyncDir = "syncdir"
	Open    = "open"
	Read    = "read"
	Remove  = "remove"
	ReadDir = "readdir"
)

// Fault is one thing that goes wrong.
type Fault struct {
	Op      string // which operation; empty means any
	N       int    // the how many-th of those operations, from 1
	Err     error  // what it returns, for example syscall.EIO
	Forever bool   // all later ones fail as well
	Short   bool   // a write or read does the first half before it fails
	Late    bool   // the operation takes effect and fails all the same
	// Delay is how long the operation hangs first. If Err is nil it then does its work.
	Delay time.Duration
}

// Plan decides which operations fail, and counts them. One plan may serve several
// stores and goroutines; it counts their operations together. The zero value lets
// everything pass.
type Plan struct {
	mu    sync.Mutex
	armed []armed
	trace []string
	quota int64 // bytes that may still be written, plus one; 0 means any number
}

type armed struct {
	Fault
	seen int
}

// NewPlan returns a plan of faults.
func NewPlan(faults ...Fault) *Plan {
	p := new(Plan)
	p.Add(faults...)
	return p
}

// Add arms further faults; they count operations from now on.
func (p *Plan) Add(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range faults {
		p.armed = append(p.armed, armed{Fault: f})
	}
}

// Heal disarms all faults and lifts the quota.
func (p *Plan) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed, p.quota = nil, 0
}

// SetQuota lets n more bytes be written. A write that exceeds them writes what fits
// and returns syscall.ENOSPC, like a disk that runs full.
func (p *Plan) SetQuota(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quota = n + 1
}

// Trace returns the operations so far, in order.
func (p *Plan) Trace() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.trace)
}

// next counts an operation and returns the fault that strikes it, if any.
func (p *Plan) next(op string) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = append(p.trace, op)
	var hit *Fault
	for i := range p.armed {
		a := &p.armed[i]
		if a.Op != "" && a.Op != op {
			continue
		}
		a.seen++
		if hit == nil && (a.seen == a.N || a.Forever && a.seen > a.N) {
			hit = &a.Fault
		}
	}
	return hit
}

// hangs waits as long as the fault says, and reports whether nothing else goes wrong.
func (f *Fault) hangs() bool {
	if f == nil {
		return true
	}
	time.Sleep(f.Delay)
	return f.Err == nil && f.Delay > 0
}

// do runs one operation under the plan.
func (p *Plan) do(op string, f func() error) error {
	hit := p.next(op)
	if hit.hangs() {
		return f()
	}
	if hit.Late {
		if err := f(); err != nil {
			return err
		}
	}
	return hit.Err
}

// transfer runs one write or read of len(b) bytes under the plan.
func (p *Plan) transfer(op string, b []byte, f func([]byte) (int, error)) (int, error) {
	hit := p.next(op)
	if hit.hangs() {
		if op != Write {
			return f(b)
		}
		return p.charge(b, f)
	}
	part := 0
	switch {
	case hit.Late:
		part = len(b)
	case hit.Short:
		part = len(b) / 2
	}
	if part == 0 {
		return 0, hit.Err
	}
	n, err := f(b[:part])
	if err != nil {
		return n, err
	}
	return n, hit.Err
}

// charge writes as much as the quota allows.
func (p *Plan) charge(b []byte, f func([]byte) (int, error)) (int, error) {
	p.mu.Lock()
	part, full := len(b), false
	if p.quota > 0 {
		if left := p.quota - 1; int64(part) > left {
			part, full = int(left), true
		}
		p.quota -= int64(part)
	}
	p.mu.Unlock()
	n, err := 0, error(nil)
	if part > 0 || !full {
		n, err = f(b[:part])
	}
	if err == nil && full {
		err = syscall.ENOSPC
	}
	return n, err
}
