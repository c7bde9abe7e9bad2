//go:build amd64 || arm64

package freeze

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"
)

// Forker makes copies of the process by fork, which costs the copy of the page tables and
// then, while a copy stands, the copy of each page that the program writes to.
//
// A copy dies with the thread that made it, so that none outlives the process, not even
// when that is killed. So a Forker keeps a thread of its own.
type Forker struct {
	mu       sync.Mutex // of requests and answers
	requests chan struct{}
	answers  chan forked
}

type forked struct {
	pid   int
	errno syscall.Errno
}

// NewForker returns a Forker, or an error that matches [ErrRefused] where a copy cannot be made
// or read. Close it to give back its thread; its children must be closed before.
func NewForker() (*Forker, error) {
	f := &Forker{requests: make(chan struct{}), answers: make(chan forked)}
	go f.serve()
	if err := f.probe(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Close gives back the thread.
func (f *Forker) Close() { close(f.requests) }

func (f *Forker) serve() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	parent := syscall.Getpid()
	for range f.requests {
		pid, errno := clone(uintptr(parent))
		f.answers <- forked{int(pid), errno}
	}
}

// Fork makes a copy of the process as it is now and stores it in c. Memory that the program shares with
// others (MAP_SHARED) does not stand still in it; see [Mappings].
func (f *Forker) Fork(c *Child) error {
	f.mu.Lock()
	f.requests <- struct{}{}
	a := <-f.answers
	f.mu.Unlock()
	if a.errno != 0 {
		return fmt.Errorf("%w: fork: %w", ErrRefused, a.errno)
	}
	c.pid = a.pid
	return nil
}

// probe makes a copy and reads from it.
func (f *Forker) probe() error {
	var c Child
	if err := f.Fork(&c); err != nil {
		return err
	}
	want := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	var got [8]byte
	err := c.Read(got[:], uintptr(unsafe.Pointer(&probed)))
	if err == nil && got != want {
		err = fmt.Errorf("%w: the copy of the process has other bytes", ErrRefused)
	}
	return errors.Join(err, c.Close())
}

var probed = [8]byte{1, 2, 3, 4, 5, 6, 7, 8}

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

const (
	prSetPdeathsig = 1
	sysCloseRange  = 436
	wall           = 0x40000000 // wait for children that send no signal, too
)

// clone forks. The child keeps all signals blocked, as beforeFork leaves them, gives up its
// files, so that locks and pipes of the parent do not stay open, and sleeps until it is
// killed. It runs no Go that needs the runtime: no allocation, no growth of the stack, no write barrier; compare
// forkAndExecInChild1 in package syscall. It sends no signal when it dies, so that a program
// which waits for its own children does not meet it.
//
//go:noinline
//go:norace
func clone(parent uintptr) (pid uintptr, errno syscall.Errno) {
	beforeFork()
	pid, _, errno = syscall.RawSyscall6(syscall.SYS_CLONE, 0, 0, 0, 0, 0, 0)
	if errno != 0 || pid != 0 {
		afterFork()
		return pid, errno
	}
	syscall.RawSyscall6(syscall.SYS_PRCTL, prSetPdeathsig, uintptr(syscall.SIGKILL), 0, 0, 0, 0)
	if ppid, _, _ := syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0); ppid != parent {
		syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0) // it died before the prctl
	}
	if _, _, errno := syscall.RawSyscall(sysCloseRange, 0, uintptr(^uint32(0)), 0); errno != 0 {
		for fd := uintptr(0); fd < 1024; fd++ { // before Linux 5.9
			syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
		}
	}
	for {
		syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
	}
}

// Child is a copy of the process that stands still. The zero value is none.
type Child struct{ pid int }

type iovec struct{ base, length uintptr }

// Read fills dst with the memory of the copy from an address on. It fails if the copy has
// died, such as for want of memory.
func (c *Child) Read(dst []byte, addr uintptr) error {
	for len(dst) > 0 {
		local := iovec{address(dst), uintptr(len(dst))}
		remote := iovec{addr, uintptr(len(dst))}
		n, _, errno := syscall.Syscall6(sysProcessVMReadv, uintptr(c.pid),
			uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
		runtime.KeepAlive(dst)
		switch {
		case errno == syscall.EINTR:
		case errno == syscall.ESRCH:
			return errors.New("the frozen copy of the process was killed, perhaps for want of memory")
		case errno != 0:
			return fmt.Errorf("%w: process_vm_readv of a frozen copy of the process: %w", ErrRefused, errno)
		case n == 0:
			return fmt.Errorf("the frozen copy of the process has no memory at %#x", addr)
		}
		if errno == 0 {
			dst, addr = dst[n:], addr+n
		}
	}
	return nil
}

const madvCollapse = 25

// Collapse has a stretch of memory lie on huge pages if the system can do that at once (Linux 6.1): a fork then
// has less to copy. It takes as long as a copy of the stretch, once.
func Collapse(s Stretch) {
	const huge = 2 << 20
	lo := (s.Addr + huge - 1) &^ (huge - 1)
	if hi := (s.Addr + uintptr(s.Len)) &^ (huge - 1); hi > lo {
		syscall.Syscall(syscall.SYS_MADVISE, lo, hi-lo, madvCollapse)
	}
}

// DieFirst makes the kernel kill the copy rather than the program if memory is short.
func (c *Child) DieFirst() {
	_ = os.WriteFile("/proc/"+strconv.Itoa(c.pid)+"/oom_score_adj", []byte("1000"), 0o600)
}

// Close ends the copy and waits until it is gone.
func (c *Child) Close() error {
	if c.pid == 0 {
		return nil
	}
	pid := c.pid
	c.pid = 0
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
		return os.NewSyscallError("kill", err)
	}
	for {
		switch _, err := syscall.Wait4(pid, nil, wall, nil); err {
		case nil, syscall.ECHILD: // somebody else waits for all children
			return nil
		case syscall.EINTR:
		default:
			return os.NewSyscallError("wait4", err)
		}
	}
}
