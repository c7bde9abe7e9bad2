package ckpt

import (
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// image is a state that is to be saved and does not change until the save has ended. It is
// what capture makes and the container stores: who captures in another way fills in another
// source of the payload.
type image struct {
	vars []imageVar
	// Elements and stored are sums over the variables.
	elements, stored int
	time             time.Time
	costs            *interval.State // what the loop had measured, if it is tuned
	number           uint64          // of the image, if changes are looked for
	unchanged        unchanged
}

// chunk returns the length of the chunks that the image is cut into.
func (im *image) chunk() int {
	for i := range im.vars {
		if im.vars[i].codec != nil {
			return codecLen
		}
	}
	return chunkLen
}

// imageVar is a variable of an image.
type imageVar struct {
	// head has all that the file says about the variable.
	head variableHeader
	mask string
	// layout has 8 bytes for each slice, as in the file.
	layout []byte
	// payload writes head.PayloadBytes bytes.
	payload payload
	// codec encodes the chunks of the payload; nil leaves them as they are.
	codec Codec
	form  Form

	dims []int // memory for the shape
}

// knownChunk is a chunk of a file that is written, and where its body is.
type knownChunk struct {
	place  place
	sum    digest
	origin uintptr // where the program had its bytes, in one piece; 0 if it had not
	raw    uint32
}

// payload is where the stored elements of a variable come from.
type payload interface {
	emit(to payloadSink) error
}

// payloadSink takes a payload.
type payloadSink interface {
	// Write and WriteString take bytes that may change as soon as they return.
	Write(b []byte) (int, error)
	WriteString(s string) (int, error)
	// keep takes bytes that do not change before the save has ended. The program has, or had,
	// them at an address; 0 if it had not.
	keep(b []byte, origin uintptr) error
	// fill takes n bytes from frozen memory.
	fill(n int, from reader, addr uintptr) error
}
