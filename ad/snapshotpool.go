package ad

import "sync"

var snapshots = sync.Pool{New: func() any { return new(Snapshot) }}

// NewSnapshot returns an empty snapshot from a pool; it keeps the buffers of an
// earlier use.
func NewSnapshot() *Snapshot {
	s := snapshots.Get().(*Snapshot)
	s.Reset()
	return s
}

// Release gives the snapshot back to the pool. The caller must not use it again.
func (s *Snapshot) Release() {
	s.Reset()
	snapshots.Put(s)
}
