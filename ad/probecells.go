package ad

import (
	"cmp"
	"slices"
	"sort"
)

// block is a run of watched memory with a state per scalar.
type block struct {
	run
	end   uintptr
	state []Access
}

// cells are disjoint blocks in ascending order of address.
type cells struct {
	blocks []block
	last   int // the block touched last
}

// extended returns cells that cover the variables, with the states of c kept.
func (c *cells) extended(vars []watched) cells {
	var runs []run
	for _, w := range vars {
		for _, r := range w.runs {
			if r.n > 0 && r.unit > 0 {
				runs = append(runs, r)
			}
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.lo, b.lo) })
	var next cells
	for _, r := range runs {
		next.cover(r)
	}
	for i := range next.blocks {
		b := &next.blocks[i]
		b.state = make([]Access, b.n)
		b.end = b.hi()
	}
	for _, b := range c.blocks {
		for i, a := range b.state {
			if a != Untouched {
				next.touch(b.lo+uintptr(i)*b.unit, b.unit, a)
			}
		}
	}
	return next
}

// cover adds a run that starts at or above the last one, as part of the last block if
// it continues or overlaps it. Go's type rules give shared memory the same scalars.
func (c *cells) cover(r run) {
	if k := len(c.blocks) - 1; k >= 0 {
		b := &c.blocks[k]
		if r.lo < b.hi() || r.lo == b.hi() && r.unit == b.unit {
			b.n = int((max(b.hi(), r.hi()) - b.lo) / b.unit)
			return
		}
	}
	c.blocks = append(c.blocks, block{run: r})
}

// touch notes an access to size bytes from addr on.
func (c *cells) touch(addr, size uintptr, how Access) {
	if size == 0 || len(c.blocks) == 0 {
		return
	}
	end := addr + size
	if b := &c.blocks[c.last]; addr >= b.lo && end <= b.end {
		b.touch(addr, end, how)
		return
	}
	for i := c.after(addr); i < len(c.blocks) && c.blocks[i].lo < end; i++ {
		b := &c.blocks[i]
		b.touch(max(addr, b.lo), min(end, b.end), how)
		c.last = i
	}
}

// after returns the first block that ends after addr.
func (c *cells) after(addr uintptr) int {
	return sort.Search(len(c.blocks), func(i int) bool { return c.blocks[i].end > addr })
}

// touch notes an access from addr to end, both within the block.
func (b *block) touch(addr, end uintptr, how Access) {
	for i := (addr - b.lo) / b.unit; i <= (end-1-b.lo)/b.unit; i++ {
		if b.state[i] == Untouched {
			b.state[i] = how
		}
	}
}

// visit calls f for every element of w with the block it is in and its place there.
func (c *cells) visit(w *watched, f func(element, block, scalar int)) {
	element := 0
	for _, r := range w.runs {
		block := c.after(r.lo)
		for i := range r.n {
			f(element, block, int((r.lo-c.blocks[block].lo)/r.unit)+i)
			element++
		}
	}
}

// state returns the state of the scalar at addr.
func (c *cells) state(addr uintptr) Access {
	b := &c.blocks[c.after(addr)]
	return b.state[(addr-b.lo)/b.unit]
}
