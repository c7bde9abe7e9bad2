//go:build hdf5 && cgo

package exchange

// Debian's libhdf5-dev has the library under the name hdf5_serial. Elsewhere CGO_CFLAGS and
// CGO_LDFLAGS tell where it is.

/*
#cgo linux CFLAGS: -I/usr/include/hdf5/serial
#cgo LDFLAGS: -lhdf5_serial
#include <stdlib.h>
#include "hdf5_lib.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"
)

// hdf5Mutex: the library is for one thread at a time.
var (
	hdf5Mutex sync.Mutex
	hdf5Setup sync.Once
)

// withHDF5 runs f while no other goroutine is in the library.
func withHDF5(f func() error) error {
	hdf5Mutex.Lock()
	defer hdf5Mutex.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	hdf5Setup.Do(func() { C.cairn_setup() })
	return f()
}

// hdf5Error is what the library says about its last failure.
func hdf5Error(what string) error {
	var buf [256]C.char
	C.cairn_message(&buf[0], C.size_t(len(buf)))
	if text := C.GoString(&buf[0]); text != "" {
		return fmt.Errorf("%s: %s", what, text)
	}
	return errors.New(what)
}

// cString is a string for C until free.
func cString(s string) (p *C.char, free func()) {
	p = C.CString(s)
	return p, func() { C.free(unsafe.Pointer(p)) }
}
