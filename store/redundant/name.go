package redundant

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	genLen   = 24
	longBase = 140 // bytes of a name's last element from which on it is cut
	frontLen = 100
)

// part is a blob of a member: a shard or a head.
type part struct {
	name  string // of the blob that it is a part of
	gen   string
	head  bool
	index int   // of a shard
	k     int   // of a head
	size  int64 // of a head: that of the blob
}

// newGen returns a generation that is newer than all given.
func newGen(newest string, now time.Time) string {
	count := uint64(0)
	if len(newest) == genLen {
		count, _ = strconv.ParseUint(newest[:8], 16, 32)
	}
	var b [4]byte
	rand.Read(b[:])
	return fmt.Sprintf("%08x%08x%08x", uint32(count+1), uint32(now.Unix()), binary.LittleEndian.Uint32(b[:]))
}

// made is when a generation was begun.
func made(gen string) time.Time {
	seconds, _ := strconv.ParseUint(gen[8:16], 16, 32)
	return time.Unix(int64(seconds), 0)
}

// cut returns the part of a name's last element that stays in its place; all if it is
// short.
func cut(base string) string {
	if len(base) <= longBase {
		return base
	}
	n := frontLen
	for n > 0 && !utf8.RuneStart(base[n]) {
		n--
	}
	return base[:n]
}

// stem is what the names of a generation's parts begin with.
func stem(name, gen string) string {
	dir, base := path.Split(name)
	if front := cut(base); front != base {
		return dir + front + "~~/_" + base[len(front):] + "~" + gen + "x"
	}
	return name + "~" + gen
}

// within returns a prefix of all parts of blobs whose names begin with prefix.
func within(prefix string) string {
	dir, base := path.Split(prefix)
	if len(base) > frontLen-utf8.UTFMax {
		n := frontLen - utf8.UTFMax
		for n > 0 && !utf8.RuneStart(base[n]) {
			n--
		}
		base = base[:n]
	}
	return dir + base
}

func shardName(name, gen string, index int) string {
	return fmt.Sprintf("%s.%d", stem(name, gen), index)
}

func headName(name, gen string, k int, size int64) string {
	return fmt.Sprintf("%s=%d.%d", stem(name, gen), k, size)
}

// parsePart reads the name of a member's blob; others in the member are not ours.
func parsePart(text string) (part, bool) {
	i := strings.LastIndexByte(text, '~')
	if i < 0 || len(text) < i+1+genLen+2 {
		return part{}, false
	}
	p := part{name: text[:i], gen: text[i+1:][:genLen]}
	rest, long := strings.CutPrefix(text[i+1+genLen:], "x")
	if long {
		dir, base := path.Split(p.name)
		front, ok := strings.CutSuffix(dir, "~~/")
		back, ok2 := strings.CutPrefix(base, "_")
		if !ok || !ok2 {
			return part{}, false
		}
		p.name = front + back
	}
	var err error
	if digits, ok := strings.CutPrefix(rest, "."); ok {
		p.index, err = strconv.Atoi(digits)
	} else if numbers, ok := strings.CutPrefix(rest, "="); ok {
		p.head = true
		k, size, _ := strings.Cut(numbers, ".")
		if p.k, err = strconv.Atoi(k); err == nil {
			p.size, err = strconv.ParseInt(size, 10, 64)
		}
	}
	// Only the spelling that a Put uses counts.
	again := shardName(p.name, p.gen, p.index)
	if p.head {
		again = headName(p.name, p.gen, p.k, p.size)
	}
	valid := err == nil && strings.Trim(p.gen, "0123456789abcdef") == "" && again == text
	return p, valid && p.index >= 0 && p.index < maxShards && p.size >= 0 && (!p.head || p.k > 0 && p.k <= maxShards)
}
