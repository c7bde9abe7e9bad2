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
	// known, if it is not empty, tells of each chunk of the payload whether an older file has
	// it. The payload must still write the bytes of all chunks, or skip those that are known
	// with skip of the sink.
	known []knownChunk
	// codec encodes the chunks of the payload; nil leaves them as they are.
	codec Codec
	form  Form

	dims []int // memory for the shape
}

// knownChunk is a chunk of an older file.
type knownChunk struct {
	known bool
	place place
	sum   digest
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
	// keep takes bytes that do not change before the save has ended.
	keep(b []byte) error
	// fill takes n bytes from frozen memory.
	fill(n int, from reader, addr uintptr) error
	// skip passes over the next chunk, which must be known, without its bytes.
	skip() error
}

// sections is a payload that lies in memory already, and is not copied. It must not change
// before the save has ended.
type sections [][]byte

func (s sections) emit(to payloadSink) error {
	for _, b := range s {
		if err := to.keep(b); err != nil {
			return err
		}
	}
	return nil
}
