//go:build amd64 || arm64

package freeze

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// The part of linux/userfaultfd.h that is needed here.
const (
	uffdioNew          = 0xaa00     // on /dev/userfaultfd
	uffdioAPI          = 0xc018aa3f //
	uffdioRegister     = 0xc020aa00
	uffdioUnregister   = 0x8010aa01
	uffdioWriteProtect = 0xc018aa06

	uffdAPI           = 0xaa
	uffdUserModeOnly  = 1
	registerWP        = 2
	writeProtectMode  = 1
	featureWP         = 1 << 0
	featureUnpopulate = 1 << 13 // UFFD_FEATURE_WP_UNPOPULATED
	featureAsync      = 1 << 15 // UFFD_FEATURE_WP_ASYNC
)

// userfault is an open userfaultfd.
type userfault struct{ fd int }

// openUserfault returns a userfaultfd with features. One that is to hand out faults must do so for
// those that system calls meet, too: else a read into a slice would fail.
func openUserfault(features uint64, handsOut bool) (*userfault, error) {
	fd, err := newUserfault(handsOut)
	if err != nil {
		return nil, fmt.Errorf("%w: userfaultfd: %w", ErrRefused, err)
	}
	u := &userfault{fd}
	api := [3]uint64{uffdAPI, features}
	if err := u.ioctl(uffdioAPI, unsafe.Pointer(&api)); err != nil {
		u.close()
		return nil, fmt.Errorf("%w: the kernel has no write protection by userfaultfd as it is needed here: %w", ErrRefused, err)
	}
	return u, nil
}

func newUserfault(handsOut bool) (int, error) {
	flags := uintptr(syscall.O_CLOEXEC | syscall.O_NONBLOCK)
	if !handsOut {
		flags |= uffdUserModeOnly
	}
	fd, _, errno := syscall.Syscall(sysUserfaultfd, flags, 0, 0)
	if errno == 0 {
		return int(fd), nil
	}
	device, err := os.OpenFile("/dev/userfaultfd", os.O_RDWR, 0)
	if err != nil {
		return 0, errno
	}
	defer device.Close()
	fd, _, errno = syscall.Syscall(syscall.SYS_IOCTL, device.Fd(), uffdioNew, flags)
	if errno != 0 {
		return 0, errno
	}
	return int(fd), nil
}

func (u *userfault) ioctl(request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(u.fd), request, uintptr(arg))
		switch errno {
		case 0:
			return nil
		case syscall.EAGAIN, syscall.EINTR: // another thread changes the mappings
			runtime.Gosched()
		default:
			return os.NewSyscallError("ioctl of userfaultfd", errno)
		}
	}
}

// register takes over pages for write protection.
func (u *userfault) register(addr, n uintptr) error {
	arg := [4]uint64{uint64(addr), uint64(n), registerWP}
	return u.ioctl(uffdioRegister, unsafe.Pointer(&arg))
}

// unregister gives pages up.
func (u *userfault) unregister(addr, n uintptr) error {
	arg := [2]uint64{uint64(addr), uint64(n)}
	return u.ioctl(uffdioUnregister, unsafe.Pointer(&arg))
}

// protect has pages protected from writes, or no longer.
func (u *userfault) protect(addr, n uintptr, on bool) error {
	arg := [3]uint64{uint64(addr), uint64(n), 0}
	if on {
		arg[2] = writeProtectMode
	}
	return u.ioctl(uffdioWriteProtect, unsafe.Pointer(&arg))
}

func (u *userfault) close() error { return os.NewSyscallError("close", syscall.Close(u.fd)) }
