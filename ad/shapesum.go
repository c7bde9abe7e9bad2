package ad

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"
	"unsafe"
)

// shapeSum is a checksum of lengths and strings, and of what is nil. Addresses are not
// in it: another process has others.
type shapeSum struct{ sum uint32 }

func (c *shapeSum) number(n int) {
	c.sum = crc32.Update(c.sum, castagnoli, binary.AppendVarint(nil, int64(n)))
}

func (c *shapeSum) there(p unsafe.Pointer) {
	if p == nil {
		c.number(0)
		return
	}
	c.number(1)
}

func (c *shapeSum) word(p *unsafe.Pointer) { c.there(*p) }

func (c *shapeSum) text(h *header) {
	c.number(h.len)
	c.sum = crc32.Update(c.sum, castagnoli, bytesAt(h.ptr, h.len))
}

func (c *shapeSum) pointer(p *unsafe.Pointer, _ *layout) { c.there(*p) }

func (c *shapeSum) slice(h *header, _ *layout) { c.number(h.len) }

func (c *shapeSum) mapping(p *unsafe.Pointer, keys *[]reflect.Value, _ *op) {
	c.there(*p)
	if keys != nil {
		c.number(len(*keys))
	}
}
