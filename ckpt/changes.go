package ckpt

import (
	"fmt"
	"slices"
	"sort"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
)

// Changes is how a run with Options.FullEvery finds out which blocks of the state have changed.
type Changes int

// The ways; docs/explanation/durability.md tells what they need and cost.
const (
	// ChangesAuto is ChangesByPage where that works and is worth it, else ChangesByHash. It is
	// not used in a process that has given memory to devices, which write to it unseen.
	ChangesAuto Changes = iota
	// ChangesByHash reads the whole state and compares the SHA-256 of its blocks.
	ChangesByHash
	// ChangesByPage has the system note which pages the program writes to (Linux 6.7 or later on amd64
	// or arm64), and reads only those. It does not see what devices write to memory that is pinned
	// for them, so the state must not be in such memory. What is not a slice or array of 1 MiB
	// or more, or is memory of [Alloc], goes by hash.
	ChangesByPage
	changesWays
)

// String returns "auto", "by-hash" or "by-page".
func (c Changes) String() string {
	if c < 0 || c >= changesWays {
		return fmt.Sprintf("Changes(%d)", int(c))
	}
	return [...]string{"auto", "by-hash", "by-page"}[c]
}

// changes knows what the program has written to since the last capture. Between two captures
// the pages of large stretches of the state are protected; that is done while the program
// stands still, so what is told to be unchanged is what the last image has.
type changes struct {
	tracker  *freeze.Tracker
	refused  error
	told     bool // the user knows
	mappings freeze.Mappings
	wanted   []freeze.Stretch // that find had found
	watched  []freeze.Stretch // those of them that can be
	armed    uint64           // the image since which they are watched; 0 if they are not
	images   uint64           // counts all
	pause    int              // saves for which it is not worth it
	large    largeStretches
	share    float64 // of the watched bytes that had changed, −1 if it is not known
}

// pauseFor is how many saves are told apart by hash when most of the pages had changed: the first
// write to each costs a fault.
const pauseFor = 16

// unchanged is memory that the program has not written to since an image was captured.
type unchanged struct {
	since uint64 // the number of that image; 0 if nothing is known
	list  []freeze.Stretch
}

// has reports whether the whole of a stretch is unchanged.
func (u *unchanged) has(addr uintptr, n int) bool {
	i := sort.Search(len(u.list), func(i int) bool { return u.list[i].Addr+uintptr(u.list[i].Len) > addr })
	return i < len(u.list) && u.list[i].Addr <= addr && addr-u.list[i].Addr+uintptr(n) <= uintptr(u.list[i].Len)
}

// add adds a stretch that comes after those that are there.
func (u *unchanged) add(addr uintptr, n int) {
	if last := len(u.list) - 1; last >= 0 && u.list[last].Addr+uintptr(u.list[last].Len) == addr {
		u.list[last].Len += n
		return
	}
	u.list = append(u.list, freeze.Stretch{Addr: addr, Len: n})
}

// largeStretches lists the large stretches of memory that are the payload of variables as they are.
type largeStretches struct{ list []freeze.Stretch }

func (f *largeStretches) slice(_ *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	h := (*header)(p)
	return h.len, h.data, nil
}

func (f *largeStretches) block(n *node, p unsafe.Pointer, count int) error {
	if size := count * n.enc; n.image && size >= pagesLeast {
		f.list = append(f.list, freeze.Stretch{Addr: uintptr(p), Len: size})
	}
	return nil
}

func (f *largeStretches) text(*node, unsafe.Pointer) error { return nil }

// look writes down in an image what has not changed since the last one, and watches the
// variables from now on. The program must stand still from the capture of the image until it returns.
func (c *changes) look(im *image, way Changes, vars []*variable) {
	c.images++
	im.number, im.unchanged.since, im.unchanged.list = c.images, 0, im.unchanged.list[:0]
	if way == ChangesByHash || c.refused != nil {
		return
	}
	if c.pause > 0 && way == ChangesAuto {
		c.pause--
		return
	}
	err := c.find(vars)
	if err == nil && way == ChangesAuto {
		err = c.devices()
	}
	if err == nil && c.armed != 0 {
		err = c.scan(&im.unchanged)
	}
	if err == nil && way == ChangesAuto && im.unchanged.since != 0 && c.share > 0.5 {
		c.pause = pauseFor
		c.drop()
		return
	}
	if err == nil {
		err = c.watch()
	}
	if err != nil {
		im.unchanged.since = 0
		c.drop()
		c.refused = err
		return
	}
	c.armed = im.number
}

// find lists what is to be watched, in the order of addresses.
func (c *changes) find(vars []*variable) error {
	c.large.list = c.large.list[:0]
	for _, v := range vars {
		if v.keep != nil {
			continue // it is stored in pieces
		}
		if err := walk(v.node, v.p, false, &c.large); err != nil {
			return err
		}
	}
	slices.SortFunc(c.large.list, func(a, b freeze.Stretch) int {
		switch {
		case a.Addr < b.Addr:
			return -1
		case a.Addr > b.Addr:
			return 1
		}
		return 0
	})
	return nil
}

// devices returns an error if the process has given memory to devices, or may have.
func (c *changes) devices() error {
	name, err := c.mappings.Devices()
	if err == nil && name != "" {
		err = fmt.Errorf("%w: the process has memory of %s, which may write to the state unseen", freeze.ErrRefused, name)
	}
	return err
}

// scan lists what has not changed.
func (c *changes) scan(u *unchanged) error {
	total, clean := 0, 0
	for _, s := range c.watched {
		total += s.Len
		err := c.tracker.Clean(s.Addr, s.Len, func(addr uintptr, n int) {
			clean += n
			u.add(addr, n)
		})
		if err != nil {
			return err
		}
	}
	u.since = c.armed
	if c.share = -1; total > 0 {
		c.share = 1 - float64(clean)/float64(total)
	}
	return nil
}

// watch protects what find has found.
func (c *changes) watch() error {
	if equal(c.wanted, c.large.list) {
		for _, s := range c.watched {
			if err := c.tracker.Protect(s.Addr, s.Len); err != nil {
				return err
			}
		}
		return nil
	}
	c.drop()
	if c.wanted = append(c.wanted, c.large.list...); len(c.wanted) == 0 {
		return nil
	}
	if i, err := c.mappings.Shared(c.large.list); err != nil || i >= 0 {
		if err == nil {
			err = fmt.Errorf("%w: %d bytes of the state are in memory that is shared with other processes", freeze.ErrRefused, c.large.list[i].Len)
		}
		return err
	}
	if c.tracker == nil {
		t, err := freeze.NewTracker()
		if err != nil {
			return err
		}
		c.tracker = t
	}
	for _, s := range c.large.list {
		if c.tracker.Watch(s.Addr, s.Len) == nil { // others watch memory of an arena
			c.watched = append(c.watched, s)
		}
	}
	return nil
}

// drop ends the watching.
func (c *changes) drop() {
	for _, s := range c.watched {
		// It fails if the memory is the program's no longer; then there is nothing to be done.
		_ = c.tracker.Unwatch(s.Addr, s.Len)
	}
	c.wanted, c.watched, c.armed = c.wanted[:0], c.watched[:0], 0
}

// close ends all.
func (c *changes) close() {
	c.drop()
	if c.tracker != nil {
		_ = c.tracker.Close()
		c.tracker = nil
	}
}
