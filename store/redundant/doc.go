// Package redundant keeps every blob on several stores, so that some of them may be lost:
// as copies, or by Reed-Solomon codes, which need less room.
//
// What goes in is a list of stores, the members, and two numbers; what comes out is one
// store.Store. Of n = k + m members any m may be lost, be damaged or hold something
// older, and every blob that Put has called durable can be read. With k = 1 every member
// has a copy. A program that imports this package can open its stores by URL:
//
//	rs:4+2:URL,URL,URL,URL,URL,URL   four shards of data, two of parity
//	copies:URL,URL                   two copies, the same as rs:1+1
//
// The URL of a member that has a comma itself stands in brackets.
//
// # Generations
//
// A Put writes one shard to each member, and when all of them are durable a small head to
// each. Shards without a head are not a blob. A new blob of an old name is another
// generation beside the old one, which is removed when the new one is complete. So at any
// moment, also after a crash within Put and the loss of any m members, the old blob or the
// new one is whole.
//
// # Members that fail
//
// A member that fails counts as lost: up to m may do so in a Put, and it succeeds. That is
// logged; the blob then survives so many losses less until [Store.Repair] has written what
// is missing. With [Options.Strict] every member must take its part. Damage is found by
// checksums when a blob is read, and mended from the other shards.
//
// # Format, version 1
//
// The shard with number I (from 0) of the blob DIR/BASE is the blob DIR/BASE~GEN.I of a
// member, its head is DIR/BASE~GEN=K.SIZE. GEN is 24 hexadecimal digits: a count, the
// seconds since 1970, and a random number, 8 of each; K and SIZE are decimal. A BASE of more
// than 140 bytes is cut within its first 100: DIR/FRONT~~/_REST~GENx.I. Integers are unsigned
// and little-endian; crc32c is the CRC-32 with Castagnoli's polynomial.
//
// A shard is a header, and for each stripe of the blob a block and its checksum:
//
//	offset  bytes
//	0       8      89 43 53 48 52 0d 0a 1a ("\x89CSHR\r\n\x1a")
//	8       4      format version: 1
//	12      2      k, number of data shards
//	14      2      m, number of parity shards
//	16      2      number of this shard; below k it holds data
//	18      2      0
//	20      4      S, length of a block
//	24      24     GEN
//	48      4      crc32c of bytes 0 to 47
//	52             blocks
//
// A stripe is k·S bytes of the blob; block i of it holds the i-th S bytes. The last stripe
// has blocks of ⌈r/k⌉ bytes for its r bytes, filled up with zeros. After each block come 4
// bytes: the crc32c of GEN, the shard's number in 2 bytes, the stripe's in 8, and the block.
// Parity is that of klauspost/reedsolomon with its default matrix: Vandermonde, made
// systematic, over GF(2⁸) with the polynomial 29.
//
// A head has 92 bytes:
//
//	0       8      89 43 48 44 52 0d 0a 1a
//	8       48     as in a shard, with number and last field 0; GEN included
//	48      8      length of the blob
//	56      32     SHA-256 of the blob
//	88      4      crc32c of bytes 0 to 87
package redundant
