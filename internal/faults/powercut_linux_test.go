package faults

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/cairn-ad/cairn/internal/faults/protocols"
	"github.com/cairn-ad/cairn/store/vfs"
)

// volume is a file system in a file whose power can be cut.
type volume struct {
	t     *testing.T
	image string
	dir   string
}

// newVolume makes a file system, or skips the test and says why that is not allowed here.
func newVolume(t *testing.T, kind string) *volume {
	t.Helper()
	refuse := func(why string) { t.Skipf("no %s in a file can be mounted here: %s", kind, why) }
	if os.Getuid() != 0 {
		refuse("it needs root")
	}
	if _, err := exec.LookPath("mkfs." + kind); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mkfs.%s is missing: install e2fsprogs and xfsprogs", kind)
		}
		refuse("mkfs." + kind + " is missing: install e2fsprogs and xfsprogs")
	}
	v := &volume{t: t, image: filepath.Join(t.TempDir(), "image"), dir: t.TempDir()}
	if err := os.WriteFile(v.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(v.image, 320<<20); err != nil { // XFS wants 300 MB; it is sparse
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs."+kind, "-q", v.image).CombinedOutput(); err != nil {
		refuse(fmt.Sprintf("mkfs: %v: %s", err, out))
	}
	if out, err := v.mount(); err != nil {
		refuse(fmt.Sprintf("mount: %v: %s", err, out))
	}
	t.Cleanup(func() { _ = syscall.Unmount(v.dir, syscall.MNT_DETACH) })
	return v
}

func (v *volume) mount() ([]byte, error) {
	return exec.Command("mount", "-o", "loop", v.image, v.dir).CombinedOutput()
}

// cut stops the file system at once: what is in memory and in its journal's buffers does not
// reach the image.
func (v *volume) cut() error {
	const shutdown, noLogFlush = 0x8004587d, 2
	d, err := os.Open(v.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	how := uint32(noLogFlush)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, d.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		return errno
	}
	return nil
}

// restart mounts it again, which replays the journal.
func (v *volume) restart() {
	v.t.Helper()
	var err error
	for range 100 { // until the last file is closed, some of which only the collector closes
		runtime.GC()
		if err = syscall.Unmount(v.dir, 0); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		v.t.Fatalf("unmount: %v", err)
	}
	if out, err := v.mount(); err != nil {
		v.t.Fatalf("mount after a power cut: %v: %s", err, out)
	}
}

// live saves steps in a directory until the power is cut, and returns the newest step that was
// acknowledged and the newest that was begun.
func (v *volume) live(s protocols.Saver, from, ranks, sectors int, after time.Duration) (acked, begun int) {
	v.t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	acked, begun = from, from
	started := make(chan bool)
	all.Go(func() {
		for step := from + 1; ; step++ {
			mu.Lock()
			begun = step
			mu.Unlock()
			if s.Save(step, states(step, ranks, sectors)) != nil {
				break
			}
			mu.Lock()
			acked = step
			mu.Unlock()
			if step == from+2 {
				close(started)
			}
			time.Sleep(10 * time.Millisecond) // the job computes, and nobody syncs anything
		}
	})
	select {
	case <-started:
	case <-time.After(20 * time.Second):
		v.t.Fatal("nothing was saved in 20 s")
	}
	time.Sleep(after)
	mu.Lock()
	ackedBefore := acked // what returned while the power was cut is not counted
	mu.Unlock()
	if err := v.cut(); err != nil {
		v.t.Skipf("the power of this file system cannot be cut: %v", err)
	}
	all.Wait()
	if c, ok := s.(io.Closer); ok {
		_ = c.Close() // on a dead disk
	}
	return ackedBefore, begun
}

// directory opens a new directory of the volume, made durable.
func (v *volume) directory(name string) vfs.FS {
	v.t.Helper()
	fs, err := vfs.OS(filepath.Join(v.dir, name))
	if err != nil {
		v.t.Fatal(err)
	}
	return fs
}

// cuts runs a protocol on one volume, with a power cut in every round.
func cuts(t *testing.T, kind string, rounds, ranks int, open func(vfs.FS) protocols.Saver, check func(round int, got outcome, err error)) tally {
	t.Helper()
	const sectors = 40
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("%s: seed %d", kind, seed)
	v := newVolume(t, kind)
	var count tally
	for round := range rounds {
		name := fmt.Sprint("job", round)
		acked, begun := v.live(open(v.directory(name)), 0, ranks, sectors, time.Duration(rng.IntN(30_000))*time.Microsecond)
		v.restart()
		disk, err := vfs.Existing(filepath.Join(v.dir, name))
		if err != nil {
			count[nothing]++
			check(round, nothing, err)
			continue
		}
		got, err := judge(open(disk), acked, begun, ranks, sectors)
		count[got]++
		check(round, got, err)
		if err := os.RemoveAll(filepath.Join(v.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return count
}

// The power of a real file system is cut at random moments while a job saves: the newest
// acknowledged state, or the one after it, is restored.
func TestPowerCuts(t *testing.T) {
	for _, kind := range []string{"ext4", "xfs"} {
		t.Run(kind, func(t *testing.T) {
			count := cuts(t, kind, Count(25, 1000), 1, func(d vfs.FS) protocols.Saver { return newCairn(d) },
				func(round int, got outcome, err error) {
					if got != kept {
						t.Errorf("round %d: %v: %v", round, got, err)
					}
				})
			t.Log(count)
		})
	}
}

// The same of the other protocols, for the table in docs/explanation/durability.md.
func TestPowerCutsOfOtherProtocols(t *testing.T) {
	if !Full() {
		t.Skip("it fills a table, and is part of the full form: CAIRN_FAULTS=full")
	}
	for _, kind := range []string{"ext4", "xfs"} {
		for _, double := range protocols.Doubles() {
			t.Run(kind+"/"+double.Like, func(t *testing.T) {
				count := cuts(t, kind, 30, 2, func(d vfs.FS) protocols.Saver { return double.New(d, 2) }, func(int, outcome, error) {})
				t.Logf("%s: %s: %v", kind, double.Name, count)
			})
		}
	}
}
