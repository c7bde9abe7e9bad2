//go:build amd64 || arm64

package freeze

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// Tracker knows which pages of watched memory may have changed since they were protected last
// (userfaultfd with UFFD_FEATURE_WP_ASYNC and PAGEMAP_SCAN, Linux 6.7 and later). The first
// write to a page costs a short fault, which the kernel handles by itself.
type Tracker struct {
	u       *userfault
	pagemap *os.File
	regions []region // buffer
}

// region is struct page_region.
type region struct{ start, end, categories uint64 }

// scan is struct pm_scan_arg.
type scan struct {
	size, flags, start, end, walkEnd, vec, vecLen, maxPages uint64
	inverted, mask, anyof, returned                         uint64
}

const (
	pagemapScan   = 0xc0606610
	pageWPAllowed = 1 << 0
	pageWritten   = 1 << 1
	pagePresent   = 1 << 3
	pageSwapped   = 1 << 4
)

// NewTracker returns a Tracker, or an error that matches [ErrRefused].
func NewTracker() (*Tracker, error) {
	u, err := openUserfault(featureWP|featureUnpopulate|featureAsync, false)
	if err != nil {
		return nil, err
	}
	pagemap, err := os.Open("/proc/self/pagemap")
	if err != nil {
		u.close()
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	t := &Tracker{u, pagemap, make([]region, 512)}
	if err := t.probe(); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// probe watches a few pages.
func (t *Tracker) probe() error {
	b, err := reserve(4 * pageSize)
	if err != nil {
		return err
	}
	defer syscall.Munmap(b)
	populate(b)
	lo := address(b)
	if err := t.Watch(lo, len(b)); err != nil {
		return err
	}
	b[pageSize] = 1
	clean := 0
	err = t.Clean(lo, len(b), func(_ uintptr, n int) { clean += n })
	if err == nil && clean != 3*pageSize {
		err = fmt.Errorf("%w: PAGEMAP_SCAN finds %d bytes unchanged where %d are", ErrRefused, clean, 3*pageSize)
	}
	return err
}

// Close ends the watching of all memory.
func (t *Tracker) Close() error {
	err := t.u.close()
	if e := t.pagemap.Close(); err == nil {
		err = e
	}
	return err
}

// inner returns the whole pages within a stretch.
func inner(addr uintptr, n int) (lo, length uintptr) {
	page := uintptr(pageSize)
	lo = (addr + page - 1) &^ (page - 1)
	hi := (addr + uintptr(n)) &^ (page - 1)
	if hi <= lo {
		return lo, 0
	}
	return lo, hi - lo
}

// Watch begins to watch the whole pages within a stretch of private anonymous memory and protects them. They must not
// be watched by another Tracker.
func (t *Tracker) Watch(addr uintptr, n int) error {
	lo, length := inner(addr, n)
	if length == 0 {
		return nil
	}
	if err := t.u.register(lo, length); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return t.Protect(addr, n)
}

// Unwatch ends the watching of a stretch.
func (t *Tracker) Unwatch(addr uintptr, n int) error {
	lo, length := inner(addr, n)
	if length == 0 {
		return nil
	}
	return t.u.unregister(lo, length)
}

// Protect makes the pages of a watched stretch count as unchanged from now on.
func (t *Tracker) Protect(addr uintptr, n int) error {
	lo, length := inner(addr, n)
	if length == 0 {
		return nil
	}
	return t.u.protect(lo, length, true)
}

// Clean calls found for those parts of a watched stretch, in ascending order, that have
// certainly not changed since the last Watch or Protect. What is not in memory, or not in a
// whole page of the stretch, is not among them.
func (t *Tracker) Clean(addr uintptr, n int, found func(addr uintptr, n int)) error {
	lo, length := inner(addr, n)
	if length == 0 {
		return nil
	}
	arg := scan{
		size: uint64(unsafe.Sizeof(scan{})), start: uint64(lo), end: uint64(lo + length),
		vec: uint64(uintptr(unsafe.Pointer(&t.regions[0]))), vecLen: uint64(len(t.regions)),
		inverted: pageWritten, mask: pageWPAllowed | pageWritten, anyof: pagePresent | pageSwapped, returned: pageWPAllowed,
	}
	for arg.start < arg.end {
		count, _, errno := syscall.Syscall(syscall.SYS_IOCTL, t.pagemap.Fd(), pagemapScan, uintptr(unsafe.Pointer(&arg)))
		runtime.KeepAlive(t)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return fmt.Errorf("%w: PAGEMAP_SCAN: %w", ErrRefused, errno)
		}
		for _, r := range t.regions[:count] {
			found(uintptr(r.start), int(r.end-r.start))
		}
		if arg.walkEnd <= arg.start {
			return fmt.Errorf("%w: PAGEMAP_SCAN does not advance", ErrRefused)
		}
		arg.start = arg.walkEnd
	}
	return nil
}
