package ad

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// faults is what becomes of the operations on the file behind storage=faulty.
type faults struct {
	sync.Mutex
	kind  string // what happens at operation at
	at    int
	count int // operations so far
	open  int // files that are not closed
}

var planOfFaults faults

func init() {
	RegisterStorage("faulty", func(dir string) (Storage, error) {
		f, err := os.CreateTemp(dir, "faulty-*")
		if err != nil {
			return nil, err
		}
		if err := os.Remove(f.Name()); err != nil {
			return nil, err
		}
		planOfFaults.Lock()
		planOfFaults.open++
		planOfFaults.Unlock()
		return &fileStorage{file: &faultyFile{f, &planOfFaults}}, nil
	})
}

type faultyFile struct {
	*os.File
	plan *faults
}

// now reports whether the fault, one of kinds, happens in this operation.
func (f *faultyFile) now(kinds ...string) (string, bool) {
	f.plan.Lock()
	defer f.plan.Unlock()
	for _, k := range kinds {
		if k == f.plan.kind {
			f.plan.count++
			return k, f.plan.count-1 == f.plan.at
		}
	}
	return "", false
}

func (f *faultyFile) WriteAt(b []byte, off int64) (int, error) {
	switch kind, now := f.now("disk full", "short write", "flip written"); {
	case !now:
		return f.File.WriteAt(b, off)
	case kind == "disk full":
		return 0, syscall.ENOSPC
	case kind == "short write":
		n, _ := f.File.WriteAt(b[:len(b)/2], off)
		return n, io.ErrShortWrite
	}
	c := append([]byte(nil), b...)
	c[len(c)/2] ^= 4
	return f.File.WriteAt(c, off)
}

func (f *faultyFile) ReadAt(b []byte, off int64) (int, error) {
	switch kind, now := f.now("read error", "short read", "flip read", "closed"); {
	case !now:
		return f.File.ReadAt(b, off)
	case kind == "read error":
		return 0, syscall.EIO
	case kind == "short read":
		n, _ := f.File.ReadAt(b[:len(b)/2], off)
		return n, io.EOF
	case kind == "closed":
		return 0, errors.Join(f.File.Close(), os.ErrClosed)
	}
	n, err := f.File.ReadAt(b, off)
	b[len(b)/2] ^= 4
	return n, err
}

func (f *faultyFile) Close() error {
	f.plan.Lock()
	f.plan.open--
	f.plan.Unlock()
	err := f.File.Close()
	if _, now := f.now("close error"); now {
		return errors.Join(err, syscall.EIO)
	}
	return err
}

// Whatever operation fails, in whatever way: an error, or the right gradient.
func TestFaults(t *testing.T) {
	const n = 30
	y, xb, _ := toyByHand(0.37, n, n)
	for _, storage := range []string{"faulty:", "doubling+faulty:", "tiered:ram=16,faulty:"} {
		for _, kind := range []string{"disk full", "short write", "flip written", "read error", "short read", "flip read", "closed", "close error"} {
			failed := 0
			for at := 0; ; at++ {
				planOfFaults = faults{kind: kind, at: at}
				var gy, gxb float64
				err := Catch(func() {
					gy, gxb, _, _ = toy(0.37, n, n, planned(Plan{Scheme: "binomial", Snaps: 4, Storage: storage + t.TempDir()}))
				})
				var se *StorageError
				switch {
				case err == nil && (gy != y || gxb != xb):
					t.Fatalf("%s, %s at operation %d: a wrong gradient", storage, kind, at)
				case err != nil && (!errors.As(err, &se) || !strings.Contains(err.Error(), "faulty")):
					t.Fatalf("%s, %s at operation %d: %v", storage, kind, at, err)
				case err != nil && kind == "disk full" && !(errors.Is(err, syscall.ENOSPC) && strings.Contains(err.Error(), "cannot write")):
					t.Fatalf("%s, %s at operation %d does not tell the cause: %v", storage, kind, at, err)
				case err != nil:
					failed++
				}
				if planOfFaults.open != 0 {
					t.Fatalf("%s, %s at operation %d: %d files are open", storage, kind, at, planOfFaults.open)
				}
				if planOfFaults.count <= at {
					break
				}
			}
			if failed == 0 {
				t.Errorf("%s, %s: no error at all", storage, kind)
			}
		}
	}
}

// A panic of the body, and one between the sweeps, leave no goroutine and no file.
func TestPanicsCloseStorages(t *testing.T) {
	p := Plan{Scheme: "binomial", Snaps: 3, Storage: "faulty:" + t.TempDir()}
	planOfFaults = faults{}
	before := runtime.NumGoroutine()
	x := 1.0
	save := func(s *Snapshot) { s.Save(&x) }
	ok := func(int) bool { return true }
	func() {
		defer func() { recover() }()
		l := NewLoop(20, p)
		l.Forward(func(i int) bool {
			if i == 7 {
				panic("mine")
			}
			return true
		}, ok, save)
	}()
	if planOfFaults.open != 0 {
		t.Error("a panic in the forward sweep leaves the file open")
	}
	func() {
		defer func() { recover() }()
		l := NewLoop(20, p)
		l.Forward(ok, ok, save)
		panic("mine")
	}()
	for range 200 {
		planOfFaults.Lock()
		open := planOfFaults.open
		planOfFaults.Unlock()
		if open == 0 && runtime.NumGoroutine() <= before {
			return
		}
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d files are open, %d goroutines, %d before", planOfFaults.open, runtime.NumGoroutine(), before)
}

// Storages that are slow in turns: the loop waits for them, and they for it.
func TestSlowStorage(t *testing.T) {
	p := Plan{Scheme: "binomial", Snaps: 3, Storage: "slow"}
	y, xb, _ := toyByHand(0.37, 25, 25)
	gy, gxb, cost, _ := toy(0.37, 25, 25, planned(p))
	if gy != y || gxb != xb {
		t.Errorf("%v %v, want %v %v", gy, gxb, y, xb)
	}
	if of := cost.Levels[0]; of.Stalled <= 0 || of.Stalled > 2*of.Busy {
		t.Errorf("%v", cost)
	}
}

func init() {
	RegisterStorage("slow", func(string) (Storage, error) { return &slow{}, nil })
}

type slow struct {
	memory
	calls int
}

func (s *slow) pause() {
	s.calls++
	if s.calls%3 == 0 {
		time.Sleep(time.Millisecond)
	}
}

func (s *slow) Write(key int, b []byte) (int64, error) { s.pause(); return s.memory.Write(key, b) }
func (s *slow) Read(key int, dst []byte) ([]byte, error) {
	s.pause()
	if key >= len(s.kept) {
		return nil, fmt.Errorf("key %d", key)
	}
	return s.memory.Read(key, dst)
}
