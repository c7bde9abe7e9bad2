package ckpt

import "github.com/cairn-ad/cairn/ckpt/internal/freeze"

// snapshot is an image that stays as it is while the loop goes on. Its memory is used again.
type snapshot struct {
	image image
	mode  Mode
	step  int

	collectors []collector      // payloads of the variables, for modes other than ModeSync
	stretches  []freeze.Stretch // that a fork freezes
	large      []freeze.Stretch // large parts of the state
	buf        []byte           // from freeze.Map
	used       int
	child      freeze.Child
	arena      *freeze.Arena // frozen

	result result
}

// reader reads memory as it was when it was frozen.
type reader interface {
	Read(dst []byte, addr uintptr) error
}

// segment is a part of a payload: n bytes in a buffer, or in frozen memory.
type segment struct {
	far  bool
	at   int     // in the buffer
	addr uintptr // in frozen memory, or where the program had what is in the buffer; 0 if it had not
	n    int
}

// collector is the payload of a variable in segments: it takes them when the state is
// captured, and shows them when it is stored.
type collector struct {
	s    *snapshot
	list []segment
}

// least is how long a part must be to be read from frozen memory rather than to be copied.
const least = 16 << 10

// near adds room in the buffer for n bytes that the program has at an address, or at none.
func (c *collector) near(n int, addr uintptr) ([]byte, error) {
	s := c.s
	if err := s.room(s.used + n); err != nil {
		return nil, err
	}
	if last := len(c.list) - 1; last >= 0 && c.list[last].follows(s.used, addr) {
		c.list[last].n += n
	} else {
		c.list = append(c.list, segment{at: s.used, addr: addr, n: n})
	}
	s.used += n
	return s.buf[s.used-n : s.used], nil
}

// follows reports whether what comes next in the buffer goes on where a segment of it ends.
func (p *segment) follows(at int, addr uintptr) bool {
	return !p.far && p.at+p.n == at && (p.addr == 0 && addr == 0 || p.addr != 0 && p.addr+uintptr(p.n) == addr)
}

// Write copies bytes.
func (c *collector) Write(b []byte) (int, error) {
	to, err := c.near(len(b), 0)
	return copy(to, b), err
}

// WriteString copies a string.
func (c *collector) WriteString(b string) (int, error) {
	to, err := c.near(len(b), 0)
	return copy(to, b), err
}

// keep takes memory of the program: it notes where it is if it will be frozen, else it
// copies it.
func (c *collector) keep(b []byte, addr uintptr) error {
	if len(b) >= pagesLeast {
		c.s.large = append(c.s.large, freeze.Stretch{Addr: addr, Len: len(b)})
	}
	if !c.s.far(addr, len(b)) {
		if len(b) < least {
			addr = 0 // what is small is not worth a segment
		}
		to, err := c.near(len(b), addr)
		copy(to, b)
		return err
	}
	if last := len(c.list) - 1; last >= 0 && c.list[last].far && c.list[last].addr+uintptr(c.list[last].n) == addr {
		c.list[last].n += len(b)
	} else {
		c.list = append(c.list, segment{far: true, addr: addr, n: len(b)})
	}
	return nil
}

// fill implements payloadSink; a snapshot is not taken of another one.
func (c *collector) fill(n int, from reader, addr uintptr) error {
	to, err := c.near(n, 0)
	if err != nil {
		return err
	}
	return from.Read(to, addr)
}

// collect makes the payloads of the image stay as they are, by the mode of the snapshot.
func (s *snapshot) collect(vars []*variable) error {
	for len(s.collectors) < len(vars) {
		s.collectors = append(s.collectors, collector{s: s})
	}
	s.large = s.large[:0]
	for i := range vars {
		v, c := &s.image.vars[i], &s.collectors[i]
		c.list = c.list[:0]
		if err := vars[i].emit(c); err != nil {
			return err
		}
		v.payload = c
	}
	return nil
}

// far reports whether memory will be frozen by the mode of the snapshot.
func (s *snapshot) far(addr uintptr, n int) bool {
	switch s.mode {
	case ModeFork:
		return n >= least
	case ModeArena:
		return s.arena.Contains(addr, n)
	}
	return false
}

// emit implements payload.
func (c *collector) emit(to payloadSink) error {
	for _, p := range c.list {
		var err error
		if p.far {
			err = to.fill(p.n, c.s, p.addr)
		} else {
			err = to.keep(c.s.buf[p.at:][:p.n:p.n], p.addr)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Read implements reader.
func (s *snapshot) Read(dst []byte, addr uintptr) error {
	if s.mode == ModeFork {
		return s.child.Read(dst, addr)
	}
	return s.arena.Read(dst, addr)
}

// room makes the buffer large enough for n bytes and keeps what is in it.
func (s *snapshot) room(n int) error {
	if n <= len(s.buf) {
		return nil
	}
	const whole = 2 << 20
	size := n
	if len(s.buf) > 0 {
		size += n / 8 // it grows
	}
	larger, err := freeze.Map((size + whole - 1) / whole * whole)
	if err != nil {
		return err
	}
	copy(larger, s.buf[:s.used])
	err = freeze.Unmap(s.buf)
	s.buf = larger
	return err
}

// release lets go of what is frozen; the buffer stays.
func (s *snapshot) release() (err error) {
	switch s.mode {
	case ModeFork:
		err = s.child.Close()
	case ModeArena:
		err = s.arena.Thaw()
	}
	s.mode = ModeSync
	return err
}

// drop gives the buffer back.
func (s *snapshot) drop() error {
	b := s.buf
	s.buf = nil
	return freeze.Unmap(b)
}
