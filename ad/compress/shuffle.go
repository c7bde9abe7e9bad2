package compress

import (
	"encoding/binary"
	"slices"
)

// grow returns b with room for n more bytes.
func grow(b []byte, n int) []byte { return slices.Grow(b, n) }

// shuffle appends to dst the bytes of src in the order of the planes of its 8-byte words:
// byte p of all words comes before byte p+1 of any. What is left after the last eight
// words keeps its order.
func shuffle(dst, src []byte) []byte {
	at := len(dst)
	dst = grow(dst, len(src))[:at+len(src)]
	out := dst[at:]
	n := len(src) / 64 * 8 // words
	for k := 0; k < n; k += 8 {
		w := words(src[8*k:])
		transpose(&w)
		for p := range w {
			binary.LittleEndian.PutUint64(out[p*n+k:], w[p])
		}
	}
	copy(out[8*n:], src[8*n:])
	return dst
}

// unshuffle appends to dst what shuffle has made src from.
func unshuffle(dst, src []byte) []byte {
	at := len(dst)
	dst = grow(dst, len(src))[:at+len(src)]
	out := dst[at:]
	n := len(src) / 64 * 8
	for k := 0; k < n; k += 8 {
		var w [8]uint64
		for p := range w {
			w[p] = binary.LittleEndian.Uint64(src[p*n+k:])
		}
		transpose(&w)
		for i := range w {
			binary.LittleEndian.PutUint64(out[8*(k+i):], w[i])
		}
	}
	copy(out[8*n:], src[8*n:])
	return dst
}

func words(b []byte) (w [8]uint64) {
	b = b[:64]
	for i := range w {
		w[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return w
}

// transpose makes byte i of word j byte j of word i (Warren, Hacker's Delight, 7-3, with
// bytes for bits).
func transpose(w *[8]uint64) {
	for i := range 4 {
		exchange(&w[i], &w[i+4], 32, 0x00000000ffffffff)
	}
	for _, i := range [...]int{0, 1, 4, 5} {
		exchange(&w[i], &w[i+2], 16, 0x0000ffff0000ffff)
	}
	for i := 0; i < 8; i += 2 {
		exchange(&w[i], &w[i+1], 8, 0x00ff00ff00ff00ff)
	}
}

// exchange exchanges the bits of *a above those of mask with the bits of *b in mask.
func exchange(a, b *uint64, by uint, mask uint64) {
	t := (*a>>by ^ *b) & mask
	*b ^= t
	*a ^= t << by
}
