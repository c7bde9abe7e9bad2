//go:build !purego

package sha256x

import (
	"encoding/binary"
	"unsafe"
)

const block = 64 // bytes

// lanes hashes one message in each lane.
type lanes struct {
	state [8][Lanes]uint32 // word by word
	data  [Lanes]*byte
	pad   [block]byte
}

var initial = [8]uint32{
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

// blocks updates the state of each lane by so many blocks of its data, n > 0.
//
//go:noescape
func blocks(state *[8][Lanes]uint32, data *[Lanes]*byte, n int)

// cpuid and xgetbv are the instructions of these names.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() uint32

// available reports whether the processor has AVX-512 F and BW, and the system keeps their registers.
var available = func() bool {
	const (
		osxsave = 1 << 27 // leaf 1, c
		f, bw   = 1 << 16, 1 << 30
		state   = 0xe6 // XMM, YMM, masks, upper halves of ZMM, upper ZMM
	)
	most, _, _, _ := cpuid(0, 0)
	if most < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || xgetbv()&state != state {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&f != 0 && b&bw != 0
}()

// sums hashes up to Lanes messages of one length. It reports false if it cannot.
func (l *lanes) sums(sums []Digest, messages [][]byte) bool {
	size := len(messages[0])
	if !available || size == 0 || size%block != 0 {
		return false
	}
	for w := range l.state {
		for i := range l.state[w] {
			l.state[w][i] = initial[w]
		}
	}
	for i := range l.data {
		m := messages[min(i, len(messages)-1)] // idle lanes do what the last one does
		l.data[i] = unsafe.SliceData(m)
	}
	blocks(&l.state, &l.data, size/block)
	l.pad = [block]byte{0x80}
	binary.BigEndian.PutUint64(l.pad[block-8:], uint64(size)*8)
	for i := range l.data {
		l.data[i] = &l.pad[0]
	}
	blocks(&l.state, &l.data, 1)
	l.data = [Lanes]*byte{}
	for i := range messages {
		for w := range l.state {
			binary.BigEndian.PutUint32(sums[i][4*w:], l.state[w][i])
		}
	}
	return true
}
