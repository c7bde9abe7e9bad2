//go:build amd64 || arm64

package freeze

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

func forker(t testing.TB) *Forker {
	t.Helper()
	f, err := NewForker()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(f.Close)
	return f
}

// garbage keeps the collector busy until the returned function is called.
func garbage() (stop func()) {
	var done atomic.Bool
	var wait sync.WaitGroup
	wait.Go(func() {
		for !done.Load() {
			keep := make([][]byte, 100)
			for i := range keep {
				keep[i] = make([]byte, 10000)
			}
			runtime.GC()
		}
	})
	return func() { done.Store(true); wait.Wait() }
}

// A copy keeps what was there while the program changes it and collects garbage, with one
// processor and with several.
func TestForkFreezes(t *testing.T) {
	f := forker(t)
	for _, procs := range []int{1, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		stop := garbage()
		x := make([]uint64, 1<<16)
		got := make([]byte, 8*len(x))
		for round := range uint64(8) {
			for i := range x {
				x[i] = round<<32 + uint64(i)
			}
			var children [2]Child
			for i := range children {
				x[0] = uint64(i)
				if err := f.Fork(&children[i]); err != nil {
					t.Fatal(err)
				}
			}
			clear(x)
			for i := range children {
				if err := children[i].Read(got, uintptr(unsafe.Pointer(&x[0]))); err != nil {
					t.Fatal(err)
				}
				back := unsafe.Slice((*uint64)(unsafe.Pointer(&got[0])), len(x))
				for j, y := range back {
					if j > 0 && y != round<<32+uint64(j) || j == 0 && y != uint64(i) {
						t.Fatalf("copy %d: element %d is %#x", i, j, y)
					}
				}
				if err := children[i].Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
		stop()
		runtime.KeepAlive(x)
	}
	if left := children(t, os.Getpid()); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// children lists the processes, dead ones too, whose parent is pid.
func children(t *testing.T, pid int) (out []int) {
	t.Helper()
	list, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		part := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if part[1] == strconv.Itoa(pid) {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			out = append(out, n)
		}
	}
	return out
}

// A copy holds no file of the program.
func TestForkClosesFiles(t *testing.T) {
	f := forker(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var c Child
	if err := f.Fork(&c); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w.Close()
	ended := make(chan error)
	go func() { _, err := r.Read(make([]byte, 1)); ended <- err }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the copy holds the pipe open")
	}
}

func TestForkTellsThatTheCopyDied(t *testing.T) {
	f := forker(t)
	var c Child
	if err := f.Fork(&c); err != nil {
		t.Fatal(err)
	}
	c.DieFirst()
	syscall.Kill(c.pid, syscall.SIGKILL)
	deadline := time.Now().Add(10 * time.Second)
	for {
		err := c.Read(make([]byte, 8), uintptr(unsafe.Pointer(&probed)))
		if err != nil && strings.Contains(err.Error(), "killed") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("error %v, want one that says it was killed", err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestForkedHelper is the process that is killed below; alone it does nothing.
func TestForkedHelper(t *testing.T) {
	if os.Getenv("CAIRN_FORKED_HELPER") == "" {
		t.Skip("it is run by TestForkDiesWithParent")
	}
	f := forker(t)
	var c Child
	if err := f.Fork(&c); err != nil {
		t.Fatal(err)
	}
	fmt.Println("pid", c.pid)
	select {}
}

// A copy does not outlive the program, even if that is killed.
func TestForkDiesWithParent(t *testing.T) {
	forker(t) // or skip
	cmd := exec.Command(os.Args[0], "-test.run=^TestForkedHelper$", "-test.v")
	cmd.Env = append(os.Environ(), "CAIRN_FORKED_HELPER=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text string
	for !strings.Contains(text, "pid ") || !strings.HasSuffix(text, "\n") {
		b := make([]byte, 1000)
		n, err := out.Read(b)
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		text += string(b[:n])
	}
	var pid int
	if _, err := fmt.Sscanf(text[strings.Index(text, "pid "):], "pid %d", &pid); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	_ = cmd.Wait()
	for deadline := time.Now().Add(10 * time.Second); running(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the copy %d is still there", pid)
		}
	}
}

// running reports whether a process is there and no zombie that nobody has waited for yet.
func running(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text[bytes.LastIndexByte(text, ')'):]), ") Z")
}

func TestMappings(t *testing.T) {
	shared, err := syscall.Mmap(-1, 0, 8192, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(shared)
	own := make([]byte, 100)
	list := []Stretch{{address(own), len(own)}, {address(shared) + 100, 10}}
	var m Mappings
	if i, err := m.Shared(list); i != 1 || err != nil {
		t.Error(i, err)
	}
	if i, err := m.Shared(list[:1]); i != -1 || err != nil {
		t.Error(i, err)
	}
	runtime.KeepAlive(own)
}

// BenchmarkFork tells the pause of a fork with a state of 1 GiB in pages of 4 KiB.
func BenchmarkFork(b *testing.B) {
	f := forker(b)
	x := make([]byte, 1<<30)
	for i := 0; i < len(x); i += 4096 {
		x[i] = 1
	}
	b.ReportAllocs()
	for b.Loop() {
		var c Child
		if err := f.Fork(&c); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	runtime.KeepAlive(x)
}
