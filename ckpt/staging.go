package ckpt

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
)

// staging is a data file that is read into memory as a whole, by several goroutines where its
// store can do that, while the part that is there is looked at. What was verified stays where it is
// until it is copied into the variables, so that it is read once and moved once.
type staging struct {
	ctx   context.Context
	in    io.Reader
	mem   []byte // from freeze.Reserve
	size  int
	parts []stagedPart
	next  atomic.Int64 // the next part to be read
	quit  atomic.Bool
	busy  sync.WaitGroup

	at    int // of the next byte that is looked at
	ready int // parts that are known to be there
}

// stagedPart is stagedLen bytes of the file, of which the last part may have fewer.
type stagedPart struct {
	there chan struct{} // closed when it was read, or was not
	err   error
}

const (
	stagedLen     = 2 << 20
	stagedReaders = 6
	// stagedLeast is how large a file must be to be staged.
	stagedLeast = 8 << 20
	maxStaged   = min(1<<46, math.MaxInt/2)
)

// blockReader is a file that can be read by several goroutines at once, in blocks whose
// addresses and offsets are multiples of 4096; those of store/vfs can. The block may be
// overwritten up to the next multiple of 4096 after its end, if that is within its capacity.
type blockReader interface {
	ReadBlock(b []byte, off int64) error
}

// stage begins to read a file. It leaves a small one, and one for which there is no memory, as it is.
func (d *dataFile) stage(ctx context.Context) {
	if d.size < stagedLeast || d.size > maxStaged {
		return
	}
	n := int((d.size + stagedLen - 1) / stagedLen)
	mem, err := freeze.Reserve(n * stagedLen)
	if err != nil {
		return
	}
	s := &staging{ctx: ctx, in: d.r, mem: mem, size: int(d.size), parts: make([]stagedPart, n)}
	for i := range s.parts {
		s.parts[i].there = make(chan struct{})
	}
	readers, read := 1, s.sequential
	if blocks, ok := d.r.(blockReader); ok {
		readers, read = min(stagedReaders, n), func(b []byte, off int) error { return blocks.ReadBlock(b, int64(off)) }
	}
	for range readers {
		s.busy.Add(1)
		go s.fill(read)
	}
	d.staged = s
}

// fill reads parts until there are none left.
func (s *staging) fill(read func(b []byte, off int) error) {
	defer s.busy.Done()
	for {
		i := int(s.next.Add(1)) - 1
		if i >= len(s.parts) {
			return
		}
		p := &s.parts[i]
		at := i * stagedLen
		if p.err = s.ctx.Err(); s.quit.Load() {
			p.err = errStopped
		} else if p.err == nil {
			p.err = read(s.mem[at:min(at+stagedLen, s.size)], at)
		}
		if errors.Is(p.err, io.EOF) || errors.Is(p.err, io.ErrUnexpectedEOF) {
			p.err = errShort
		}
		close(p.there)
	}
}

// sequential is for files that are read from their begin to their end.
func (s *staging) sequential(b []byte, _ int) error {
	_, err := io.ReadFull(s.in, b)
	return err
}

var errStopped = errors.New("the reading was stopped")

// take returns the next n bytes of the file, where they are.
func (s *staging) take(n int) ([]byte, error) {
	if n > s.size-s.at {
		return nil, errShort
	}
	for ; s.ready*stagedLen < s.at+n; s.ready++ {
		p := &s.parts[s.ready]
		<-p.there
		if p.err != nil {
			return nil, p.err
		}
	}
	b := s.mem[s.at:][:n:n]
	s.at += n
	return b, nil
}

// Read implements io.Reader.
func (s *staging) Read(b []byte) (int, error) {
	n := min(len(b), s.size-s.at)
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	from, err := s.take(n)
	return copy(b, from), err
}

// end waits until nobody reads the file any more.
func (s *staging) end() {
	if s != nil {
		s.quit.Store(true)
		s.busy.Wait()
	}
}

// release gives the memory back. What take has returned must not be used any more.
func (s *staging) release() error {
	if s == nil || s.mem == nil {
		return nil
	}
	m := s.mem
	s.mem = nil
	return freeze.Unmap(m)
}
