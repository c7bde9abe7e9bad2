package ckpt

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// cursor reads a payload, which lies in memory in several parts.
type cursor struct {
	cur  []byte
	rest [][]byte
	left int // bytes
}

func newCursor(parts [][]byte) cursor {
	c := cursor{rest: parts}
	for _, p := range parts {
		c.left += len(p)
	}
	return c
}

// next returns the next bytes, at most n, and none only if n is 0 or nothing is left.
func (c *cursor) next(n int) []byte {
	for len(c.cur) == 0 {
		if n == 0 || len(c.rest) == 0 {
			return nil
		}
		c.cur, c.rest = c.rest[0], c.rest[1:]
	}
	n = min(n, len(c.cur))
	b := c.cur[:n]
	c.cur = c.cur[n:]
	c.left -= n
	return b
}

// read fills b, for which there must be enough left.
func (c *cursor) read(b []byte) {
	if len(b) >= sharedCopy {
		c.readShared(b)
		return
	}
	for len(b) > 0 {
		b = b[copy(b, c.next(len(b))):]
	}
}

// sharedCopy is how many bytes are worth to be copied by several goroutines.
const sharedCopy = 8 << 20

// readShared is read by several goroutines.
func (c *cursor) readShared(b []byte) {
	type part struct{ to, from []byte }
	parts := make([]part, 0, len(c.rest)+1)
	for len(b) > 0 {
		from := c.next(len(b))
		parts = append(parts, part{b[:len(from)], from})
		b = b[len(from):]
	}
	var done atomic.Int64
	var busy sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4, len(parts)) {
		busy.Go(func() {
			for i := int(done.Add(1)) - 1; i < len(parts); i = int(done.Add(1)) - 1 {
				copy(parts[i].to, parts[i].from)
			}
		})
	}
	busy.Wait()
}

// skip passes over n bytes, which must be left.
func (c *cursor) skip(n int) {
	for n > 0 {
		n -= len(c.next(n))
	}
}
