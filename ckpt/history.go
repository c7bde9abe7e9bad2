package ckpt

// history is what is known of the last checkpoint that was saved, so that the next need
// not hold again what has not changed.
type history struct {
	since   int          // saves since the last full one
	full    bool         // the save in hand is one
	file    fileRef      // the last data file
	bases   []fileRef    // the older ones that it refers to
	table   []knownChunk // its chunks; those in the file itself have the base here
	reuse   map[digest]place
	next    []fileRef
	image   uint64               // the number of the image that was saved last
	renamed [maxBases + 1]uint32 // number of each base of file in next, plus 1
	changed float64              // share of the chunks of the last save that were not in the one before; −1 if unknown
}

// incrementLen is how many bytes of a part go into one chunk of a run that saves only what has
// changed: a smaller chunk holds less that has not.
const incrementLen = 128<<10 - frameLen

// plan returns the older files that the next save may refer to, and where their chunks are.
// Every so many saves there are none, so that chains are bounded.
func (n *history) plan(fullEvery int) ([]fileRef, map[digest]place) {
	if n.reuse == nil {
		n.reuse = make(map[digest]place)
	}
	clear(n.reuse)
	n.next = n.next[:0]
	if n.full = n.table == nil || n.since+1 >= fullEvery; n.full {
		return nil, nil
	}
	n.renamed = [maxBases + 1]uint32{}
	for i, c := range n.table {
		at := c.place
		if at.base == here {
			at.frame = uint32(i)
		}
		if n.renamed[at.base] == 0 {
			if len(n.next) == maxBases {
				continue // it is stored again
			}
			ref := n.file
			if at.base != here {
				ref = n.bases[at.base]
			}
			n.next = append(n.next, ref)
			n.renamed[at.base] = uint32(len(n.next))
		}
		at.base = n.renamed[at.base] - 1
		if _, ok := n.reuse[c.sum]; !ok {
			n.reuse[c.sum] = at
		}
	}
	return n.next, n.reuse
}

// learn takes notice of a data file that belongs to a durable checkpoint.
func (n *history) learn(file fileRef, bases []fileRef, table []knownChunk, image uint64) {
	n.image = image
	n.changed = -1
	if len(table) == len(n.table) && len(table) > 0 {
		differ := 0
		for i := range table {
			if table[i].sum != n.table[i].sum {
				differ++
			}
		}
		n.changed = float64(differ) / float64(len(table))
	}
	if n.since++; n.full {
		n.since = 0
	}
	n.file = file
	n.bases = append(n.bases[:0], bases...)
	n.table = append(n.table[:0], table...)
}
