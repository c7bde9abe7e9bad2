package ad

import (
	"errors"
	"fmt"
	"io"
)

// memory is the [Storage] of what a codec leaves: buffers that are used again.
type memory struct{ kept [][]byte }

func (m *memory) Write(key int, b []byte) (int64, error) {
	for len(m.kept) <= key {
		m.kept = append(m.kept, nil)
	}
	m.kept[key] = append(m.kept[key][:0], b...)
	return int64(len(b)), nil
}

func (m *memory) Read(key int, dst []byte) ([]byte, error) {
	if key >= len(m.kept) {
		return nil, fmt.Errorf("nothing is kept under key %d", key)
	}
	return append(dst[:0], m.kept[key]...), nil
}

// Free keeps the buffer: the next snapshot with the key will need one.
func (m *memory) Free(int) {}

func (m *memory) Close() error {
	m.kept = nil
	return nil
}

// coded is a [Storage] that keeps what a codec makes of the bytes in another one.
type coded struct {
	codec  Codec
	in     Storage
	packed []byte
}

func (c *coded) Write(key int, b []byte) (int64, error) {
	var err error
	if c.packed, err = c.codec.Encode(c.packed[:0], b); err != nil {
		return 0, err
	}
	return c.in.Write(key, c.packed)
}

func (c *coded) Read(key int, dst []byte) ([]byte, error) {
	var err error
	if c.packed, err = c.in.Read(key, c.packed); err != nil {
		return nil, err
	}
	return c.codec.Decode(dst[:0], c.packed)
}

func (c *coded) Free(key int) { c.in.Free(key) }

func (c *coded) Close() error {
	err := c.in.Close()
	if codec, ok := c.codec.(io.Closer); ok {
		err = errors.Join(err, codec.Close())
	}
	return err
}
