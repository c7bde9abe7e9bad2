// Package sha256x computes the SHA-256 (FIPS 180-4) of many messages at once. What goes in are
// messages; what comes out are the digests that crypto/sha256 gives for each of them.
//
// One message has to be hashed word after word, so that a core waits for the result of each
// round. Sixteen messages of one length are hashed side by side in the lanes of AVX-512
// registers, where the processor has them, which is about twice as fast as its instructions
// for SHA-256. Elsewhere, and for messages that have no others of their length beside them,
// it is crypto/sha256.
package sha256x

import "crypto/sha256"

// Size is the length of a digest in bytes.
const Size = sha256.Size

// Lanes is how many messages are hashed side by side.
const Lanes = 16

// worthwhile is the least number of messages for which the lanes, some of them idle, are
// faster than one message after the other.
const worthwhile = 9

// Digest is the SHA-256 of a message.
type Digest = [Size]byte

// A Hasher hashes messages side by side. It has the memory for that, so it is for one
// goroutine at a time; the zero value is ready.
type Hasher struct {
	lanes lanes
}

// Sums sets sums[i] to the digest of messages[i], for at most as many as there are sums. It
// is fast for runs of messages of one length that is a multiple of 64 bytes.
func (h *Hasher) Sums(sums []Digest, messages [][]byte) {
	for len(messages) > 0 {
		n := 1
		for n < min(len(messages), Lanes) && len(messages[n]) == len(messages[0]) {
			n++
		}
		if n < worthwhile || !h.lanes.sums(sums[:n], messages[:n]) {
			for i, m := range messages[:n] {
				sums[i] = sha256.Sum256(m)
			}
		}
		sums, messages = sums[n:], messages[n:]
	}
}
