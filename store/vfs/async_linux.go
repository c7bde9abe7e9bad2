//go:build amd64 || arm64

package vfs

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"unsafe"
)

// Asynchronous reads of Linux (io_submit(2)). A goroutine that waits in pread(2) keeps its
// processor from other goroutines until the scheduler takes it away, up to 10 ms later; one that waits
// for an event of such a read does not. On a machine with few processors that is a good part of
// what verifying the bytes meanwhile takes.

// iocb is struct iocb of linux/aio_abi.h, for little-endian machines of 64 bits.
type iocb struct {
	data   uint64    // comes back with the event
	_      [2]uint32 // aio_key, aio_rw_flags
	opcode uint16
	_      int16 // aio_reqprio
	fd     uint32
	buf    uint64
	bytes  uint64
	off    int64
	_      uint64 // aio_reserved2
	flags  uint32
	bell   uint32 // an eventfd
}

// ioEvent is struct io_event.
type ioEvent struct {
	data uint64
	_    uint64 // obj
	res  int64
	_    int64 // res2
}

const (
	iocbPread    = 0
	iocbHasBell  = 1
	asyncMost    = 16 // reads at once
	eventfdFlags = syscall.O_CLOEXEC | syscall.O_NONBLOCK
)

// asyncReads are the reads on their way. They are made when they are first needed, and stay.
var asyncReads readQueue

type readQueue struct {
	once sync.Once
	ctx  uintptr // 0 if the system has none

	mu   sync.Mutex
	all  [asyncMost]*asyncRead
	free []*asyncRead
}

// asyncRead is one of them.
type asyncRead struct {
	cb   iocb
	b    []byte   // stays where it is while the system writes to it
	bell *os.File // rings when an event is there
	res  int64
	done bool
}

// readAsync reads b from an offset of a file that is read past the page cache. It reports false if
// it could not be tried.
func readAsync(f *os.File, b []byte, off int64) (n int, err error, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	a := &asyncReads
	a.once.Do(func() {
		var ctx uintptr
		if _, _, errno := syscall.Syscall(syscall.SYS_IO_SETUP, asyncMost, uintptr(unsafe.Pointer(&ctx)), 0); errno == 0 {
			a.ctx = ctx
		}
	})
	if a.ctx == 0 {
		return 0, nil, false
	}
	r := takeAsync()
	if r == nil {
		return 0, nil, false
	}
	defer r.giveBack()
	if !r.submit(f, b, off) {
		return 0, nil, false
	}
	res := r.wait()
	if res < 0 {
		return 0, &os.PathError{Op: "read", Path: f.Name(), Err: syscall.Errno(-res)}, true
	}
	return int(res), nil, true
}

// takeAsync returns a read that is not on its way and has not ended, nil if there are too many.
func takeAsync() *asyncRead {
	a := &asyncReads
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.free); n > 0 {
		r := a.free[n-1]
		a.free = a.free[:n-1]
		return r
	}
	for i := range a.all {
		if a.all[i] != nil {
			continue
		}
		fd, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, eventfdFlags, 0)
		if errno != 0 {
			return nil
		}
		r := &asyncRead{bell: os.NewFile(fd, "eventfd")}
		r.cb = iocb{data: uint64(i), opcode: iocbPread, flags: iocbHasBell, bell: uint32(fd)}
		a.all[i] = r
		return r
	}
	return nil
}

func (r *asyncRead) giveBack() {
	a := &asyncReads
	a.mu.Lock()
	r.b, r.done = nil, false
	a.free = append(a.free, r)
	a.mu.Unlock()
}

// submit has the system begin to read.
func (r *asyncRead) submit(f *os.File, b []byte, off int64) bool {
	c, err := f.SyscallConn()
	if err != nil {
		return false
	}
	r.b = b
	r.cb.buf, r.cb.bytes, r.cb.off = uint64(uintptr(unsafe.Pointer(&b[0]))), uint64(len(b)), off
	list := [1]*iocb{&r.cb}
	begun := uintptr(0)
	err = c.Control(func(fd uintptr) {
		r.cb.fd = uint32(fd)
		begun, _, _ = syscall.Syscall(syscall.SYS_IO_SUBMIT, asyncReads.ctx, 1, uintptr(unsafe.Pointer(&list)))
	})
	return err == nil && int(begun) == 1
}

// wait returns what has become of the read: bytes, or an error number below zero.
func (r *asyncRead) wait() int64 {
	a := &asyncReads
	var count [8]byte
	for {
		_, err := r.bell.Read(count[:])
		a.mu.Lock()
		if !r.done {
			a.reap()
		}
		res, done := r.res, r.done
		a.mu.Unlock()
		if done {
			return res
		}
		if err != nil { // it cannot be waited for in this way
			runtime.Gosched()
		}
	}
}

// reap takes notice of the reads that have ended, whoever waits for them: their bells ring after
// their events are there. The lock is held.
func (a *readQueue) reap() {
	var events [asyncMost]ioEvent
	var now syscall.Timespec
	n, _, errno := syscall.Syscall6(syscall.SYS_IO_GETEVENTS, a.ctx, 0, asyncMost, uintptr(unsafe.Pointer(&events)), uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		return
	}
	for _, e := range events[:n] {
		r := a.all[e.data]
		r.res, r.done = e.res, true
	}
}
