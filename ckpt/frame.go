package ckpt

import (
	"fmt"
	"hash/crc32"
)

// storage says how the bytes of a chunk are stored.
type storage uint32

const (
	plain     storage = iota // as they are
	encoded                  // by the codec of the variable
	elsewhere                // in an older file
	storages
)

// frame stands before the body of every chunk and describes it.
type frame struct {
	variable uint32 // number of the variable in the header
	chunk    uint32 // number of the chunk in the variable
	raw      uint32 // bytes of the chunk
	stored   uint32 // bytes of the body, 0 if it is elsewhere
	encoding storage
	place    place  // of the body, if it is elsewhere
	sum      digest // of the chunk, decoded
	crc      uint32 // of the frame without this field, and the body
}

// place is where a chunk's body is: in the frame of that number in a file of the header's
// bases. A place is always that of a body, never of another reference, so there are no
// chains. The references of one file to another come in ascending order of the frames, so
// that it can be read as a stream, once.
type place struct {
	base  uint32 // number in the bases
	frame uint32 // number of the frame, counted over all variables
}

// put writes the frame to b, which has frameLen bytes, with a crc32c that covers the body,
// given in stretches.
func (f *frame) put(b []byte, body ...[]byte) {
	le.PutUint32(b[0:], f.variable)
	le.PutUint32(b[4:], f.chunk)
	le.PutUint32(b[8:], f.raw)
	le.PutUint32(b[12:], f.stored)
	le.PutUint32(b[16:], uint32(f.encoding))
	le.PutUint32(b[20:], f.place.base)
	le.PutUint32(b[24:], f.place.frame)
	copy(b[28:], f.sum[:])
	f.crc = crc32.Checksum(b[:60], castagnoli)
	for _, part := range body {
		f.crc = crc32.Update(f.crc, castagnoli, part)
	}
	le.PutUint32(b[60:], f.crc)
}

// parseFrame reads a frame and compares it with the one that belongs here.
func parseFrame(b []byte, variable, chunk, raw int, bases int) (f frame, err error) {
	f = frame{
		variable: le.Uint32(b[0:]), chunk: le.Uint32(b[4:]), raw: le.Uint32(b[8:]), stored: le.Uint32(b[12:]),
		encoding: storage(le.Uint32(b[16:])), place: place{le.Uint32(b[20:]), le.Uint32(b[24:])},
		sum: digest(b[28:60]), crc: le.Uint32(b[60:]),
	}
	bad := func(why string, args ...any) (frame, error) {
		return f, fmt.Errorf("%w: the frame of chunk %d of variable %d: %s", ErrCorrupt, chunk, variable, fmt.Sprintf(why, args...))
	}
	switch {
	case f.variable != uint32(variable) || f.chunk != uint32(chunk):
		return bad("it is of chunk %d of variable %d", f.chunk, f.variable)
	case f.raw != uint32(raw):
		return bad("it has %d bytes where %d belong", f.raw, raw)
	case f.encoding >= storages:
		return bad("its encoding %d is unknown", f.encoding)
	case f.encoding == plain && f.stored != f.raw, f.encoding == encoded && f.stored >= f.raw, f.encoding == elsewhere && f.stored != 0:
		return bad("its body has %d bytes", f.stored)
	case f.encoding == elsewhere && f.place.base >= uint32(bases):
		return bad("it is in file %d of %d", f.place.base, bases)
	case f.encoding != elsewhere && f.place != place{}:
		return bad("it is here and elsewhere")
	}
	return f, nil
}

// parts are the two parts of a record that are cut into chunks: what describes the payload,
// which is the mask and the layout, and the payload. A chunk belongs to one part.
type parts struct {
	front, payload int64 // bytes
	chunk          int64 // bytes of a chunk
}

func (v *variableHeader) parts(chunk int) parts {
	return parts{v.MaskBytes + v.LayoutBytes, v.PayloadBytes, int64(chunk)}
}

func (p parts) fronts() int64 { return (p.front + p.chunk - 1) / p.chunk }

// chunks returns the number of chunks of the record.
func (p parts) chunks() int64 { return p.fronts() + (p.payload+p.chunk-1)/p.chunk }

// length returns the bytes of a chunk.
func (p parts) length(chunk int64) int {
	if n := p.fronts(); chunk >= n {
		return int(min(p.chunk, p.payload-(chunk-n)*p.chunk))
	}
	return int(min(p.chunk, p.front-chunk*p.chunk))
}
