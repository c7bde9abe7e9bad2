package ckpt

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
	for len(b) > 0 {
		b = b[copy(b, c.next(len(b))):]
	}
}

// skip passes over n bytes, which must be left.
func (c *cursor) skip(n int) {
	for n > 0 {
		n -= len(c.next(n))
	}
}
