package ad

import (
	"sync/atomic"
	"time"
)

// spool moves the bytes of snapshots to and from a storage, in a goroutine of its own and
// in the order of the requests, while the loop goes on. The memory that this takes is that
// of writers buffers for what is to be written and readers for what is read ahead.
//
// All methods but run are for the goroutine of the loop.
type spool struct {
	name  string
	store Storage
	jobs  chan job
	ended chan struct{} // closed when run has returned

	blank  chan []byte // write buffers that nobody uses
	made   int         // number of write buffers
	keys   int         // keys given out so far
	unused []int       // of them those given back
	reads  [readers]readAhead
	first  int       // the read that was asked for first
	asked  int       // reads asked for and not taken yet
	other  readAhead // one that was not asked for ahead
	aside  bool      // it is the one taken

	buffers int64         // bytes of all buffers
	stalled time.Duration // that the loop has waited

	// What run counts.
	busy, written, read atomic.Int64
	held                atomic.Int64 // bytes that the storage holds or is about to hold
	failed              atomic.Pointer[StorageError]
	sizes               []int64 // by key, of run
	quit                atomic.Bool
}

const (
	writers = 2 // one is filled while the other is written
	readers = 2
	pending = 64 // requests that can wait
)

// job is a request to the goroutine of a spool.
type job struct {
	what  byte
	key   int
	step  int64
	bytes []byte     // of jobWrite
	into  *readAhead // of jobRead
}

const (
	jobWrite = iota
	jobRead
	jobFree
	jobSync
)

// readAhead is one read that is under way or done.
type readAhead struct {
	key   int
	bytes []byte
	err   *StorageError
	ready chan struct{} // receives once for each read
}

func newSpool(name string, store Storage) *spool {
	s := &spool{
		name: name, store: store,
		jobs: make(chan job, pending), ended: make(chan struct{}), blank: make(chan []byte, writers),
	}
	for i := range s.reads {
		s.reads[i].ready = make(chan struct{}, 1)
	}
	s.other.ready = make(chan struct{}, 1)
	go s.run()
	return s
}

// run does what it is asked to until there will be no more.
func (s *spool) run() {
	defer close(s.ended)
	for j := range s.jobs {
		begin := time.Now()
		switch j.what {
		case jobWrite:
			s.doWrite(j)
		case jobRead:
			s.doRead(j)
		case jobFree:
			s.resize(j.key, 0)
			s.store.Free(j.key)
		case jobSync:
			j.into.ready <- struct{}{}
		}
		s.busy.Add(int64(time.Since(begin)))
	}
}

func (s *spool) doWrite(j job) {
	if s.failed.Load() == nil && !s.quit.Load() {
		n, err := s.store.Write(j.key, j.bytes)
		if err != nil {
			s.failed.CompareAndSwap(nil, &StorageError{"write", s.name, j.step, err})
		}
		s.resize(j.key, n)
		s.written.Add(n)
	}
	s.held.Add(-int64(len(j.bytes))) // which the loop has added
	s.blank <- j.bytes
}

func (s *spool) doRead(j job) {
	r := j.into
	b, err := s.store.Read(j.key, r.bytes)
	if err != nil {
		r.err = &StorageError{"read", s.name, j.step, err}
	} else {
		r.bytes = b
		s.read.Add(s.size(j.key))
	}
	r.ready <- struct{}{}
}

func (s *spool) size(key int) int64 {
	if key < len(s.sizes) {
		return s.sizes[key]
	}
	return 0
}

func (s *spool) resize(key int, n int64) {
	for len(s.sizes) <= key {
		s.sizes = append(s.sizes, 0)
	}
	s.held.Add(n - s.sizes[key])
	s.sizes[key] = n
}

// check panics if a write has failed.
func (s *spool) check() {
	if err := s.failed.Load(); err != nil {
		panic(err)
	}
}

// wait receives from c and counts the time if that is not possible at once.
func wait[T any](s *spool, c chan T) T {
	select {
	case v := <-c:
		return v
	default:
	}
	begin := time.Now()
	v := <-c
	s.stalled += time.Since(begin)
	return v
}

func (s *spool) ask(j job) {
	select {
	case s.jobs <- j:
		return
	default:
	}
	begin := time.Now()
	s.jobs <- j
	s.stalled += time.Since(begin)
}

// buffer returns an empty buffer for what is to be written.
func (s *spool) buffer() []byte {
	s.check()
	if s.made < writers {
		select {
		case b := <-s.blank:
			return b[:0]
		default:
			s.made++
			return nil
		}
	}
	return wait(s, s.blank)[:0]
}

// giveBack returns a buffer that is not to be written after all.
func (s *spool) giveBack(b []byte) { s.blank <- b }

// write hands over b, from buffer, where it had the capacity room, and returns the key.
func (s *spool) write(step int64, b []byte, room int) int {
	s.check()
	key := s.keys
	if n := len(s.unused); n > 0 {
		key = s.unused[n-1]
		s.unused = s.unused[:n-1]
	} else {
		s.keys++
	}
	s.buffers += int64(cap(b) - room)
	s.held.Add(int64(len(b)))
	s.ask(job{what: jobWrite, key: key, step: step, bytes: b})
	return key
}

// free tells that nobody will read the key again.
func (s *spool) free(key int) {
	s.unused = append(s.unused, key)
	s.ask(job{what: jobFree, key: key})
}

// canRead reports whether there is room to read something more ahead.
func (s *spool) canRead() bool { return s.asked < readers }

// readAhead begins to read what is under the key. Reads are taken in the order in which
// they begin.
func (s *spool) readAhead(key int, step int64) {
	r := &s.reads[(s.first+s.asked)%readers]
	s.asked++
	r.key, r.err = key, nil
	s.buffers -= int64(cap(r.bytes))
	s.ask(job{what: jobRead, key: key, step: step, into: r})
}

// take returns what is under the key. It is the read asked for first, as a rule; the
// state before an iteration that was given up is computed from one that is not. The bytes
// are valid until the call of taken.
func (s *spool) take(key int, step int64) []byte {
	if s.asked == 0 {
		s.readAhead(key, step)
	}
	r := &s.reads[s.first]
	if s.aside = r.key != key; s.aside {
		r = &s.other
		s.buffers -= int64(cap(r.bytes))
		s.ask(job{what: jobRead, key: key, step: step, into: r})
	}
	wait(s, r.ready)
	s.buffers += int64(cap(r.bytes))
	if r.err != nil {
		s.check() // what could not be written cannot be read
		panic(r.err)
	}
	return r.bytes
}

// taken ends the use of the bytes that take has returned.
func (s *spool) taken() {
	if s.aside {
		return
	}
	s.first = (s.first + 1) % readers
	s.asked--
}

// settle waits until all that was asked for is done.
func (s *spool) settle() {
	r := readAhead{ready: make(chan struct{}, 1)}
	s.ask(job{what: jobSync, into: &r})
	wait(s, r.ready)
	s.check()
}

// close ends the goroutine and the storage. With quit, what is not written yet is not
// written any more.
func (s *spool) close(quit bool) error {
	s.quit.Store(quit)
	close(s.jobs)
	<-s.ended
	return s.store.Close()
}
