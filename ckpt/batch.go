package ckpt

import (
	"crypto/sha256"

	"github.com/cairn-ad/cairn/ckpt/internal/sha256x"
)

// batch is chunks that are hashed together, so that they can be hashed side by side.
type batch struct {
	jobs  [sha256x.Lanes]job
	n     int // jobs that are in use
	bytes int // of their chunks

	hasher sha256x.Hasher
	bodies [sha256x.Lanes][]byte
	hashed [sha256x.Lanes]int // the jobs of these
	sums   [sha256x.Lanes]sha256x.Digest
	async  bool
	done   chan struct{}
}

// batchLen is how many bytes of chunks end a batch.
const batchLen = 4<<20 - 16<<10

// job is one chunk on its way.
type job struct {
	frame frame
	body  []byte // the bytes of the chunk, decoded
	buf   []byte // holds body if it had to be copied
	out   []byte // the stored bytes
	enc   []byte // holds out if it was encoded
	dec   []byte // the chunk as it comes back, if that is not exact
	head  [frameLen]byte
	codec Codec
	form  Form
	from  reader  // of body, if it is still to be read
	addr  uintptr // where it reads
	reuse map[digest]place
	err   error

	origin uintptr // where the program has the chunk, in one piece, or 0
	known  bool    // its SHA-256 is that of the last file, and it was not read
}

func newBatch() *batch { return &batch{done: make(chan struct{}, 1)} }

// full reports whether a batch takes no more chunks.
func (b *batch) full() bool { return b.n == len(b.jobs) || b.bytes >= batchLen }

// process computes what the frames of the chunks need.
func (b *batch) process() {
	n := 0
	for i := range b.jobs[:b.n] {
		j := &b.jobs[i]
		if j.known {
			continue
		}
		if j.read(); j.err == nil {
			b.bodies[n], b.hashed[n] = j.body, i
			n++
		}
	}
	b.hasher.Sums(b.sums[:], b.bodies[:n])
	for k, i := range b.hashed[:n] {
		j := &b.jobs[i]
		b.bodies[k] = nil
		j.frame.sum = b.sums[k]
		if _, ok := j.reuse[j.frame.sum]; !ok { // else it need not be stored, perhaps
			j.finish()
		}
	}
}

// read reads the chunk where it is not at hand.
func (j *job) read() {
	if j.from != nil {
		j.body = j.body[:j.frame.raw]
		j.err = j.from.Read(j.body, j.addr)
	}
}

// again makes the stored bytes of a chunk that was thought to be in an older file and is not, or not
// where this one may refer to.
func (j *job) again() {
	if j.known {
		if j.read(); j.err != nil {
			return
		}
		j.frame.sum = sha256.Sum256(j.body)
	}
	j.finish()
}

// forget drops what is the user's.
func (b *batch) forget() {
	for i := range b.jobs {
		j := &b.jobs[i]
		j.body, j.out, j.codec, j.reuse, j.from = nil, nil, nil, nil, nil
	}
}

// finish makes the stored bytes and the frame of a chunk that is stored in this file.
func (j *job) finish() {
	j.frame.encoding, j.out = plain, j.body
	if j.codec != nil {
		j.compress()
	}
	if j.err == nil {
		j.frame.stored = uint32(len(j.out))
		j.frame.put(j.head[:], j.out)
	}
}
