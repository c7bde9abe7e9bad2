package freeze

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// resident returns how many bytes of a mapping are in memory.
func resident(t *testing.T, b []byte) (n int) {
	t.Helper()
	in := make([]byte, (len(b)+pageSize-1)/pageSize)
	_, _, errno := syscall.Syscall(syscall.SYS_MINCORE, address(b), uintptr(len(b)), uintptr(unsafe.Pointer(&in[0])))
	if errno != 0 {
		t.Fatal(os.NewSyscallError("mincore", errno))
	}
	for _, x := range in {
		n += int(x&1) * pageSize
	}
	return n
}

func TestMapIsPresent(t *testing.T) {
	for _, n := range []int{0, 1, 5 << 20} {
		b, err := Map(n)
		if err != nil || len(b) != n {
			t.Fatal(len(b), err)
		}
		if n > 0 && resident(t, b) < n {
			t.Errorf("%d of %d bytes are present", resident(t, b), n)
		}
		if err := Unmap(b); err != nil {
			t.Error(err)
		}
	}
}
