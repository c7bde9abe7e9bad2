package vfs

import (
	"errors"
	"os"
	"sync"
)

const (
	// part is how much of a file one write takes; smaller files are written at once.
	part = 4 << 20
	// writers is how many parts are on their way to the device at once.
	writers = 2
	// alignment is what direct writes need of addresses, offsets and lengths on the
	// devices in use. A device that asks for more is written through the page cache.
	alignment = 4096
)

// stream is a file of the operating system that is written from its begin to its end.
// Large ones go to the device in aligned parts by several writers and, where the file
// system can, past the page cache: that is faster than a copy into the cache that Sync has
// to wait for, and leaves in the cache what the program reads. A failed write is told by a
// later Write or by Sync, and by Close.
type stream struct {
	f      *os.File
	buf    *buffer // that is being filled, nil if nothing is
	n      int     // bytes in it
	off    int64   // of its first byte in the file
	direct bool    // the page cache is passed by
	jobs   chan job
	busy   sync.WaitGroup

	mu  sync.Mutex
	err error // the first one
}

// job is a full buffer on its way to the device.
type job struct {
	buf *buffer
	off int64
}

func newStream(f *os.File) *stream { return &stream{f: f} }

func (s *stream) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if err := s.failed(); err != nil {
			return n, err
		}
		if s.buf == nil {
			s.buf = newBuffer()
		}
		k := copy(s.buf.b[s.n:], p)
		p, n, s.n = p[k:], n+k, s.n+k
		if s.n == part {
			s.send()
		}
	}
	return n, nil
}

// send hands the full buffer to a writer. It waits while all writers are busy.
func (s *stream) send() {
	if s.jobs == nil {
		s.direct = s.off%alignment == 0 && setDirect(s.f, true) == nil
		s.jobs = make(chan job)
		for range writers {
			s.busy.Add(1)
			go s.write()
		}
	}
	s.jobs <- job{s.buf, s.off}
	s.buf, s.n, s.off = nil, 0, s.off+part
}

func (s *stream) write() {
	defer s.busy.Done()
	for j := range s.jobs {
		if s.failed() == nil {
			if _, err := s.f.WriteAt(j.buf.b, j.off); err != nil {
				s.writeAgain(j, err)
			}
		}
		j.buf.release()
	}
}

// writeAgain writes through the page cache what a file system has refused to take past it,
// which some say at the first write only.
func (s *stream) writeAgain(j job, err error) {
	if s.direct && refusesDirect(err) {
		if err = setDirect(s.f, false); err == nil {
			_, err = s.f.WriteAt(j.buf.b, j.off)
		}
	}
	s.fail(err)
}

// flush ends the writers and writes what is left.
func (s *stream) flush() error {
	if s.jobs != nil {
		close(s.jobs)
		s.busy.Wait()
		s.jobs = nil
		if s.direct {
			s.direct = false
			s.fail(setDirect(s.f, false))
		}
	}
	if s.buf == nil {
		return s.failed()
	}
	if s.failed() == nil {
		_, err := s.f.WriteAt(s.buf.b[:s.n], s.off)
		s.fail(err)
	}
	s.off += int64(s.n)
	s.n = 0
	s.buf.release()
	s.buf = nil
	return s.failed()
}

func (s *stream) Sync() error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.f.Sync()
}

func (s *stream) Close() error {
	return errors.Join(s.flush(), s.f.Close())
}

func (s *stream) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *stream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}
