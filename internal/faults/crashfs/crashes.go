package crashfs

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
)

// op is an operation that changes something: names, data, or what is durable.
type op struct {
	kind    string
	effects []effect // on names
	node    ino      // that is written or synced
	data    []byte   // of the whole file after a write
}

// effect is a name that means something else afterwards.
type effect struct {
	dir  ino
	name string
	to   ino // 0 for nothing
}

// medium is what a disk holds: the names of every directory, the data of every file.
type medium struct {
	names map[ino]map[string]ino
	data  map[ino][]byte
}

func (m medium) clone() medium {
	c := medium{names: make(map[ino]map[string]ino, len(m.names)), data: maps.Clone(m.data)}
	for id, entries := range m.names {
		c.names[id] = maps.Clone(entries)
	}
	return c
}

func (m medium) apply(effects []effect) {
	for _, e := range effects {
		if e.to == 0 {
			delete(m.names[e.dir], e.name)
		} else {
			m.names[e.dir][e.name] = e.to
		}
	}
}

// pending is what a power cut may take or leave.
type pending struct {
	disk    medium         // durable
	names   [][]effect     // operations on names, the oldest first
	written map[ino][]byte // content of files that were written since their last Sync
}

// at works out what is durable and what is pending after the first n operations.
func (f *FS) at(n int) *pending {
	p := &pending{disk: f.disk.clone(), written: map[ino][]byte{}}
	for _, o := range f.log[:n] {
		switch o.kind {
		case "write":
			p.written[o.node] = o.data
		case "sync":
			if data, ok := p.written[o.node]; ok {
				p.disk.data[o.node] = data
				delete(p.written, o.node)
			}
		case "syncdir":
			p.syncDir(o.node)
		default:
			p.names = append(p.names, o.effects)
			for _, e := range o.effects {
				p.know(e.to, f.nodes[e.to])
			}
		}
	}
	return p
}

// know makes room on the medium for a new file or directory.
func (p *pending) know(id ino, n *node) {
	switch {
	case id == 0:
	case n.dir && p.disk.names[id] == nil:
		p.disk.names[id] = map[string]ino{}
	case !n.dir && p.disk.data[id] == nil:
		p.disk.data[id] = []byte{}
	}
}

// syncDir makes the names in a directory durable.
func (p *pending) syncDir(dir ino) {
	var left [][]effect
	for _, effects := range p.names {
		var rest []effect
		for _, e := range effects {
			if e.dir == dir {
				p.disk.apply([]effect{e})
			} else {
				rest = append(rest, e)
			}
		}
		if len(rest) > 0 {
			left = append(left, rest)
		}
	}
	p.names = left
}

// The limits up to which the states are exhausted; beyond them some are chosen.
const (
	maxNames   = 10   // pending operations on names
	maxSectors = 4    // pending sectors of a file
	maxStates  = 4096 // at one point of time
)

// Crashes yields the states that a power cut after the first n operations may leave. If
// there are many pending operations or sectors, those states with all, none, all but one,
// only one, and every prefix of them are taken, and some by chance from rng; and if there are
// many pending files, what becomes of them together is left to chance.
func (f *FS) Crashes(n int, rng *rand.Rand) iter.Seq[*FS] {
	f.mu.Lock()
	p := f.at(n)
	f.mu.Unlock()
	return func(yield func(*FS) bool) {
		var media []medium
		for keep := range subsets(len(p.names), maxNames, rng) {
			m := p.disk.clone()
			for i, effects := range p.names {
				if keep[i] {
					m.apply(effects)
				}
			}
			media = append(media, m)
		}
		for _, m := range media {
			for disk := range p.files(m, max(8, maxStates/len(media)), rng) {
				if !yield(disk) {
					return
				}
			}
		}
	}
}

// files yields the states whose names are those of m, at most limit.
func (p *pending) files(m medium, limit int, rng *rand.Rand) iter.Seq[*FS] {
	reached := m.reachable()
	var ids []ino
	var variants [][][]byte
	product := 1
	for _, id := range slices.Sorted(maps.Keys(p.written)) {
		if reached[id] {
			ids = append(ids, id)
			variants = append(variants, slices.Collect(torn(p.disk.data[id], p.written[id], rng)))
			product = min(product*len(variants[len(variants)-1]), limit+1)
		}
	}
	return func(yield func(*FS) bool) {
		for n := range min(product, limit) {
			rest := n
			for i, id := range ids {
				k := rest % len(variants[i])
				if product > limit && n > 0 { // n = 0 is the old content of all
					k = rng.IntN(len(variants[i]))
				}
				rest /= len(variants[i])
				m.data[id] = variants[i][k]
			}
			if !yield(from(m.prune(reached))) {
				return
			}
		}
	}
}

// reachable returns the nodes that have a name.
func (m medium) reachable() map[ino]bool {
	seen := map[ino]bool{root: true}
	var visit func(id ino)
	visit = func(id ino) {
		for _, to := range m.names[id] {
			if !seen[to] {
				seen[to] = true
				visit(to)
			}
		}
	}
	visit(root)
	return seen
}

// prune returns a copy without what has no name.
func (m medium) prune(reached map[ino]bool) medium {
	c := medium{names: map[ino]map[string]ino{}, data: map[ino][]byte{}}
	for id := range reached {
		if entries, ok := m.names[id]; ok {
			c.names[id] = maps.Clone(entries)
		} else {
			c.data[id] = m.data[id]
		}
	}
	return c
}

// torn yields what may be on the medium of a file that held old and was written to be now.
func torn(old, now []byte, rng *rand.Rand) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, size := range sizes(len(old), len(now)) {
			base := make([]byte, size)
			copy(base, old)
			var sectors []int // that differ
			for at := 0; at < size; at += Sector {
				end := min(at+Sector, size)
				if !bytes.Equal(base[at:end], now[at:min(end, len(now))]) {
					sectors = append(sectors, at)
				}
			}
			for keep := range subsets(len(sectors), maxSectors, rng) {
				data := slices.Clone(base)
				for i, at := range sectors {
					if keep[i] {
						copy(data[at:min(at+Sector, size)], now[at:])
					}
				}
				if !yield(data) {
					return
				}
			}
		}
	}
}

// sizes returns the lengths that a file which grows from old to now may have.
func sizes(old, now int) []int {
	out := []int{old}
	for s := (old/Sector + 1) * Sector; s < now; s += Sector {
		out = append(out, s)
	}
	if now > old {
		out = append(out, now)
	}
	return out
}

// subsets yields subsets of n things: all of them if n ≤ limit.
func subsets(n, limit int, rng *rand.Rand) iter.Seq[[]bool] {
	return func(yield func([]bool) bool) {
		keep := make([]bool, n)
		if n <= limit {
			for bits := range 1 << n {
				for i := range keep {
					keep[i] = bits>>i&1 == 1
				}
				if !yield(keep) {
					return
				}
			}
			return
		}
		for one := range n {
			for _, choose := range []func(i int) bool{
				func(i int) bool { return i == one },
				func(i int) bool { return i != one },
				func(i int) bool { return i < one },
				func(i int) bool { return i >= one },
				func(int) bool { return rng.IntN(2) == 0 },
				func(int) bool { return rng.IntN(n) > one },
			} {
				for i := range keep {
					keep[i] = choose(i)
				}
				if !yield(keep) {
					return
				}
			}
		}
	}
}

// Digest is the same for two file systems with the same names and contents.
func (f *FS) Digest() [sha256.Size]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := sha256.New()
	f.digest(h, root)
	return [sha256.Size]byte(h.Sum(nil))
}

func (f *FS) digest(h hash.Hash, id ino) {
	n := f.nodes[id]
	if !n.dir {
		fmt.Fprintf(h, "file %d ", len(n.data))
		h.Write(n.data)
		return
	}
	fmt.Fprintf(h, "dir %d ", len(n.entries))
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		fmt.Fprintf(h, "%q ", name)
		f.digest(h, n.entries[name])
	}
}
