package freeze

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Arena is memory whose content can be frozen: [Arena.Freeze] protects all of it from writes,
// which takes the time of a walk through its page tables. The first write to a unit of it then
// waits until the old content of the unit was set aside.
//
// That is done by a thread which runs no Go. A goroutine could not: one that waits in a page
// fault keeps its processor and holds up the garbage collector, which in turn would hold up the goroutine
// that it waits for.
type Arena struct {
	u      *userfault
	event  int    // eventfd that makes the thread answer
	mem    []byte // address space for the memory given out
	used   int    // bytes of it
	side   []byte // the old content of units, where units says so
	units  []byte // memory of one uint32 per unit: 1 if its old content is aside
	thread []byte // memory of a handler and the stack of its thread
	mu     sync.Mutex
}

// Unit is how many bytes are set aside at a first write.
const Unit = 64 << 10

// handler is what the thread works with; handler_linux_amd64.s knows its layout.
type handler struct {
	uffd    int64
	event   int64
	units   uintptr
	base    uintptr
	side    uintptr
	poll    [2]pollfd // the userfaultfd and the eventfd
	message [4]uint64 // struct uffd_msg
	protect [3]uint64 // struct uffdio_writeprotect
	count   uint64    // read from the eventfd
	answers int64     // how often the thread has answered
	frozen  uint32    // old content is set aside; otherwise faults are only resolved
	ending  uint32    // the thread ends when it has answered
	errno   int64     // why a fault could not be resolved
	tid     int64     // of the thread; the kernel clears it when the thread is gone
}

type pollfd struct {
	fd      int32
	events  int16
	revents int16
}

// startHandler makes a thread that resolves the faults of h, and returns its number or the
// negative of an errno. It inherits which signals are blocked.
//
//go:noescape
func startHandler(h *handler, stack uintptr) (tid int)

// spawn starts the thread with all signals blocked.
//
//go:noinline
//go:norace
func spawn(h *handler, stack uintptr) (tid int) {
	beforeFork()
	tid = startHandler(h, stack)
	afterFork()
	return tid
}

// NewArena returns an arena that can hold limit bytes, of which those that are not used cost
// nothing, or an error that matches [ErrRefused].
func NewArena(limit int) (*Arena, error) {
	limit = (limit + Unit - 1) / Unit * Unit
	u, err := openUserfault(featureWP, true)
	if err != nil {
		return nil, err
	}
	a := &Arena{u: u, event: -1}
	if err := a.prepare(limit); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrRefused, err), a.Close())
	}
	return a, nil
}

func (a *Arena) prepare(limit int) (err error) {
	if a.mem, err = reserve(limit + Unit); err != nil {
		return err
	}
	if a.side, err = reserve(limit + Unit); err != nil {
		return err
	}
	if a.units, err = reserve(4*limit/Unit + pageSize); err != nil {
		return err
	}
	if a.thread, err = reserve(16 << 10); err != nil {
		return err
	}
	_ = syscall.Madvise(a.mem, madvNohugepage) // units are small
	fd, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return os.NewSyscallError("eventfd", errno)
	}
	a.event = int(fd)
	h := a.handler()
	h.uffd, h.event = int64(a.u.fd), int64(a.event)
	h.units, h.side = address(a.units), address(a.side)
	h.base = (address(a.mem) + Unit - 1) &^ (Unit - 1)
	h.poll = [2]pollfd{{fd: int32(a.u.fd), events: pollIn}, {fd: int32(a.event), events: pollIn}}
	if tid := spawn(h, address(a.thread)+uintptr(len(a.thread))); tid < 0 {
		return os.NewSyscallError("clone", syscall.Errno(-tid))
	}
	return nil
}

const (
	madvNohugepage = 15
	madvDontneed   = 4
	pollIn         = 1
)

func (a *Arena) handler() *handler { return (*handler)(unsafe.Pointer(&a.thread[0])) }

// base is where the memory given out begins, at a whole unit.
func (a *Arena) base() uintptr { return a.handler().base }

// Alloc gives out n bytes of zeros, at an address that suits any type. They are memory until the
// arena is closed.
func (a *Arena) Alloc(n int) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.handler().frozen != 0 {
		return nil, errors.New("memory of an arena cannot be given out while it is frozen")
	}
	skip := int(a.base() - address(a.mem))
	lo := skip + a.used
	if n > len(a.mem)-Unit-a.used || n < 0 {
		return nil, fmt.Errorf("%w: an arena of %d bytes has no room for %d more", ErrRefused, len(a.mem)-Unit, n)
	}
	whole := (n + Unit - 1) / Unit * Unit
	if whole == 0 {
		whole = Unit
	}
	populate(a.mem[lo:][:whole])
	if err := a.u.register(a.base()+uintptr(a.used), uintptr(whole)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	a.used += whole
	return a.mem[lo:][:n:n], nil
}

// Contains reports whether a stretch of memory is of the arena.
func (a *Arena) Contains(addr uintptr, n int) bool {
	return addr >= a.base() && addr-a.base()+uintptr(n) <= uintptr(a.used)
}

// Freeze keeps the content as it is now, for Read, until Thaw. Nobody may write to the arena
// before it returns.
func (a *Arena) Freeze() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.handler()
	if h.frozen != 0 {
		return errors.New("the arena is frozen already")
	}
	atomic.StoreUint32(&h.frozen, 1)
	if a.used == 0 {
		return nil
	}
	if err := a.u.protect(a.base(), uintptr(a.used), true); err != nil {
		return errors.Join(err, a.thaw())
	}
	return nil
}

// Read fills dst with what was at an address of the arena when it was frozen.
//
// A unit's old content is aside before the unit may be written to. So if it is not aside after
// the unit was copied, the copy is the old content.
//
//go:norace
func (a *Arena) Read(dst []byte, addr uintptr) error {
	h := a.handler()
	if errno := atomic.LoadInt64(&h.errno); errno != 0 {
		return fmt.Errorf("a write to a frozen arena could not be resolved: %w", syscall.Errno(errno))
	}
	for len(dst) > 0 {
		at := addr - h.base
		n := min(len(dst), Unit-int(at%Unit))
		aside := (*uint32)(unsafe.Pointer(&a.units[at/Unit*4]))
		if atomic.LoadUint32(aside) == 0 {
			copy(dst[:n], a.mem[addr-address(a.mem):])
		}
		if atomic.LoadUint32(aside) != 0 {
			copy(dst[:n], a.side[at:])
		}
		dst, addr = dst[n:], addr+uintptr(n)
	}
	return nil
}

// Thaw lets go of the frozen content and of the memory that was set aside.
func (a *Arena) Thaw() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.handler().frozen == 0 {
		return nil
	}
	return a.thaw()
}

// thaw has the thread set nothing aside any more, and clears what says what is aside when it certainly does not.
func (a *Arena) thaw() error {
	atomic.StoreUint32(&a.handler().frozen, 0)
	if a.used == 0 {
		return nil
	}
	if err := a.u.protect(a.base(), uintptr(a.used), false); err != nil {
		return err
	}
	if err := a.answer(); err != nil {
		return err
	}
	clear(a.units[:4*(a.used/Unit)])
	return os.NewSyscallError("madvise", syscall.Madvise(a.side[:a.used], madvDontneed))
}

// answer waits until the thread is done with what it had begun.
func (a *Arena) answer() error {
	before := atomic.LoadInt64(&a.handler().answers)
	one := [8]byte{1}
	if _, err := syscall.Write(a.event, one[:]); err != nil {
		return os.NewSyscallError("write of an eventfd", err)
	}
	for atomic.LoadInt64(&a.handler().answers) == before {
		time.Sleep(10 * time.Microsecond)
	}
	return nil
}

// Close gives everything back. The memory given out must not be used any more.
func (a *Arena) Close() error {
	var errs []error
	if a.thread != nil && a.handler().tid != 0 {
		errs = append(errs, a.Thaw(), a.end())
	}
	for _, b := range [][]byte{a.mem, a.side, a.units, a.thread} {
		if b != nil {
			errs = append(errs, os.NewSyscallError("munmap", syscall.Munmap(b)))
		}
	}
	if a.event >= 0 {
		errs = append(errs, os.NewSyscallError("close", syscall.Close(a.event)))
	}
	errs = append(errs, a.u.close())
	a.mem, a.side, a.units, a.thread, a.used = nil, nil, nil, nil, 0
	return errors.Join(errs...)
}

// end ends the thread and waits until it no longer needs its stack.
func (a *Arena) end() error {
	atomic.StoreUint32(&a.handler().ending, 1)
	if err := a.answer(); err != nil {
		return err
	}
	for atomic.LoadInt64(&a.handler().tid) != 0 {
		time.Sleep(10 * time.Microsecond)
	}
	return nil
}
